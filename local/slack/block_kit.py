"""Slack's limits on blocks, as data, and the errors it answers with.

A check here refuses what Slack refuses: sizes, missing and unknown fields, duplicate ids.
"""

from collections.abc import Iterator, Mapping
from typing import Any

#: Slack: a message's blocks hold about this much text in all, though no page says so.
WHOLE_MESSAGE = 13_200
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}

_TEXTS = frozenset({"plain_text", "mrkdwn"})

#: Per block type: fields it may have besides type and block_id, and those it must have.
BLOCKS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "header": (frozenset({"text"}), frozenset({"text"})),
    "divider": (frozenset(), frozenset()),
    "section": (frozenset({"text", "fields", "accessory", "expand"}), frozenset()),
    "context": (frozenset({"elements"}), frozenset({"elements"})),
    "actions": (frozenset({"elements"}), frozenset({"elements"})),
    "rich_text": (frozenset({"elements"}), frozenset({"elements"})),
    "image": (
        frozenset({"image_url", "alt_text", "title", "slack_file"}),
        frozenset({"alt_text"}),
    ),
    "input": (
        frozenset({"label", "element", "hint", "optional", "dispatch_action"}),
        frozenset({"label", "element"}),
    ),
    "markdown": (frozenset({"text"}), frozenset({"text"})),
}
_ONLY_IN = {"input": {"modal", "home"}, "markdown": {"message"}}

#: Elements that people act on: the same for them.
ELEMENTS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "button": (
        frozenset({"action_id", "text", "value", "url", "style", "confirm", "accessibility_label"}),
        frozenset({"text"}),
    ),
    "static_select": (
        frozenset(
            {
                "action_id",
                "options",
                "option_groups",
                "initial_option",
                "placeholder",
                "confirm",
                "focus_on_load",
            }
        ),
        frozenset(),
    ),
    "overflow": (frozenset({"action_id", "options", "confirm"}), frozenset({"options"})),
    "users_select": (
        frozenset({"action_id", "initial_user", "placeholder", "confirm", "focus_on_load"}),
        frozenset(),
    ),
    "plain_text_input": (
        frozenset(
            {
                "action_id",
                "initial_value",
                "multiline",
                "min_length",
                "max_length",
                "placeholder",
                "focus_on_load",
                "dispatch_action_config",
            }
        ),
        frozenset(),
    ),
    "checkboxes": (
        frozenset({"action_id", "options", "initial_options", "confirm", "focus_on_load"}),
        frozenset({"options"}),
    ),
    "radio_buttons": (
        frozenset({"action_id", "options", "initial_option", "confirm", "focus_on_load"}),
        frozenset({"options"}),
    ),
    "image": (frozenset({"image_url", "alt_text"}), frozenset({"image_url", "alt_text"})),
}

#: The longest text by the place it stands in: (kind of holder, field).
LONGEST = {
    ("header", "text"): 150,
    ("section", "text"): 3000,
    ("section", "fields"): 2000,
    ("context", "elements"): 2000,
    ("markdown", "text"): 12_000,
    ("button", "text"): 75,
    ("button", "value"): 2000,
    ("button", "url"): 3000,
    ("input", "label"): 2000,
    ("input", "hint"): 2000,
    ("option", "text"): 75,
    ("option", "value"): 150,
    ("option", "description"): 75,
    ("confirm", "title"): 100,
    ("confirm", "text"): 300,
    ("confirm", "confirm"): 30,
    ("confirm", "deny"): 30,
    ("placeholder", "text"): 150,
    ("plain_text_input", "initial_value"): 3000,
    ("view", "title"): 24,
    ("view", "submit"): 24,
    ("view", "close"): 24,
    ("view", "private_metadata"): 3000,
    ("view", "callback_id"): 255,
    ("any", "action_id"): 255,
    ("any", "block_id"): 255,
}
_MOST = {
    ("section", "fields"): 10,
    ("context", "elements"): 10,
    ("actions", "elements"): 25,
    ("overflow", "options"): 5,
    ("static_select", "options"): 100,
    ("checkboxes", "options"): 10,
    ("radio_buttons", "options"): 10,
}
_RICH = frozenset(
    {"rich_text_section", "rich_text_preformatted", "rich_text_quote", "rich_text_list"}
)
_RICH_PARTS = frozenset(
    {"text", "link", "user", "usergroup", "channel", "emoji", "broadcast", "date"}
)


class Finding(str):
    """One thing Slack refuses, with a JSON pointer to it."""

    __slots__ = ()

    @classmethod
    def at(cls, pointer: str, said: str) -> "Finding":
        return cls(f"{said} [json-pointer:{pointer}]")


def check_message(blocks: object, pointer: str = "/blocks") -> list[Finding]:
    """What Slack refuses in a message's blocks."""
    return _check(blocks, "message", pointer)


