"""Where we can act, and under which name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.people import Person
from app.domain.reach import Account, Reach
from app.domain.session import session_name

HOME = "arn:aws:states:eu-west-1:111111111111:stateMachine"
EVERYWHERE = Account(id="222222222222", role="arn:aws:iam::222222222222:role/a")
SOMEWHERE = Account(
    id="333333333333", role="arn:aws:iam::333333333333:role/a", regions=("eu-west-1", "us-east-1")
)
REACH = Reach(HOME, (EVERYWHERE, SOMEWHERE))


def arn(account: str, region: str = "eu-west-1", kind: str = "execution") -> str:
    return f"arn:aws:states:{region}:{account}:{kind}:orders:e1"


@pytest.mark.parametrize(
    ("account", "region", "covered"),
    [
        ("111111111111", "eu-west-1", True),
        ("111111111111", "us-east-1", False),
        ("222222222222", "ap-south-1", True),
        ("333333333333", "us-east-1", True),
        ("333333333333", "us-west-2", False),
        ("444444444444", "eu-west-1", False),
    ],
)
def test_we_can_act_at_home_and_where_a_role_is_listed(
    account: str, region: str, *, covered: bool
) -> None:
    assert REACH.covers(arn(account, region)) is covered
    assert REACH.covers(arn(account, region, "stateMachine")) is covered


def test_home_needs_no_role_but_may_have_one() -> None:
    assert REACH.account_of(arn("111111111111")) is None
    own = Account(id="111111111111", role="arn:aws:iam::111111111111:role/a")
    assert Reach(HOME, (own,)).account_of(arn("111111111111")) is own


@pytest.mark.parametrize(
    ("by", "name"),
    [
        (None, "sfn-alerts"),
        (Person("U012AB3CD", "ana.lima"), "U012AB3CD-ana.lima"),
        (Person("U012AB3CD", "José  Núñez (he/him)"), "U012AB3CD-Jose-Nunez-he-him"),
        (Person("U012AB3CD", "田中"), "U012AB3CD"),
        (Person("U012AB3CD", ""), "U012AB3CD"),
        (Person("U012AB3CD", "a" * 80), "U012AB3CD-" + "a" * 54),
        (Person("U012AB3CD", "a" * 53 + " b"), "U012AB3CD-" + "a" * 53),
    ],
)
def test_a_session_is_named_for_the_person_the_id_first(by: Person | None, name: str) -> None:
    assert session_name(by) == name


@given(st.text(max_size=100))
def test_aws_takes_every_name_of_a_session(name: str) -> None:
    # AWS: the pattern of RoleSessionName.
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", session_name(Person("U012AB3CD", name)), re.ASCII)


@given(st.text(max_size=100))
def test_nobody_can_take_the_name_of_another_or_of_ours(name: str) -> None:
    assert re.match(r"U0THIEF(-|$)", session_name(Person("U0THIEF", name)))
