"""What the tests of the local Slack post and open."""

from typing import Any

CHANNEL, ANA, BEN, GUEST = "C01ALERTS", "U01ANA", "U02BEN", "U09GUEST"
DM_OF_ANA = "D01ANA"

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Go"), "value": "7", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "block_id": "row", "elements": list(elements)}


def field(block_id: str, element: Json | None = None, **more: Any) -> Json:
    """An input block."""
    typed = element or {"type": "plain_text_input", "action_id": block_id}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain("Why"),
        "element": typed,
        **more,
    }


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "ask",
        "title": plain("Ask"),
        "submit": plain("Go"),
        "blocks": list(blocks) or [field("why")],
        **more,
    }


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks) or [section("Nothing is broken")], **more}
