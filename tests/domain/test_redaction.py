"""What must not leave, and what must stay whole."""

import itertools
import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.redaction import _DEEPEST, REDACTED, Redactor
from app.domain.secret_looks import ALONE, Look
from app.domain.secret_names import ALWAYS

REDACTOR = Redactor.of(["iban"])
FAKE = "Zq9-not-a-real-value-8x"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"password": FAKE}),
        json.dumps({"db": {"DB_PASSWORD": FAKE}}),
        json.dumps({"list": [{"apiKey": FAKE}]}),
        json.dumps({"Authorization": f"Bearer {FAKE}"}),
        json.dumps({"iban": FAKE}),
        json.dumps({"token": {"value": FAKE}}),
        json.dumps({"body": json.dumps({"secret": FAKE})}),
        json.dumps({"Cause": json.dumps({"Input": json.dumps({"client_secret": FAKE})})}),
        json.dumps({"password": FAKE})[:-1],  # cut, so no JSON any more
        json.dumps(json.dumps({"password": FAKE}))[1:-3],
        f"login failed: password={FAKE} for user bob",
        f"password: '{FAKE} with spaces'",
        f"token = {FAKE}",
        f"Authorization: Bearer {FAKE}",
        f"postgres://app:{FAKE}@db.internal/orders",
        f"curl -H 'X-Api-Key: {FAKE}'",
        "key AKIA" + "ABCDEFGHIJKLMNOP" + f" password={FAKE}",
        f"-----BEGIN RSA PRIVATE KEY-----\n{FAKE}\n-----END RSA PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY-----\n{FAKE}",
        f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx{FAKE}.c2lnbmF0dXJl",
        f"xoxb-{FAKE}",
    ],
    ids=map(str, itertools.count(1)),
)
def test_a_secret_does_not_leave(text: str) -> None:
    assert FAKE in text
    redacted = REDACTOR.redact(text)
    assert FAKE not in redacted
    assert REDACTED in redacted


@pytest.mark.parametrize(
    "text",
    [
        "the order service does not answer",
        json.dumps({"day": "2026-03-01", "orders": [1, 2, 3], "done": False}),
        "tokenizer failed at line 3",
        "https://wiki.example.com/billing?page=2",
        "arn:aws:states:eu-west-1:123456789012:execution:orders:6f1c0f5e",
        "KeyError: 'customer_id'",
        "",
        "{",
        "[" * 2000,
    ],
    ids=map(str, itertools.count(1)),
)
def test_ordinary_text_stays_whole(text: str) -> None:
    assert REDACTOR.redact(text) == text


def test_json_stays_json() -> None:
    said = json.dumps({"password": FAKE, "order": {"id": 7, "note": "schön"}})
    assert json.loads(REDACTOR.redact(said)) == {
        "password": REDACTED,
        "order": {"id": 7, "note": "schön"},
    }


@given(st.text() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_any_text_can_be_redacted(text: str) -> None:
    REDACTOR.redact(text)


@pytest.mark.parametrize("look", ALONE, ids=map(str, itertools.count(1)))
def test_what_looks_secret_has_a_part_by_which_it_is_sought(look: Look) -> None:
    @settings(max_examples=50)
    @given(st.from_regex(look.pattern, alphabet=st.characters(max_codepoint=127)))
    def has_a_part(text: str) -> None:
        assert any(part in text.lower() for part in look.parts)
        assert re.search(look.more, text.lower())

    has_a_part()


@pytest.mark.parametrize("glob", [*ALWAYS, "iban"], ids=map(str, itertools.count(1)))
def test_what_gives_a_secret_away_has_a_part_by_which_it_is_sought(glob: str) -> None:
    name = re.sub(r"\[.*?\]", "_", glob.replace("*", ""))
    assert REDACTOR.names.give_away(name)
    assert REDACTOR.names.may_be_in(name)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("pass", True),
        ("-pass", True),
        ("db_pass", True),
        ("--cookies", True),
        ("cookies.", True),
        ("spring.datasource.pass", True),
        ("pass.phrases.count", False),
        ("bypass", False),
        ("compass", False),
        ("cookies_accepted", False),
    ],
)
def test_a_short_name_gives_a_secret_away_only_by_itself_or_as_the_last_of_a_path(
    name: str, *, secret: bool
) -> None:
    assert Redactor.of().names.give_away(name) is secret


@pytest.mark.parametrize(
    "text",
    [f"pa\u017f\u017fword={FAKE}", f"to\u212aen: {FAKE}", f"ba\u017f\u0131c {FAKE * 2}"],
    ids=["long s", "Kelvin sign", "dotless i"],
)
def test_letters_that_only_case_makes_others_hide_nothing(text: str) -> None:
    assert FAKE not in REDACTOR.redact(text)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f'{{"\\u0074oken": "{FAKE}"}}', FAKE),
        (f'{{"\\u0061uthorization": "{FAKE}"}}', FAKE),
        ('{"id": "\\u0041' + 'KIANOTAREALACCESSID"}', "NOTAREALACCESSID"),
        ('{"at": "https:\\/\\/bob:' + FAKE + '@db.internal"}', FAKE),
    ],
    ids=["a name", "another", "a look", "an address"],
)
def test_letters_that_json_hides_hide_nothing(text: str, secret: str) -> None:
    assert secret not in REDACTOR.redact(text)


def test_an_empty_value_takes_nothing_along_of_what_follows() -> None:
    assert REDACTOR.redact('password="" user="bob"') == f'password={REDACTED} user="bob"'


def test_nothing_is_sought_behind_names_where_no_name_gives_a_secret_away() -> None:
    assert not REDACTOR.names.may_be_in("the order service does not answer")
    assert not REDACTOR.names.may_be_in("an api, but no more of it")


def test_names_of_a_team_count_in_any_case() -> None:
    redacted = Redactor.of(["*IBAN*"]).redact(json.dumps({"teamIban": FAKE, "day": "monday"}))
    assert json.loads(redacted) == {"teamIban": REDACTED, "day": "monday"}


@pytest.mark.parametrize(
    "around", [lambda one: [one], lambda one: {"a": one}], ids=["lists", "objects"]
)
def test_what_is_nested_deeper_than_can_be_looked_through_is_left_out(
    around: Callable[[object], object],
) -> None:
    deep: object = {"note": "kept", "password": FAKE}
    for _ in range(_DEEPEST - 2):
        deep = around(deep)
    whole, cut = (REDACTOR.redact(json.dumps(one)) for one in (deep, around(deep)))
    assert ("kept" in whole, FAKE in whole) == (True, False)
    assert ("kept" in cut, FAKE in cut) == (False, False)
    assert json.loads(cut)


def test_truth_and_nothing_are_no_secrets() -> None:
    said = json.dumps({"has_password": True, "password": None, "token": "", "is_secret": False})
    assert REDACTOR.redact(said) == said
