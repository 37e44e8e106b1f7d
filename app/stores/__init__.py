"""What is kept, in one DynamoDB table."""
