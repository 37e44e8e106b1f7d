"""What may be fed anything, and what must hold of it whatever it is fed.

Each target takes bytes and raises when something is wrong. The tests feed them examples made for
them; ``make fuzz`` lets a fuzzer look for bytes that reach what none reached before.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from app import config
from app.config.errors import ConfigError
from app.domain.execution import ExecutionEnded, Failure
from app.domain.redaction import Redactor
from app.ingest import parse, question, talk
from app.ingest.errors import NotUnderstoodError
from app.ingest.texts import clean, kept
from app.render import mrkdwn
from app.render.card import card, plain_card
from app.render.details import details, plain_details
from app.render.plain import plain
from local.slack import block_kit
from tests.factories import NOW, alert, failure

Target = Callable[[bytes], None]

TESTS = Path(__file__).parent.parent
EVENTS = sorted((TESTS / "events").glob("*.json"))
REDACTOR = Redactor.of(["*iban*"])
CANARY = "Zq9Canary8xKf3"

_STEP = json.loads((TESTS / "events" / "notify_error_with_task_token.json").read_text())
_ENDED = json.loads((TESTS / "events" / "failed_lambda.json").read_text())
#: What we write ourselves between angle brackets: moments, and links to the console.
_OURS = re.compile(
    r"<!date\^\d+\^[^|<>]*\|[^<>]*>|<https://[a-z0-9.-]*console\.aws\.amazon\.com/[^|<>]*\|[^<>]*>"
)
_CODE = re.compile(r"`[^`]*`")


def ingest_event(data: bytes) -> None:
    """Any JSON is an event that is read or refused, and so is one with any field in it."""
    value = _value(data)
    _ingested(value)
    _ingested({"source": "aws.states", "detail": value})
    if isinstance(value, dict):
        _ingested(_ENDED | {"detail": _ENDED["detail"] | value})
        _ingested(_STEP | value)
        _ingested(_STEP | {"Execution": _STEP["Execution"] | value})
        return
    for name in ("status", "error", "cause", "input", "startDate", "stopDate", "redriveCount"):
        _ingested(_ENDED | {"detail": _ENDED["detail"] | {name: value}})
    for name in _STEP:
        _ingested(_STEP | {name: value})


def ingest_words(data: bytes) -> None:
    """Whatever people type is understood, or told to be not."""
    text = _text(data)
    assert len(question.parse(text).words) <= max(question.LONGEST, 256)
    talk.parse(text, "U0BOT")
    talk.parse(f"<@U0BOT> {text}", "U0BOT")
    talk.parse(f"<@U0BOT> mute {text}", "U0BOT")


def redaction(data: bytes) -> None:
    """A named secret leaves no JSON, however it is wrapped, and JSON stays JSON."""
    text = _text(data)
    redacted = REDACTOR.redact(text)
    value = _value(data)
    if isinstance(value, dict | list):
        assert isinstance(json.loads(redacted), type(value))
    for planted in _planted(value, text):
        assert CANARY in planted
        assert CANARY not in REDACTOR.redact(planted), planted
    assert CANARY not in "".join(REDACTOR.redact_lines([*text.split("\n"), _line()]))


def rendering(data: bytes) -> None:
    """Slack takes what is made of any text, and nothing in it calls, links or stands out."""
    text = clean(_text(data))
    for one in (mrkdwn.code(text), mrkdwn.words(text), mrkdwn.escape(text)):
        assert not _live(one), one
    assert not _live(mrkdwn.bold_name(text))
    assert _live(mrkdwn.link("https://example.com", text)) == ["<https://example.com|"]
    plain(text)
    short, long = text[:256], kept(text, REDACTOR)
    shown = alert(failure(error=short, cause=long, input=long, state=short or None))
    for message in (card(shown, NOW), plain_card(shown), details(shown), plain_details(shown)):
        _fits(message)


def rules_file(data: bytes) -> None:
    """Any text is a configuration, or refused with the place of what is wrong."""
    text = _text(data)
    try:
        read = config.read(text)
    except ConfigError as problem:
        refused = str(problem)
    else:
        config.from_json(config.to_json(read))
        config.rules_of(read)
        config.redactor_of(read).redact(text)
        return
    assert all(line.startswith("alerts.yml") for line in refused.splitlines()), refused


TARGETS: Mapping[str, Target] = {
    "ingest_event": ingest_event,
    "ingest_words": ingest_words,
    "redaction": redaction,
    "rendering": rendering,
    "rules_file": rules_file,
}


def seeds(target: str) -> Iterator[bytes]:
    """Inputs of *target* to begin with."""
    match target:
        case "ingest_event":
            for event in EVENTS:
                yield event.read_bytes()
                yield json.dumps(json.loads(event.read_text()).get("detail", {})).encode()
        case "rules_file":
            yield (TESTS.parent / "alerts.yml").read_bytes()
        case "ingest_words":
            yield from (b"mute 2h why", b"recover all", b"arn:aws:states:eu-west-1:123456789012:")
        case _:
            for name in ("secrets.yml", "ordinary.yml"):
                for case in yaml.safe_load((TESTS / "secrets" / name).read_text()):
                    yield (case if isinstance(case, str) else case["text"]).encode()


def _text(data: bytes) -> str:
    """Lone surrogates too, which JSON can hold."""
    try:
        return data.decode(errors="surrogatepass")
    except UnicodeDecodeError:
        return data.decode(errors="replace")


def _value(data: bytes) -> Any:
    text = _text(data)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _ingested(event: object) -> None:
    try:
        told: ExecutionEnded | None = parse(event, REDACTOR)
    except NotUnderstoodError:
        return
    if isinstance(told, Failure):
        for one in (told.error, told.cause, told.input):
            (one or "").encode()
        _fits(card(alert(told), NOW))


def _line() -> str:
    return f"password={CANARY}"


def _planted(value: Any, text: str) -> Iterator[str]:
    """JSON with a secret in it: beside, within and below *value*, in texts in texts."""
    for name in ("password", "X-Api-Key", "db_iban_1"):
        beside = {"said": value, name: CANARY, "more": [text]}
        below = {"list": [value, {"deep": json.dumps(beside)}]}
        yield json.dumps(beside)
        yield json.dumps({name: [value, {"held": CANARY}]})
        yield json.dumps(below)
        yield json.dumps({"Cause": json.dumps(below)})
        yield json.dumps({"Cause": f"{name}={CANARY} {text}"})


def _live(text: str) -> list[str]:
    """What Slack would act upon."""
    return re.findall(r"<[^>|]*[>|]", _CODE.sub("", _OURS.sub("", text)))


def _fits(message: dict[str, Any]) -> None:
    json.dumps(message).encode()
    whole = 0
    for holder in (message, *message.get("attachments", [])):
        assert block_kit.check_message(holder.get("blocks", [_EMPTY])) == []
        whole += block_kit.weight(holder.get("blocks", []))
    assert whole <= block_kit.WHOLE_MESSAGE
    for text in (message["text"], *_mrkdwn(message)):
        assert "<" not in _CODE.sub("", _OURS.sub("", text)), text
        assert text.count("`") % 2 == 0, text


_EMPTY = {"type": "divider"}


def _mrkdwn(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield part["text"]
        for value in part.values():
            yield from _mrkdwn(value)
    elif isinstance(part, list):
        for value in part:
            yield from _mrkdwn(value)
