"""Event buses that take events from other accounts and regions, as far as their policies say."""

from collections.abc import Iterable
from typing import Any

from local.aws.executions import Json
from local.aws.seams import eventbridge, provisioners, replace, responses

_POLICY = "AWS::Events::EventBusPolicy"
_ministack: dict[str, Json] = {}


def _dispatch_to_event_bus(
    spec: Json, event: Json, rule: Json, event_path: Json, target_input_payload: Json = None
) -> None:
    """AWS: a forwarded event keeps the account and region it came from."""
    sender = responses.get_account_id()
    if (spec.account_id, spec.region) == (sender, responses.get_region()):
        _ministack["dispatch"](spec, event, rule, event_path, target_input_payload)
        return
    bus = spec.resource.removeprefix("event-bus/")
    with responses.request_scope(spec.account_id, spec.region):
        if sender == spec.account_id or _lets_in(bus, sender):
            eventbridge._dispatch_event({**event, "EventBusName": bus})


def _lets_in(bus: str, sender: str) -> bool:
    policy = eventbridge._event_bus_policies.get(bus) or {"Statement": []}
    return any(_allows(statement, sender) for statement in policy["Statement"])


def _allows(statement: Json, sender: str) -> bool:
    said = statement["Principal"]
    principals = _listed(said["AWS"] if isinstance(said, dict) else said)
    named = {"*", sender, f"arn:aws:iam::{sender}:root"}
    return (
        statement["Effect"] == "Allow"
        and bool(named & set(principals))
        and "events:PutEvents" in _listed(statement["Action"])
    )


def _listed(said: Any) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


def _statements(bus: str, without: str) -> Iterable[Json]:
    policy = eventbridge._event_bus_policies.get(bus) or {"Statement": []}
    return [one for one in policy["Statement"] if one.get("Sid") != without]


def _create(_logical_id: str, props: Json, _stack_name: str) -> tuple[str, Json]:
    bus, name = props.get("EventBusName") or "default", props["StatementId"]
    statement = {**props["Statement"], "Sid": name}
    kept = [*_statements(bus, name), statement]
    eventbridge._event_bus_policies[bus] = {"Version": "2012-10-17", "Statement": kept}
    return f"{bus}|{name}", {}


def _update(_physical_id: str, _old: Json, new: Json, stack_name: str) -> tuple[str, Json]:
    return _create("", new, stack_name)


def _delete(physical_id: str, _props: Json) -> None:
    bus, _, name = physical_id.partition("|")
    kept = list(_statements(bus, name))
    eventbridge._event_bus_policies[bus] = {"Version": "2012-10-17", "Statement": kept}


def install() -> None:
    _ministack["dispatch"] = replace(eventbridge, "_dispatch_to_event_bus", _dispatch_to_event_bus)
    handlers = {"create": _create, "update": _update, "delete": _delete}
    provisioners._RESOURCE_HANDLERS[_POLICY] = handlers
