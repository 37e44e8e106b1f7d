"""``python -m tests.fuzz TARGET SECONDS``: hunt for an input that breaks a target.

What it finds stays in ``.fuzz/TARGET`` as ``crash-…``, ``timeout-…``; a later hunt begins with all
that is there.
"""

import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]

with atheris.instrument_imports(include=["app", "yaml"]):
    from tests.fuzz.targets import TARGETS, seeds

#: An input that takes so many seconds counts as found.
_HANGS = 10
_LONGEST = 4_000


def main(name: str, seconds: str) -> None:
    found = Path(".fuzz") / name
    begun = found / "corpus"
    begun.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(name)):
        (begun / f"seed-{number:03}").write_bytes(data)
    options = (
        str(begun),
        f"-max_total_time={seconds}",
        f"-max_len={_LONGEST}",
        f"-timeout={_HANGS}",
        f"-artifact_prefix={found}/",
        "-print_final_stats=1",
        "-verbosity=0",
    )
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
