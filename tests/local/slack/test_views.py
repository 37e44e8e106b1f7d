"""Modals stand on each other, change, close and tell of it; a home is published for each."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from local.slack import LocalSlack
from tests.local.slack.conftest import App
from tests.local.slack.samples import ANA, BEN, actions, button, field, home, modal, section


def trigger(slack: LocalSlack, app: App) -> str:
    slack.do("shortcut", user=ANA, callback_id="look")
    return str(app.interaction("shortcut")["trigger_id"])


def opened(slack: LocalSlack, app: App, web: WebClient, **more: Any) -> dict[str, Any]:
    view: Any = web.views_open(trigger_id=trigger(slack, app), view=modal(**more))["view"]
    return dict(view)


def pushed(slack: LocalSlack, app: App, web: WebClient, **more: Any) -> dict[str, Any]:
    view: Any = web.views_push(trigger_id=trigger(slack, app), view=modal(**more))["view"]
    return dict(view)


def shown(slack: LocalSlack, user: str = ANA) -> dict[str, Any] | None:
    """The modal on top, as the page has it."""
    view: dict[str, Any] | None = slack.seen_by(user)["modal"]
    return view


def test_a_trigger_opens_one_modal_and_soon(slack: LocalSlack, app: App, web: WebClient) -> None:
    trigger_id = trigger(slack, app)
    web.views_open(trigger_id=trigger_id, view=modal())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        web.views_open(trigger_id=trigger_id, view=modal())
    trigger_id = trigger(slack, app)
    time.sleep(3.05)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        web.views_open(trigger_id=trigger_id, view=modal())


def test_a_submitted_modal_shows_the_apps_errors_or_closes(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    view = opened(slack, app, web, private_metadata="alert 7")
    state = {"why": {"why": {"type": "plain_text_input", "value": "because"}}}
    app.answer = {"response_action": "errors", "errors": {"why": "Not good enough."}}
    answer = slack.do("submit", user=ANA, view_id=view["id"], state=state)
    assert answer["errors"] == {"why": "Not good enough."}
    app.answer = {}
    assert slack.do("submit", user=ANA, view_id=view["id"], state=state) == {"ok": True}
    told = app.interaction("view_submission")["view"]
    assert (told["state"]["values"], told["private_metadata"]) == (state, "alert 7")
    assert shown(slack) is None


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"no-such-block": "?"}},
        {"response_action": "errors"},
        {"response_action": "update", "view": home()},
        {"response_action": "push", "view": {"type": "modal", "blocks": []}},
    ],
)
def test_an_answer_that_makes_no_sense_leaves_the_modal_and_says_so(
    slack: LocalSlack, app: App, web: WebClient, answer: dict[str, Any]
) -> None:
    view = opened(slack, app, web)
    app.answer = answer
    assert slack.do("submit", user=ANA, view_id=view["id"])["error"]
    assert shown(slack) is not None


def test_an_answer_that_is_no_json_leaves_the_modal(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    view = opened(slack, app, web)
    app.text = "done"
    assert "trouble connecting" in slack.do("submit", user=ANA, view_id=view["id"])["error"]
    assert shown(slack)


def test_modals_stand_on_each_other_up_to_three(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    with pytest.raises(SlackApiError, match="not_found"):
        pushed(slack, app, web)
    first = opened(slack, app, web)
    second = pushed(slack, app, web)
    third = pushed(slack, app, web)
    assert third["root_view_id"] == second["root_view_id"] == first["id"]
    assert (third["previous_view_id"], second["previous_view_id"]) == (second["id"], first["id"])
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        pushed(slack, app, web)
    slack.do("close", user=ANA)
    assert (shown(slack) or {})["id"] == second["id"]


def test_a_submission_can_lead_to_the_next_modal_or_end_them_all(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    first = opened(slack, app, web)
    app.answer = {"response_action": "push", "view": modal(private_metadata="on top")}
    slack.do("submit", user=ANA, view_id=first["id"])
    on_top = shown(slack) or {}
    assert on_top["private_metadata"] == "on top"
    app.answer = {"response_action": "update", "view": modal(section("done"))}
    slack.do("submit", user=ANA, view_id=on_top["id"])
    assert (shown(slack) or {})["blocks"][0]["text"]["text"] == "done"
    app.answer = {"response_action": "clear"}
    slack.do("submit", user=ANA, view_id=on_top["id"])
    assert shown(slack) is None


def test_a_modal_opened_while_another_is_submitted_stays(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    first = opened(slack, app, web)
    second = pushed(slack, app, web)
    slack.do("submit", user=ANA, view_id=first["id"])
    assert (shown(slack) or {})["id"] == second["id"]


def test_a_change_that_began_from_an_older_state_is_refused(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    view = opened(slack, app, web, external_id="ask-7")
    changed: Any = web.views_update(view_id=view["id"], hash=view["hash"], view=modal())["view"]
    assert changed["id"] == view["id"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        web.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    with pytest.raises(SlackApiError, match="not_found"):
        web.views_update(external_id="ask-7", view=modal())


def test_a_modal_can_be_found_by_a_name_that_no_other_has(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    view = opened(slack, app, web, external_id="ask-7")
    changed: Any = web.views_update(external_id="ask-7", view=modal(external_id="ask-7"))
    assert changed["view"]["id"] == view["id"]
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        pushed(slack, app, web, external_id="ask-7")


def test_a_closed_modal_can_not_be_changed_any_more(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    view = opened(slack, app, web)
    slack.do("close", user=ANA)
    with pytest.raises(SlackApiError, match="not_found"):
        web.views_update(view_id=view["id"], view=modal())


def test_closing_is_told_to_those_who_asked_and_may_take_all_along(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    opened(slack, app, web, notify_on_close=True, private_metadata="below")
    pushed(slack, app, web)
    slack.do("close", user=ANA)
    assert app.interactions("view_closed") == [], "that one had not asked"
    pushed(slack, app, web, notify_on_close=True, clear_on_close=True, private_metadata="on top")
    slack.do("close", user=ANA)
    assert shown(slack) is None
    closed = [
        (one["view"]["private_metadata"], one["is_cleared"])
        for one in app.interactions("view_closed")
    ]
    assert closed == [("on top", True), ("below", True)]


def test_a_cross_closes_every_modal(slack: LocalSlack, app: App, web: WebClient) -> None:
    opened(slack, app, web)
    pushed(slack, app, web)
    slack.do("close", user=ANA, all=True)
    assert shown(slack) is None


def test_a_home_is_published_for_one_and_its_buttons_tell_the_view(
    slack: LocalSlack, app: App, web: WebClient
) -> None:
    published: Any = web.views_publish(
        user_id=ANA, view=home(actions(button("go")), private_metadata="page 2")
    )["view"]
    action = published["blocks"][0]["elements"][0] | {"block_id": "row"}
    slack.do("act", user=ANA, view_id=published["id"], action=action)
    payload = app.interaction("block_actions")
    assert payload["container"] == {"type": "view", "view_id": published["id"]}
    assert payload["view"]["private_metadata"] == "page 2"
    assert payload["view"]["hash"] == published["hash"]
    assert not {"message", "channel", "response_url"} & set(payload)
    assert slack.seen_by(BEN)["home"] is None
    web.views_open(trigger_id=payload["trigger_id"], view=modal())


def test_a_home_keeps_its_id_and_refuses_what_began_from_an_older_one(web: WebClient) -> None:
    first: Any = web.views_publish(user_id=ANA, view=home())["view"]
    second: Any = web.views_publish(user_id=ANA, view=home(), hash=first["hash"])["view"]
    assert second["id"] == first["id"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        web.views_publish(user_id=ANA, view=home(), hash=first["hash"])


OPTION = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
FIELDS: list[dict[str, Any]] = [
    {"type": "plain_text_input", "multiline": True, "initial_value": "{}", "max_length": 3000},
    {"type": "radio_buttons", "options": [OPTION], "initial_option": OPTION},
    {"type": "checkboxes", "options": [OPTION], "initial_options": [OPTION]},
    {"type": "static_select", "options": [OPTION], "initial_option": OPTION},
    {
        "type": "static_select",
        "option_groups": [{"label": OPTION["text"], "options": [OPTION]}],
        "initial_option": OPTION,
    },
    {"type": "multi_static_select", "options": [OPTION]},
    {"type": "datepicker", "initial_date": "2026-11-24"},
    {"type": "timepicker", "initial_time": "09:30"},
    {"type": "datetimepicker", "initial_date_time": 1_795_000_000},
    {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"},
    {"type": "users_select", "initial_user": ANA},
    {"type": "url_text_input"},
    {
        "type": "plain_text_input",
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    },
]


def test_a_modal_takes_every_kind_of_field(slack: LocalSlack, app: App, web: WebClient) -> None:
    blocks = [
        field(f"b{place}", {"action_id": "a", **element}, dispatch_action=True)
        for place, element in enumerate(FIELDS)
    ]
    view: Any = web.views_open(trigger_id=trigger(slack, app), view=modal(*blocks))["view"]
    assert [one["element"]["type"] for one in view["blocks"]] == [one["type"] for one in FIELDS]


@pytest.mark.parametrize(
    ("element", "pointer"),
    [
        ({"type": "button", "text": OPTION["text"]}, "element/type"),
        ({"type": "number_input"}, "is_decimal_allowed"),
        ({"type": "number_input", "is_decimal_allowed": True, "min_value": 1}, "min_value"),
        ({"type": "datepicker", "initial_date": "24.11.2026"}, "initial_date"),
        ({"type": "timepicker", "initial_time": "9:30"}, "initial_time"),
        ({"type": "datetimepicker", "initial_date_time": 1_795_000_000_000}, "initial_date_time"),
        ({"type": "static_select"}, "element]"),
        ({"type": "static_select", "options": [OPTION] * 101}, "options]"),
        (
            {
                "type": "static_select",
                "options": [OPTION],
                "initial_option": OPTION | {"value": "2"},
            },
            "initial_option",
        ),
        ({"type": "radio_buttons", "options": [OPTION] * 11}, "options]"),
        ({"type": "checkboxes", "options": [OPTION | {"url": "https://a"}]}, "options/0/url"),
        ({"type": "plain_text_input", "max_length": 3001}, "max_length"),
        ({"type": "plain_text_input", "initial_value": "x" * 3001}, "initial_value"),
        (
            {"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["x"]}},
            "trigger_actions_on",
        ),
    ],
)
def test_a_field_that_slack_would_refuse_is_refused(
    slack: LocalSlack, app: App, web: WebClient, element: dict[str, Any], pointer: str
) -> None:
    view = modal(field("b", {"action_id": "a", **element}))
    with pytest.raises(SlackApiError) as problem:
        web.views_open(trigger_id=trigger(slack, app), view=view)
    answer: Any = problem.value.response.data
    assert answer["error"] == "invalid_arguments"
    assert pointer in str(answer["response_metadata"])


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        (home(), "/view/type"),
        (modal(title={"type": "plain_text", "text": "x" * 25}), "/view/title"),
        (modal(private_metadata="x" * 3001), "/view/private_metadata"),
        (modal(*[section("x")] * 101), "/view/blocks"),
        (modal(hash="1"), "/view/hash"),
        ({name: value for name, value in modal().items() if name != "submit"}, "/view/submit"),
    ],
)
def test_a_modal_that_slack_would_refuse_is_refused(
    slack: LocalSlack, app: App, web: WebClient, view: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(SlackApiError) as problem:
        web.views_open(trigger_id=trigger(slack, app), view=view)
    assert pointer in str(problem.value.response["response_metadata"])


def test_a_view_of_more_than_250_kilobytes_is_refused(web: WebClient) -> None:
    view = home(*[section("x" * 3000)] * 90)
    with pytest.raises(SlackApiError, match="view_too_large"):
        web.views_publish(user_id=ANA, view=view)
