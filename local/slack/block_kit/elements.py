"""Buttons, menus, pickers, fields: what Slack refuses in those."""

import re
from collections.abc import Mapping
from typing import Any

from local.slack.block_kit.findings import Finding, fields, length, listed, text
from local.slack.block_kit.limits import (
    ELEMENTS,
    LONGEST,
    MOST,
    TYPED_LEAST,
    TYPED_MOST,
    USUAL_MOST,
)

_STYLES = {None, "primary", "danger"}
_WITH_OPTIONS = {"static_select", "multi_static_select"}
_TYPED_WHEN = {"on_enter_pressed", "on_character_entered"}
_FORMS = {
    "initial_date": re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
    "initial_time": re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
}


def check_elements(elements: list[Any], holder: str, here: str) -> list[Finding]:
    """Those of one block, whose action ids must differ."""
    found, seen = [], set()
    for place, one in enumerate(elements):
        found += check_element(one, holder, f"{here}/{place}")
        action_id = one.get("action_id") if isinstance(one, dict) else None
        if action_id and action_id in seen:
            found.append(Finding.at(f"{here}/{place}/action_id", f"already exists: {action_id}"))
        seen.add(action_id)
    return found


def check_element(element: object, holder: str, here: str) -> list[Finding]:
    """*holder* is the type of the block it stands in."""
    kind = str(element.get("type")) if isinstance(element, dict) else "nothing"
    known = ELEMENTS.get(kind)
    if not isinstance(element, dict) or known is None:
        return [Finding.at(f"{here}/type", f"unsupported type: {kind}")]
    if known.stands_in is not None and holder not in known.stands_in:
        return [Finding.at(f"{here}/type", f"unsupported in {holder}: {kind}")]
    found = fields(element, known.optional | {"type"}, known.required, here)
    found += length(element.get("action_id"), f"{here}/action_id", LONGEST["any", "action_id"])
    if kind == "button":
        found += _button(element, here)
    if "confirm" in element:
        found += _confirm(element["confirm"], f"{here}/confirm")
    if "placeholder" in element:
        longest = LONGEST["any", "placeholder"]
        found += text(element["placeholder"], f"{here}/placeholder", longest, plain=True)
    if "options" in element:
        found += _options(element, kind, here)
    if kind in _WITH_OPTIONS:
        found += _choices(element, here)
    found += _initial(element, here)
    found += _typed(element, kind, here)
    return found


def _button(button: Mapping[str, Any], here: str) -> list[Finding]:
    found = text(button.get("text"), f"{here}/text", LONGEST["button", "text"], plain=True)
    for name in ("value", "url", "accessibility_label"):
        found += length(button.get(name), f"{here}/{name}", LONGEST["button", name])
    if button.get("style") not in _STYLES:
        found.append(Finding.at(f"{here}/style", "must be primary or danger"))
    return found


def _confirm(confirm: object, here: str) -> list[Finding]:
    if not isinstance(confirm, dict):
        return [Finding.at(here, "must be an object")]
    found = []
    for name in ("title", "text", "confirm", "deny"):
        plain = name != "text"
        found += text(confirm.get(name), f"{here}/{name}", LONGEST["confirm", name], plain=plain)
    if confirm.get("style") not in _STYLES:
        found.append(Finding.at(f"{here}/style", "must be primary or danger"))
    return found


def _options(holder: Mapping[str, Any], kind: str, here: str) -> list[Finding]:
    found = listed(holder, "options", MOST.get((kind, "options"), USUAL_MOST), here)
    for place, option in enumerate(holder.get("options") or []):
        found += _option(option, kind, f"{here}/options/{place}")
    return found


def _option(option: object, kind: str, here: str) -> list[Finding]:
    if not isinstance(option, dict):
        return [Finding.at(here, "must be an object")]
    # Slack: only those that are ticked show formatting, and only an overflow menu opens addresses.
    plain = kind not in {"checkboxes", "radio_buttons"}
    optional = {"description", "url"} if kind == "overflow" else {"description"}
    found = fields(option, frozenset(optional), frozenset({"text", "value"}), here)
    found += text(option.get("text"), f"{here}/text", LONGEST["option", "text"], plain=plain)
    found += length(option.get("value"), f"{here}/value", LONGEST["option", "value"], least=1)
    found += length(option.get("url"), f"{here}/url", LONGEST["option", "url"])
    if "description" in option:
        longest = LONGEST["option", "description"]
        found += text(option["description"], f"{here}/description", longest, plain=plain)
    return found


def _choices(select: Mapping[str, Any], here: str) -> list[Finding]:
    """A static select has options, or groups of them."""
    if ("options" in select) == ("option_groups" in select):
        return [Finding.at(here, "either options or option_groups is required")]
    if "option_groups" not in select:
        return []
    found = listed(select, "option_groups", USUAL_MOST, here)
    for place, group in enumerate(select["option_groups"] or []):
        at = f"{here}/option_groups/{place}"
        found += text(group.get("label"), f"{at}/label", LONGEST["option_group", "label"])
        found += _options(group, str(select["type"]), at)
    return found


def _initial(element: Mapping[str, Any], here: str) -> list[Finding]:
    """What is chosen to begin with must be one of the choices, and of the right form."""
    groups = [element, *(element.get("option_groups") or [])]
    options = [option for group in groups for option in group.get("options") or []]
    found = []
    if "initial_option" in element and element["initial_option"] not in options:
        found.append(Finding.at(f"{here}/initial_option", "must be one of the options"))
    for place, one in enumerate(element.get("initial_options") or []):
        if one not in options:
            at = f"{here}/initial_options/{place}"
            found.append(Finding.at(at, "must be one of the options"))
    for name, form in _FORMS.items():
        if name in element and not form.fullmatch(str(element[name])):
            found.append(Finding.at(f"{here}/{name}", "has the wrong format"))
    moment = element.get("initial_date_time")
    if moment is not None and (not isinstance(moment, int) or len(str(moment)) != 10):  # noqa: PLR2004
        at = f"{here}/initial_date_time"
        found.append(Finding.at(at, "must be a time in seconds, of 10 digits"))
    return found


def _typed(element: Mapping[str, Any], kind: str, here: str) -> list[Finding]:
    found = []
    if kind == "plain_text_input":
        longest = LONGEST["plain_text_input", "initial_value"]
        found += length(element.get("initial_value"), f"{here}/initial_value", longest)
        for name, (least, most) in (("min_length", TYPED_LEAST), ("max_length", TYPED_MOST)):
            limit = element.get(name)
            if limit is not None and not (isinstance(limit, int) and least <= limit <= most):
                found.append(Finding.at(f"{here}/{name}", f"must be {least} to {most}"))
    if kind == "number_input":
        # Slack: numbers are written as strings, so that none is rounded on its way.
        for name in ("initial_value", "min_value", "max_value"):
            found += length(element.get(name), f"{here}/{name}", USUAL_MOST)
    if "dispatch_action_config" in element:
        when = (element["dispatch_action_config"] or {}).get("trigger_actions_on")
        if not isinstance(when, list) or not when or not set(when) <= _TYPED_WHEN:
            at = f"{here}/dispatch_action_config/trigger_actions_on"
            found.append(Finding.at(at, f"must hold some of {', '.join(sorted(_TYPED_WHEN))}"))
    return found
