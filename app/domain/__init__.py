"""What an alert is and how it lives. Pure: standard library only, time and ids are arguments."""
