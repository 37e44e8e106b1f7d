"""The dialog for an input says what it does, and how its field is to be filled."""

import json

import pytest
from msgspec.structs import replace

from app.domain.alert import RecoveryKind
from app.domain.execution import Hold
from app.render.input_modal import input_modal
from local.slack import block_kit
from tests.factories import NOW, alert, held


@pytest.mark.parametrize(
    ("kind", "given", "title"),
    [
        (RecoveryKind.RETRY, '{"order": 1}', "Retry with edited input"),
        (RecoveryKind.RETRY, json.dumps("x" * 4000), "Retry step"),
        (RecoveryKind.RESTART, '{"order": 1}', "Restart"),
    ],
)
def test_the_title_says_what_is_done(kind: RecoveryKind, given: str, title: str) -> None:
    view = input_modal(alert(replace(held(), hold=Hold(since=NOW, input=given))), kind)
    assert block_kit.check_view(view) == []
    assert view["title"]["text"] == title


def test_the_field_says_how_json_is_written() -> None:
    text = json.dumps(input_modal(alert(), RecoveryKind.RESTART))
    assert "names and texts in double quotes" in text
