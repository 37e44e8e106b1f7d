"""Errors that a state machine catches only to fail all the same: no redrive repairs these."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from msgspec import Struct

from app.cli.files import ProblemError

States = Mapping[str, Any]


class Caught(Struct, frozen=True, kw_only=True):
    """State ``state`` catches ``errors``, and every way on leads to the Fail states ``fails``.

    ``within`` names the Parallel or Map states around it, the outermost first.
    """

    state: str
    errors: tuple[str, ...]
    fails: tuple[str, ...]
    within: tuple[str, ...] = ()


def check(text: str, path: str) -> list[str]:
    """Warnings, one for each such Catch. Raises ProblemError when *text* can't be read."""
    found = dict(_definitions(text, path))
    if not found:
        return [f"{path}: warning: there is no state machine in it"]
    return [
        f"{path}: warning: {name}: {said}"
        for name, definition in found.items()
        for said in _said_of(definition)
    ]


def _said_of(definition: Any) -> list[str]:
    if not _mapping(definition).get("States"):
        return ["its definition is not in this file, so nothing is known of it"]
    return [_in_words(caught) for caught in caught_for_nothing(definition)]


def caught_for_nothing(definition: Any, within: tuple[str, ...] = ()) -> Iterator[Caught]:
    """Each Catch after which nothing but a Fail state can come, in branches too."""
    states = _mapping(_mapping(definition).get("States"))
    doomed = _doomed(states)
    for name, state in states.items():
        for catch in _list(_mapping(state).get("Catch")):
            after = _mapping(catch).get("Next")
            if after in doomed:
                yield Caught(
                    state=name,
                    errors=tuple(map(str, _list(_mapping(catch).get("ErrorEquals")))),
                    fails=tuple(sorted(_fails(after, states))),
                    within=within,
                )
        if not _saved(_mapping(state), doomed):
            for branch in _branches(_mapping(state)):
                yield from caught_for_nothing(branch, (*within, name))


def _doomed(states: States) -> set[str]:
    """The states from which every way on ends in a Fail state.

    A way back into a loop is no such way: that is where people may answer.
    """
    doomed = {name for name, state in states.items() if _mapping(state).get("Type") == "Fail"}
    while True:
        more = {
            name
            for name, state in states.items()
            if name not in doomed and (ways := _ways(_mapping(state))) and set(ways) <= doomed
        }
        if not more:
            return doomed
        doomed |= more


def _ways(state: Mapping[str, Any]) -> list[str]:
    """The names of the states that may come next; none after an end."""
    choices = _list(state.get("Choices")) + _list(state.get("Catch"))
    said = [
        state.get("Next"),
        state.get("Default"),
        *(_mapping(one).get("Next") for one in choices),
    ]
    ways = [one for one in said if isinstance(one, str)]
    return [] if state.get("End") is True else ways


def _fails(start: str, states: States) -> set[str]:
    """The Fail states that can be reached."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += _ways(_mapping(states.get(name)))
    return {name for name in seen if _mapping(states.get(name)).get("Type") == "Fail"}


def _saved(state: Mapping[str, Any], doomed: set[str]) -> bool:
    """Whether what fails in its branches is caught, and goes on to a good end."""
    return any(
        "States.ALL" in _list(_mapping(catch).get("ErrorEquals"))
        and _mapping(catch).get("Next") not in doomed
        for catch in _list(state.get("Catch"))
    )


def _branches(state: Mapping[str, Any]) -> list[Any]:
    """What a Parallel or Map state runs. AWS: a Map had Iterator before ItemProcessor."""
    within = [*_list(state.get("Branches")), state.get("ItemProcessor"), state.get("Iterator")]
    return [one for one in within if one]


def _in_words(caught: Caught) -> str:
    inside = "".join(f"{name}, in which " for name in caught.within)
    errors = f" ({', '.join(caught.errors)})" if caught.errors else ""
    fails = " or ".join(caught.fails)
    kind = "Fail state" if len(caught.fails) == 1 else "Fail states"
    return (
        f"{inside}what {caught.state} catches{errors} ends in {kind} {fails}, which a redrive "
        f"would enter again. Either let it fail uncaught, so that a redrive resumes from "
        f"{caught.state}; or hold and resume: a NotifyError step with .waitForTaskToken, and "
        f"behind it a Choice that leads back to {caught.state} when people say so."
    )


def _definitions(text: str, path: str) -> Iterator[tuple[str, Any]]:
    """The state machines in a template of CloudFormation, or the one that *text* defines."""
    content = _mapping(_yaml(text, path))
    if "States" in content:
        yield str(content.get("Comment") or "the state machine"), content
    for name, resource in _mapping(content.get("Resources")).items():
        kind = str(_mapping(resource).get("Type"))
        if kind in {"AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"}:
            properties = _mapping(_mapping(resource).get("Properties"))
            yield name, properties.get("Definition") or _json(properties.get("DefinitionString"))


def _yaml(text: str, path: str) -> Any:
    class Loader(yaml.SafeLoader):
        """CloudFormation's own tags (!Ref, !GetAtt …) mean nothing here but their value."""

    def value(loader: Any, _tag: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return node.value

    Loader.add_multi_constructor("!", value)
    try:
        return yaml.load(text, Loader=Loader)  # noqa: S506  (a SafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else path
        message = f"{where}: not YAML: {problem.problem}"
        raise ProblemError(message) from None
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        message = f"{path}: not YAML: {problem}"
        raise ProblemError(message) from None


def _json(text: Any) -> Any:
    """A definition that is written as a text: itself, or under Fn::Sub."""
    said = _mapping(text).get("Fn::Sub", text)
    said = said[0] if isinstance(said, list) and said else said
    try:
        return json.loads(said) if isinstance(said, str) else {}
    except ValueError:
        return {}


def _mapping(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []
