"""When a person is reminded of a task: the day before, when it is due, once it is late.

By the wall clock of the person: in the morning, and never at night but at the very
moment that a task names. Pure; what was sent already is told by the caller.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from messenger.model import Due, ReminderKind

MORNING: Final = time(9)
EVENING: Final = time(22)
DAY: Final = timedelta(days=1)


def reminders_due(
    due: Due, zone: ZoneInfo, now: datetime, already: Collection[str]
) -> ReminderKind | None:
    """The reminder that is to be sent now, if one is.

    Only the newest whose time has come: after a weekend of standstill no one hears on Monday that
    Saturday's task is due tomorrow. Nor does an earlier one follow a later one, when somebody
    moves to a zone further west.
    """
    found: ReminderKind | None = None
    for kind, moment in reminder_times(due, zone):
        if moment <= now.astimezone(UTC):
            found = None if kind in already else kind
        elif kind in already:
            found = None
    return found


def reminder_times(due: Due, zone: ZoneInfo) -> list[tuple[ReminderKind, datetime]]:
    """Each kind and its moment, in UTC, earliest first."""
    if due.date is not None:
        day = date.fromisoformat(due.date)
        before, moment = _at(day - DAY, MORNING, zone), _at(day, MORNING, zone)
    else:
        assert due.at is not None
        moment = datetime.fromisoformat(due.at).astimezone(UTC)
        local = moment.astimezone(zone)
        day = local.date()
        awake = MORNING <= local.time() < EVENING
        before = _at(day - DAY, local.time() if awake else MORNING, zone)
    return [("tomorrow", before), ("now", moment), ("overdue", _at(day + DAY, MORNING, zone))]


def due_key(due: Due) -> str:
    """What a reminder is remembered by: another date is another reminder."""
    key = due.date or due.at
    assert key is not None
    return key


def _at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """A wall clock's time as a moment: the first where it comes twice, the one after the gap
    where it does not come (PEP 495, fold=0)."""
    return datetime.combine(day, wall.replace(fold=0), zone).astimezone(UTC)
