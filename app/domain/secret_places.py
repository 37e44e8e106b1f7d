"""Secrets that stand behind a name in text: in logs, commands, files, and in JSON that was cut."""

import re
from collections.abc import Iterator

from app.domain.secret_looks import REDACTED
from app.domain.secret_names import Names

#: ``name=value``, ``name: value``, ``"name" => "value"`` and their like, as far as the value.
_NAMED = re.compile(
    r"""(?ix)
    (?<![\w.-])
    (?P<name> (?:api|access|private|account|auth|signing|encryption|shared|master)[ ]key
            | session[ ]id
            | [\w.-]++ )
    (?P<between>
      (?: \[\d*\] )? (?: \\*["'`] | &quot; | &\#3[49]; | %22 )? \]?
      [^\S\n]* (?: => | -> | :?=+ | :(?!:) | %3[ad] ) [^\S\n]*
    )
    """
)
#: ``"Name": "name", "Type": "String", "Value": "value"``, as far as the value.
_PAIR = re.compile(
    r"""(?ix)
    (?<![\w.-])
    (?P<name> [\w.-]++ )
    (?P<between>
      \\*["'] \s* , \s*
      (?: \\*["'] \w{1,40} \\*["'] \s* : \s* \\*["'] [\w.:/-]{0,200} \\*["'] \s* , \s* ){0,2}
      \\*["'] \w{0,40}? value \\*["'] \s* : \s*
    )
    """
)
#: ``--name value``, and ``"--name", "value"``.
_FLAG = re.compile(r"""(?<![\w-])--(?P<name>[\w-]++)(?P<between>\\*["']?,?[^\S\n]+)(?!-)""")
_ELEMENT = re.compile(r"<(?:\w+:)?(?P<name>[\w.-]++)(?:\s[^<>]{0,500})?>(?=[^<]+</)")

_QUOTE = re.compile(r"""(?:[bur]{1,2})?(?P<slashes>\\*)(?P<mark>["'])""", re.IGNORECASE)
_OTHER_QUOTE = re.compile(r"`|&quot;|&#3[49];|%22", re.IGNORECASE)
_CALL = re.compile(r"[A-Za-z_][\w.]{0,100}\(")
_BRACKET_OR_QUOTE = re.compile(r"""[\[\](){}]|\\*["']""")
#: Its credentials may stand in the line after it.
_SCHEME = re.compile(r"(?:bearer|basic)\s+", re.IGNORECASE)
_HEADER_SCHEME = re.compile(
    r"(?:bearer|basic|token|digest|negotiate|ntlm|oauth|api-?key|key|aws4-hmac-sha256|hmac\S*)"
    r"[^\S\n]",
    re.IGNORECASE,
)
_UNQUOTED = re.compile(r"""(?:[^\s,;&"'\\}\])]|\\(?![\\"'nrt]))+""")
_TO_SPACE = re.compile(r"\S+")
_TO_END_OF_LINE = re.compile(r"[^\r\n]+")
_TO_QUOTE_OR_END_OF_LINE = re.compile(r"""[^\r\n"'\\]+""")
_IN_BRACES = re.compile(r"\{[^{}\n\"':]*\}")
_LITERAL = re.compile(r"[|>][-+\d]*[^\S\n]*\r?(?=\n)")
_LINE = re.compile(r"\r?\n(?P<indent>[^\S\n]*)(?P<rest>[^\r\n]*)")
_LEADS_THE_LINE = re.compile(r"[^\S\n]*(?:-[ ]|export[ ])?[\"']?")
_OF_A_VARIABLE = re.compile(r"[A-Z0-9_]+")
_OF_YAML = re.compile(r"[^\S\n]*(?:-[ ])?[\w.-]+:(?:[ ]|\r?\Z)")
_OF_A_STACK = re.compile(r"at |File |\.\.\. ")
_NUMBER = re.compile(r"\d+(?=[\s,;)}\]]|\Z)")
_IN_ARN = re.compile(r"arn:[^\s\"']*\Z")
#: What says that there is none, and how sentences about one go on.
_NOTHING = re.compile(
    r"(?:null|none|nil|undefined|true|false)(?=[\s.,;)\]}]|\Z)|<[\w -]{1,40}>(?=[\s,;)]|\Z)",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"(?:must|should|shall|can|cannot|can't|could|may|is|was|are|has|have|had|does|did|not|no|"
    r"invalid|missing|required|expected|expired|unexpected|unknown|wrong|empty|failed|failure|"
    r"field|value|string|this|the|a|an|it|length|at|in|on|of|for|to|with|by)"
    r"(?=[\s,;)]|[.](?:\s|\Z)|\Z)",
    re.IGNORECASE,
)
#: An ARN's parts stand closer together.
_ARN_REACH = 300


