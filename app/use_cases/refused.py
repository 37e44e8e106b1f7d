"""What carrying out a recovery raises."""


class RefusedError(Exception):
    """It can't be done, now or later; the message says why, in words for the card."""
