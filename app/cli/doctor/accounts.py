"""The roles that alerts.yml lists for other accounts and regions: may the functions assume them?"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from app import config
from app.cli.doctor.deployment import Deployment
from app.cli.doctor.findings import Finding, unchecked, well, wrong
from app.cli.doctor.places import Places
from app.domain.reach import Account
from app.roles import Roles
from app.step_functions import RoleRefusedError, StepFunctionsBusyError

#: As packaging calls it: see deploy/reach.py.
_POLICY = "AccountsPolicy"
_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})


def look(deployment: Deployment, places: Places) -> Iterator[Finding]:
    by_role = {one.role: one for one in config.rules_of(places.rules).accounts}
    if not by_role:
        return
    template = deployment.client("cloudformation").get_template(StackName=deployment.stack)
    deployed = _deployed(template["TemplateBody"]["Resources"])
    for role, account in by_role.items():
        if role in deployed:
            yield _assumed(deployment, account)
        else:
            yield wrong(
                f"{places.alerts} lists {_named(account)}, and what is deployed does not: nothing "
                "can be redriven there",
                f"make package STAGE={deployment.stage}\n{deployment.deploy}",
            )


def _deployed(resources: Mapping[str, Any]) -> set[str]:
    """The roles that the functions have leave to assume."""
    policy = resources.get(_POLICY)
    statements = policy["Properties"]["PolicyDocument"]["Statement"] if policy else []
    return {role for one in statements for role in one["Resource"]}


def _assumed(deployment: Deployment, account: Account) -> Finding:
    """Whether it can be assumed as the functions do, though by whoever asks."""
    roles = Roles(
        sts=lambda: deployment.client("sts"),
        make=_nothing,
        now=lambda: datetime.now(UTC),
    )
    try:
        roles.client(account, deployment.region, None)
    except StepFunctionsBusyError as problem:
        return unchecked(f"the role for {_named(account)}: {problem}")
    except RoleRefusedError as problem:
        return _refused(account, problem)
    return well(f"the role for {_named(account)} can be assumed")


def _nothing(*_: object) -> Any:
    """In the place of the client: nothing is asked there."""


def _refused(account: Account, problem: RoleRefusedError) -> Finding:
    cause = problem.__cause__
    if not isinstance(cause, ClientError) or cause.response["Error"]["Code"] not in _DENIED:
        return wrong(
            f"the role for {_named(account)} can't be assumed: {problem.said}",
            f"mend {account.role} in alerts.yml; docs/accounts.md tells how such a role is made",
        )
    # AWS says the same of a role that is missing, of one that trusts the functions alone, as
    # deploy/member-account.yml makes it, and of another external id.
    return unchecked(
        f"the role for {_named(account)}, which your credentials may not assume: {problem.said}",
        "The functions may all the same. To see, choose Check again in the menu of a card from\n"
        "there: it says what AWS says; docs/accounts.md, what to do then.",
    )


def _named(account: Account) -> str:
    return f"{account.name} ({account.id})" if account.name else f"account {account.id}"
