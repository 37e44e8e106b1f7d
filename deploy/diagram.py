"""Draws the life of an alert from its table of transitions, for ``docs/architecture.md``.

``python -m deploy.diagram`` writes it anew between its marks; a test tells when it is behind.
"""

from pathlib import Path

from app.domain.transitions import TRANSITIONS

DOCUMENT = Path(__file__).parents[1] / "docs" / "architecture.md"
BEGIN, END = "<!-- drawn by deploy/diagram.py -->", "<!-- to here -->"
_WORDS = {
    "Acknowledged": "somebody acknowledges it",
    "BulkEnded": "a recovery of many ends",
    "BulkRequested": "somebody asks to recover many",
    "BulkResumed": "somebody lets it go on",
    "BulkStopped": "a recovery of many stops",
    "Closed": "somebody resolves it",
    "Ended": "the execution ends",
    "Failed": "an execution fails",
    "FailedOtherwise": "an execution fails",
    "RecoveryRefused": "it can't be done",
    "RecoveryRequested": "somebody asks for a recovery",
    "Succeeded": "an execution succeeds",
}


def diagram() -> str:
    """The state diagram, in Mermaid's words."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> open: a problem's first failure"]
    for row in TRANSITIONS:
        said = _WORDS.get(row.change.__name__, row.change.__name__)
        told = f"{said}, {row.when}" if row.when else said
        lines.append(f"    {row.source.value} --> {row.target.value}: {told}")
    return "\n".join([*lines, "```"])


def drawn(document: str) -> str:
    """*document* with the diagram as it is now. ValueError where it has no marks."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"the document needs {BEGIN} and {END}"
        raise ValueError(message)
    return f"{before}{BEGIN}\n{diagram()}\n{END}{after}"


def main() -> None:
    DOCUMENT.write_text(drawn(DOCUMENT.read_text()))


if __name__ == "__main__":
    main()
