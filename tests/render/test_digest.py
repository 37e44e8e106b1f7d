"""The daily digest fits into one message, whatever there is to tell."""

import json

from hypothesis import given, settings
from msgspec.structs import replace

from app.domain.alert import Acknowledgement, Status
from app.domain.digest import Digest, Muted, Suppressed, digest
from app.domain.mutes import Mute
from app.domain.overview import Overview, Posted
from app.domain.people import Person
from app.render.digest import digest_message, plain_digest
from tests.factories import NOW, alert, failure
from tests.render.test_answers_fit import ADDRESS, POSTED, many
from tests.render.test_cards import MUTES, assert_fit


@settings(max_examples=60)
@given(many(POSTED, 40), many(POSTED, 40), many(MUTES, 10))
def test_every_digest_is_fit(alerts: list[Posted], lately: list[Posted], mutes: list[Mute]) -> None:
    told = Digest(
        day=NOW.date(),
        open=alerts,
        muted=[Muted(mute, 10**6) for mute in mutes],
        held_back=10**6,
        suppressed=[Suppressed(posted, 10**6) for posted in lately],
        resolved=10**6,
        whole=False,
    )
    assert_fit(digest_message(told, NOW))
    assert_fit(plain_digest(told))


def test_the_longest_one_is_fit() -> None:
    person = Person("U01ANA", "Ana" * 40)
    worst = replace(
        alert(failure(machine="o" * 80, error="&" * 256)),
        acknowledged=Acknowledgement(person, NOW),
        status=Status.ACKNOWLEDGED,
        count=10**6,
    )
    mute = Mute(
        machine_arn=worst.arn.machine_arn,
        error="&" * 256,
        by=person,
        reason="&" * 500,
        since=NOW,
        until=NOW,
    )
    told = Digest(
        day=NOW.date(),
        open=[Posted(worst, ADDRESS)] * 12,
        muted=[Muted(mute, 10**6)] * 4,
        held_back=10**6,
        suppressed=[Suppressed(Posted(worst), 10**6)] * 9,
        resolved=10**6,
    )
    message = digest_message(told, NOW)
    assert_fit(message)
    shown = json.dumps(message).count(ADDRESS)
    assert f"and {12 - shown} more" in json.dumps(message)


def test_all_is_well_is_said_in_one_friendly_line() -> None:
    nothing = Overview(alerts=[], lately=[], mutes=[], now=NOW)
    message = digest_message(digest(NOW.date(), nothing), NOW)
    assert message["text"] == ":sunny: Mon 2 Mar: all is well. Nothing is open, muted or kept quiet"
    assert len(message["blocks"]) == 1


def test_open_alerts_lead_to_their_cards_and_those_that_do_not_fit_are_counted() -> None:
    alerts = [Posted(alert(failure(f"e{n}", machine=f"m{n}")), ADDRESS) for n in range(12)]
    seen = Overview(alerts=alerts, lately=[], mutes=[], now=NOW)
    told = json.dumps(digest_message(digest(NOW.date(), seen), NOW))
    assert "12 open alerts" in told
    assert told.count(ADDRESS) == 10
    assert "and 2 more: `/sfn-status`" in told
