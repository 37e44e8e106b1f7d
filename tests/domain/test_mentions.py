"""Whom an alert calls: what may be written, and what it becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import mentions


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("<!here>", "<!here>"),
        ("<!channel>", "<!channel>"),
        ("<!everyone>", "<!everyone>"),
        ("@here", "<!here>"),
        ("@channel", "<!channel>"),
        ("@everyone", "<!everyone>"),
        (" @here ", "<!here>"),
        ("<!here|here>", "<!here>"),
        ("<@U012AB3CD>", "<@U012AB3CD>"),
        ("<@U012AB3CD|ana>", "<@U012AB3CD>"),
        ("U012AB3CD", "<@U012AB3CD>"),
        ("W012AB3CD", "<@W012AB3CD>"),
        ("<!subteam^S012AB3CD>", "<!subteam^S012AB3CD>"),
        ("<!subteam^S012AB3CD|@data-oncall>", "<!subteam^S012AB3CD>"),
        ("S012AB3CD", "<!subteam^S012AB3CD>"),
        ("@billing-oncall", "@billing-oncall"),
        ("@a.b_c-1", "@a.b_c-1"),
        ("@größe", "@größe"),
    ],
)
def test_every_form_becomes_slacks_own_and_a_handle_stays_one(said: str, kept: str) -> None:
    assert mentions.normal(said) == kept
    assert mentions.normal(kept) == kept, "what was kept is read again"
    assert mentions.is_handle(kept) == kept.startswith("@")


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "@",
        "here",
        "ana",
        "<!all>",
        "<here>",
        "<@ana>",
        "<!subteam^U012AB3CD>",
        "@U012AB3CD",  # an id needs no @, and no handle has capitals
        "u012ab3cd",
        "C012AB3CD",
        "#general",
        "@a b",
        "@a <!here>",
        "<!here> <!channel>",
        "<!here|<!channel>>",
        "@" + "a" * 81,
        "<https://evil.example|x>",
    ],
)
def test_anything_else_is_no_mention(said: str) -> None:
    assert mentions.normal(said) is None


@given(st.text("<>!@^|SUW0aA here-.", max_size=20))
def test_what_is_kept_is_one_mention_and_nothing_beside_it(said: str) -> None:
    kept = mentions.normal(said)
    if kept and not mentions.is_handle(kept):
        assert (kept[0], kept[-1]) == ("<", ">")
        assert kept.count("<") == kept.count(">") == 1
        assert "|" not in kept
    elif kept:
        assert not set(kept) & set("<>|^ ")


@pytest.mark.parametrize(
    ("kept", "person", "everyone", "group"),
    [
        ("<!here>", False, True, None),
        ("<@U012AB3CD>", True, False, None),
        ("<!subteam^S012AB3CD>", False, False, "S012AB3CD"),
        ("S012AB3CD", False, False, "S012AB3CD"),
        ("@billing-oncall", False, False, None),
    ],
)
def test_a_mention_is_of_everyone_of_a_person_or_of_a_group(
    kept: str, group: str | None, *, person: bool, everyone: bool
) -> None:
    assert mentions.is_person(kept) is person
    assert mentions.is_everyone(kept) is everyone
    assert mentions.group_id(kept) == group


def test_people_and_groups_are_mentioned_by_their_ids() -> None:
    assert mentions.of_person("U012AB3CD") == "<@U012AB3CD>"
    assert mentions.of_group("S012AB3CD") == "<!subteam^S012AB3CD>"