def after_names(text: str, names: Names) -> str:
    """*text* without what stands behind a name of *names*."""
    if "</" in text:
        text = _replaced(text, _elements(text, names))
    if "--" in text:
        text = _replaced(text, _named(text, _FLAG, names))
    text = _replaced(text, _named(text, _PAIR, names))
    return _replaced(text, _named(text, _NAMED, names))


def _replaced(text: str, places: Iterator[tuple[int, int]]) -> str:
    parts, done = [], 0
    for start, end in places:
        parts += [text[done:start], REDACTED]
        done = end
    return "".join([*parts, text[done:]]) if done else text


def _elements(text: str, names: Names) -> Iterator[tuple[int, int]]:
    for found in _ELEMENT.finditer(text):
        end = text.find("</", found.end())
        if end > 0 and names.give_away(found["name"]):
            yield found.end(), end


def _named(text: str, pattern: re.Pattern[str], names: Names) -> Iterator[tuple[int, int]]:
    at = 0
    while found := pattern.search(text, at):
        at = found.end()
        count = 0 if _NUMBER.match(text, at) else None
        if not names.give_away(found["name"], count) or _is_of_an_arn(text, found):
            if pattern is _PAIR:
                at = found.end("name")  # what stands in between may have names of its own
            continue
        start, end = _value(text, found)
        if end > start:
            yield start, end
            at = end


def _is_of_an_arn(text: str, found: re.Match[str]) -> bool:
    """Of an ARN, or of an action's name as ``secretsmanager:GetSecretValue``."""
    start = found.start()
    if found["between"] != ":":
        return False
    if found["name"] == "secretsmanager":
        return True
    before = text[max(0, start - _ARN_REACH) : start]
    return before[-1:] in {":", "/"} and bool(_IN_ARN.search(before))


def _value(text: str, found: re.Match[str]) -> tuple[int, int]:
    """Where the value begins and ends that stands behind *found*; both the same without one."""
    at, name, between = found.end(), found["name"].lower(), found["between"]
    if literal := _LITERAL.match(text, at):
        return at, _block_end(text, found.start(), literal.end())
    if _LINE.match(text, at):
        return _below(text, found)
    if quoted := _QUOTE.match(text, at):
        return _quoted(text, quoted)
    if quoted := _OTHER_QUOTE.match(text, at):
        end = text.find(quoted[0], quoted.end())
        return at, len(text) if end < 0 else end + len(quoted[0])
    if _NOTHING.match(text, at) or (":" in between and _PROSE.match(text, at)):
        return at, at
    if braces := _IN_BRACES.match(text, at):  # of ODBC
        return at, braces.end()
    if text.startswith(REDACTED, at):  # what looked secret may have been its beginning alone
        return at, _end(_UNQUOTED, text, at + len(REDACTED))
    if text[at : at + 1] in {"{", "[", "("}:
        return at, _balanced_end(text, at)
    if call := _CALL.match(text, at):
        return at, _balanced_end(text, call.end() - 1)
    if name.endswith(("cookie", "cookies")) or _HEADER_SCHEME.match(text, at):
        return at, _end(_TO_QUOTE_OR_END_OF_LINE, text, at)
    if scheme := _SCHEME.match(text, at):
        return at, _end(_UNQUOTED, text, scheme.end())
    return at, _end(_unquoted(text, found), text, at)


