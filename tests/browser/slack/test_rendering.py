"""Texts, dates, emoji and files are shown as Slack shows them."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient

from local.slack import LocalSlack
from tests.browser.conftest import ARGUMENTS
from tests.browser.slack.person import posted, row, typed
from tests.local.slack.samples import CHANNEL

pytestmark = pytest.mark.xdist_group("slack page")

RENDER = Path(__file__).parents[3] / "app" / "render"
LINES = json.dumps({f"line {number}": number for number in range(40)}, indent=2)


def shown(page: Page, *texts: str) -> list[str]:
    """Texts in mrkdwn as the page shows them, their elements with them."""
    htmls: list[str] = page.evaluate(
        """async texts => {
            const { mrkdwn } = await import("/page/mrkdwn.js");
            const workspace = await (await fetch("/state?user=U01ANA")).json();
            return texts.map(text => mrkdwn(text, { ...workspace, me: "U01ANA" }).innerHTML);
        }""",
        texts,
    )
    uninteresting = r' (target|rel|title|role|aria-label|datetime|data-[a-z]+)="[^"]*"'
    return [re.sub(uninteresting, "", html) for html in htmls]


MRKDWN = {
    "*bold* _it_ ~gone~ `a*b*`": "<b>bold</b> <i>it</i> <s>gone</s> <code>a*b*</code>",
    "2*3*4 snake_case_name a~b~c": "2*3*4 snake_case_name a~b~c",
    "*_both_* (*in*) ** __": "<b><i>both</i></b> (<b>in</b>) ** __",
    "a\nb": "a<br>b",
    "&gt; one\n&gt; two\nthree": "<blockquote>one<br>two</blockquote>three",
    "x\n&gt;&gt;&gt; all\nof it": "x<blockquote>all<br>of it</blockquote>",
    "```\n*a*\n  b```": "<pre>*a*\n  b</pre>",
    "<@U02BEN> <@U01ANA>": (
        '<span class="mention">@Ben</span> <span class="mention me">@Ana</span>'
    ),
    "<!subteam^S02BILL|x>": '<span class="mention">@billing-oncall</span>',
    "<!subteam^S01DATA>": '<span class="mention me">@data-oncall</span>',
    "<!here>": '<span class="mention me">@here</span>',
    "<#C03GENERAL|old>": '<span class="mention">#general</span>',
    "<https://a.example/?x=1&amp;y|a *b*>": '<a href="https://a.example/?x=1&amp;y">a *b*</a>',
    "see https://a.example/x.": 'see <a href="https://a.example/x">https://a.example/x</a>.',
    "<javascript:alert(1)|x>": "&lt;javascript:alert(1)|x&gt;",
    "<img src=x onerror=alert(1)>": "&lt;img src=x onerror=alert(1)&gt;",
    "&lt;!channel&gt; &amp;amp;": "&lt;!channel&gt; &amp;amp;",
    "10:30:00 :no_such_emoji:": "10:30:00 :no_such_emoji:",
    ":eyes:": '<span class="emoji">👀</span>',
    "`:eyes: <!here>`": "<code>:eyes: &lt;!here&gt;</code>",
}


def test_mrkdwn_is_shown_as_slack_shows_it(page: Page) -> None:
    assert dict(zip(MRKDWN, shown(page, *MRKDWN), strict=True)) == MRKDWN


DATES = {
    "{date_num} {time_secs}": "2026-02-18 3:39:42 PM",
    "at {time}": "at 3:39 PM",
    "{date}": "February 18th, 2026",
    "{date_short}": "Feb 18, 2026",
    "{date_long}": "Wednesday, February 18th, 2026",
    "on {date_long_pretty}": "on Wednesday, February 18th, 2026",
    "{no_such_token}": "{no_such_token}",
}


def dates(page: Page, *dates: tuple[int, str]) -> list[str]:
    texts = [f"x <!date^{seconds}^{pattern}|fallback>" for seconds, pattern in dates]
    return [re.sub(r"<[^>]*>", "", html).removeprefix("x ") for html in shown(page, *texts)]


def test_a_date_is_shown_in_the_readers_zone(page: Page) -> None:
    found = dates(page, *((1_771_425_582, pattern) for pattern in DATES))
    assert dict(zip(DATES, found, strict=True)) == DATES


NEAR = {
    (-300, "{ago}"): "5 minutes ago",
    (-2 * 86_400, "{ago}"): "2 days ago",
    (7_260, "{ago}"): "in 2 hours",
    (0, "{date_short_pretty}"): "today",
    (-86_400, "{date_pretty}"): "yesterday",
    (86_400, "{date_long_pretty}"): "tomorrow",
}


def test_a_near_date_is_told_by_its_distance(page: Page) -> None:
    now = int(page.evaluate("Date.now() / 1000"))
    found = dates(page, *((now + seconds, pattern) for seconds, pattern in NEAR))
    assert dict(zip(NEAR, found, strict=True)) == NEAR


def test_a_date_that_is_none_shows_its_fallback(page: Page) -> None:
    assert shown(page, "<!date^99999999999999999^{date}|then>") == ["then"]


def test_every_emoji_of_the_app_has_a_picture(page: Page) -> None:
    sources = "\n".join(file.read_text() for file in sorted(RENDER.glob("*.py")))
    names = set(re.findall(r'(?<=["\s]):([a-z][a-z0-9_]+):(?=["\s{])', sources))
    assert "eyes" in names
    assert [one for one in shown(page, *(f":{name}:" for name in names)) if ":" in one] == []


def test_an_emoji_without_a_glyph_stays_its_name(page: Page) -> None:
    without = {"lost": "10FFFC", "torn": "1F468-200D-1F9E6"}
    page.evaluate("codes => Object.assign(slackToHtml.emojiData, codes)", without)
    assert shown(page, ":lost: :torn:") == [":lost: :torn:"]


WITHOUT_EMOJI = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include>/etc/fonts/fonts.conf</include>
<selectfont><rejectfont><glob>*Emoji*</glob></rejectfont></selectfont></fontconfig>"""


