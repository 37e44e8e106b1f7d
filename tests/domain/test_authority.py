"""Who may do what."""

from collections.abc import Callable

import pytest

from app import config
from app.domain.authority import Act, MembershipUnknownError, NotPermittedError, permit
from app.domain.rules import who_may
from tests.factories import failure

FILE = """
channel: "#a"
may:
  redrive: ["@data-oncall", U012AB3CD]
  recover_all: "@data-oncall"
rules:
  - when: {state_machine: "billing-*"}
    may: {redrive: "@billing-oncall", mute: S012AB3CD}
"""


def in_group(*members: str) -> Callable[[str, str], bool]:
    def belongs(user_id: str, entry: str) -> bool:
        return f"{user_id} {entry}" in members

    return belongs


def unknown(_user_id: str, _entry: str) -> bool:
    raise MembershipUnknownError("ratelimited")


def test_a_rule_of_its_own_goes_before_the_files_and_both_before_everybody() -> None:
    rules = config.rules_of(config.read(FILE))
    billing, other = failure(machine="billing-run"), failure(machine="nightly")
    assert who_may(rules, billing, Act.REDRIVE) == ("@billing-oncall",)
    assert who_may(rules, billing, Act.MUTE) == ("<!subteam^S012AB3CD>",)
    assert who_may(rules, billing, Act.RECOVER_ALL) == ("@data-oncall",)
    assert who_may(rules, other, Act.REDRIVE) == ("@data-oncall", "<@U012AB3CD>")
    assert who_may(rules, other, Act.ACKNOWLEDGE) is None


def test_everybody_may_where_nothing_is_said() -> None:
    permit(Act.REDRIVE, None, "U1", unknown)


@pytest.mark.parametrize("user", ["U012AB3CD", "U1"])
def test_a_named_person_and_a_member_of_a_named_group_may(user: str) -> None:
    belongs = in_group("U1 @data-oncall")
    permit(Act.REDRIVE, ("@data-oncall", "<@U012AB3CD>"), user, belongs)


def test_somebody_else_is_told_who_may() -> None:
    with pytest.raises(NotPermittedError) as refused:
        permit(Act.REDRIVE, ("@data-oncall",), "U2", in_group("U1 @data-oncall"))
    assert refused.value.who == ("@data-oncall",)
    assert not refused.value.unknown


def test_a_group_that_cannot_be_read_lets_nobody_in_but_those_named_beside_it() -> None:
    with pytest.raises(NotPermittedError) as refused:
        permit(Act.REDRIVE, ("@data-oncall", "<@U012AB3CD>"), "U1", unknown)
    assert refused.value.unknown
    permit(Act.REDRIVE, ("@data-oncall", "<@U012AB3CD>"), "U012AB3CD", unknown)
