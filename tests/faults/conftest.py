"""What can be made to go wrong here: AWS, Slack, and the processes of the app's functions."""

from collections.abc import Iterator

import pytest

from tests.aws_faults import AwsFaults
from tests.hand import Hand, unique
from tests.handlers import Handlers


@pytest.fixture
def error() -> str:
    return unique("E")


@pytest.fixture
def faults(hand: Hand) -> Iterator[Hand]:
    """The hand, whose Slack is well again afterwards."""
    yield hand
    hand.world.slack.clear_faults()


@pytest.fixture(scope="session")
def _aws(hand: Hand) -> Iterator[AwsFaults]:
    one = AwsFaults(hand.facts.aws_endpoint_url, hand.facts.region)
    yield one
    one.close()


@pytest.fixture
def aws(_aws: AwsFaults) -> Iterator[AwsFaults]:
    """AWS with the faults of this test."""
    yield _aws
    _aws.clear()


@pytest.fixture(scope="session")
def handlers(hand: Hand, tmp_path_factory: pytest.TempPathFactory) -> Handlers:
    return Handlers(hand, tmp_path_factory.mktemp("unpacked"))
