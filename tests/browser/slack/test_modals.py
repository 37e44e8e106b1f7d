"""Modals are filled in, checked, stacked, changed and closed on the page."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from local.slack import LocalSlack
from tests.browser.slack.person import OPTIONS, opened, told
from tests.hand import eventually
from tests.local.slack.conftest import App
from tests.local.slack.samples import actions, button, field, modal, plain, section

pytestmark = pytest.mark.xdist_group("slack page")

LINES = json.dumps({f"line {number}": number for number in range(40)}, indent=2)


def element(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "a", **more}


def test_every_kind_of_field_is_filled_in_and_submitted(
    slack: LocalSlack, app: App, web: WebClient, page: Page
) -> None:
    blocks = [
        field("text", element("plain_text_input"), label=plain("Text")),
        field("radio", element("radio_buttons", options=OPTIONS), label=plain("Radio")),
        field("boxes", element("checkboxes", options=OPTIONS), label=plain("Boxes")),
        field("select", element("static_select", options=OPTIONS), label=plain("Select")),
        field("day", element("datepicker"), label=plain("Day")),
        field("hour", element("timepicker"), label=plain("Hour")),
        field("moment", element("datetimepicker"), label=plain("Moment")),
        field("number", element("number_input", is_decimal_allowed=False), label=plain("Number")),
    ]
    shown = opened(slack, app, web, page, modal(*blocks))
    shown.get_by_label("Text").fill("because")
    shown.get_by_role("radio", name="Restart").check()
    shown.get_by_role("checkbox", name="Mute").check()
    shown.get_by_role("checkbox", name="Explain").check()
    shown.get_by_label("Select").select_option("explain")
    shown.get_by_label("Day").fill("2026-11-24")
    shown.get_by_label("Hour").fill("09:30")
    shown.get_by_label("Moment").fill("2026-11-24T09:30")
    shown.get_by_label("Number").fill("7")
    page.get_by_test_id("modal-submit").click()
    expect(shown).to_be_hidden()
    values = told(app, "view_submission")["view"]["state"]["values"]
    flat = {name: value["a"] for name, value in values.items()}
    assert flat["text"] == {"type": "plain_text_input", "value": "because"}
    assert flat["radio"]["selected_option"]["value"] == "restart"
    assert [one["value"] for one in flat["boxes"]["selected_options"]] == ["mute", "explain"]
    assert flat["select"]["selected_option"]["value"] == "explain"
    assert flat["day"]["selected_date"] == "2026-11-24"
    assert flat["hour"]["selected_time"] == "09:30"
    assert flat["moment"]["selected_date_time"] == 1_795_509_000
    assert flat["number"] == {"type": "number_input", "value": "7"}
    assert app.interactions("block_actions") == [], "none of them acts by itself"


def test_what_is_chosen_to_begin_with_is_shown(
    slack: LocalSlack, app: App, web: WebClient, page: Page
) -> None:
    groups = [{"label": plain("All"), "options": OPTIONS}]
    shown = opened(
        slack,
        app,
        web,
        page,
        modal(
            field("a", element("static_select", options=OPTIONS, initial_option=OPTIONS[1])),
            field("b", element("static_select", option_groups=groups, initial_option=OPTIONS[2])),
            field("c", element("datetimepicker", initial_date_time=1_795_509_000)),
        ),
    )
    expect(shown.get_by_role("combobox").first).to_have_value("restart")
    expect(shown.get_by_role("combobox").last).to_have_value("explain")
    expect(shown.locator("input[type=datetime-local]")).to_have_value("2026-11-24T09:30")


MISTAKES = (
    (element("plain_text_input"), "", "complete this required field"),
    (element("plain_text_input", max_length=5), "123456", "shorten this to 5 characters"),
    (element("plain_text_input", min_length=3), "12", "lengthen this to 3 characters"),
    (element("number_input", is_decimal_allowed=False), "1.5", "a whole number"),
    (element("number_input", is_decimal_allowed=False, max_value="9"), "10", "at most 9"),
    (element("url_text_input"), "nowhere", "a valid URL"),
)


def test_fields_filled_in_wrongly_say_so_and_are_not_sent(
    slack: LocalSlack, app: App, web: WebClient, page: Page
) -> None:
    blocks = [
        field(f"b{place}", given, label=plain(f"Field {place}"))
        for place, (given, _, _) in enumerate(MISTAKES)
    ]
    shown = opened(slack, app, web, page, modal(*blocks))
    for place, (_, text, _) in enumerate(MISTAKES):
        shown.get_by_label(f"Field {place}").fill(text)
    page.get_by_test_id("modal-submit").click()
    expect(shown.get_by_role("alert")).to_have_text([re.compile(one) for _, _, one in MISTAKES])
    expect(shown.get_by_label("Field 0")).to_be_focused()
    assert app.interactions("view_submission") == []


def test_json_of_40_lines_is_readable(
    slack: LocalSlack, app: App, web: WebClient, page: Page
) -> None:
    text = element("plain_text_input", multiline=True, initial_value=LINES)
    shown = opened(slack, app, web, page, modal(field("input", text)))
    area = shown.get_by_label("Why")
    expect(area).to_have_css("white-space", "pre")
    expect(area).to_have_css("font-family", re.compile("monospace"))
    assert area.bounding_box()["height"] > 300  # type: ignore[index]
    assert area.evaluate("area => area.scrollTop") == 0
    expect(page.get_by_test_id("modal-submit")).to_be_in_viewport()


def test_what_was_typed_survives_a_change_of_the_modal_and_one_on_top(
    slack: LocalSlack, app: App, web: WebClient, page: Page
) -> None:
    shown = opened(slack, app, web, page, modal(field("why"), actions(button("more"))))
    shown.get_by_label("Why").fill("half a rea")
    shown.get_by_role("button", name="Go", exact=True).first.click()
    payload = told(app)
    assert payload["view"]["state"]["values"]["why"]["why"]["value"] == "half a rea"
    web.views_update(
        view_id=payload["view"]["id"],
        hash=payload["view"]["hash"],
        view=modal(field("why"), section("more to say"), actions(button("more"))),
    )
    expect(shown).to_contain_text("more to say")
    expect(shown.get_by_label("Why")).to_have_value("half a rea")
    web.views_push(trigger_id=payload["trigger_id"], view=modal(field("other")))
    expect(shown.get_by_role("button", name="Back")).to_be_visible()
    expect(shown.get_by_label("Why")).to_have_value("")
    shown.get_by_role("button", name="Back").click()
    expect(shown).to_contain_text("more to say")
    expect(shown.get_by_label("Why")).to_have_value("half a rea")


def test_a_field_can_act_before_the_modal_is_submitted(
    slack: LocalSlack, app: App, web: WebClient, page: Page
) -> None:
    when = {"trigger_actions_on": ["on_character_entered"]}
    blocks = [
        field("which", element("static_select", options=OPTIONS), dispatch_action=True),
        field("quiet", element("plain_text_input"), label=plain("Quiet")),
        field(
            "loud",
            element("plain_text_input", dispatch_action_config=when),
            label=plain("Loud"),
            dispatch_action=True,
        ),
    ]
    shown = opened(slack, app, web, page, modal(*blocks))
    shown.get_by_label("Why").select_option("mute")
    assert told(app)["actions"][0]["selected_option"]["value"] == "mute"
    shown.get_by_label("Quiet").fill("psst")
    shown.get_by_label("Loud").press_sequentially("now")
    action = eventually(
        lambda: [
            one["actions"][0]
            for one in app.interactions("block_actions")
            if one["actions"][0].get("value") == "now"
        ]
    )[0]
    assert action["block_id"] == "loud"
    assert {one["actions"][0]["block_id"] for one in app.interactions("block_actions")} == {
        "which",
        "loud",
    }


def test_a_cross_closes_the_whole_modal_and_tells_of_it(
    slack: LocalSlack, app: App, web: WebClient, page: Page
) -> None:
    shown = opened(slack, app, web, page, modal(notify_on_close=True))
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    assert told(app, "view_closed")["is_cleared"] is True


def test_a_page_opened_anew_has_no_dialog_and_shows_the_next(
    slack: LocalSlack, app: App, web: WebClient, page: Page
) -> None:
    shown = opened(slack, app, web, page, modal())
    page.reload()
    expect(page.get_by_test_id("channel-sfn-alerts")).to_be_visible()
    expect(shown).to_be_hidden()
    opened(slack, app, web, page, modal())
