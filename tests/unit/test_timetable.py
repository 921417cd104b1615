"""When a run is owed: by the hour of the day, after steps of the clock, after failures."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from messenger.jobs.timetable import Last, Timetable

NIGHTLY = Timetable("10 2 * * *")
MINUTELY = Timetable("* * * * *")
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


TAKEN = at(10, 2, 10)


@pytest.mark.parametrize(
    ("case", "now", "last", "due"),
    [
        ("before its time", at(11, 2, 9), Last(TAKEN), None),
        ("a timer a little early", at(11, 2, 9, 59) + timedelta(milliseconds=400), Last(TAKEN),
         at(11, 2, 10)),
        ("at its time", at(11, 2, 10), Last(TAKEN), at(11, 2, 10)),
        ("off at night", at(11, 9), Last(TAKEN), at(11, 2, 10)),
        ("off for a week: once", at(18, 9), Last(TAKEN), at(18, 2, 10)),
        ("taken up already", at(10, 2, 11), Last(TAKEN, "done"), None),
        ("the clock went back an hour", at(10, 1, 10), Last(TAKEN, "done"), None),
        ("and comes by the moment again", at(10, 2, 10), Last(TAKEN, "done"), None),
        ("the clock was a year ahead", at(10, 2, 10), Last(TAKEN + 365 * DAY, "done"), TAKEN),
        ("failed just now", at(10, 3), Last(TAKEN, "failed", TAKEN, at(10, 2, 30)), None),
        ("failed an hour ago", at(10, 3, 30), Last(TAKEN, "failed", TAKEN, at(10, 2, 30)), TAKEN),
        ("its process was killed just now", at(10, 2, 15), Last(TAKEN, "lost", TAKEN), None),
        ("its process was killed", at(10, 2, 20), Last(TAKEN, "lost", TAKEN), TAKEN),
        ("the server was stopped under it", at(10, 2, 11), Last(TAKEN, "stopped", TAKEN), TAKEN),
        ("it runs", at(10, 4), Last(TAKEN, None, TAKEN), None),
    ],
)  # fmt: skip
def test_a_nightly_run_is_owed(case: str, now: datetime, last: Last, due: Any) -> None:
    assert NIGHTLY.owed(now, last) == due, case


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        (TAKEN + MINUTE, Last(TAKEN), TAKEN + MINUTE),
        (TAKEN + timedelta(seconds=30), Last(TAKEN), None),
        # The clock was two hours ahead: what comes every minute does not wait for two hours.
        (TAKEN - 2 * HOUR, Last(TAKEN), TAKEN - 2 * HOUR),
        (TAKEN + timedelta(seconds=30), Last(TAKEN, "failed", TAKEN, TAKEN), None),
    ],
)
def test_a_run_every_minute_is_owed(now: datetime, last: Last, due: Any) -> None:
    assert MINUTELY.owed(now, last) == due


@pytest.mark.parametrize(
    ("line", "rare"),
    [("* * * * *", False), ("*/10 * * * *", False), ("17 * * * *", True), ("10 2 * * 0", True)],
)
def test_only_what_comes_seldom_is_made_up_for(line: str, rare: bool) -> None:
    assert Timetable(line).is_rare(at(10)) is rare


def test_every_day_of_a_year_has_one_turn_whatever_the_zone_does() -> None:
    moment, days = datetime(2026, 1, 1, tzinfo=UTC), set()
    for _ in range(365):
        moment = NIGHTLY.following(moment)
        days.add(moment.date())
    assert len(days) == 365
