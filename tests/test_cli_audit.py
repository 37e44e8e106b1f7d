"""sfn-alerts audit: the table's entries, told as people and programs want them."""

import csv
import io
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from app.cli import main
from app.domain.alert import BulkTerms, alert_id
from app.domain.audit import Action, Came, Entry, Place, Refused, Surface
from app.domain.execution import Attempt
from app.domain.mutes import Mute
from app.domain.people import Person
from app.stores.audit import Audit, entry_put
from tests.factories import ANA, BEN, execution_arn
from tests.hand import Hand
from tests.own import alerts_apart

pytestmark = pytest.mark.xdist_group("second world")
Captured = pytest.CaptureFixture[str]

ALERT = alert_id("0af3", 1)
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders"
CARD = Place(Surface.MESSAGE, "C01", "1795.0001")
NOW = datetime.now(UTC)


def ago(**length: float) -> datetime:
    return NOW - timedelta(**length)


def entry(action: Action, **more: Any) -> Entry:
    facts = {"at": ago(hours=1), "by": ANA, "place": CARD, "alert_id": ALERT, **more}
    return Entry(action=action, machine_arn=MACHINE, **facts)


@pytest.fixture
def table(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A table of its own, that the command finds in the environment."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", hand.facts.aws_endpoint_url)
    monkeypatch.setenv("AWS_REGION", hand.facts.region)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    with alerts_apart(hand) as apart:
        name = apart._table
        monkeypatch.setenv("TABLE_NAME", name)
        yield name


@pytest.fixture
def audit(hand: Hand, table: str) -> Audit:
    return Audit(hand.dynamodb, table)


def test_the_table_tells_who_did_what_about_what_from_where_and_what_came_of_it(
    audit: Audit, capsys: Captured
) -> None:
    redrive = entry(Action.REDRIVE, attempt=Attempt(execution_arn("e7"), 0), at=ago(days=2))
    audit.keep(redrive)
    began = redrive.at.replace(microsecond=0)
    audit.came(redrive.key, Came("succeeded", NOW))
    audit.came(redrive.key, Came("started", began))
    refused = Refused("not_permitted", "rules[0].may.mute")
    audit.keep(entry(Action.MUTE, by=BEN, place=Place(Surface.MODAL), refused=refused))
    assert main(["audit"]) == 0
    head, first, second, rest = capsys.readouterr().out.splitlines()
    assert head.split() == ["WHEN", "(UTC)", "WHO", "DID", "ABOUT", "FROM", "OUTCOME"]
    assert first.startswith(f"{redrive.at:%Y-%m-%d %H:%M}  Ana  redrive  orders 0af3.1 e7  message")
    assert first.endswith(f"  started {began:%H:%M}, succeeded {NOW:%m-%d %H:%M}")
    assert second.endswith("  dialog   refused: not permitted")
    assert rest.strip() == "(rules[0].may.mute)"
    assert first.index("started") == second.index("refused") == head.index("OUTCOME")


def test_the_table_fits_into_100_columns_by_names_and_loses_nothing(
    audit: Audit, capsys: Captured
) -> None:
    long = "settle-the-orders-of-all-warehouses-that-close-before-noon"
    began = entry(
        Action.RESUME_RECOVERY,
        by=Person("U03CHEN", "Chen-Ning Bartholomew Featherstonehaugh"),
        alert_id=alert_id("0123456789abcdef01234567", 12),
        attempt=Attempt(execution_arn(long), 0),
        edited=True,
    )
    audit.keep(began)
    successor = execution_arn("sfn-alerts-2026")
    audit.came(began.key, Came("started", ago(minutes=50), successor))
    audit.came(began.key, Came("failed_again", ago(minutes=40)))
    assert main(["audit"]) == 0
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 100
    for word in ("Bartholomew", "warehouses", "01234567.12", "started", "input"):
        assert word in said
    for raw in ("U03CHEN", "arn:", "C01", "1795.0001", "89abcdef"):
        assert raw not in said


def test_the_alert_that_the_table_shows_can_be_asked_for(audit: Audit, capsys: Captured) -> None:
    audit.keep(entry(Action.RESOLVE, alert_id=alert_id("0123456789abcdef01234567", 12)))
    audit.keep(entry(Action.RESOLVE, alert_id=alert_id("0123456789abcdef01234567", 11)))
    assert main(["audit", "--alert", "01234567.12"]) == 0
    assert capsys.readouterr().out.count("resolve") == 1


