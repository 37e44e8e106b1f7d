"""The example state machines' steps, each with its own way to fail."""

import os
import time
from typing import Any

_LONGER_THAN_ITS_TIMEOUT = 5


class WarehouseUnavailableError(Exception):
    """The warehouse takes no orders."""


class AddressMissingError(Exception):
    """The order has no address to ship to."""


def time_out(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Sleep for longer than the state's TimeoutSeconds."""
    time.sleep(_LONGER_THAN_ITS_TIMEOUT)
    return event


def load_orders(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Fail until the SSM parameter named by WAREHOUSE_PARAMETER says ``open``."""
    import boto3  # noqa: PLC0415  (the other example does without)

    ssm = boto3.client("ssm")
    try:
        name = os.environ["WAREHOUSE_PARAMETER"]
        state = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        state = "closed"
    if state != "open":
        message = f"Warehouse {event.get('warehouse', 'BER-2')} does not answer (503)"
        raise WarehouseUnavailableError(message)
    return {"loaded": event.get("orders", {}).get("count", 0)}


def ship_order(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Fail until the order has an ``address``."""
    if not event.get("address"):
        message = f"Order {event.get('order', '-')} has no address to ship to"
        raise AddressMissingError(message)
    return {"to": event["address"]}