def test_a_machine_without_a_font_for_emoji_shows_their_names(
    browser: Browser, slack: LocalSlack, web: WebClient, tmp_path: Path
) -> None:
    posted(web, ":eyes: :rotating_light: look")
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(WITHOUT_EMOJI)
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    bare = browser.browser_type.launch(
        executable_path=path, args=ARGUMENTS, env={**os.environ, "FONTCONFIG_FILE": str(fonts)}
    )
    page = bare.new_page()
    page.goto(slack.url)
    expect(row(page, "look")).to_contain_text(":eyes: :rotating_light: look")
    bare.close()


def test_what_people_write_never_becomes_html(page: Page) -> None:
    hostile = "<script>window.taken = 1</script><img src=x onerror='window.taken = 1'>"
    typed(page, hostile).press("Enter")
    expect(row(page, hostile)).to_be_visible()
    assert page.evaluate("window.taken") is None


def test_a_snippet_shows_its_first_lines_and_all_when_asked(web: WebClient, page: Page) -> None:
    card = posted(web)
    web.files_upload_v2(
        channel=CHANNEL, thread_ts=card, content=LINES, filename="input.json", title="The input"
    )
    row(page, "a card").get_by_test_id("thread-open").click()
    file = page.get_by_test_id("thread").get_by_test_id("file")
    expect(file).to_contain_text("The input")
    expect(file.locator("pre")).to_have_text("\n".join([*LINES.splitlines()[:5], ""]))
    file.get_by_role("button", name="Show more (42 lines)").click()
    expect(file.locator("pre")).to_contain_text('"line 39": 39')
    file.get_by_role("button", name="Show less").click()
    expect(file.locator("pre")).not_to_contain_text('"line 39": 39')
    with page.expect_download() as download:
        file.get_by_role("link", name="Download").click()
    assert Path(download.value.path()).read_text() == LINES
