"""``python -m bench [SECTION…]``: prints every figure beside its goal, and writes them down."""

import argparse
import time
from pathlib import Path
from types import ModuleType

from bench import card, click, cold, package, screen, storm, warm
from bench.figures import Line, heading, row
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
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], metavar="SECTION")
    wanted = parser.parse_args().sections or list(SECTIONS)
    found: dict[str, list[Line]] = {}
    with Places() as places:
        for name in wanted:
            found[name] = []
            began = time.monotonic()
            print(heading(name, SECTIONS[name].ABOUT), flush=True)
            for line in SECTIONS[name].measure(places):
                found[name].append(line)
                print(row(line), flush=True)
            print(f"  ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    main()
