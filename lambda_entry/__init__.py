"""The Lambda functions' handlers: thin, the app does the work."""

import gc
from typing import Any

# A cold start makes about 100,000 objects that stay, and hardly any garbage. Looked through after
# every 700 new ones, as Python does by itself, they take a fifth of the whole start.
_USUAL = gc.get_threshold()
gc.set_threshold(150_000)


def _started(phase: str, _: dict[str, Any]) -> None:
    """By the first collection the start is long over. From then on garbage is collected as usual,
    so that it does not pile up (the SDK leaves some with every call).
    """
    if phase == "stop":
        gc.callbacks.remove(_started)
        gc.set_threshold(*_USUAL)


gc.callbacks.append(_started)
