"""What reading alerts.yml raises."""


class ConfigError(ValueError):
    """alerts.yml has mistakes; each line of the message names a place and the way out."""
