"""``sfn-alerts explain``: which rule answers for an event, and why the others do not."""

from app import config
from app.cli.events import NoFailure, told
from app.cli.files import read_text
from app.ingest.texts import clean
from app.render import explanation


def explain(event: str, alerts: str) -> int:
    checked = config.check(read_text(alerts), alerts)
    failure = told(event, checked.config)
    if isinstance(failure, NoFailure):
        print(failure.words)
        return 0
    explained = explanation.explain(config.rules_of(checked.config), failure)
    print(clean(explanation.in_words(explained, checked.rules)))
    return 0
