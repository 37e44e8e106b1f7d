"""What the documents say of the code is what the code does."""

import re

from app.cli.commands import COMMANDS
from deploy import diagram
from deploy.package import ROOT


def test_the_drawing_of_an_alerts_life_follows_its_table() -> None:
    document = diagram.DOCUMENT.read_text()
    assert diagram.drawn(document) == document, "run python -m deploy.diagram"


DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]


def commands(document: str) -> list[str]:
    """The lines of its blocks for a shell."""
    blocks = re.findall(r"^( *)```sh\n(.*?)^\1```", document, re.MULTILINE | re.DOTALL)
    return [line.strip() for _, block in blocks for line in block.splitlines()]


def test_our_command_is_run_from_where_it_is() -> None:
    told = [line for path in DOCUMENTS for line in commands(path.read_text())]
    named = re.compile(rf"(\S*)sfn-alerts ({'|'.join(one.name for one in COMMANDS)})\b")
    places = [found.group(1).lstrip('"$(') for line in told if (found := named.search(line))]
    assert len(places) >= 10
    assert set(places) == {".venv/bin/"}
