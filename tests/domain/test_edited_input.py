"""What people edit keeps the secrets they were not shown, each in its own place."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.alert import RecoveryKind
from app.domain.edited_input import (
    NotAnObjectError,
    NotJsonError,
    SecretMisplacedError,
    changes_input,
    restored,
    shown_input,
)
from app.domain.json_mistakes import in_words
from app.domain.redaction import REDACTED, Redactor
from tests.factories import alert, failure, held

RECORDED: Any = {
    "day": "2026-03-01",
    "token": "one",
    "database": "postgres://ana:pw-1@db/orders",
    "shops": [
        {"name": "HAM", "password": "ham"},
        {"name": "BER", "password": "ber"},
    ],
    "passwords": ["x", "y"],
}
SHOWN: Any = {
    **RECORDED,
    "token": REDACTED,
    "database": f"postgres://{REDACTED}@db/orders",
    "shops": [{"name": "HAM", "password": REDACTED}, {"name": "BER", "password": REDACTED}],
    "passwords": [REDACTED, REDACTED],
}


def test_what_was_left_alone_gets_its_secrets_back() -> None:
    assert restored(SHOWN, SHOWN, RECORDED) == RECORDED


def test_an_edited_field_is_taken_as_it_is_and_the_others_get_theirs_back() -> None:
    edited = {**SHOWN, "day": "2026-03-02", "new": 1}
    assert restored(edited, SHOWN, RECORDED) == {**RECORDED, "day": "2026-03-02", "new": 1}


def test_a_secret_that_was_typed_anew_replaces_the_recorded_one() -> None:
    assert restored({"token": "two"}, SHOWN, RECORDED) == {"token": "two"}


@pytest.mark.parametrize(
    ("shops", "expected"),
    [
        (SHOWN["shops"][::-1], RECORDED["shops"][::-1]),
        (SHOWN["shops"][1:], RECORDED["shops"][1:]),
        (
            [{"name": "HAM-2", "password": REDACTED}, SHOWN["shops"][1]],
            [{"name": "HAM-2", "password": "ham"}, RECORDED["shops"][1]],
        ),
        (
            [SHOWN["shops"][1], {"name": "HAM-2", "password": REDACTED}],
            [RECORDED["shops"][1], {"name": "HAM-2", "password": "ham"}],
        ),
    ],
    ids=["moved", "taken out", "edited in place", "moved and edited"],
)
def test_items_of_a_list_keep_their_own_secrets(shops: Any, expected: Any) -> None:
    assert restored({"shops": shops}, SHOWN, RECORDED) == {"shops": expected}


@pytest.mark.parametrize(
    ("edited", "place"),
    [
        ({"other": REDACTED}, "$.other"),
        ({"day": f"{REDACTED}!"}, "$.day"),
        ({"database": f"mysql://{REDACTED}@db"}, "$.database"),
        (
            {"shops": [{"name": "A", "password": REDACTED}, {"name": "B", "password": REDACTED}]},
            "$.shops[0]",
        ),
        ({"passwords": [REDACTED]}, "$.passwords[0]"),
        (REDACTED, "$"),
    ],
    ids=["a new field", "typed", "around", "two edited items", "one of two alike", "the whole"],
)
def test_a_secret_that_could_be_either_is_refused_with_its_place(edited: Any, place: str) -> None:
    with pytest.raises(SecretMisplacedError) as refused:
        restored(edited, SHOWN, RECORDED)
    assert refused.value.place == place


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.just(REDACTED),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "token", "b"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_whatever_is_edited_no_redacted_value_is_ever_sent(edited: Any, recorded: Any) -> None:
    if REDACTED in json.dumps(recorded):
        return
    shown = json.loads(Redactor.of().redact(json.dumps({"v": recorded})))
    try:
        sent = restored({"v": edited}, shown, {"v": recorded})
    except SecretMisplacedError:
        return
    assert REDACTED not in json.dumps(sent)


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        ("", "a value is missing here", "line 1, at its beginning"),
        ('{"order": }', "a value is missing here", 'line 1, after “{"order":”'),
        (
            '{"order": True}',
            "true, false and null are in small letters",
            'line 1, after “{"order":”',
        ),
        ("{'order': 1}", "the name of a field has to come here", "line 1, after “{”"),
        ('{\n  "a": 1\n  "b": 2\n}', "a comma or a closing bracket", "line 3, at its beginning"),
        ('{"a" 1}', "a colon is missing here", 'line 1, after “{"a"”'),
        ('{"a": 1} {}', "the JSON has ended before this", 'line 1, after “{"a": 1}”'),
        ('{"a": "b}', "has no closing double quote", 'line 1, after “{"a":”'),
        ('{"a": "b\n"}', "a line break or a tab stands within a text", 'line 1, after “{"a": "b”'),
        ('{"a": "C:\\d"}', "a backslash here has to be written twice", 'line 1, after “{"a": "C:”'),
        ('{"a": "\\u12"}', "has to be four digits", 'line 1, after “{"a": "\\”'),
        (f'{{"{"x" * 16}": }}', "a value is missing", f'line 1, after “{{"{"x" * 16}":”'),
        (f'{{"{"x" * 50}": }}', "a value is missing", f'line 1, after “…{"x" * 18}":”'),
    ],
)
def test_what_is_no_json_is_told_with_what_is_wrong_and_where(
    text: str, said: str, place: str
) -> None:
    with pytest.raises(NotJsonError) as raised:
        changes_input(None, text)
    assert str(raised.value).startswith(f"This is not JSON ({place}): ")
    assert said in str(raised.value)


def test_numbers_that_json_lacks_and_depths_nobody_reads_are_told() -> None:
    for text, said in (
        ('{"n": NaN}', "JSON has no NaN: write a number or null instead."),
        ("[" * 100_000, "This is nested too deeply to be read."),
    ):
        with pytest.raises(NotJsonError) as raised:
            changes_input(None, text)
        assert str(raised.value) == said


def test_every_mistake_has_words_of_ours() -> None:
    """Python words them anew from version to version: whatever we don't know is told as it is."""
    assert in_words(json.JSONDecodeError("Something new", "{}", 0)) == "Something new"
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads('{"a": 1,}')
    assert "a comma too many" in in_words(raised.value)
    assert "a comma too many" in in_words(json.JSONDecodeError("Illegal trailing comma", "", 0))


