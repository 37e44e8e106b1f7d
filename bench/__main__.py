"""``python -m bench [SECTION…]``: prints every figure beside its goal, and writes them down."""

import argparse
import json
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from bench import card, click, cold, package, screen, storm, warm
from bench.figures import Line, heading, row, verdicts
from bench.places import Places

ARTIFACT = Path(__file__).parents[1] / ".artifacts" / "bench.json"
SECTIONS: dict[str, ModuleType] = {
    "package": package,
    "card": card,
    "cold": cold,
    "warm": warm,
    "click": click,
    "screen": screen,
    "storm": storm,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--most", type=int, default=10_000, help="failures of the largest storm")
    given = parser.parse_args()
    wanted = given.sections or list(SECTIONS)
    if unknown := set(wanted) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}: {', '.join(SECTIONS)}")
    found: dict[str, list[Line]] = {}
    with Places(given.most) as places:
        for name in wanted:
            found[name] = _section(name, places)
    met, goals = verdicts(line for lines in found.values() for line in lines)
    _write(found)
    print(f"\n{met} of {goals} goals met; written to {ARTIFACT.relative_to(Path.cwd())}")


def _section(name: str, places: Places) -> list[Line]:
    lines, began = [], time.monotonic()
    print(heading(name, SECTIONS[name].ABOUT), flush=True)
    for line in SECTIONS[name].measure(places):
        lines.append(line)
        print(row(line), flush=True)
    print(f"  took {time.monotonic() - began:.0f} s", flush=True)
    return lines


def _write(found: dict[str, list[Line]]) -> None:
    """What was measured now, beside what other runs measured of other sections."""
    known: dict[str, Any] = json.loads(ARTIFACT.read_text()) if ARTIFACT.exists() else {}
    for name, lines in found.items():
        known[name] = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
            "about": SECTIONS[name].ABOUT,
            "lines": [line.document() for line in lines],
        }
    ARTIFACT.parent.mkdir(exist_ok=True)
    ARTIFACT.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
