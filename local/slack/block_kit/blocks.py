"""Blocks: what Slack refuses in a list of them, and the ids it gives to what has none."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from local.slack.block_kit.elements import check_element, check_elements
from local.slack.block_kit.findings import Finding, fields, length, listed, text
from local.slack.block_kit.limits import BLOCKS, LONGEST, MOST, MOST_BLOCKS, RICH, RICH_PARTS


def check_message(blocks: object, pointer: str = "/blocks") -> list[Finding]:
    """What Slack refuses in a message's blocks."""
    return check_blocks(blocks, "message", pointer)


def check_blocks(blocks: object, surface: str, pointer: str) -> list[Finding]:
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


def weight(blocks: object) -> int:
    """How much text the blocks hold in all."""
    if isinstance(blocks, dict):
        own = len(blocks["text"]) if isinstance(blocks.get("text"), str) else 0
        return own + sum(weight(value) for value in blocks.values() if not isinstance(value, str))
    if isinstance(blocks, list):
        return sum(weight(one) for one in blocks)
    return 0


def with_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Slack gives an id to each block and element that has none."""
    return [_with_ids(block) for block in blocks]


def _with_ids(block: dict[str, Any]) -> dict[str, Any]:
    given = {"block_id": _short_id(), **block}
    if given["type"] == "actions":
        given["elements"] = [{"action_id": _short_id(), **one} for one in given["elements"]]
    for name in ("accessory", "element"):
        if isinstance(given.get(name), dict):
            given[name] = {"action_id": _short_id(), **given[name]}
    return given


def _short_id() -> str:
    return uuid.uuid4().hex[:5]


def _block(block: object, surface: str, here: str) -> list[Finding]:
    kind = str(block.get("type")) if isinstance(block, dict) else "nothing"
    known = BLOCKS.get(kind)
    if not isinstance(block, dict) or known is None:
        return [Finding.at(f"{here}/type", f"unsupported type: {kind}")]
    if known.stands_in is not None and surface not in known.stands_in:
        return [Finding.at(f"{here}/type", f"unsupported on this surface: {kind}")]
    found = fields(block, known.optional | {"type", "block_id"}, known.required, here)
    found += length(block.get("block_id"), f"{here}/block_id", LONGEST["any", "block_id"])
    match kind:
        case "header":
            found += text(block.get("text"), f"{here}/text", LONGEST["header", "text"], plain=True)
        case "markdown":
            longest = LONGEST["markdown", "text"]
            found += length(block.get("text"), f"{here}/text", longest, least=1)
        case "section":
            found += _section(block, here)
        case "context":
            found += _context(block, here)
        case "actions":
            found += listed(block, "elements", MOST["actions", "elements"], here)
            found += check_elements(block.get("elements") or [], "actions", f"{here}/elements")
        case "input":
            found += _input(block, here)
        case "rich_text":
            found += list(_rich(block.get("elements"), f"{here}/elements"))
        case "image":
            for name in ("image_url", "alt_text"):
                found += length(block.get(name), f"{here}/{name}", LONGEST["image", name])
        case _:
            pass  # its fields are all there is to check
    return found


def _section(block: Mapping[str, Any], here: str) -> list[Finding]:
    if "text" not in block and "fields" not in block:
        return [Finding.at(here, "either text or fields is required")]
    found = []
    if "text" in block:
        found += text(block["text"], f"{here}/text", LONGEST["section", "text"])
    if "fields" in block:
        found += listed(block, "fields", MOST["section", "fields"], here)
        for place, one in enumerate(block["fields"] or []):
            found += text(one, f"{here}/fields/{place}", LONGEST["section", "fields"])
    if "accessory" in block:
        found += check_element(block["accessory"], "section", f"{here}/accessory")
    return found


def _context(block: Mapping[str, Any], here: str) -> list[Finding]:
    found = listed(block, "elements", MOST["context", "elements"], here)
    for place, one in enumerate(block.get("elements") or []):
        at = f"{here}/elements/{place}"
        is_image = isinstance(one, dict) and one.get("type") == "image"
        if is_image:
            found += check_element(one, "context", at)
        else:
            found += text(one, at, LONGEST["context", "elements"])
    return found


def _input(block: Mapping[str, Any], here: str) -> list[Finding]:
    found = text(block.get("label"), f"{here}/label", LONGEST["input", "label"], plain=True)
    if "hint" in block:
        found += text(block["hint"], f"{here}/hint", LONGEST["input", "hint"], plain=True)
    return found + check_element(block.get("element"), "input", f"{here}/element")


def _rich(elements: object, here: str) -> Iterator[Finding]:
    if not isinstance(elements, list) or not elements:
        yield Finding.at(here, "must have at least 1 item")
        return
    for place, one in enumerate(elements):
        at = f"{here}/{place}"
        kind = one.get("type") if isinstance(one, dict) else None
        if kind not in RICH:
            yield Finding.at(f"{at}/type", f"unsupported type: {kind}")
        elif kind == "rich_text_list":
            yield from _rich(one.get("elements"), f"{at}/elements")
        elif not one.get("elements"):
            yield Finding.at(f"{at}/elements", "must have at least 1 item")
        else:
            yield from _parts(one["elements"], f"{at}/elements")


def _parts(parts: list[Any], here: str) -> Iterator[Finding]:
    for place, part in enumerate(parts):
        kind = part.get("type") if isinstance(part, dict) else None
        needed = RICH_PARTS.get(str(kind))
        if needed is None:
            yield Finding.at(f"{here}/{place}/type", f"unsupported type: {kind}")
        elif kind == "text" and not part.get("text"):
            yield Finding.at(f"{here}/{place}/text", "must be more than 0 characters")
        elif needed not in part:
            yield Finding.at(f"{here}/{place}/{needed}", f"missing required field: {needed}")
