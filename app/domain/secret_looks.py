"""What secrets look like that need no name to be known."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

REDACTED = "[redacted]"


class Look(Struct, frozen=True):
    """``pattern`` matches a secret, behind its first group where it has one.

    Whatever it is in has one of ``parts``, in small letters, and matches ``more``: what does not,
    as nearly every text, is passed over without so much as compiling the pattern.
    """

    parts: tuple[str, ...]
    pattern: str
    more: str = ""


def _looks(*rows: tuple[str, str] | tuple[str, str, str]) -> tuple[Look, ...]:
    return tuple(Look(tuple(parts.split(" | ")), *rest) for parts, *rest in rows)


#: Where a word begins, an underscore before it or not.
_B = r"(?<![A-Za-z0-9])"

ALONE = _looks(
    (  # PEM and PGP; cut, or with its lines' ends escaped
        "private key",
        (
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
            r"[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\Z)"
        ),
    ),
    ("age-secret-key-", _B + r"AGE-SECRET-KEY-1[A-Z0-9]{30,}"),
    # AWS: access keys' and principals' ids, session tokens
    (
        "akia | asia | abia | acca | aroa | aida",
        _B + r"(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    ),
    (
        "iqojb3jpz2lux2vj | fwogzxivyxdz | fqogzxivyxdz",
        _B + r"(?:IQoJb3JpZ2luX2Vj|F[wQ]oGZXIvYXdz)[\w/+=%-]{20,}",
    ),
    ("eyj", _B + r"eyJ[\w-]{8,1000}+\.[\w-]{8,}(?:\.[\w-]*){0,3}"),  # JSON Web Token
    ("xox", _B + r"xox[a-z](?:\.xox[a-z])?-[\w%+/=-]{8,}"),  # Slack
    ("xapp-", _B + r"xapp-[\w-]{8,}"),
    (
        "hooks.slack | /api/webhooks/ | /webhookb2/",  # Slack, Discord, Teams
        (
            r"(hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/|/api/webhooks/|/webhookb2/)"
            r"[\w/@.+-]{8,}"
        ),
    ),
    ("gh", _B + r"gh[opsur]_\w{20,}", "gh[opsur]_"),  # GitHub
    ("github_pat_", _B + r"github_pat_\w{20,}"),
    (  # GitLab
        "gl",
        _B + r"gl(?:pat|dt|rt|cbt|ptt|ft|agent|soat|oas|imt)-[\w.-]{12,}",
        "gl[a-z]{2,5}-",
    ),
    ("k_live_ | k_test_ | whsec_", _B + r"(?:[srp]k_(?:live|test)|whsec)_\w{10,}"),  # Stripe
    ("aiza", _B + r"AIza[\w-]{30,}"),  # Google
    ("ya29.", _B + r"ya29\.[\w-]{20,}"),
    ("gocspx-", _B + r"GOCSPX-[\w-]{20,}"),
    (
        "sk-",  # of language models
        _B + r"sk-(?:ant-|proj-|svcacct-|admin-|or-)[\w-]{20,}"
        r"|" + _B + r"sk-(?=[A-Za-z_-]{0,200}[0-9])(?=[a-z0-9_-]{0,200}[A-Z])[\w-]{20,}",
    ),
    ("hf_", _B + r"hf_[A-Za-z0-9]{20,}"),
    ("npm_", _B + r"npm_[A-Za-z0-9]{20,}"),
    ("pypi-", _B + r"pypi-[\w-]{40,}"),
    ("dckr_", _B + r"dckr_(?:pat|oat)_[\w-]{20,}"),
    ("sg.", _B + r"SG\.[\w-]{16,100}\.[\w-]{16,}"),  # SendGrid
    ("sk", _B + r"SK[0-9a-f]{32}(?!\w)", "sk[0-9a-f]{32}"),  # Twilio
    (":aa", r"[0-9]{8,10}:AA[\w-]{32,}"),  # Telegram
    ("8q~", r"[\w~.-]{3}8Q~[\w~.-]{31,}"),  # Azure
    ("hv", _B + r"hv[sbr]\.[\w-]{20,}", r"hv[sbr]\."),  # Vault
    ("dapi", _B + r"dapi[0-9a-f]{32}"),  # Databricks
    ("nr", _B + r"NR(?:AA|AK|II)-[\w-]{20,}", "nr(?:aa|ak|ii)-"),  # New Relic
    ("shp", _B + r"shp(?:at|ss|ca|pa)_[0-9A-Fa-f]{32}"),  # Shopify
    ("_v1_", _B + r"do[opr]_v1_[0-9a-f]{40,}"),  # DigitalOcean
    ("pmak-", _B + r"PMAK-[0-9a-f]{24}-[0-9a-f]{20,}"),  # Postman
    ("glsa_ | glc_", _B + r"(?:glsa|glc)_[\w+/=-]{30,}"),  # Grafana
    # "bearer authentication" is no secret, and no more is "Basic Authentication".
    (
        "bearer",
        (
            r"((?i:bearer)(?:\s+|%20|\s*:\s*)[\"']?)"
            r"(?:(?=[A-Za-z~+/.=_-]*[0-9])|(?=[a-z~+/.=_-]*[A-Z][^\s]*[A-Z])|(?=[a-z]{20}))"
            r"[\w~+/.=-]{8,}"
        ),
    ),
    (
        "basic",
        (
            r"((?i:basic)(?:\s+|%20)[\"']?)"
            r"(?:(?=[A-Za-z+/_-]*[0-9=])|(?=[A-Za-z+/_-]*[a-z][A-Z]))[\w+/=-]{8,}"
        ),
    ),
    (
        "://",  # user:password in an address, which is no port
        r"(://)[^/\s:@\"'<>]*:(?!\d+(?:[/?#,;]|\Z))(?:(?!://)[^\s\"'<>])+(?=@)",
        "@",
    ),
    ("jdbc:oracle", r"(?i)(jdbc:oracle:\w+:[^/\s]{1,100}/)[^@\s\"']+(?=@)"),
    ("signature=", r"(?i)(signature=)[\w%+/=~-]{16,}"),  # of addresses that are signed
    ("sig=", r"(?i)((?<![\w.-])sig=)[\w%+/=-]{10,}"),
    (
        "curl",
        (
            r"(\bcurl\b[^\n]{0,500}?\s(?:-u|-U|--user|--proxy-user)[ =]?\\*[\"']?[^\s:\"']+:)"
            r"[^\s\"'\\]+"
        ),
    ),
    ("mysql", r"(\bmysql(?:dump|admin)?\b[^\n]{0,200}?\s-p)(?=\S)[^\s\"']+"),
    (
        "password | identified",  # SQL
        r"((?i:\bpassword|\bidentified\s+by)\s+\\*')[^']+",
        "'",
    ),
)

#: AWS: the secret of an access key, known by the id that is in the same text.
_BESIDE_AN_ID = Look(
    ("akia", "asia"),
    (
        r"(?<![\w/+])(?=[a-z0-9/+]*[A-Z])(?=[A-Z0-9/+]*[a-z])(?=[A-Za-z/+]*[0-9])"
        r"[A-Za-z0-9/+]{40}(?![\w/+=])"
    ),
)
LOOKS = (*ALONE, _BESIDE_AN_ID)

_BEGIN_OF_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
_END_OF_KEY = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
#: What stands between the two, with its lines' ends escaped or not.
_OF_A_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\\ \r\n\t"


def sought(small: str) -> tuple[Look, ...]:
    """What a text may hold; *small* is that text in small letters."""
    found = []
    for look in LOOKS:
        for part in look.parts:
            if part in small:
                if re.search(look.more, small):
                    found.append(look)
                break
    return tuple(found)


def masked(text: str, look: Look) -> str:
    """*text* without the secrets that look like this."""
    pattern = re.compile(look.pattern)  # once, then re remembers it
    text = pattern.sub((r"\1" if pattern.groups else "") + REDACTED, text)
    return _without_tail(text) if look is LOOKS[0] else text


def lines_of_a_key(lines: Iterable[str]) -> Iterator[str]:
    """*lines* without those of a private key that begins in one and ends in another."""
    inside = False
    for line in lines:
        end = _END_OF_KEY.search(line) if inside else None
        if inside and end is None:
            yield REDACTED
            continue
        text = REDACTED + line[end.end() :] if end else line
        begins = [found.end() for found in _BEGIN_OF_KEY.finditer(text)]
        inside = bool(begins) and not _END_OF_KEY.search(text, begins[-1])
        yield text


def _without_tail(text: str) -> str:
    """*text* without the end of a key whose beginning was cut off."""
    parts, done = [], 0
    for end in _END_OF_KEY.finditer(text):
        parts += [text[done : end.start()].rstrip(_OF_A_KEY), REDACTED]
        done = end.end()
    return "".join([*parts, text[done:]])