def check_view(view: object) -> list[Finding]:
    """What Slack refuses in a modal or a home tab."""
    if not isinstance(view, dict):
        return [Finding.at("/view", "must be an object")]
    kind = view.get("type")
    if kind not in {"modal", "home"}:
        return [Finding.at("/view/type", "must be modal or home")]
    found = _check(view.get("blocks"), kind, "/view/blocks")
    if kind == "modal":
        if "title" not in view:
            found.append(Finding.at("/view/title", "missing required field"))
        inputs = any(isinstance(one, dict) and one.get("type") == "input" for one in view["blocks"])
        if inputs and "submit" not in view:
            found.append(Finding.at("/view/submit", "missing required field: there is an input"))
    for name in ("title", "submit", "close"):
        if name in view:
            found += _text(view[name], f"/view/{name}", LONGEST["view", name], plain=True)
    for name in ("private_metadata", "callback_id"):
        found += _length(view.get(name), f"/view/{name}", LONGEST["view", name])
    return found


def weight(blocks: object) -> int:
    """How much text the blocks hold in all."""
    if isinstance(blocks, dict):
        own = len(blocks["text"]) if isinstance(blocks.get("text"), str) else 0
        return own + sum(weight(value) for value in blocks.values() if not isinstance(value, str))
    if isinstance(blocks, list):
        return sum(weight(one) for one in blocks)
    return 0


def _check(blocks: object, surface: str, pointer: str) -> list[Finding]:
    if not isinstance(blocks, list):
        return [Finding.at(pointer, "must be an array")]
    found = []
    if len(blocks) > MOST_BLOCKS[surface]:
        found.append(Finding.at(pointer, f"no more than {MOST_BLOCKS[surface]} items allowed"))
    ids: set[str] = set()
    for place, block in enumerate(blocks):
        here = f"{pointer}/{place}"
        found += _block(block, surface, here)
        if isinstance(block, dict) and (block_id := block.get("block_id")):
            if block_id in ids:
                found.append(Finding.at(f"{here}/block_id", f"already exists: {block_id}"))
            ids.add(block_id)
    return found


def _block(block: object, surface: str, here: str) -> list[Finding]:
    kind = str(block.get("type")) if isinstance(block, dict) else "nothing"
    if not isinstance(block, dict) or kind not in BLOCKS:
        return [Finding.at(f"{here}/type", f"unsupported type: {kind}")]
    if surface not in _ONLY_IN.get(kind, {surface}):
        return [Finding.at(f"{here}/type", f"unsupported on this surface: {kind}")]
    found = _fields(block, *BLOCKS[kind], {"type", "block_id"}, here)
    found += _length(block.get("block_id"), f"{here}/block_id", LONGEST["any", "block_id"])
    match kind:
        case "header":
            found += _text(block.get("text"), f"{here}/text", LONGEST["header", "text"], plain=True)
        case "markdown":
            found += _length(
                block.get("text"), f"{here}/text", LONGEST["markdown", "text"], least=1
            )
        case "section":
            found += _section(block, here)
        case "context":
            found += _listed(block, "context", "elements", here)
            for place, one in enumerate(block.get("elements") or []):
                at = f"{here}/elements/{place}"
                found += _element(one, at) if _is_image(one) else _text(one, at, 2000)
        case "actions":
            found += _listed(block, "actions", "elements", here)
            found += _elements(block.get("elements") or [], f"{here}/elements")
        case "input":
            found += _text(block.get("label"), f"{here}/label", 2000, plain=True)
            if "hint" in block:
                found += _text(block["hint"], f"{here}/hint", 2000, plain=True)
            found += _element(block.get("element"), f"{here}/element")
        case "rich_text":
            found += list(_rich(block.get("elements"), f"{here}/elements"))
        case _:
            pass  # its fields are all there is to check
    return found


def _section(block: Mapping[str, Any], here: str) -> list[Finding]:
    if "text" not in block and "fields" not in block:
        return [Finding.at(here, "either text or fields is required")]
    found = []
    if "text" in block:
        found += _text(block["text"], f"{here}/text", LONGEST["section", "text"])
    if "fields" in block:
        found += _listed(block, "section", "fields", here)
        for place, one in enumerate(block["fields"]):
            found += _text(one, f"{here}/fields/{place}", LONGEST["section", "fields"])
    if "accessory" in block:
        found += _element(block["accessory"], f"{here}/accessory")
    return found


def _elements(elements: list[Any], here: str) -> list[Finding]:
    found, seen = [], set()
    for place, one in enumerate(elements):
        found += _element(one, f"{here}/{place}")
        action_id = one.get("action_id") if isinstance(one, dict) else None
        if action_id and action_id in seen:
            found.append(Finding.at(f"{here}/{place}/action_id", f"already exists: {action_id}"))
        seen.add(action_id)
    return found


