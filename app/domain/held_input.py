"""The input of the state whose error a NotifyError step caught: what a retry gives back to it."""

from collections.abc import Mapping
from typing import Any


def error_output(param: object) -> Mapping[str, Any]:
    """The object with Error and Cause: *param* itself, or where a ResultPath put it.

    AWS: a Catch without ResultPath replaces the input by the error output; with one, the
    error output stands at that path inside the input.
    """
    name = _place_of_error(param)
    if isinstance(param, Mapping) and (name is not None or _is_error_output(param)):
        return param if name is None else param[name]
    return {}


def held_input(param: object, execution_input: object) -> object:
    """*param* without the error output; the execution's input where that replaced it all."""
    name = _place_of_error(param)
    if name is not None and isinstance(param, Mapping):
        return {key: value for key, value in param.items() if key != name}
    return execution_input if _is_error_output(param) else param


def _place_of_error(param: object) -> str | None:
    """The field of *param* that holds the error output; None when it is *param* or nowhere."""
    if not isinstance(param, Mapping) or _is_error_output(param):
        return None
    return next(
        (
            str(name)
            for name, value in param.items()
            if isinstance(value, Mapping) and "Error" in value and "Cause" in value
        ),
        None,
    )


def _is_error_output(param: object) -> bool:
    return isinstance(param, Mapping) and ("Error" in param or "Cause" in param)
