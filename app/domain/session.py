"""Under which name we act in an account, as CloudTrail shows it."""

import re
import unicodedata

from app.domain.people import Person

#: When nobody asked.
OURSELVES = "sfn-alerts"
#: AWS: the longest name of a role's session.
_LONGEST = 64


def session_name(by: Person | None) -> str:
    """The name of the session in which we act for *by*, as CloudTrail shows it.

    AWS: 2 to 64 characters, letters, digits and ``_+=,.@-``. The id comes first: it is Slack's, of
    letters and digits, while a person's name may be anything, somebody else's id among it.
    """
    if by is None:
        return OURSELVES
    plain = unicodedata.normalize("NFKD", by.name).encode("ascii", "ignore").decode()
    words = re.findall(r"[\w.]+", plain)
    return "-".join([by.id, *words])[:_LONGEST].rstrip("-")
