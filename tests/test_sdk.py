"""Our way to the SDK's clients makes the same clients, only sooner."""

from typing import Any

import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError

from app import sdk

SERVICES = ["cloudwatch", "dynamodb", "kms", "lambda", "logs", "sqs", "ssm", "stepfunctions"]
ANY: dict[str, Any] = {
    "region_name": "eu-west-1",
    "aws_access_key_id": "none",
    "aws_secret_access_key": "none",
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_client_is_the_one_that_the_sdk_would_make(service: str) -> None:
    def made(session: botocore.session.Session) -> tuple[object, ...]:
        client = session.create_client(service, **ANY)
        model = client.meta.service_model
        shapes = {name: model.shape_for(name).metadata for name in model.shape_names}
        return client.meta.endpoint_url, model.metadata, model.operation_names, shapes

    assert made(sdk.session()) == made(botocore.session.get_session())


def test_a_service_that_is_none_is_unknown() -> None:
    with pytest.raises(UnknownServiceError):
        sdk.session().create_client("dynamo", **ANY)


def test_a_file_that_is_not_there_is_no_model() -> None:
    assert sdk._Files().load_file("/no/such/model") is None
