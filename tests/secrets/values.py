"""Secrets that are none, put together here so that no scanner takes them for real ones."""

_MIXED = "Zq9NotARealValue8xKf3"
_HEX = "0badc0de" * 8


def _key(kind: str, end: str) -> str:
    dashes = "-" * 5
    lines = "\n".join([_MIXED * 3] * 3)
    return f"{dashes}BEGIN {kind}{dashes}\n{lines}\n" + (
        f"{dashes}END {kind}{dashes}" if end else ""
    )


_PRIVATE = "PRIVATE" + " KEY"

#: By the name that stands for one in the corpus, as ``<<fake>>``.
VALUES = {
    "fake": "Zq9-not-a-real-value-8x",
    "words": "correct horse battery staple",
    "short": "hunter2",
    "mixed": _MIXED,
    "base64": _MIXED * 3 + "/+==",
    "hex": _HEX[:32],
    "at": "Zq9/not@a:real#value",
    "aws id": "AKIA" + "NOTAREALACCESSID",
    "aws temporary id": "ASIA" + "NOTAREALACCESSID",
    "aws secret": "notArealSecret/" + "0123456789+NotAtAll" + "123456",
    "aws session": "IQoJ" + "b3JpZ2luX2Vj" + _MIXED * 4,
    "jwt": "ey" + "J0eXAiOiJub25lIn0" + ".ey" + f"J{_MIXED}." + _MIXED,
    "basic": "Ym9iOm5vdC1h" + "LXJlYWwtb25l",
    "slack bot": "xo" + f"xb-000000000000-{_MIXED}",
    "slack user": "xo" + f"xp-000000000000-{_MIXED}",
    "slack rotated": "xo" + "xe.xo" + f"xp-1-{_MIXED}",
    "slack app": "xa" + f"pp-1-A000-{_MIXED}",
    "hook path": "T00000000/B00000000/" + _MIXED,
    "github": "gh" + f"p_{_MIXED}000000000000000",
    "github fine": "github" + f"_pat_{_MIXED}_{_MIXED}",
    "gitlab": "gl" + f"pat-{_MIXED}",
    "stripe": "sk" + f"_live_{_MIXED}",
    "google": "AI" + f"za{_MIXED}00000000000000",
    "openai": "sk" + f"-{_MIXED}{_MIXED}",
    "anthropic": "sk" + f"-ant-api03-{_MIXED}",
    "npm": "np" + f"m_{_MIXED}000000000000000",
    "sendgrid": "SG" + f".{_MIXED}.{_MIXED}{_MIXED}",
    "twilio": "SK" + _HEX[:32],
    "azure": "Zq9" + "8Q" + "~" + _MIXED * 2,
    "vault": "hv" + f"s.{_MIXED}{_MIXED}",
    "huggingface": "hf" + f"_{_MIXED}{_MIXED}",
    "telegram": "0123456789:A" + "A" + (_MIXED * 2)[:33],
    "databricks": "da" + f"pi{_HEX[:32]}",
    "rsa key": _key("RSA " + _PRIVATE, "end"),
    "cut key": _key(_PRIVATE, ""),
    "pgp key": _key("PGP " + _PRIVATE + " BLOCK", "end"),
    "escaped key": _key("EC " + _PRIVATE, "end").replace("\n", "\\n"),
    "beheaded key": _key(_PRIVATE, "end").split("\n", 2)[2],
}
