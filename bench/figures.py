"""One figure and its goal, and the table they make."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import fill
from typing import Any

#: How many decimals a unit is told with.
_DECIMALS = {"ms": 1, "µs": 1, "s": 2, "MB": 2}
_NAME, _NUMBER = 46, 12
#: How many parts are told.
_LARGEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was ``measured``, beside a ``floor`` or peer of the same run, both in ``unit``.

    The ``goal`` is the most that the ratio of the two may be, or, where it is ``of`` the
    figure itself, the most that this may be.
    """

    name: str
    measured: float
    floor: float
    unit: str
    goal: float | None = None
    of: str = "ratio"

    @property
    def ratio(self) -> float:
        return self.measured / self.floor

    @property
    def met(self) -> bool | None:
        """None where there is no goal: the figure is told for what it tells."""
        if self.goal is None:
            return None
        return (self.ratio if self.of == "ratio" else self.measured) <= self.goal

    def document(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "measured": self.measured,
            "floor": self.floor,
            "unit": self.unit,
            "ratio": round(self.ratio, 3),
            "goal": self.goal,
            "goal_of": self.of,
            "met": self.met,
        }


@dataclass(frozen=True, slots=True)
class Parts:
    """The largest parts of what was measured before them, the largest first."""

    name: str
    unit: str
    sizes: Mapping[str, float]

    @classmethod
    def largest(cls, name: str, unit: str, sizes: Mapping[str, float]) -> "Parts":
        chosen = sorted(sizes, key=lambda one: -sizes[one])[:_LARGEST]
        return cls(name, unit, {one: sizes[one] for one in chosen})

    def document(self) -> dict[str, Any]:
        return {"name": self.name, "unit": self.unit, "sizes": dict(self.sizes)}


Line = Figure | Parts


def heading(name: str, about: str) -> str:
    columns = "".join(f"{column:>{_NUMBER}}" for column in ("measured", "floor", "ratio", "goal"))
    return f"\n{name}: {about}\n{'':{_NAME}}{columns}"


def row(line: Line) -> str:
    if isinstance(line, Parts):
        told = (f"{name} {_number(size, line.unit)}" for name, size in line.sizes.items())
        whole = f"{line.name}, {line.unit}: {', '.join(told)}"
        indent = " " * 4
        return fill(whole, 100, initial_indent=indent, subsequent_indent=indent * 2)
    cells = (
        _told(line.measured, line.unit),
        _told(line.floor, line.unit),
        f"{line.ratio:.2f}",
        _goal(line),
    )
    verdict = {True: "met", False: "NOT MET", None: ""}[line.met]
    numbers = "".join(f"{cell:>{_NUMBER}}" for cell in cells)
    return f"  {line.name:{_NAME - 2}}{numbers}  {verdict}".rstrip()


def verdicts(lines: Iterable[Line]) -> tuple[int, int]:
    """How many goals are met, and how many there are."""
    met = [line.met for line in lines if isinstance(line, Figure) and line.met is not None]
    return sum(met), len(met)


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    if figure.of == "ratio":
        return f"≤ {figure.goal:g}"
    return f"≤ {figure.goal:g} {figure.unit}".rstrip()


def _told(value: float, unit: str) -> str:
    return f"{_number(value, unit)} {unit}".rstrip()


def _number(value: float, unit: str) -> str:
    return f"{value:,.{_DECIMALS.get(unit, 0)}f}"
