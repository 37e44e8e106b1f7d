"""The artifact: how large it is, with and without bytecode, and what takes the most of it.

The peer is the same with all that its libraries bring, as it would be were nothing left out.
"""

import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, Line, Parts
from bench.places import Places
from deploy import package
from deploy.package import ROOT

ABOUT = "the artifact, zipped, against the same with its libraries whole"
GOAL_MB = 2
_MB = 1_000_000


def measure(_: Places) -> Iterator[Line]:
    artifact = package.package("local")
    sources = {path.relative_to(ROOT).as_posix(): path for path in package._sources()}
    libraries = package._libraries("local")
    whole = sources | {path.relative_to(libraries).as_posix(): path for path in _files(libraries)}
    trimmed = sources | {
        path.relative_to(libraries).as_posix(): path for path in package._shipped(libraries)
    }
    yield _figure("with bytecode", artifact.stat().st_size, _zipped(whole, bytecode=True))
    yield _figure(
        "without bytecode", _zipped(trimmed, bytecode=False), _zipped(whole, bytecode=False)
    )
    parts: defaultdict[str, float] = defaultdict(float)
    with zipfile.ZipFile(artifact) as archive:
        for one in archive.infolist():
            parts["/".join(one.filename.split("/")[:2])] += one.compress_size / 1000
    yield Parts.largest("with bytecode", "kB", parts)


def _figure(name: str, measured: int, peer: int) -> Figure:
    return Figure(
        name=name, measured=measured / _MB, floor=peer / _MB, unit="MB", goal=GOAL_MB, of="itself"
    )


def _files(place: Path) -> Iterator[Path]:
    return (path for path in place.rglob("*") if path.is_file())


def _zipped(entries: dict[str, Path], *, bytecode: bool) -> int:
    """The bytes of an artifact with these files."""
    compiled = package._compiled(entries, sys.executable) if bytecode else {}
    with tempfile.TemporaryDirectory() as place:
        artifact = Path(place) / "whole.zip"
        package._write(artifact, entries, compiled)
        return artifact.stat().st_size