def _element(element: object, here: str) -> list[Finding]:
    kind = str(element.get("type")) if isinstance(element, dict) else "nothing"
    if not isinstance(element, dict) or kind not in ELEMENTS:
        return [Finding.at(f"{here}/type", f"unsupported type: {kind}")]
    found = _fields(element, *ELEMENTS[kind], {"type"}, here)
    found += _length(element.get("action_id"), f"{here}/action_id", LONGEST["any", "action_id"])
    if kind == "button":
        found += _text(element.get("text"), f"{here}/text", LONGEST["button", "text"], plain=True)
        for name in ("value", "url"):
            found += _length(element.get(name), f"{here}/{name}", LONGEST["button", name])
        if element.get("style") not in {None, "primary", "danger"}:
            found.append(Finding.at(f"{here}/style", "must be primary or danger"))
    if "confirm" in element:
        found += _confirm(element["confirm"], f"{here}/confirm")
    if "placeholder" in element:
        longest = LONGEST["placeholder", "text"]
        found += _text(element["placeholder"], f"{here}/placeholder", longest, plain=True)
    if "options" in element:
        found += _listed(element, kind, "options", here)
        for place, option in enumerate(element["options"]):
            found += _option(option, f"{here}/options/{place}")
    if kind == "plain_text_input":
        longest = LONGEST["plain_text_input", "initial_value"]
        found += _length(element.get("initial_value"), f"{here}/initial_value", longest)
    return found


def _confirm(confirm: object, here: str) -> list[Finding]:
    if not isinstance(confirm, dict):
        return [Finding.at(here, "must be an object")]
    found = []
    for name in ("title", "text", "confirm", "deny"):
        found += _text(confirm.get(name), f"{here}/{name}", LONGEST["confirm", name])
    return found


def _option(option: object, here: str) -> list[Finding]:
    if not isinstance(option, dict):
        return [Finding.at(here, "must be an object")]
    found = _text(option.get("text"), f"{here}/text", LONGEST["option", "text"])
    return found + _length(
        option.get("value"), f"{here}/value", LONGEST["option", "value"], least=1
    )


def _rich(elements: object, here: str) -> Iterator[Finding]:
    if not isinstance(elements, list) or not elements:
        yield Finding.at(here, "must have at least 1 item")
        return
    for place, one in enumerate(elements):
        at = f"{here}/{place}"
        kind = one.get("type") if isinstance(one, dict) else None
        if kind not in _RICH:
            yield Finding.at(f"{at}/type", f"unsupported type: {kind}")
            continue
        if kind == "rich_text_list":
            yield from _rich(one.get("elements"), f"{at}/elements")
            continue
        if not one.get("elements"):
            yield Finding.at(f"{at}/elements", "must have at least 1 item")
        for part_place, part in enumerate(one.get("elements") or []):
            where = f"{at}/elements/{part_place}"
            if part.get("type") not in _RICH_PARTS:
                yield Finding.at(f"{where}/type", f"unsupported type: {part.get('type')}")
            elif part["type"] == "text" and not part.get("text"):
                yield Finding.at(f"{where}/text", "must be more than 0 characters")


def _fields(
    holder: Mapping[str, Any],
    allowed: frozenset[str],
    required: frozenset[str],
    always: set[str],
    here: str,
) -> list[Finding]:
    unknown = set(holder) - allowed - always
    missing = required - set(holder)
    return [
        *(Finding.at(f"{here}/{name}", f"invalid additional property: {name}") for name in unknown),
        *(Finding.at(f"{here}/{name}", f"missing required field: {name}") for name in missing),
    ]


def _listed(holder: Mapping[str, Any], kind: str, name: str, here: str) -> list[Finding]:
    listed, most = holder.get(name), _MOST.get((kind, name), 100)
    if not isinstance(listed, list) or not listed:
        return [Finding.at(f"{here}/{name}", "must have at least 1 item")]
    if len(listed) > most:
        return [Finding.at(f"{here}/{name}", f"no more than {most} items allowed")]
    return []


def _text(text: object, here: str, longest: int, *, plain: bool = False) -> list[Finding]:
    """A text object: its type, and its length in between."""
    if not isinstance(text, dict) or text.get("type") not in _TEXTS:
        return [Finding.at(here, "must be a text object")]
    if plain and text["type"] != "plain_text":
        return [Finding.at(f"{here}/type", "must be plain_text")]
    allowed = frozenset({"type", "text", "emoji", "verbatim"})
    found = _fields(text, allowed, frozenset({"text"}), set(), here)
    return found + _length(text.get("text"), f"{here}/text", longest, least=1)


def _length(text: object, here: str, longest: int, *, least: int = 0) -> list[Finding]:
    if text is None and least == 0:
        return []
    if not isinstance(text, str):
        return [Finding.at(here, "must be a string")]
    if len(text) < least:
        return [Finding.at(here, f"must be more than {least - 1} characters")]
    if len(text) > longest:
        return [Finding.at(here, f"must be less than {longest + 1} characters")]
    return []


def _is_image(element: object) -> bool:
    return isinstance(element, dict) and element.get("type") == "image"
