"""Modals and home tabs: what Slack refuses in them."""

from local.slack.block_kit.blocks import check_blocks
from local.slack.block_kit.findings import Finding, fields, length, text
from local.slack.block_kit.limits import LONGEST, VIEW_FIELDS


def check_view(view: object, kind: str | None = None) -> list[Finding]:
    """*kind* is ``modal`` or ``home``, where only one of them may stand."""
    if not isinstance(view, dict):
        return [Finding.at("/view", "must be an object")]
    said = str(view.get("type"))
    if said not in VIEW_FIELDS or said != (kind or said):
        return [Finding.at("/view/type", f"must be {kind or 'modal or home'}")]
    found = fields(view, VIEW_FIELDS[said], frozenset({"blocks"}), "/view")
    found += check_blocks(view.get("blocks"), said, "/view/blocks")
    if said == "modal":
        if "title" not in view:
            found.append(Finding.at("/view/title", "missing required field"))
        blocks = view["blocks"] if isinstance(view.get("blocks"), list) else []
        inputs = any(isinstance(one, dict) and one.get("type") == "input" for one in blocks)
        if inputs and "submit" not in view:
            found.append(Finding.at("/view/submit", "missing required field: there is an input"))
    for name in ("title", "submit", "close"):
        if view.get(name) is not None:
            found += text(view[name], f"/view/{name}", LONGEST["view", name], plain=True)
    for name in ("private_metadata", "callback_id", "external_id"):
        found += length(view.get(name), f"/view/{name}", LONGEST["view", name])
    return found
