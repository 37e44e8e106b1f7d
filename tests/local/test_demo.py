"""What the demo says to whoever starts it."""

import pytest

from local.child import PortInUseError
from local.demo import PORTS, told, welcome

AWS, SLACK = PORTS["AWS_PORT"], PORTS["SLACK_PORT"]


@pytest.mark.parametrize(
    ("variable", "aws", "slack", "way_out"),
    [
        ("SLACK_PORT", 15901, 14300, "make demo SLACK_PORT=14301 AWS_PORT=15901"),
        ("AWS_PORT", 15901, 14300, "make demo AWS_PORT=15902 SLACK_PORT=14300"),
        ("SLACK_PORT", AWS, SLACK, f"make demo SLACK_PORT={SLACK + 1}"),
        ("AWS_PORT", AWS, SLACK, f"make demo AWS_PORT={AWS + 1}"),
    ],
)
def test_the_way_out_of_a_port_that_is_taken_keeps_the_other_that_was_given(
    variable: str, aws: int, slack: int, way_out: str
) -> None:
    port = aws if variable == "AWS_PORT" else slack
    taken = PortInUseError(port, "it", variable)
    assert told(taken, aws, slack).splitlines()[-1] == f"Choose another: {way_out}"


def test_the_addresses_of_the_page_and_of_aws_are_told() -> None:
    said = welcome("http://127.0.0.1:1", "http://127.0.0.1:2", 3.2)
    assert "Open  http://127.0.0.1:1\n" in said
    assert "AWS   http://127.0.0.1:2\n" in said