def test_json_and_csv_hold_the_same_in_full(audit: Audit, capsys: Captured) -> None:
    asked = entry(Action.RECOVER_ALL, terms=BulkTerms(), by=Person("U9", "=HYPERLINK(1)\x1b[2J"))
    audit.keep(asked)
    audit.came(asked.key, Came("ended", NOW, "3 succeeded, 0 failed again"))
    assert main(["audit", "--format", "json"]) == 0
    [told] = json.loads(capsys.readouterr().out)
    assert told["user"] == "=HYPERLINK(1)\N{REPLACEMENT CHARACTER}[2J"
    assert told["terms"] == "redrive, 10 a second, a canary first"
    assert told["outcome"] == "ended"
    assert told["from"] == "message"
    assert [(one["stage"], one["detail"]) for one in told["later"]] == [
        ("ended", "3 succeeded, 0 failed again")
    ]
    assert main(["audit", "--format", "csv"]) == 0
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert list(row) == list(told)
    assert row["user"].startswith("'="), "no formula for a spreadsheet"
    assert row["later"].endswith("3 succeeded, 0 failed again")
    assert {name: row[name] for name in ("at", "alert", "state_machine", "channel", "ts")} == {
        name: told[name] for name in ("at", "alert", "state_machine", "channel", "ts")
    }


def test_a_mute_tells_its_reach_end_and_reason(audit: Audit, capsys: Captured) -> None:
    mute = Mute(
        machine_arn=MACHINE, error="E", by=ANA, reason="known\nsince May", since=NOW, until=NOW
    )
    audit.keep(entry(Action.MUTE, mute=mute))
    audit.keep(entry(Action.UNMUTE, mute=mute, alert_id=None, scope=mute.key, at=NOW))
    assert main(["audit"]) == 0
    out = capsys.readouterr().out
    _, begun, ended = out.splitlines()
    until = f"{NOW:%Y-%m-%d %H:%M}"
    assert begun.endswith(f"  mute    orders, E  message  done, until {until}: known since May")
    assert ended.endswith("  unmute  orders, E  message  done")