@pytest.mark.parametrize(
    ("shown", "edited", "changes"),
    [
        ('{"a": 1, "b": 2}', '{\n  "b": 2,\n  "a": 1\n}', False),
        ('{"a": 1}', '{"a": 1.0}', True),
        ('{"a": 1}', '{"a": true}', True),
        ("[1]", '{"a": 1}', True),
        ('"a"', "null", True),
        (None, "{}", True),
        ("", "{}", True),
        (json.dumps(SHOWN), json.dumps(SHOWN), False),
        (json.dumps(SHOWN), json.dumps({**SHOWN, "day": "2026-03-02"}), True),
    ],
)
def test_an_input_is_edited_when_it_says_something_else(
    shown: str | None, edited: str, *, changes: bool
) -> None:
    assert changes_input(shown, edited) is changes


@pytest.mark.parametrize(
    ("edited", "called"),
    [
        ('"just a string"', "a text"),
        ("[{}]", "a list"),
        ("7", "a number"),
        ("0.5", "a number"),
        ("true", "true"),
        ("null", "null"),
    ],
)
def test_an_object_is_replaced_by_nothing_but_an_object(edited: str, called: str) -> None:
    with pytest.raises(NotAnObjectError) as raised:
        changes_input('{"a": 1}', edited)
    assert str(raised.value) == (
        f"The input was an object, and this is {called}: "
        'write names and values in braces, as {"name": "value"}.'
    )


def test_a_secret_that_was_moved_is_refused_before_anything_is_done() -> None:
    with pytest.raises(SecretMisplacedError) as refused:
        changes_input(json.dumps(SHOWN), json.dumps({"other": REDACTED}))
    assert refused.value.place == "$.other"


def test_a_retry_shows_what_the_step_would_get_and_a_restart_what_the_execution_got() -> None:
    waiting = alert(replace(held(), input='{"whole": 1}'))
    assert waiting.focus.hold is not None
    assert shown_input(waiting, RecoveryKind.RETRY) == waiting.focus.hold.input
    assert shown_input(waiting, RecoveryKind.RESTART) == '{"whole": 1}'
    assert shown_input(alert(failure()), RecoveryKind.RETRY) is None


THREE = [{"name": name, "password": name.lower()} for name in ("HAM", "BER", "CGN")]
THREE_SHOWN = [{**one, "password": REDACTED} for one in THREE]


def test_of_many_items_one_may_be_edited_and_the_others_keep_theirs() -> None:
    edited = [THREE_SHOWN[0], {**THREE_SHOWN[1], "name": "BER-2"}, THREE_SHOWN[2]]
    assert restored(edited, THREE_SHOWN, THREE) == [
        THREE[0],
        {**THREE[1], "name": "BER-2"},
        THREE[2],
    ]


def test_an_item_that_was_copied_and_edited_has_no_secret_of_its_own() -> None:
    edited = [{**THREE_SHOWN[0], "name": f"HAM-{number}"} for number in (1, 2)]
    with pytest.raises(SecretMisplacedError) as refused:
        restored([*edited, THREE_SHOWN[2]], [THREE_SHOWN[0], THREE_SHOWN[2]], [THREE[0], THREE[2]])
    assert refused.value.place == "$[0]"


def test_a_secret_added_to_an_edited_item_is_refused_with_its_place_in_it() -> None:
    edited = [{**THREE_SHOWN[0], "name": "HAM-2", "token": REDACTED}, *THREE_SHOWN[1:]]
    with pytest.raises(SecretMisplacedError) as refused:
        restored(edited, THREE_SHOWN, THREE)
    assert refused.value.place == "$[0].token"


def test_items_that_look_alike_keep_their_order_when_others_are_put_between() -> None:
    shown, recorded = [REDACTED, "a", REDACTED], ["one", "a", "two"]
    edited = ["first", REDACTED, "between", REDACTED]
    assert restored(edited, shown, recorded) == ["first", "one", "between", "two"]
