"""The processes below this one: the emulator, every function it runs, and the local Slack."""

import os
from pathlib import Path


def below() -> set[int]:
    """Their ids."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended meanwhile
    ours = {os.getpid()}
    while more := {one for one, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return ours - {os.getpid()}


def kilobytes(pid: int) -> int:
    """What it holds in memory; 0 when it has ended."""
    try:
        said = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = [line for line in said.splitlines() if line.startswith("VmRSS")]
    return int(lines[0].split()[1]) if lines else 0
