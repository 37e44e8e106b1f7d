"""How much of a text is kept, and that it is known whether there was more."""

import pytest

from app.domain.kept import LONGEST, shortened, was_shortened


@pytest.mark.parametrize(
    ("text", "kept", "more"),
    [
        ("", "", False),
        ("a…", "a…", False),
        ("a" * LONGEST, "a" * LONGEST, False),
        ("a" * (LONGEST + 1), "a" * (LONGEST - 1) + "…", True),
        ("a" * 100_000, "a" * (LONGEST - 1) + "…", True),
        ("a" * (LONGEST + 1) + "…", "a" * (LONGEST - 1) + "…", True),
    ],
    ids=["nothing", "dots of its own", "all of it", "one less", "much less", "dots at its end"],
)
def test_a_long_text_is_kept_in_part_and_says_so(text: str, kept: str, *, more: bool) -> None:
    assert shortened(text) == kept
    assert shortened(kept) == kept
    assert was_shortened(kept) is more


def test_what_is_not_there_was_not_shortened() -> None:
    assert not was_shortened(None)
