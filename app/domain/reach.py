"""Where we can act: in our own account and region, and where alerts.yml names a role."""

import re
import unicodedata

from msgspec import Struct

from app.domain.execution import ExecutionArn
from app.domain.people import Person

#: The name under which we act when nobody asked.
OURSELVES = "sfn-alerts"
#: AWS: the longest name of a role's session.
_LONGEST = 64


class Account(Struct, frozen=True, kw_only=True):
    """An account that alerts.yml lists, and the role to act there.

    ``regions`` empty: in all of them. ``name`` is what people call the account.
    """

    id: str
    role: str
    name: str | None = None
    regions: tuple[str, ...] = ()
    external_id: str | None = None

    def holds(self, account: str, region: str) -> bool:
        return self.id == account and (not self.regions or region in self.regions)


class Reach(Struct, frozen=True):
    """``home`` is what the ARNs of our own account's and region's state machines begin with.

    All of these take the ARN of an execution or a state machine.
    """

    home: str
    accounts: tuple[Account, ...] = ()

    def is_home(self, arn: str) -> bool:
        return arn.split(":")[1:5] == self.home.split(":")[1:5]

    def account_of(self, arn: str) -> Account | None:
        """What is listed for it: also our own account, to act there under another role."""
        _, _, _, region, account, *_ = arn.split(":")
        return next((one for one in self.accounts if one.holds(account, region)), None)

    def covers(self, arn: str) -> bool:
        return self.is_home(arn) or self.account_of(arn) is not None


def name_of(accounts: tuple[Account, ...], arn: ExecutionArn) -> str | None:
    """What people call the account, where alerts.yml tells."""
    names = (one.name for one in accounts if one.id == arn.account and one.name)
    return next(names, None)


def session_name(by: Person | None) -> str:
    """The name of the session in which we act for *by*, as CloudTrail shows it.

    AWS: 2 to 64 characters, letters, digits and ``_+=,.@-``. The id comes first: it is Slack's,
    while a person's name may be anything, somebody else's id among it.
    """
    if by is None:
        return OURSELVES
    plain = unicodedata.normalize("NFKD", by.name).encode("ascii", "ignore").decode()
    words = re.findall(r"[\w.]+", plain, re.ASCII)
    person = re.sub(r"[^\w]", "", by.id, flags=re.ASCII)
    return "-".join([person, *words])[:_LONGEST].rstrip("-")
