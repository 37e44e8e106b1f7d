"""Is a request Slack's own, and fresh?"""

from collections.abc import Mapping

from slack_sdk.signature import Clock, SignatureVerifier


def is_from_slack(headers: Mapping[str, str], body: str, secret: str, now: float) -> bool:
    """Whether *body* was signed by Slack within the last 5 minutes of *now* (epoch seconds).

    The SDK's check raises on a timestamp that is no number and on a signature that is not
    ASCII; whatever can't be checked is not Slack's. *headers* have lower-case names.
    """
    verifier = SignatureVerifier(signing_secret=secret, clock=_Now(now))
    try:
        return verifier.is_valid(
            body=body,
            timestamp=headers.get("x-slack-request-timestamp", ""),
            signature=headers.get("x-slack-signature", ""),
        )
    except (ValueError, TypeError, OverflowError):
        return False


class _Now(Clock):
    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        return self._now
