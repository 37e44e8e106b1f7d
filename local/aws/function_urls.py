"""A function's URL is one that can be called: its host name on AWS leads nowhere from here.

ministack answers at a path too, and so tells that.
"""

import json
import os
from http import HTTPStatus

from local.aws.executions import Json
from local.aws.seams import lambda_service, replace, responses
from local.child import HOST

_ministack: dict[str, Json] = {}


def _create_function_url_config(func_name: str, data: dict, qualifier: str | None) -> Json:
    answer = _ministack["create"](func_name, data, qualifier)
    status, _, body = answer
    if status >= HTTPStatus.BAD_REQUEST:
        return answer
    told = json.loads(body)
    made = _ministack["id"](told["FunctionUrl"])
    told["FunctionUrl"] = f"http://{HOST}:{os.environ['GATEWAY_PORT']}/_aws/lambda-url/{made}/"
    key = lambda_service._url_config_key(func_name, qualifier)
    lambda_service._function_urls[key] = told
    return responses.json_response(told, status=status)


def _function_url_id(function_url: str) -> str:
    return function_url.rstrip("/").rpartition("/")[2]


def install() -> None:
    _ministack["id"] = replace(lambda_service, "_function_url_id", _function_url_id)
    _ministack["create"] = replace(
        lambda_service, "_create_function_url_config", _create_function_url_config
    )
