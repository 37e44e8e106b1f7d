"""The artifact: how large it is, with and without bytecode, and what takes the most of it.

The peer is the same with all that its libraries bring, as it would be were nothing left out.
"""

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.figures import Figure, Line, Parts
from bench.places import Places
from deploy.package import _libraries, package

ABOUT = "the artifact, zipped, against the same with its libraries whole"
GOAL_MB = 2
_MB = 1_000_000


def measure(_: Places) -> Iterator[Line]:
    with zipfile.ZipFile(package("local")) as archive:
        shipped = {one.filename: archive.read(one) for one in archive.infolist()}
    libraries = _libraries("local")
    whole = shipped | dict(_files(libraries))
    for name, bytecode in (("with bytecode", True), ("without bytecode", False)):
        yield Figure(
            name=name,
            measured=_zipped(shipped, bytecode=bytecode),
            floor=_zipped(whole, bytecode=bytecode),
            unit="MB",
            goal=GOAL_MB,
            of="itself",
        )
    parts: defaultdict[str, float] = defaultdict(float)
    with zipfile.ZipFile(package("local")) as archive:
        for one in archive.infolist():
            parts["/".join(one.filename.split("/")[:2])] += one.compress_size / 1000
    yield Parts.largest("with bytecode", "kB", parts)


def _files(place: Path) -> Iterable[tuple[str, bytes]]:
    for path in place.rglob("*"):
        if path.is_file():
            yield path.relative_to(place).as_posix(), path.read_bytes()


def _zipped(files: dict[str, bytes], *, bytecode: bool) -> float:
    """In megabytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            if bytecode or not name.endswith(".pyc"):
                archive.writestr(name, files[name])
    return len(whole.getvalue()) / _MB
