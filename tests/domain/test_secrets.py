"""A corpus of texts with secrets, none of which remains, and one of texts that stay whole."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.domain.redaction import REDACTED, Redactor
from tests.secrets.values import VALUES

CORPUS = Path(__file__).parent.parent / "secrets"
SECRETS = yaml.safe_load((CORPUS / "secrets.yml").read_text())
ORDINARY = yaml.safe_load((CORPUS / "ordinary.yml").read_text())
REDACTOR = Redactor.of(["*iban"])


def names(texts: list[str]) -> list[str]:
    """Of tests, which can be asked for by name."""
    words = [re.sub(r"\W+", " ", text)[:40] for text in texts]
    return [f"{number} {word}" for number, word in enumerate(words, 1)]


NAMES = names([case["text"] for case in SECRETS])


def made(case: dict[str, Any]) -> tuple[str, list[str]]:
    """The text of *case*, and the secrets in it."""
    names = re.findall("<<(.*?)>>", case["text"])
    text = re.sub("<<(.*?)>>", lambda found: VALUES[found[1]], case["text"])
    for _ in range(case.get("in json", 0)):
        text = json.dumps({"Cause": text})
    return text[: -case.get("cut", 0) or None], [VALUES[name] for name in names]


@pytest.mark.parametrize("case", SECRETS, ids=NAMES)
def test_no_secret_remains_and_what_stands_around_it_does(case: dict[str, Any]) -> None:
    text, secrets = made(case)
    redacted = REDACTOR.redact(text)
    assert REDACTED in redacted
    # No line of a key, no part of a text that has spaces or other marks in it.
    parts = {part for one in secrets for part in re.split(r"\s|\\n|[@:/#~|]", one) if len(part) > 3}
    remaining = {part for part in parts if part[: max(4, len(part) // 2)] in redacted}
    assert not remaining
    missing = [kept for kept in case["keeps"] if kept not in re.sub(r"\\+", "", redacted)]
    assert not missing, redacted


@pytest.mark.parametrize("text", ORDINARY, ids=names(ORDINARY))
def test_ordinary_text_remains_whole(text: str) -> None:
    assert REDACTOR.redact(text) == text


@pytest.mark.parametrize("text", ORDINARY, ids=names(ORDINARY))
def test_ordinary_text_remains_whole_in_json(text: str) -> None:
    said = json.dumps({"errorMessage": text, "errorType": "Error"}, ensure_ascii=False)
    assert REDACTOR.redact(said) == said


@pytest.mark.parametrize("case", SECRETS, ids=NAMES)
def test_what_was_redacted_stays_as_it_is(case: dict[str, Any]) -> None:
    once = REDACTOR.redact(made(case)[0])
    assert REDACTOR.redact(once) == once


def test_the_corpus_is_large_enough() -> None:
    assert len(SECRETS) >= 60
    assert len(ORDINARY) >= 40


@pytest.mark.parametrize("kind", ["rsa key", "pgp key"])
def test_a_key_that_goes_over_many_lines_leaves_none_of_them(kind: str) -> None:
    lines = ["before", *VALUES[kind].split("\n"), "after", "password=" + VALUES["fake"]]
    said = list(REDACTOR.redact_lines(lines))
    assert (said[0], said[-2]) == ("before", "after")
    assert len(said) == len(lines)
    assert VALUES["mixed"] not in "".join(said)
    assert VALUES["fake"] not in "".join(said)


BEGIN, *_, END = VALUES["rsa key"].split("\n")


def test_of_keys_whose_beginnings_were_cut_off_each_end_is_taken_out_and_no_more() -> None:
    said = f"one: {VALUES['mixed']}\n{END}, two: {VALUES['mixed']}\n{END}. three"
    assert REDACTOR.redact(said) == "one:[redacted], two:[redacted]. three"


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        pytest.param(
            [f"before {BEGIN}", VALUES["fake"], f"{VALUES['fake']} {END} after"],
            ["before [redacted]", REDACTED, "[redacted] after"],
            id="the last of it stands before its end",
        ),
        pytest.param(
            [f"before {BEGIN} x {END} between {BEGIN}", VALUES["fake"], f"{END} after"],
            ["before [redacted] between [redacted]", REDACTED, "[redacted] after"],
            id="one begins where another has ended",
        ),
        pytest.param(
            [BEGIN, f"{END} between {BEGIN}", VALUES["fake"], END, "after"],
            [REDACTED, "[redacted] between [redacted]", REDACTED, REDACTED, "after"],
            id="one ends and another begins",
        ),
        pytest.param(
            [f"before {BEGIN} x {END} after", "after"],
            ["before [redacted] after", "after"],
            id="all in one line",
        ),
    ],
)
def test_lines_keep_what_stands_around_a_key(lines: list[str], kept: list[str]) -> None:
    assert list(REDACTOR.redact_lines(lines)) == kept
