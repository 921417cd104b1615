"""Looks every minute which users to remind of which tasks, and has their actors do it.

Reads pages of what may be due, asks the rules, sends commands. When two processes do it at once,
the database lets one of them win; nothing here remembers what was sent.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from messenger import errors
from messenger.actors.commands import Remind
from messenger.actors.directory import Directory
from messenger.jobs.running import Run
from messenger.jobs.schedule import Schedule
from messenger.model import SYSTEM
from messenger.push.readers import zone_of
from messenger.rules.reminders import due_key, reminders_due
from messenger.store.db import Database
from messenger.store.rows import reminders
from messenger.store.rows.reminders import Candidate, DueCursor

LATE: Final = timedelta(days=30)
"""A task overdue for longer is not announced any more, not to a new assignee either."""
AHEAD: Final = timedelta(days=3)
"""The day before begins 39 hours before, on a day that is up to 14 hours ahead of UTC."""
KEPT: Final = 2 * LATE
"""How long the record of sent reminders is kept: longer than tasks are looked at."""
PAGE: Final = 200
PAGES: Final = 50
SENT: Final = 10_000
"""Reminders of one run, one after the other: half a minute of a connection's time."""


class Reminders:
    """The job; where one run stops at its limits the next goes on."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        clock: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.database = database
        self.directory = directory
        self.clock = clock
        self.stopping = stopping
        # State: the last task looked at, while there are more.
        self.after: DueCursor | None = None

    def __repr__(self) -> str:
        return f"<Reminders after {self.after}>"

    async def run(self) -> None:
        """Send what is due now."""
        now = self.clock()
        await self._again(now)
        today = now.astimezone(UTC).date()
        oldest: DueCursor = (today - LATE, 0)
        sent = 0
        for _ in range(PAGES):
            after = max(self.after or oldest, oldest)
            page = await reminders.candidates(self.database, after, today + AHEAD, PAGE)
            for candidate in page:
                # Passed even if it fails: one that always does must not keep the others waiting.
                self.after = candidate.cursor
                sent += await self._remind(candidate, now)
                if sent >= SENT or self.stopping():
                    return
            if len(page) < PAGE:
                self.after = None
                return

    async def _remind(self, candidate: Candidate, now: datetime) -> bool:
        kind = reminders_due(candidate.due, zone_of(candidate.time_zone), now, candidate.already)
        if kind is None:
            return False
        return await self._send(
            Remind(
                user_id=candidate.user_id,
                chat_id=candidate.chat_id,
                task_id=candidate.task_id,
                kind=kind,
                due=due_key(candidate.due),
            )
        )

    async def _again(self, now: datetime) -> None:
        """What people put off until now; what is more than a page waits for the next run."""
        for each in await reminders.snoozed(self.database, now, PAGE):
            await self._send(
                Remind(
                    user_id=each.user_id,
                    chat_id=each.chat_id,
                    task_id=each.task_id,
                    kind=each.kind,
                    due=each.due,
                    again=True,
                )
            )

    async def _send(self, command: Remind) -> bool:
        try:
            await self.directory.ask(SYSTEM, command)
        except (errors.AlreadyExists, errors.NotFound):
            # Another process was first, or the task was done or changed a moment ago.
            return False
        return True


def remind(
    schedule: Schedule, database: Database, directory: Directory, clock: Callable[[], datetime]
) -> None:
    """Put it on the timetable."""

    async def forget(_: Run) -> None:
        await reminders.forget(database, clock() - KEPT)

    reminding = Reminders(database, directory, clock, lambda: schedule.stopping)

    async def work(_: Run) -> None:
        await reminding.run()

    schedule.add("* * * * *", "reminders", work)
    schedule.add("27 3 * * *", "old reminders", forget)
