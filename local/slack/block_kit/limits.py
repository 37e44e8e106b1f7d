"""Slack's limits as data: which fields a block and an element have, where it stands, how long."""

from collections.abc import Mapping
from dataclasses import dataclass

#: Slack: a message's blocks hold about this much text in all, though no page says so.
WHOLE_MESSAGE = 13_200
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
VIEW_FIELDS: Mapping[str, frozenset[str]] = {
    "home": frozenset({"type", "blocks", "private_metadata", "callback_id", "external_id"}),
    "modal": frozenset(
        {
            *("type", "title", "blocks", "submit", "close", "private_metadata", "callback_id"),
            *("clear_on_close", "notify_on_close", "external_id", "submit_disabled"),
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Fields:
    """What a block or an element holds, besides its type; ``stands_in`` where, when not anywhere.

    For a block that is a surface, for an element the type of a block.
    """

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    stands_in: frozenset[str] | None = None


def _fields(required: str = "", optional: str = "", stands_in: str = "") -> Fields:
    return Fields(
        frozenset(required.split()),
        frozenset(optional.split()),
        frozenset(stands_in.split()) if stands_in else None,
    )


BLOCKS: Mapping[str, Fields] = {
    "header": _fields("text"),
    "divider": _fields(),
    "section": _fields("", "text fields accessory expand"),
    "context": _fields("elements"),
    "actions": _fields("elements"),
    "rich_text": _fields("elements"),
    "image": _fields("alt_text", "image_url title slack_file"),
    "input": _fields("label element", "hint optional dispatch_action", "modal home"),
    "markdown": _fields("text", "", "message"),
}

_ANYWHERE = "section actions input"
_TYPED = "action_id initial_value placeholder focus_on_load dispatch_action_config"

#: Elements that people act on.
ELEMENTS: Mapping[str, Fields] = {
    "button": _fields(
        "text", "action_id value url style confirm accessibility_label", "section actions"
    ),
    "overflow": _fields("options", "action_id confirm", "section actions"),
    "static_select": _fields(
        "",
        "action_id options option_groups initial_option placeholder confirm focus_on_load",
        _ANYWHERE,
    ),
    "multi_static_select": _fields(
        "",
        "action_id options option_groups initial_options placeholder confirm focus_on_load "
        "max_selected_items",
        "section input",
    ),
    "users_select": _fields(
        "", "action_id initial_user placeholder confirm focus_on_load", _ANYWHERE
    ),
    "conversations_select": _fields(
        "",
        "action_id initial_conversation default_to_current_conversation response_url_enabled "
        "filter placeholder confirm focus_on_load",
        _ANYWHERE,
    ),
    "checkboxes": _fields("options", "action_id initial_options confirm focus_on_load", _ANYWHERE),
    "radio_buttons": _fields(
        "options", "action_id initial_option confirm focus_on_load", _ANYWHERE
    ),
    "datepicker": _fields(
        "", "action_id initial_date placeholder confirm focus_on_load", _ANYWHERE
    ),
    "timepicker": _fields(
        "", "action_id initial_time placeholder confirm focus_on_load timezone", _ANYWHERE
    ),
    "datetimepicker": _fields(
        "", "action_id initial_date_time confirm focus_on_load", "actions input"
    ),
    "plain_text_input": _fields("", f"{_TYPED} multiline min_length max_length", "input"),
    "number_input": _fields("is_decimal_allowed", f"{_TYPED} min_value max_value", "input"),
    "email_text_input": _fields("", _TYPED, "input"),
    "url_text_input": _fields("", _TYPED, "input"),
    "image": _fields("image_url alt_text", "", "section context"),
}

#: The longest text by the place it stands in: (kind of holder, field).
LONGEST = {
    ("header", "text"): 150,
    ("section", "text"): 3000,
    ("section", "fields"): 2000,
    ("context", "elements"): 2000,
    ("markdown", "text"): 12_000,
    ("image", "alt_text"): 2000,
    ("image", "image_url"): 3000,
    ("image", "title"): 2000,
    ("button", "text"): 75,
    ("button", "value"): 2000,
    ("button", "url"): 3000,
    ("button", "accessibility_label"): 75,
    ("input", "label"): 2000,
    ("input", "hint"): 2000,
    ("option", "text"): 75,
    ("option", "value"): 150,
    ("option", "description"): 75,
    ("option", "url"): 3000,
    ("option_group", "label"): 75,
    ("confirm", "title"): 100,
    ("confirm", "text"): 300,
    ("confirm", "confirm"): 30,
    ("confirm", "deny"): 30,
    ("any", "placeholder"): 150,
    ("any", "action_id"): 255,
    ("any", "block_id"): 255,
    ("plain_text_input", "initial_value"): 3000,
    ("view", "title"): 24,
    ("view", "submit"): 24,
    ("view", "close"): 24,
    ("view", "private_metadata"): 3000,
    ("view", "callback_id"): 255,
    ("view", "external_id"): 255,
}
#: The most there may be in a list; 100 where nothing is said.
MOST = {
    ("section", "fields"): 10,
    ("context", "elements"): 10,
    ("actions", "elements"): 25,
    ("overflow", "options"): 5,
    ("checkboxes", "options"): 10,
    ("radio_buttons", "options"): 10,
}
USUAL_MOST = 100
#: Slack: the shortest and the longest that a text field may be told to take.
TYPED_LEAST, TYPED_MOST = (0, 3000), (1, 3000)

RICH = frozenset(
    {"rich_text_section", "rich_text_preformatted", "rich_text_quote", "rich_text_list"}
)
#: The parts of rich text, and what each must hold.
RICH_PARTS: Mapping[str, str] = {
    "text": "text",
    "link": "url",
    "user": "user_id",
    "usergroup": "usergroup_id",
    "channel": "channel_id",
    "emoji": "name",
    "broadcast": "range",
    "date": "timestamp",
    "color": "value",
}
