"""What people see: the domain as Block Kit. Pure: no I/O."""
