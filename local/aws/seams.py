"""Where our extensions meet ministack: its modules, and the functions of them we replace.

Nothing installed is edited: a replacement lasts as long as the process. Each is checked
against what it replaces, so that another ministack is refused rather than half extended.
"""

import inspect
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import Any

MADE_FOR = "1.5.33"

stepfunctions: Any = import_module("ministack.services.stepfunctions")
lambda_service: Any = import_module("ministack.services.lambda_svc")
lambda_runtime: Any = import_module("ministack.core.lambda_runtime")
dynamodb: Any = import_module("ministack.services.dynamodb")
sqs: Any = import_module("ministack.services.sqs")
eventbridge: Any = import_module("ministack.services.eventbridge")
sts: Any = import_module("ministack.services.sts")
cloudtrail: Any = import_module("ministack.services.cloudtrail")
provisioners: Any = import_module("ministack.services.cloudformation.provisioners")
iam_evaluator: Any = import_module("ministack.core.iam_evaluator")
responses: Any = import_module("ministack.core.responses")
arns: Any = import_module("ministack.core.arn")
iam: Any = import_module("ministack.services.iam")
app: Any = import_module("ministack.app")


class UnknownMinistackError(Exception):
    """The installed ministack lacks something that an extension builds on."""

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"ministack {version('ministack')} has {missing}: the extensions in local/aws are made"
            f" for {MADE_FOR}. Install that one, or carry them over to this one."
        )


def replace(owner: Any, name: str, replacement: Callable[..., Any]) -> Any:
    """Put replacement in the place of owner.name; returns what was there.

    Raises UnknownMinistackError when nothing is there, or it takes other parameters.
    """
    original = getattr(owner, name, None)
    where = f"{owner.__name__}.{name}"
    if not callable(original):
        raise UnknownMinistackError(f"no {where}")
    expected, found = _parameters(replacement), _parameters(original)
    if expected != found:
        raise UnknownMinistackError(f"{where}({', '.join(found)})")
    setattr(owner, name, replacement)
    return original


def replace_text(owner: ModuleType, name: str, old: str, new: str) -> None:
    """Replace one piece of a text constant, such as the program a function's process runs."""
    text = getattr(owner, name, None)
    if not isinstance(text, str) or text.count(old) != 1:
        raise UnknownMinistackError(f"another {owner.__name__}.{name}")
    setattr(owner, name, text.replace(old, new))


def _parameters(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)
