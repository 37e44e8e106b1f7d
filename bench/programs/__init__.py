"""Programs that are measured: run from the artifact and the AWS SDK alone."""
