"""Why nothing can be done in an account or region, and the way out."""

from app.render.mrkdwn import code


def out_of_reach(account: str, region: str) -> str:
    """Without markup: it is told in dialogs too."""
    return (
        f"I can't act in account {account}, region {region}: alerts.yml does not list it under "
        "accounts. Add it with a role there, and deploy: docs/accounts.md tells how."
    )


def role_refused(role: str, said: str) -> str:
    """AWS *said* so when it was asked for the *role* (its ARN)."""
    return f"AWS does not let me assume the role {code(role, 300)}: {code(said, 300)}"
