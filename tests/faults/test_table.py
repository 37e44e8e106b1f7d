"""The table of faults names the tests that show what it says, and every one of these."""

import re

from deploy.package import ROOT

NAMED = re.compile(r"`(test_\w+)`")
DEFINED = re.compile(r"^def (test_\w+)", re.MULTILINE)


def test_every_fault_is_shown_by_tests_and_every_test_of_a_fault_is_in_the_table() -> None:
    named = set(NAMED.findall((ROOT / "docs" / "faults.md").read_text()))
    tests = {path: path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
    defined = {name for text in tests.values() for name in DEFINED.findall(text)}
    assert named <= defined, "these tests are no more"
    here = {
        name
        for path, text in tests.items()
        if path.parent.name == "faults" and path.name != "test_table.py"
        for name in DEFINED.findall(text)
    }
    assert here <= named, "these have no row"
