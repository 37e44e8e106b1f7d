"""Where we can act: in our own account and region, and where alerts.yml names a role."""

from msgspec import Struct

from app.domain.execution import ExecutionArn


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
