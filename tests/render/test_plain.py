"""What is read outside of Slack has none of Slack's markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.render.mrkdwn import bold_name, code, context, date, link, preformatted, section
from app.render.plain import plain, plain_message, without_emoji
from tests.factories import NOW

NAMES = {"U01ANA": "Ana"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{bold_name('Ana')} acknowledged", "Ana acknowledged"),
        (f"muted until {date(NOW)}", "muted until 2026-03-02 09:30 UTC"),
        ("<@U01ANA> and <@U02BEN> and <@U3|chen>", "@Ana and @U02BEN and @chen"),
        ("<#C1|alerts> <#C2> <!here> <!subteam^S1|@oncall>", "#alerts #C2 @here @oncall"),
        (link("https://x.io/?a=b&amp;c", "the card"), "the card (https://x.io/?a=b&c)"),
        ("<https://x.io> <mailto:a@x.io|a@x.io>", "https://x.io a@x.io"),
        ("*bold* _italic_ ~struck~ `code` 2 * 3 * 4", "bold italic struck code 2 * 3 * 4"),
        ("snake_case_name and a*b*c stay", "snake_case_name and a*b*c stay"),
        ("`*not bold* and _so on_`", "*not bold* and _so on_"),
        ("see ```\nx = 1\n```", "see x = 1"),
        (code("<!channel> & more"), "<!channel> & more"),
        ("a &lt;tag&gt; &amp;amp;", "a <tag> &amp;"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ("<!date^99999999999999999999^{date}|soon>", "@soon"),
    ],
)
def test_markup_becomes_plain_text(text: str, said: str) -> None:
    assert plain(text, NAMES) == said


def test_a_message_tells_its_blocks_instead_of_its_text() -> None:
    blocks = [
        section("*Cause*"),
        preformatted("a <b> & `c` *d*", 100),
        context("one", "<https://x.io|two>"),
        {"type": "actions", "elements": [{"type": "button", "text": {"text": "Press"}}]},
    ]
    said = "Cause\na <b> & `c` *d*\none\ntwo (https://x.io)"
    assert plain_message({"bot_id": "B1", "text": "Details", "blocks": blocks}) == said


def test_what_a_person_wrote_is_its_text() -> None:
    written = [{"type": "rich_text", "elements": [{"type": "user", "user_id": "U01ANA"}]}]
    assert plain_message({"text": "<@U01ANA> look", "blocks": written}, NAMES) == "@Ana look"


def test_a_message_tells_its_attachments_and_files_too() -> None:
    fields = {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Error*\n`E`"}]}
    message = {
        "text": "*title*",
        "attachments": [{"fallback": "x", "blocks": [section("inside"), fields]}],
        "files": [{"name": "input.json"}, {}],
    }
    said = "title\ninside\nError: E\n[file: input.json]\n[file: without a name]"
    assert plain_message(message) == said


def test_only_the_emoji_in_front_of_a_line_go() -> None:
    text = ":eyes: Ana :eyes: saw 09:30: it\n:x::x:  twice\n`:x: y`"
    assert without_emoji(text) == "Ana :eyes: saw 09:30: it\ntwice\n`:x: y`"


def test_the_emoji_that_an_app_marks_its_lines_with_are_left_out_wherever_they_stand() -> None:
    blocks = [
        context(":mag:", "Logs of `load`"),
        section(":white_check_mark: *done*\n:warning: but"),
        preformatted(":as: it is", 100),
    ]
    message = {"bot_id": "B1", "text": ":eyes: *one*\n:eyes: two"}
    assert plain_message(message) == "one\ntwo"
    assert plain_message(message | {"blocks": blocks}) == "Logs of load\ndone\nbut\n:as: it is"
    assert plain_message({"text": ":eyes: by a person"}) == ":eyes: by a person"


@given(st.text(alphabet="<>|@#!^*_~`:&;aU1\n "))
def test_any_text_can_be_made_plain(text: str) -> None:
    plain(text)
