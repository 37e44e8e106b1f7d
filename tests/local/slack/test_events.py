"""What is said, reacted and opened becomes events: those that the manifest asks for."""

import time
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from local.slack import LocalSlack
from tests.local.slack.conftest import MANIFEST, TOKEN, App, started
from tests.local.slack.samples import ANA, BEN, CHANNEL, DM_OF_ANA, home


def say(slack: LocalSlack, text: str, user: str = BEN, **more: Any) -> str:
    return str(slack.do("message", user=user, channel=CHANNEL, text=text, **more)["ts"])


def posted(web: WebClient, text: str = "a card") -> str:
    return str(web.chat_postMessage(channel=CHANNEL, text=text)["ts"])


def test_a_mention_in_a_thread_names_the_thread(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    card = posted(web)
    ts = say(slack, f"<@{slack.bot_user}> redrive", thread_ts=card)
    event = app.event("app_mention")
    assert event | {"ts": ts, "thread_ts": card, "user": BEN, "channel": CHANNEL} == event
    assert event["text"] == f"<@{slack.bot_user}> redrive"
    assert "channel_type" not in event, "Slack: a mention does not tell it"
    message = app.event("message", ts=ts)
    assert message | {"thread_ts": card, "channel_type": "channel", "event_ts": ts} == message


def test_an_event_says_for_which_installation_it_is(slack: LocalSlack, app: App) -> None:
    say(slack, "hello")
    app.event("message")
    [envelope] = [one for one in app.got if one.get("type") == "event_callback"]
    [authorization] = envelope["authorizations"]
    assert authorization["user_id"] == slack.bot_user
    assert (envelope["team_id"], envelope["api_app_id"]) == (slack.team, slack.app_id)
    assert envelope["event_id"].startswith("Ev")


def test_the_app_is_told_of_what_it_says_itself(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    ts = posted(web, f"<@{slack.bot_user}> talks of itself")
    event = app.event("message", ts=ts)
    assert event["user"] == slack.bot_user
    assert event["bot_id"]
    web.chat_update(channel=CHANNEL, ts=ts, text="changed")
    change = app.event("message", subtype="message_changed")
    assert change["message"]["text"] == "changed"
    assert change["previous_message"]["text"] != "changed"
    assert app.events("app_mention") == [], "Slack: nobody mentions themselves"


def test_a_reaction_is_told_when_it_comes_and_when_it_goes(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    ts = posted(web)
    slack.do("react", user=ANA, channel=CHANNEL, ts=ts, name="eyes")
    event = app.event("reaction_added")
    assert event["item"] == {"type": "message", "channel": CHANNEL, "ts": ts}
    assert (event["user"], event["reaction"]) == (ANA, "eyes")
    assert event["item_user"] == slack.bot_user
    slack.do("unreact", user=ANA, channel=CHANNEL, ts=ts, name="eyes")
    assert app.event("reaction_removed")["item"]["ts"] == ts
    [message] = web.conversations_history(channel=CHANNEL)["messages"]
    assert "reactions" not in message


def test_a_reaction_that_is_there_is_not_told_twice(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    ts = posted(web)
    for user in (ANA, ANA, BEN):
        slack.do("react", user=user, channel=CHANNEL, ts=ts, name="eyes")
    slack.do("unreact", user="U03CHEN", channel=CHANNEL, ts=ts, name="eyes")
    app.event("reaction_added", user=BEN)
    assert len(app.events("reaction_added", user=ANA)) == 1
    assert app.events("reaction_removed") == []
    found: Any = web.reactions_get(channel=CHANNEL, timestamp=ts)
    assert found["message"]["reactions"] == [{"name": "eyes", "users": [ANA, BEN], "count": 2}]


def test_the_home_that_is_opened_is_told_with_what_it_shows(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    slack.do("home", user=ANA)
    first = app.event("app_home_opened")
    assert first | {"user": ANA, "tab": "home", "channel": DM_OF_ANA} == first
    assert "view" not in first
    web.views_publish(user_id=ANA, view=home())
    slack.do("home", user=ANA)
    slack.do("home", user=ANA, tab="messages")
    app.event("app_home_opened", tab="messages")
    [shown] = [one["view"] for one in app.events("app_home_opened") if "view" in one]
    assert shown["type"] == "home"


def test_what_is_said_to_the_app_alone_is_no_mention(slack: LocalSlack, app: App) -> None:
    slack.do("message", user=ANA, channel=DM_OF_ANA, text=f"<@{slack.bot_user}> psst")
    assert app.event("message")["channel_type"] == "im"
    assert app.events("app_mention") == []


def without(manifest: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    """The manifest without one event or scope."""
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    scopes, events = ([one for one in some if one != name] for some in (scopes, events))
    assert part in {"scope", "event"}
    return manifest | {
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {"event_subscriptions": {"bot_events": events}},
    }


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(without(MANIFEST, "event", "app_mention"), id="not subscribed"),
        pytest.param(without(MANIFEST, "scope", "app_mentions:read"), id="scope missing"),
    ],
)
def test_an_event_that_the_manifest_does_not_ask_for_never_comes(
    app: App, tmp_path: Path, manifest: dict[str, Any]
) -> None:
    with started(manifest, tmp_path) as slack:
        slack.set_request_url(app.url)
        say(slack, f"<@{slack.bot_user}> help")
        app.event("message")
        time.sleep(0.2)
        assert app.events("app_mention") == []


def test_what_the_manifest_has_no_scope_for_is_refused(tmp_path: Path) -> None:
    with started(without(MANIFEST, "scope", "reactions:write"), tmp_path) as slack:
        web = WebClient(token=TOKEN, base_url=slack.api_url, retry_handlers=[])
        ts = posted(web)
        with pytest.raises(SlackApiError) as problem:
            web.reactions_add(channel=CHANNEL, timestamp=ts, name="eyes")
        answer: Any = problem.value.response.data
        assert (answer["error"], answer["needed"]) == ("missing_scope", "reactions:write")
        assert "chat:write" in answer["provided"].split(",")


def test_a_manifest_that_says_little_turns_little_on(tmp_path: Path) -> None:
    bare = {
        "display_information": {"name": "sfn-alerts"},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    }
    with started(bare, tmp_path) as slack:
        web = WebClient(token=TOKEN, base_url=slack.api_url, retry_handlers=[])
        with pytest.raises(SlackApiError, match="not_enabled"):
            web.views_publish(user_id=ANA, view=home())
        said = slack.do("message", user=ANA, channel=DM_OF_ANA, text="hello?")
        assert "turned off" in said["error"]
        typed = slack.do("command", user=ANA, channel=CHANNEL, command="/ask")
        assert typed["error"].startswith("/ask is not a valid command.")
