"""Texts kept with an alert: only so long, and whether there was more."""

#: Of a cause or an input. AWS allows 32,768 and 262,144; Step Functions has the rest.
LONGEST = 6_000


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def was_shortened(text: str | None) -> bool:
    """Whether there was more of *text*, which was kept."""
    return text is not None and len(text) == LONGEST and text.endswith("…")