def _unquoted(text: str, found: re.Match[str]) -> re.Pattern[str]:
    """How far an unquoted value goes: in files of one value a line further than elsewhere."""
    start = text.rfind("\n", 0, found.start()) + 1
    if _end(_LEADS_THE_LINE, text, start) != found.start():
        return _UNQUOTED
    if found["between"] == "=" and _OF_A_VARIABLE.fullmatch(found["name"]):
        return _TO_SPACE
    if found["between"].startswith(": "):
        before = text[text.rfind("\n", 0, max(0, start - 1)) + 1 : max(0, start - 1)]
        after = _LINE.search(text, found.end())
        beside = (before, after["indent"] + after["rest"] if after else "")
        if any(_OF_YAML.match(line) for line in beside):
            return _TO_END_OF_LINE
    return _UNQUOTED


def _below(text: str, found: re.Match[str]) -> tuple[int, int]:
    """The value on the next lines, if it is there: they are indented."""
    at = found.end()
    line = _LINE.match(text, at)
    if line is None or not (line["indent"] or line["rest"].startswith("- ")):
        return at, at
    if _OF_A_STACK.match(line["rest"]):
        return at, at
    start = line.start("rest")
    if quoted := _QUOTE.match(text, start):
        return _quoted(text, quoted)
    if text[start : start + 1] in {"{", "["}:
        return start, _balanced_end(text, start)
    return at, _block_end(text, found.start(), at)


def _block_end(text: str, name: int, at: int) -> int:
    """Where the lines from *at* on end that are indented more than that of the name."""
    start = text.rfind("\n", 0, name) + 1
    indent = len(text[start:name]) - len(text[start:name].lstrip())
    while line := _LINE.match(text, at):
        deeper = len(line["indent"]) > indent or line["rest"].startswith("- ")
        if line["rest"] and not deeper:
            break
        at = line.end()
    return at


def _quoted(text: str, quoted: re.Match[str]) -> tuple[int, int]:
    """Where the string is whose mark *quoted* is; one that was redacted before stays as it is."""
    start = quoted.start()
    end = _quoted_end(text, quoted.end(), len(quoted["slashes"]), quoted["mark"])
    redacted = text[start:end] == f"{quoted[0]}{REDACTED}{quoted[0]}"
    return start, start if redacted else end


def _quoted_end(text: str, at: int, slashes: int, mark: str) -> int:
    r"""Where the string ends that begins at *at*; the text's end, where it was cut.

    Its own marks have that many *slashes* before them: 0, or 1, 3, 7 in a string in a string in a
    string. Marks within it have more, or are written twice.
    """
    for found in _closing(mark).finditer(text, at):
        if found.start() < at:
            continue
        more = len(found["slashes"]) - slashes
        if more < 0:  # of the string around it
            return found.start()
        if more % (slashes + 1) or more // (slashes + 1) % 2:
            continue
        if not slashes and text.startswith(mark, found.end()):
            at = found.end() + 1
            continue
        return found.end()
    return len(text)


def _closing(mark: str) -> re.Pattern[str]:
    return _CLOSING[mark]


_CLOSING = {mark: re.compile(rf"(?P<slashes>\\*){mark}") for mark in "\"'"}


def _balanced_end(text: str, at: int) -> int:
    """Where the bracket at *at* is closed; the text's end, where it was cut."""
    depth = 0
    while found := _BRACKET_OR_QUOTE.search(text, at):
        at, one = found.end(), found[0]
        if one in {"[", "(", "{"}:
            depth += 1
        elif one in {"]", ")", "}"}:
            depth -= 1
            if depth <= 0:
                return at
        else:
            at = _quoted_end(text, at, len(one) - 1, one[-1])
    return len(text)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