def test_a_mute_of_everything_somewhere_says_so(audit: Audit, capsys: Captured) -> None:
    for scope in ("machine=*|error=E", f"machine={MACHINE}|error=*"):
        audit.keep(entry(Action.UNMUTE, alert_id=None, scope=scope, at=ago(hours=len(scope))))
    assert main(["audit"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "unmute all state machines, E" in out
    assert "unmute orders, all errors" in out


def test_what_was_asked_and_has_come_to_nothing_yet_says_so(audit: Audit, capsys: Captured) -> None:
    audit.keep(entry(Action.RESTART, attempt=Attempt(execution_arn(), 0), edited=True))
    assert main(["audit"]) == 0
    out = capsys.readouterr().out
    _, first, second = out.splitlines()
    assert "  restart,      orders" in first
    assert first.endswith("  asked")
    assert second.strip() == "edited input"


def test_it_reaches_back_over_months_and_tells_the_latest_last(
    audit: Audit, capsys: Captured
) -> None:
    for days in (3, 100, 40, 70, 8):
        audit.keep(entry(Action.RESOLVE, at=ago(days=days)))
    assert _days(["--since", "365d"], capsys) == [100, 70, 40, 8, 3]
    assert _days(["--since", "41d"], capsys) == [40, 8, 3]
    assert _days([], capsys) == [3]
    day = ago(days=50).date().isoformat()
    assert _days(["--since", day], capsys) == [40, 8, 3]
    assert _days(["--since", "2d"], capsys) == []


def _days(options: list[str], capsys: Captured) -> list[int]:
    assert main(["audit", "--format", "json", *options]) == 0
    told = json.loads(capsys.readouterr().out)
    return [round((NOW - datetime.fromisoformat(one["at"])) / timedelta(days=1)) for one in told]


@pytest.mark.parametrize(
    ("options", "actions"),
    [
        (["--by", "ana"], ["redrive"]),
        (["--by", "@Ana"], ["redrive"]),
        (["--by", "U02BEN"], ["mute", "resolve"]),
        (["--by", "gil"], ["unmute"]),
        (["--by", "gil (guest)"], ["unmute"]),
        (["--alert", ALERT], ["redrive", "mute", "unmute"]),
        (["--alert", ALERT, "--by", "Ben"], ["mute"]),
        (["--by", "Ben", "--since", "30m"], []),
    ],
)
def test_only_what_one_did_or_what_one_alert_had(
    audit: Audit, capsys: Captured, options: list[str], actions: list[str]
) -> None:
    audit.keep(entry(Action.REDRIVE, at=ago(hours=3)))
    audit.keep(entry(Action.MUTE, by=BEN, at=ago(hours=2)))
    audit.keep(entry(Action.UNMUTE, by=Person("U9", "Gil (guest)"), at=ago(hours=1.5)))
    audit.keep(entry(Action.RESOLVE, by=BEN, alert_id=alert_id("0af3", 2)))
    assert main(["audit", "--format", "json", *options]) == 0
    assert [one["action"] for one in json.loads(capsys.readouterr().out)] == actions


def test_who_was_turned_away_from_an_alert_is_told_with_its_state_machine(
    audit: Audit, capsys: Captured
) -> None:
    away = replace(entry(Action.MUTE), machine_arn=None, refused=Refused("outsider"))
    gil = Person("U9", "Gil (guest)")
    audit.keep(replace(away, by=gil, at=ago(hours=2)))
    audit.keep(replace(away, by=gil, alert_id=alert_id("1b", 1)))
    audit.keep(entry(Action.RESOLVE))
    assert main(["audit", "--by", "gil"]) == 0
    _, known, unknown = capsys.readouterr().out.splitlines()
    assert " orders 0af3.1 " in known
    assert "mute 1b.1 message" in " ".join(unknown.split())


@pytest.mark.usefixtures("audit")
def test_nothing_is_told_in_words_and_as_an_empty_list(capsys: Captured) -> None:
    assert main(["audit"]) == 0
    assert capsys.readouterr().out == "Nothing was done in that time.\n"
    assert main(["audit", "--format", "json"]) == 0
    assert capsys.readouterr().out == "[]\n"
    assert main(["audit", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("at,user_id,user,action,outcome,")


def test_what_a_later_version_writes_is_passed_over(
    hand: Hand, table: str, capsys: Captured
) -> None:
    put = entry_put(table, entry(Action.RESOLVE))
    document = json.loads(put["Item"]["document"]["S"]) | {"of_later": 1}
    put["Item"]["document"] = {"S": json.dumps(document)}
    hand.dynamodb.put_item(**put)
    assert main(["audit"]) == 0
    assert "resolve" in capsys.readouterr().out


def test_what_a_later_version_knows_alone_is_told_to_be_so(
    hand: Hand, table: str, capsys: Captured
) -> None:
    put = entry_put(table, entry(Action.RESOLVE))
    document = json.loads(put["Item"]["document"]["S"]) | {"action": "of_later"}
    put["Item"]["document"] = {"S": json.dumps(document)}
    hand.dynamodb.put_item(**put)
    assert main(["audit"]) == 1
    assert "entries of a later version" in capsys.readouterr().err


def test_what_came_of_a_deed_that_was_never_kept_makes_no_entry(
    audit: Audit, capsys: Captured
) -> None:
    audit.came(entry(Action.REDRIVE).key, Came("started", NOW))
    assert main(["audit", "--format", "json"]) == 0
    assert capsys.readouterr().out == "[]\n"


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (["--since", "soon"], ["--since 'soon' names no time", "12h", "2026-03-01"]),
        (["--since", "0d"], ["--since '0d' names no time", "12h", "2026-03-01"]),
        (["--by", "zed"], ["--by 'zed' names nobody", "the audit is empty"]),
        (["--alert", "zzz"], ["--alert 'zzz' names no alert"]),
        (["--since", "99999d"], []),
        (["--since", "2999-01-01"], ["still to come"]),
        (["--table", "no-such-table"], ["no table no-such-table", "--stage"]),
        (["--stage", "sandbox", "--table", ""], []),
    ],
)
@pytest.mark.usefixtures("audit")
def test_what_is_not_right_is_told_with_the_way_out(
    capsys: Captured, options: list[str], parts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "--stage" in options:
        monkeypatch.delenv("TABLE_NAME")
        parts = ["no table sfn-alerts-sandbox"]
    status = main(["audit", *options])
    said = capsys.readouterr()
    assert (status == 1) == bool(parts)
    for part in parts:
        assert part in said.err
    assert "Traceback" not in said.err


def test_a_person_or_an_alert_that_nobody_knows_is_told_with_those_who_are_known(
    audit: Audit, capsys: Captured
) -> None:
    audit.keep(entry(Action.REDRIVE, at=ago(days=90)))
    audit.keep(entry(Action.MUTE, by=Person("U9", "Ben\x1b[2J"), at=ago(days=80)))
    assert main(["audit", "--by", "zed"]) == 1
    said = capsys.readouterr().err
    assert "the audit knows Ana, Ben\N{REPLACEMENT CHARACTER}[2J\n" in said
    assert main(["audit", "--alert", "zzz", "--by", "Ana"]) == 1
    assert "the audit shows their ids, as 0af3.1\n" in capsys.readouterr().err
    assert main(["audit", "--by", "Ana"]) == 0
    assert capsys.readouterr().out == "Nothing was done in that time.\n"


def test_without_credentials_it_says_how_to_get_some(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert main(["audit"]) == 1
    assert capsys.readouterr().err.startswith("AWS does not know who you are, for there are")


def test_a_format_that_there_is_not_is_told_by_the_command_line(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as done:
        main(["audit", "--format", "xml"])
    assert done.value.code == 2
    assert "'table', 'json', 'csv'" in capsys.readouterr().err


def test_a_table_that_nobody_answers_for_is_told(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    monkeypatch.setenv("TABLE_NAME", str(uuid.uuid4()))
    assert main(["audit"]) == 1
    assert "AWS can't be reached: Could not connect" in capsys.readouterr().err
