"""What ingestion raises."""


class NotUnderstoodError(ValueError):
    """The event is not one we know; the message names the field and what was expected."""
