"""Texts from outside, made fit to store and show."""

import re

from app.domain.kept import shortened
from app.domain.redaction import Redactor

# Lone surrogates can't be encoded, NUL can't be stored everywhere, and the bidirectional
# controls make a text read otherwise than it is.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """*text* with characters that break storing or reading replaced by U+FFFD."""
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)


def kept(text: str | None, redactor: Redactor) -> str | None:
    """*text* cleaned, its secrets out, and cut to what is kept."""
    if text is None:
        return None
    return shortened(whole(text, redactor))


def whole(text: str, redactor: Redactor) -> str:
    """*text* cleaned, its secrets out."""
    return redactor.redact(clean(text))
