"""Who is told what: a table of situations, and what holds in every one of them."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.model import Cause, NotifySettings, QuietHours, Telling, Verdict
from messenger.model.notifications import DEFAULTS
from messenger.rules import notify
from messenger.rules.notify import decide
from tests.unit.situations import (
    ADDED,
    ALL,
    ASSIGNED,
    CHANGED,
    COMMENT,
    DUE,
    HEART,
    ME,
    MENTION,
    NIGHT,
    NOW,
    REPLY,
    TABLE,
    TOMORROW,
    happening,
    posted,
    reader,
    vectors,
    verdict_of,
)

VECTORS = Path(__file__).parents[1] / "vectors" / "notify.json"


@pytest.mark.parametrize(("subject", "kind", "about", "telling", "reason", "cause"), TABLE)
def test_situations(
    subject: notify.Subject, kind: str, about: dict[str, Any], telling: str, reason: str, cause: Any
) -> None:
    verdict = decide(happening(subject, kind), reader(**about), NOW)
    assert (verdict.telling, verdict.reason, verdict.cause) == (telling, reason, cause)


SUBJECTS: list[notify.Subject] = [
    posted(), MENTION, ALL, REPLY, COMMENT, ASSIGNED, CHANGED, DUE, TOMORROW, HEART, ADDED
]  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS)
def test_nobody_is_told_of_their_own_doing(subject: notify.Subject) -> None:
    loud = {"causes": dict.fromkeys(DEFAULTS, "alert")}
    verdict = decide(happening(subject, by=ME), reader(settings=loud), NOW)
    assert verdict == Verdict(telling="off", reason="own")


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("hours", [1, 24, 25])
def test_what_is_late_is_not_told(subject: notify.Subject, hours: int) -> None:
    loud = {"causes": dict.fromkeys(DEFAULTS, "alert")}
    at = NOW - timedelta(hours=hours, seconds=-1)
    late = hours > 24 or (subject == DUE and hours > 1)
    verdict = decide(happening(subject, at=at), reader(settings=loud), NOW)
    assert (verdict.reason == "late") == late


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("telling", ["off", "silent", "alert"])
def test_whatever_is_told_is_as_loud_as_its_causes_are(
    subject: notify.Subject, telling: Telling
) -> None:
    same = {"causes": dict.fromkeys(DEFAULTS, telling)}
    verdict = decide(happening(subject), reader(settings=same), NOW)
    assert verdict.telling == telling
    assert verdict.reason == ("cause_off" if telling == "off" else "told")


def test_everything_has_a_default_and_a_rank() -> None:
    causes = set(Cause.__args__)  # type: ignore[attr-defined]
    assert set(DEFAULTS) == causes == set(notify.RANK)


def test_settings_are_read_and_refused_by_their_shape() -> None:
    read = msgspec.json.decode(
        b'{"causes":{"reaction":"alert"},"quiet":{"start":"21:30","end":"07:00"}}',
        type=NotifySettings,
    )
    assert read.telling("reaction") == "alert"
    assert read.telling("mention") == "alert"
    assert read.quiet == QuietHours(start="21:30", end="07:00")
    for wrong in (
        b'{"causes":{"rection":"alert"}}',
        b'{"causes":{"reaction":"loud"}}',
        b'{"quiet":{"start":"24:00"}}',
        b'{"quiet":{"start":"22:00\\n"}}',
        b'{"quiet":{"days":[0]}}',
        b'{"keywords":["a"]}',
        b'{"more":1}',
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(wrong, type=NotifySettings)


# Quiet hours

WEEK = [datetime(2026, 11, 30, tzinfo=UTC) + timedelta(hours=hour) for hour in range(7 * 24)]


def quiet_of_week(hours: QuietHours) -> list[str]:
    return [f"{at:%a %H}" for at in WEEK if notify.is_quiet(hours, at)]


def test_a_night_that_begins_on_friday_ends_on_saturday() -> None:
    friday = QuietHours(start="22:00", end="02:00", days=[5])
    assert quiet_of_week(friday) == ["Fri 22", "Fri 23", "Sat 00", "Sat 01"]


def test_a_weekend_is_quiet_as_a_whole() -> None:
    weekend = QuietHours(start="22:00", end="07:00", days=[], whole_days=[6, 7])
    assert quiet_of_week(weekend) == [f"{d} {h:02}" for d in ("Sat", "Sun") for h in range(24)]


def test_hours_that_end_where_they_begin_are_a_whole_day_long() -> None:
    assert quiet_of_week(QuietHours(start="09:00", end="09:00", days=[3])) == [
        *(f"Wed {hour:02}" for hour in range(9, 24)),
        *(f"Thu {hour:02}" for hour in range(9)),
    ]


@given(start=st.times(), end=st.times(), days=st.sets(st.integers(1, 7)), at=st.sampled_from(WEEK))
def test_quiet_is_what_began_and_has_not_ended(
    start: Any, end: Any, days: set[int], at: Any
) -> None:
    hours = QuietHours(start=f"{start:%H:%M}", end=f"{end:%H:%M}", days=sorted(days))
    begun = False
    for day in (-1, 0):
        date = (at + timedelta(days=day)).date()
        if date.isoweekday() not in days:
            continue
        begins = datetime.combine(date, time.fromisoformat(hours.start), UTC)
        ends = datetime.combine(date, time.fromisoformat(hours.end), UTC)
        if ends <= begins:
            ends += timedelta(days=1)
        begun = begun or begins <= at < ends
    assert notify.is_quiet(hours, at) == begun


def test_the_clocks_change_in_a_quiet_night() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # The hour from two to three does not come.
    night = datetime(2027, 3, 27, 21, 30, tzinfo=UTC)
    quiet = [
        at.astimezone(berlin).strftime("%H:%M")
        for at in (night + timedelta(minutes=30 * step) for step in range(20))
        if notify.is_quiet(NIGHT, at.astimezone(berlin))
    ]
    assert quiet[0] == "22:30"
    assert quiet[-1] == "07:30"
    assert "02:30" not in quiet


def test_the_table_meets_every_cause_and_every_reason() -> None:
    seen = {(verdict_of(row).telling, verdict_of(row).cause) for row in TABLE}
    told = {cause for telling, cause in seen if telling != "off"}
    assert told >= set(DEFAULTS)
    # Every reason is met.
    assert {verdict_of(row).reason for row in TABLE} | {"own", "late"} >= {
        "told", "deleted", "not_there", "read", "no_cause", "chat_off", "muted", "cause_off",
        "quiet_hours", "do_not_disturb", "at_desk",
    }  # fmt: skip


def test_the_vectors_of_the_client_are_up_to_date() -> None:
    assert json.loads(VECTORS.read_text()) == vectors()
