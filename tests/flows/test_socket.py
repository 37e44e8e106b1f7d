"""sfn-alerts socket: people's clicks and commands are answered on this machine."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from app.cli import main
from deploy.package import ROOT
from tests.hand import Hand, Json, eventually, unique

pytestmark = pytest.mark.xdist_group("world")

Captured = pytest.CaptureFixture[str]


def environment(hand: Hand) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": hand.facts.aws_endpoint_url,
        "AWS_REGION": hand.facts.region,
        "SLACK_APP_TOKEN": "xapp-1-local",
    }


@pytest.fixture(scope="module")
def here(hand: Hand) -> Iterator[None]:
    """The command at work, with nobody at the address that Slack knows."""
    hand.world.slack.set_request_url("http://127.0.0.1:9/nobody")
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "socket", "--stage", "local"],
        cwd=ROOT,
        env={**os.environ, **environment(hand), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    said = process.stdout.readline()
    assert said == "Answering Slack for sfn-alerts-local in us-east-1. Ctrl-C stops it.\n"
    try:
        yield
    finally:
        hand.world.slack.set_request_url(hand.facts.request_url)
        process.send_signal(signal.SIGINT)
        status = process.wait(20)
        process.stdout.close()
    assert status == 130


def failing(hand: Hand) -> tuple[str, Json]:
    error = unique("E")
    hand.start(hand.machine({"Fail": {"Type": "Fail", "Error": error}}))
    return error, hand.settled_card(error)


@pytest.mark.usefixtures("here")
def test_a_click_is_carried_out(hand: Hand) -> None:
    error, card = failing(hand)
    element = hand.button(card, "acknowledge")
    slack, channel = hand.world.slack, hand.facts.channel
    pressed = {"user": hand.ana["id"], "channel": channel, "ts": card["ts"], "action": element}
    assert slack.do("act", **pressed)["ok"]
    eventually(lambda: "cknowledged by" in json.dumps(hand.card(error)["attachments"]))


@pytest.mark.usefixtures("here")
def test_a_dialog_opens_and_says_what_is_wrong_with_what_was_entered(hand: Hand) -> None:
    _, card = failing(hand)
    slack, user = hand.world.slack, hand.ana["id"]
    element = hand.button(card, "restart")
    slack.do("act", user=user, channel=hand.facts.channel, ts=card["ts"], action=element)
    view = slack.seen_by(user)["modal"]
    [block] = [one for one in view["blocks"] if one["type"] == "input"]
    entered = {block["element"]["action_id"]: {"type": "plain_text_input", "value": "{no json"}}
    told = slack.do("submit", user=user, view_id=view["id"], state={block["block_id"]: entered})
    slack.do("close", user=user)
    assert block["block_id"] in json.dumps(told["errors"])


@pytest.mark.usefixtures("here")
def test_a_command_is_answered(hand: Hand) -> None:
    slack, channel = hand.world.slack, hand.facts.channel
    asked = {"user": hand.ben["id"], "channel": channel, "command": "/sfn-status", "text": "help"}
    assert slack.do("command", **asked)["ok"]
    eventually(lambda: "/sfn-status mutes" in json.dumps(slack.seen_by(hand.ben["id"])))


@pytest.mark.usefixtures("here")
def test_what_is_said_in_a_thread_is_heard(hand: Hand) -> None:
    error, card = failing(hand)
    hand.say("@bot ack", card)
    eventually(lambda: "cknowledged by" in json.dumps(hand.card(error)["attachments"]))


@pytest.mark.parametrize("token", ["", "xoxb-a-bots-own"])
def test_without_an_app_level_token_it_says_where_to_get_one(
    token: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", token)
    assert main(["socket"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("SLACK_APP_TOKEN must hold an app-level token, xapp-")
    assert "App-Level Tokens" in said
