"""What the documents say of the code is what the code does."""

from deploy import diagram


def test_the_drawing_of_an_alerts_life_follows_its_table() -> None:
    document = diagram.DOCUMENT.read_text()
    assert diagram.drawn(document) == document, "run python -m deploy.diagram"
