"""Numbers over time as a line of small bars."""

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[int]) -> str:
    """A bar for each value: the lowest is none at all, and any at all is higher."""
    highest = max(values, default=0)
    return "".join(_bar(value, highest) for value in values)


def _bar(value: int, highest: int) -> str:
    if value <= 0:
        return _BARS[0]
    steps = len(_BARS) - 1
    return _BARS[-(-value * steps // highest)]
