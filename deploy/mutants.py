"""What came of ``make mutants``, module by module: ``python -m deploy.mutants``."""

import json
from collections import Counter

from deploy.checks import ROOT

_MUTANTS = ROOT / "mutants"
#: mutmut: the exit code of the tests, by which it tells what came of a mutant.
_NOTICED = {1, 3, 24, 36, 152, 255, -24, -9}
_UNSEEN = {5, 33}


def main() -> None:
    rows = []
    for path in sorted(_MUTANTS.rglob("*.meta")):
        codes = json.loads(path.read_text())["exit_code_by_key"].values()
        found = Counter(_word(code) for code in codes if code is not None)
        if found:
            rows.append((path.name.removesuffix(".py.meta"), found))
    rows.append(("all", sum((found for _, found in rows), Counter())))
    print(f"{'':16}  noticed  survived  untested  score")
    for name, found in rows:
        noticed, survived, untested = (found[one] for one in ("noticed", "survived", "untested"))
        score = f"{noticed / (noticed + survived):.0%}" if noticed + survived else "-"
        print(f"{name:16}  {noticed:7}  {survived:8}  {untested:8}  {score:>5}")


def _word(code: int) -> str:
    return "noticed" if code in _NOTICED else "untested" if code in _UNSEEN else "survived"


if __name__ == "__main__":
    main()
