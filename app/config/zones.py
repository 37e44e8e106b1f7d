"""The database of time zones on the machine that packages."""

import importlib.resources
import zoneinfo
from pathlib import Path


def data(key: str) -> bytes:
    """The zone's file. Raises ZoneInfoNotFoundError."""
    zoneinfo.ZoneInfo(key)  # no path but a zone's
    for place in zoneinfo.TZPATH:
        file = Path(place) / key
        if file.is_file():
            return file.read_bytes()
    return importlib.resources.files("tzdata").joinpath("zoneinfo", *key.split("/")).read_bytes()
