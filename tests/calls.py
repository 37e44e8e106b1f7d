"""Which calls to AWS are made: remembered by the client that makes them."""

from typing import Any


def counted(client: Any) -> list[str]:
    """The operations that *client* asks for from now on, as they come."""
    asked: list[str] = []

    def remember(model: Any, **_: Any) -> None:
        asked.append(model.name)

    client.meta.events.register("before-call.*", remember)
    return asked
