"""When people are reminded, on a simulated clock and their own walls' clocks."""

from datetime import datetime, timedelta
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


def day_before(local: str, zone: str) -> str:
    [(_, before), *_] = reminder_times(moment(local, zone), ZoneInfo(zone))
    return before.astimezone(ZoneInfo(zone)).isoformat()


def test_a_time_that_does_not_exist_reminds_after_the_gap() -> None:
    # In Khartoum the clocks went from noon to one, 15 January 2000.
    assert day_before("2000-01-16T12:30", "Africa/Khartoum") == "2000-01-15T13:30:00+03:00"


def test_a_time_that_comes_twice_reminds_the_first_time() -> None:
    # On Easter Island they went back from nine in the evening to eight, 14 March 1981.
    assert day_before("1981-03-15T20:30", "Pacific/Easter") == "1981-03-14T20:30:00-06:00"


def test_a_day_that_does_not_exist_reminds_all_the_same() -> None:
    # Apia crossed the date line: 30 December 2011 never was.
    apia = ZoneInfo("Pacific/Apia")
    _, (_, now), _ = reminder_times(Due(date="2011-12-30"), apia)
    assert now.astimezone(apia).isoformat() == "2011-12-31T09:00:00+14:00"


def at(clock: str, *already: str, zone: str = "Europe/Berlin") -> str | None:
    """What is sent at a local time for a task that is due on Saturday, 28 March 2026."""
    now = datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo(zone))
    return reminders_due(Due(date="2026-03-28"), ZoneInfo(zone), now, already)


def test_after_a_standstill_only_the_newest_is_sent() -> None:
    assert at("2026-03-30T08:00") == "overdue"
    assert at("2026-03-28T23:00") == "now"
    assert at("2026-03-28T08:59") == "tomorrow"
    assert at("2026-03-27T08:59") is None


def test_nothing_is_sent_twice() -> None:
    assert at("2026-03-27T12:00", "tomorrow") is None
    assert at("2026-03-28T12:00", "tomorrow", "now") is None
    assert at("2026-04-30T12:00", "overdue") is None


def test_an_earlier_one_never_follows_a_later_one() -> None:
    # Reminded in Omsk, the person flies to New York, where that morning is still to come.
    assert at("2026-03-28T08:00", "now", zone="America/New_York") is None
    assert at("2026-03-28T12:00", "overdue", zone="America/New_York") is None


@given(
    st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2030-01-01")),
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    st.booleans(),
)
def test_the_three_come_in_order_and_not_at_night(
    local: datetime, meant_in: str, zone: str, whole_day: bool
) -> None:
    due = moment(local.isoformat(), meant_in)
    if whole_day:
        due = Due(date=local.date().isoformat())
    times = reminder_times(due, ZoneInfo(zone))
    assert [kind for kind, _ in times] == KINDS
    assert sorted({moment for _, moment in times}) == [moment for _, moment in times]
    for kind, moment_of in times:
        hour = moment_of.astimezone(ZoneInfo(zone)).hour
        assert 9 <= hour < 22 or (kind == "now" and not whole_day)


def test_another_date_is_remembered_apart() -> None:
    assert due_key(Due(date="2026-03-28")) != due_key(moment("2026-03-28T09:00", "UTC"))
