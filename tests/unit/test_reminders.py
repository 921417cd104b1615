"""When people are reminded, on a simulated clock and their own walls' clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.model import Due, timestamp
from messenger.rules.reminders import due_key, reminder_times, reminders_due

KINDS = ["tomorrow", "now", "overdue"]
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Omsk", "Pacific/Kiritimati", "UTC"]
# Around both changes of the clocks in Berlin and New York, and around new year.
DATES = ["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01", "2027-01-01", "2028-02-29"]


def moment(local: str, zone: str) -> Due:
    """A due moment by a wall clock."""
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    return Due(at=timestamp(at), zone=zone)


def lived(due: Due, zone: str, step: timedelta = timedelta(minutes=15)) -> list[tuple[str, str]]:
    """Every reminder that comes while the clock runs, with the local time it comes at."""
    times = [at for _, at in reminder_times(due, ZoneInfo(zone))]
    clock, end = times[0] - timedelta(days=2), times[-1] + timedelta(days=2)
    sent: list[tuple[str, str]] = []
    while clock < end:
        kind = reminders_due(due, ZoneInfo(zone), clock, [kind for kind, _ in sent])
        if kind is not None:
            sent.append((kind, clock.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M")))
        clock += step
    return sent


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", DATES)
def test_a_day_reminds_three_mornings_once_each(day: str, zone: str) -> None:
    date = datetime.fromisoformat(day)
    mornings = [date + timedelta(days=ahead, hours=9) for ahead in (-1, 0, 1)]
    assert lived(Due(date=day), zone) == [
        (kind, morning.strftime("%m-%d %H:%M"))
        for kind, morning in zip(KINDS, mornings, strict=True)
    ]


@pytest.mark.parametrize(
    ("due", "before"),
    [
        # The clocks change in between: the day before at the same time by the wall.
        (moment("2026-03-29T15:00", "Europe/Berlin"), "03-28 15:00"),
        (moment("2026-10-25T15:00", "Europe/Berlin"), "10-24 15:00"),
        (moment("2027-01-01T12:00", "Europe/Berlin"), "12-31 12:00"),
        # Never at night.
        (moment("2026-03-29T08:45", "Europe/Berlin"), "03-28 09:00"),
        (moment("2026-03-29T22:00", "Europe/Berlin"), "03-28 09:00"),
        (moment("2026-03-29T21:45", "Europe/Berlin"), "03-28 21:45"),
        (moment("2026-03-30T02:30", "Europe/Berlin"), "03-29 09:00"),
    ],
)
def test_a_moment_reminds_a_day_before_by_the_wall_clock(due: Due, before: str) -> None:
    assert lived(due, "Europe/Berlin")[0] == ("tomorrow", before)


def test_a_moment_reminds_when_it_comes_and_the_morning_after() -> None:
    due = moment("2026-10-31T23:30", "America/New_York")
    assert lived(due, "America/New_York") == [
        ("tomorrow", "10-30 09:00"),
        ("now", "10-31 23:30"),
        ("overdue", "11-01 09:00"),
    ]


def test_a_moment_goes_by_the_clock_of_the_person_not_of_the_task() -> None:
    due = moment("2026-12-31T20:00", "Europe/Berlin")
    assert lived(due, "Asia/Omsk") == [
        ("tomorrow", "12-31 09:00"),
        ("now", "01-01 01:00"),
        ("overdue", "01-02 09:00"),
    ]


def test_a_time_that_does_not_exist_reminds_after_the_gap() -> None:
    # Lord Howe keeps half an hour of daylight saving; Apia had no 30 December 2011 at all.
    apia = ZoneInfo("Pacific/Apia")
    times = dict(reminder_times(Due(date="2011-12-30"), apia))
    assert times["now"].astimezone(apia).isoformat() == "2011-12-31T09:00:00+14:00"
    assert times["tomorrow"] < times["now"] <= times["overdue"]


def test_a_time_that_comes_twice_reminds_the_first_time() -> None:
    # Midway through the day the clocks of Casey went back from 11:00 to 8:00, 5 March 2010.
    casey = ZoneInfo("Antarctica/Casey")
    day = min(
        (datetime(2009, 10, 1, tzinfo=UTC) + timedelta(days=days) for days in range(900)),
        key=lambda day: day,
    )
    assert day.astimezone(casey).utcoffset() is not None
