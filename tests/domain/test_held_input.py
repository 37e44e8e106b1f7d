"""Where a Catch puts an error, it is found; what a retry gets is the rest."""

import pytest

from app.domain.held_input import error_output, held_input

ERROR = {"Error": "DiskFull", "Cause": "no space"}
GIVEN = {"day": "2026-03-01"}


@pytest.mark.parametrize(
    ("param", "output", "rest"),
    [
        (ERROR, ERROR, GIVEN),
        ({"Error": "DiskFull"}, {"Error": "DiskFull"}, GIVEN),
        ({"Cause": "no space"}, {"Cause": "no space"}, GIVEN),
        ({"Error": "DiskFull", "Cause": ERROR}, {"Error": "DiskFull", "Cause": ERROR}, GIVEN),
        ({"failure": ERROR, "order": 7}, ERROR, {"order": 7}),
        ({"order": {"Error": "none"}, "failure": ERROR}, ERROR, {"order": {"Error": "none"}}),
        ({"order": 7}, {}, {"order": 7}),
        (
            {"error": "DiskFull", "cause": "no space"},
            {},
            {"error": "DiskFull", "cause": "no space"},
        ),
        ({}, {}, {}),
        ("Error", {}, "Error"),
        (["Error", "Cause"], {}, ["Error", "Cause"]),
        (None, {}, None),
    ],
)
def test_the_error_is_found_and_the_rest_goes_back(
    param: object, output: object, rest: object
) -> None:
    assert error_output(param) == output
    assert held_input(param, GIVEN) == rest
