"""Only what Slack has signed, and just now, gets in; nothing else changes or breaks anything."""

import base64
import json
import time
import urllib.parse

import pytest

from tests.hand import Hand, unique

pytestmark = pytest.mark.xdist_group("world")


def acknowledgement(hand: Hand, card: dict[str, object]) -> bytes:
    """The body of a click that would acknowledge the card."""
    payload = {
        "type": "block_actions",
        "team": {"id": hand.facts.team},
        "user": hand.person(hand.ana),
        "actions": [hand.button(card, "acknowledge")],
        "trigger_id": "1",
    }
    return urllib.parse.urlencode({"payload": json.dumps(payload)}).encode()


@pytest.fixture(scope="module")
def card(hand: Hand) -> dict[str, object]:
    error = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    return hand.settled_card(error)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda headers, body: ({}, body), id="no signature"),
        pytest.param(
            lambda headers, body: ({**headers, "X-Slack-Signature": "v0=" + "0" * 64}, body),
            id="a wrong signature",
        ),
        pytest.param(
            lambda headers, body: ({**headers, "X-Slack-Request-Timestamp": "soon"}, body),
            id="a timestamp that is no number",
        ),
        pytest.param(
            lambda headers, body: ({**headers, "X-Slack-Request-Timestamp": "9" * 400}, body),
            id="a timestamp beyond all numbers",
        ),
        pytest.param(
            lambda headers, body: ({**headers, "X-Slack-Signature": "v0=\u00e9\u00e9"}, body),
            id="a signature that is not ASCII",
        ),
        pytest.param(
            lambda headers, body: (headers, body[:-1] + bytes([body[-1] ^ 1])),
            id="a flipped byte",
        ),
        pytest.param(lambda headers, body: (headers, b"\xff\xfe"), id="a body that is no text"),
    ],
)
def test_what_slack_did_not_sign_is_401_and_changes_nothing(
    hand: Hand, card: dict[str, object], change: object
) -> None:
    body = acknowledgement(hand, card)
    headers, sent = change(hand.signed(body), body)  # type: ignore[operator]
    assert hand.send_raw(sent, headers)[0] == 401
    assert hand.thread(card) == []


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_request_from_another_time_is_401(
    hand: Hand, card: dict[str, object], seconds: int
) -> None:
    body = acknowledgement(hand, card)
    assert hand.send_raw(body, hand.signed(body, time.time() + seconds))[0] == 401


@pytest.mark.parametrize("form", [{}, {"payload": "{"}, {"payload": "[]"}, {"command": "/other"}])
def test_a_signed_request_that_makes_no_sense_is_refused_not_fatal(
    hand: Hand, form: dict[str, str]
) -> None:
    status, _ = hand.send(form)
    assert 400 <= status < 500


def test_a_signed_body_may_come_in_base64(hand: Hand) -> None:
    """Lambda encodes bodies whose content type it takes for binary."""
    form = urllib.parse.urlencode({"command": "/sfn-status", "user_id": "U1", "team_id": "T1"})
    event = {
        "headers": hand.signed(form.encode()),
        "body": base64.b64encode(form.encode()).decode(),
        "isBase64Encoded": True,
        "rawPath": "/slack/events",
    }
    answer = hand.world.client("lambda").invoke(
        FunctionName="sfn-alerts-local-slack", Payload=json.dumps(event)
    )
    assert json.loads(answer["Payload"].read())["statusCode"] == 200
