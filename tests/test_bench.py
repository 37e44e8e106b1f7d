"""The benchmarks stay whole: every section is in the table, every goal beside its figure."""

import importlib
import pkgutil
from types import ModuleType

import pytest

import bench
import lambda_entry
from bench.__main__ import SECTIONS
from bench.cold import STARTS
from bench.figures import Figure, Parts, heading, row, verdicts
from bench.template import ROOT


def modules(package: ModuleType) -> list[str]:
    return [one.name for one in pkgutil.iter_modules(package.__path__)]


def figure(measured: float, goal: float | None = 1.25, of: str = "ratio") -> Figure:
    return Figure(name="a start", measured=measured, floor=200, unit="ms", goal=goal, of=of)


def test_every_module_that_measures_is_a_section() -> None:
    imported = {name: importlib.import_module(f"bench.{name}") for name in modules(bench)}
    assert {name: one for name, one in imported.items() if hasattr(one, "measure")} == SECTIONS
    assert all(one.ABOUT for one in SECTIONS.values())


def test_every_function_that_is_deployed_has_its_cold_start_measured() -> None:
    assert set(STARTS) == set(modules(lambda_entry)) - {"examples"}


@pytest.mark.parametrize(
    ("measured", "goal", "of", "met"),
    [
        (250, 1.25, "ratio", True),
        (251, 1.25, "ratio", False),
        (900, 1000, "itself", True),
        (1001, 1000, "itself", False),
        (900, None, "ratio", None),
    ],
)
def test_a_figure_is_held_against_its_goal(
    measured: float, goal: float | None, of: str, *, met: bool | None
) -> None:
    assert figure(measured, goal, of).met is met


def test_a_row_tells_figure_floor_ratio_goal_and_verdict() -> None:
    assert " ".join(row(figure(240)).split()) == "a start 240.0 ms 200.0 ms 1.20 ≤ 1.25 met"
    assert row(figure(260)).endswith("NOT MET")
    assert row(figure(260, None)).split()[-1] == "1.30"
    assert row(figure(260, 1000, "itself")).endswith("≤ 1000 ms  met")
    columns = heading("cold", "starts").splitlines()[-1]
    assert columns.split() == ["measured", "floor", "ratio", "goal"]
    assert columns.index("goal") == row(figure(240)).index("1.25")


def test_only_the_largest_parts_are_told_and_the_largest_first() -> None:
    parts = Parts.largest("modules", "ms", {f"m{size}": size for size in range(20)})
    assert list(parts.sizes) == [f"m{size}" for size in range(19, 9, -1)]
    assert row(parts).strip().startswith("modules, ms: m19 19.0, m18 18.0")


def test_goals_are_counted_where_there_are_any() -> None:
    assert verdicts([figure(240), figure(260), figure(1, None), Parts("m", "ms", {})]) == (1, 2)


def test_the_documented_table_has_every_section() -> None:
    told = (ROOT / "docs" / "benchmarks.md").read_text()
    for name, section in SECTIONS.items():
        assert heading(name, section.ABOUT).splitlines()[1] in told
    for name in STARTS:
        assert f"\n  {name} " in told
