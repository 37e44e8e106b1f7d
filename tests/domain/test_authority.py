"""Who may do what."""

from collections.abc import Callable

import pytest

from app import config
from app.domain.authority import (
    Act,
    MembershipUnknownError,
    NotPermittedError,
    Reserved,
    permit,
)
from app.domain.mutes import Mute
from app.domain.rules import who_may, who_may_throughout
from tests.factories import ANA, NOW, failure

FILE = """
channel: "#a"
may:
  redrive: ["@data-oncall", U012AB3CD]
  recover_all: "@data-oncall"
rules:
  - when: {state_machine: "billing-*"}
    may: {redrive: "@billing-oncall", mute: S012AB3CD}
"""


BILLING = Reserved(("@billing-oncall",), "rules[0].may.redrive")
ON_CALL = Reserved(("@data-oncall",), "may.recover_all")
SOMEBODY = Reserved(("@data-oncall", "<@U012AB3CD>"), "may.redrive")


def in_group(*members: str) -> Callable[[str, str], bool]:
    def belongs(user_id: str, entry: str) -> bool:
        return f"{user_id} {entry}" in members

    return belongs


def unknown(_user_id: str, _entry: str) -> bool:
    raise MembershipUnknownError("ratelimited")


def test_a_rule_of_its_own_goes_before_the_files_and_both_before_everybody() -> None:
    rules = config.rules_of(config.read(FILE))
    billing, other = failure(machine="billing-run"), failure(machine="nightly")
    assert who_may(rules, billing, Act.REDRIVE) == BILLING
    assert who_may(rules, billing, Act.MUTE) == Reserved(
        ("<!subteam^S012AB3CD>",), "rules[0].may.mute"
    )
    assert who_may(rules, billing, Act.RECOVER_ALL) == ON_CALL
    assert who_may(rules, other, Act.REDRIVE) == SOMEBODY
    assert who_may(rules, other, Act.ACKNOWLEDGE) is None


def test_everybody_may_where_nothing_is_said() -> None:
    permit(Act.REDRIVE, None, "U1", unknown)


@pytest.mark.parametrize("user", ["U012AB3CD", "U1"])
def test_a_named_person_and_a_member_of_a_named_group_may(user: str) -> None:
    belongs = in_group("U1 @data-oncall")
    permit(Act.REDRIVE, SOMEBODY, user, belongs)
    other_way_round = Reserved(SOMEBODY.who[::-1], SOMEBODY.place)
    permit(Act.REDRIVE, other_way_round, user, belongs)


def test_somebody_else_is_told_who_may() -> None:
    with pytest.raises(NotPermittedError) as refused:
        permit(Act.REDRIVE, ON_CALL, "U2", in_group("U1 @data-oncall"))
    assert refused.value.who == ("@data-oncall",)
    assert refused.value.act is Act.REDRIVE
    assert refused.value.place == "may.recover_all"
    assert refused.value.unknown is False


def test_a_group_that_cannot_be_read_lets_nobody_in_but_those_named_beside_it() -> None:
    with pytest.raises(NotPermittedError) as refused:
        permit(Act.REDRIVE, SOMEBODY, "U1", unknown)
    assert refused.value.unknown
    permit(Act.REDRIVE, SOMEBODY, "U012AB3CD", unknown)


def test_no_group_is_asked_about_where_only_people_are_named() -> None:
    with pytest.raises(NotPermittedError) as refused:
        permit(Act.MUTE, Reserved(("<@U012AB3CD>",), "may.mute"), "U1", unknown)
    assert not refused.value.unknown


MUTES = """
channel: "#a"
may: {mute: U0DEFAULT}
rules:
  - when: {state_machine: "billing-*", error: Lost}
    may: {mute: U0LOST}
  - when: {state_machine: "billing-*", cause: "*disk*"}
    may: {mute: U0DISK}
  - when: {state_machine: "billing-*"}
    may: {mute: U0BILLING}
  - when: {region: us-east-1}
    may: {mute: U0EAST}
  - when: {account: "999999999999"}
    may: {mute: U0OTHER}
  - when: {error: Slow}
    may: {redrive: U0SLOW}
"""


@pytest.mark.parametrize(
    ("machine", "error", "people"),
    [
        # The first rule that answers for all of it is the last that counts.
        ("billing-run", "Lost", ["U0LOST"]),
        # Of the cause nothing is known: what the second rule is about may be among it.
        ("billing-run", "Slow", ["U0DISK", "U0BILLING"]),
        ("billing-run", None, ["U0LOST", "U0DISK", "U0BILLING"]),
        # Its region and account are known, and others.
        ("nightly", "Lost", ["U0DEFAULT"]),
        # The rule says nothing of mutes: the file does.
        ("nightly", "Slow", ["U0DEFAULT"]),
        (None, "Slow", ["U0DISK", "U0BILLING", "U0EAST", "U0OTHER", "U0DEFAULT"]),
        (None, "Lost", ["U0LOST", "U0DISK", "U0BILLING", "U0EAST", "U0OTHER", "U0DEFAULT"]),
    ],
)
def test_a_mute_is_theirs_to_end_who_may_about_all_that_it_covers(
    machine: str | None, error: str | None, people: list[str]
) -> None:
    rules = config.rules_of(config.read(MUTES))
    arn = f"arn:aws:states:eu-west-1:123456789012:stateMachine:{machine}" if machine else None
    mute = Mute(machine_arn=arn, error=error, by=ANA, reason="known", since=NOW, until=NOW)
    found = who_may_throughout(rules, mute, Act.MUTE)
    assert [one.who for one in found] == [(f"<@{person}>",) for person in people]


def test_a_mute_is_everybodys_to_end_where_no_rule_says_anything() -> None:
    mute = Mute(machine_arn=None, error="E", by=ANA, reason="known", since=NOW, until=NOW)
    assert who_may_throughout(config.rules_of(config.read('channel: "#a"')), mute, Act.MUTE) == []
