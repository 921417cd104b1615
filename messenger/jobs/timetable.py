"""When a job is due, and whether a run is owed. Pure, and in UTC: summer time changes nothing.

A moment of the timetable is taken up once. A clock that was set back comes by the same moments
again, and they are not due again; one that jumped ahead, or a machine that was off, has passed
moments, and the last of them is made up for.
"""

from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec
from cronsim import CronSim

Outcome = Literal["done", "failed", "stopped", "lost"]

EARLY: Final = timedelta(seconds=1)
"""A timer may go off a little before its moment: the wall clock and the loop's drift."""
RARE: Final = timedelta(hours=1)
"""What comes at least so seldom is made up for; of anything else the next turn is near."""
FAILED_REST: Final = timedelta(hours=1)
"""A rare job that failed (a full disk) is tried again so much later, until it is done."""
LOST_REST: Final = timedelta(minutes=10)
"""One whose process ended: it may have been the job that ended it."""


class Last(msgspec.Struct, frozen=True):
    """What is known of a job: the moment that was taken up last, and its newest run."""

    due: datetime
    outcome: Outcome | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


class Timetable:
    """A cron line: minute, hour, day, month, day of the week."""

    def __init__(self, line: str) -> None:
        self.line = line

    def __repr__(self) -> str:
        return f"<Timetable {self.line}>"

    def latest(self, now: datetime) -> datetime:
        """The newest moment that has come."""
        return next(CronSim(self.line, now + EARLY, reverse=True))

    def following(self, moment: datetime) -> datetime:
        """The first one after a moment."""
        return next(CronSim(self.line, moment))

    def owed(self, now: datetime, last: Last) -> datetime | None:
        """The moment that a run is owed for; None when there is nothing to do."""
        due = self.latest(now)
        period = self.following(due) - due
        if due > last.due or _was_ahead(now, due, period, last.due):
            return due
        if period >= RARE and _again(now, last):
            return due
        return None

    def is_rare(self, now: datetime) -> bool:
        """Whether missed turns are made up for."""
        due = self.latest(now)
        return self.following(due) - due >= RARE


def _was_ahead(now: datetime, due: datetime, period: timedelta, last: datetime) -> bool:
    """Whether the clock was wrong by more than a turn when a moment was taken up last."""
    return last - due >= period and last - now >= period / 2


def _again(now: datetime, last: Last) -> bool:
    """Whether the newest run did not come to its end, and has rested for long enough."""
    if last.started_at is None or last.outcome in (None, "done"):
        return False
    if last.outcome == "failed":
        return now - (last.ended_at or last.started_at) >= FAILED_REST
    return last.outcome == "stopped" or now - last.started_at >= LOST_REST
