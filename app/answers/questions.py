"""Answers what was asked with /sfn-status, or with a button of one of its answers."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from threading import Timer
from typing import Any, assert_never

from aws_lambda_powertools import Logger

from app.answers.replies import reply
from app.deps import Deps
from app.domain.audit import Action, Asker, Place, Surface
from app.domain.listing import Machine
from app.domain.reports import NothingFound, Several
from app.ingest.question import (
    COMMANDS,
    Asked,
    Board,
    Help,
    Missing,
    MutesInForce,
    Named,
    OfExecution,
    OfMachine,
    parse,
)
from app.render.answer import Answer, message
from app.render.asking import looking_at
from app.render.execution import execution_answer
from app.render.found import help_answer, nothing_answer, several_answer
from app.render.machine import machine_answer
from app.render.missing import missing_answer
from app.render.reach import out_of_reach, role_refused
from app.render.refusals import BUSY, DENIED, FAILED
from app.render.status import board, mutes_answer
from app.step_functions import (
    DeniedError,
    OutOfReachError,
    RoleRefusedError,
    StepFunctionsError,
)
from app.stores.errands import Question
from app.use_cases import machines
from app.use_cases.audited import entry_of
from app.use_cases.executions import find_execution, report_execution
from app.use_cases.reconcile import reconcile
from app.use_cases.status import overview

logger = Logger(child=True)

Say = Callable[[dict[str, Any]], None]

#: Whoever has waited so long is told that the answer is being looked for.
PATIENCE_SECONDS = 2.0


def answer(deps: Deps, question: Question) -> None:
    """Raises what goes wrong unforeseen, once it is told: then it is tried again."""
    with _told_when_slow(question) as say:
        _answer(deps, question, say)


@contextmanager
def _told_when_slow(question: Question) -> Iterator[Say]:
    """Yields what says the answer, which comes last.

    Slack: what a command was answered with can't be replaced through its response URL, so it
    would stand above the answer for good. Where a button was pressed, its own message stands.
    """

    def promise() -> None:
        try:
            reply(question, {"text": looking_at(question.words)})
        except (OSError, HTTPException) as problem:
            logger.warning("not promised", reason=str(problem))

    waiting = Timer(PATIENCE_SECONDS, promise)

    def say(message: dict[str, Any]) -> None:
        waiting.cancel()
        if waiting.ident:
            waiting.join()
        reply(question, message)

    if not question.replace and not question.share:
        waiting.start()
    try:
        yield say
    finally:
        waiting.cancel()


def _answer(deps: Deps, question: Question, say: Say) -> None:
    asked = parse(question.words)
    try:
        if isinstance(asked, Missing):
            by = Asker(question.by, Place(Surface.COMMAND))
            deps.audit.keep(entry_of(deps, Action.RECORD_MISSING, by))
        found = answer_to(deps.acting_for(question.by), asked, question.page)
    except DeniedError as problem:
        logger.warning("not answered", reason=str(problem))
        say({"text": _denied(problem)})
    except StepFunctionsError as problem:
        logger.warning("not answered", reason=str(problem))
        say({"text": BUSY})
    except Exception:
        say({"text": FAILED})
        raise
    else:
        say(message(found, question.by if question.share else None))


def _denied(problem: DeniedError) -> str:
    match problem:
        case OutOfReachError(account=account, region=region):
            return out_of_reach(account, region)
        case RoleRefusedError(role=role, said=said):
            return role_refused(role, said)
        case _:
            return DENIED


def answer_to(deps: Deps, asked: Asked, page: int = 0) -> Answer:
    match asked:
        case Board():
            return board(overview(deps), page)
        case Help():
            return help_answer(deps.now())
        case MutesInForce():
            return mutes_answer(overview(deps), page)
        case Missing():
            return missing_answer(reconcile(deps, page, time.sleep), deps.now(), page)
        case OfMachine():
            return _about_machine(deps, asked, page)
        case OfExecution():
            return execution_answer(report_execution(deps, asked.arn))
        case Named():
            return _about_name(deps, asked.words, page)
        case _:
            assert_never(asked)


def _about_machine(deps: Deps, asked: OfMachine, page: int) -> Answer:
    report = machines.report_machine(deps, asked.arn)
    if report:
        return machine_answer(report, page)
    name = asked.arn.split(":")[-1]
    nothing = NothingFound(words=name, near=_near(deps, name), by_arn=True)
    return nothing_answer(nothing, deps.now())


def _about_name(deps: Deps, words: str, page: int) -> Answer:
    """A state machine's name, or an execution's: the first is likelier, and cheaper to find."""
    found = machines.find_machine(deps, words)
    if isinstance(found, Several):
        return several_answer(found, deps.now(), page)
    if isinstance(found, Machine):
        report = machines.report(deps, found)
        if report:
            return machine_answer(report, page)
    return _about_execution(deps, words)


def _about_execution(deps: Deps, name: str) -> Answer:
    search = find_execution(deps, name)
    if search.found:
        return execution_answer(report_execution(deps, search.found))
    nothing = NothingFound(
        words=name,
        near=_near(deps, name),
        looked_in=search.looked_in,
        failed_lately=search.failed_lately,
    )
    return nothing_answer(nothing, deps.now())


def _near(deps: Deps, name: str) -> list[str]:
    known = [one.name for one in deps.catalogue.all().items]
    return machines.nearest(name, [*COMMANDS, *known])
