"""State machines, as people ask for them: by name, by part of one, by ARN."""

import difflib
import re
from collections.abc import Iterable

from app.deps import Deps
from app.domain.listing import Listing, Machine
from app.domain.overview import Posted, of_machine
from app.domain.reports import MachineReport, Several
from app.step_functions import ExecutionGoneError
from app.use_cases.status import MOST_ALERTS, posted

#: AWS: what a name is made of, and how long it may be.
_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
_PARTS = re.compile(r"[-_. ]+")
_NEAREST = 5


def find_machine(deps: Deps, words: str) -> Machine | Several | None:
    """The state machine called so; those that may be meant; None when nothing is near.

    One call tells of an exact name. Whatever else is looked for in the list, which is kept
    for a minute, unless nothing in it fits: the whole name in other letters, then its
    beginning, then a part of it.
    """
    if _NAME.fullmatch(words):
        exact = deps.step_functions.machine(deps.catalogue.arn_of(words))
        if exact:
            return exact
    listed = deps.catalogue.all()
    found = matches(words, listed)
    if not found:
        listed = deps.catalogue.all(fresh=True)
        found = matches(words, listed)
    if len(found) == 1:
        return found[0]
    return Several(words, found, listed.whole) if found else None


def matches(words: str, listed: Listing[Machine]) -> list[Machine]:
    sought = words.casefold()
    names = [(one.name.casefold(), one) for one in listed.items] if sought else []
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [one for name, one in names if fits(name, sought)]
        if found:
            return sorted(found, key=lambda one: one.name)
    return []


def nearest(words: str, names: Iterable[str]) -> list[str]:
    """Those of *names* that somebody may have meant, wholly or from one of their parts on."""
    meant: dict[str, list[str]] = {}
    for name in names:
        for start in {0, *(found.end() for found in _PARTS.finditer(name))}:
            meant.setdefault(name[start:].casefold(), []).append(name)
    near = difflib.get_close_matches(words.casefold(), meant, n=_NEAREST, cutoff=0.7)
    return list(dict.fromkeys(name for variant in near for name in meant[variant]))[:_NEAREST]


def report_machine(deps: Deps, arn: str) -> MachineReport | None:
    """About the state machine with this ARN; None when there is none."""
    machine = deps.step_functions.machine(arn)
    return report(deps, machine) if machine else None


def report(deps: Deps, machine: Machine) -> MachineReport | None:
    """In one call to Step Functions, and one to the table. None: it was deleted meanwhile."""
    executions = None
    if not machine.express:
        try:
            executions = deps.step_functions.executions(machine.arn)
        except ExecutionGoneError:
            return None
    return MachineReport(
        machine=machine,
        executions=executions,
        alerts=_alerts(deps, machine.arn),
        now=deps.now(),
    )


def _alerts(deps: Deps, machine_arn: str) -> list[Posted]:
    unresolved = deps.alerts.unresolved(MOST_ALERTS)
    return of_machine([posted(one) for one in unresolved], machine_arn)
