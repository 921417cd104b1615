"""The timetable: aiocron starts jobs, and this keeps them from running into each other.

A run that is still going when the next is due is not joined by a second one,
a failure is logged and counted, and shutdown waits for what runs.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiocron
from prometheus_client import CollectorRegistry, Counter

from messenger.background import Background
from messenger.store import commits
from messenger.store.db import Database
from messenger.store.rows import instance

log = logging.getLogger(__name__)

KEYS_LIVE = timedelta(days=30)
"""How long a repeated write is recognised; the protocol promises 30 days."""
SESSIONS_LIVE = timedelta(days=30)
"""How long an ended session can still be looked up."""


class Schedule:
    """Jobs of this process, each at most once at a time."""

    def __init__(self, registry: CollectorRegistry, background: Background | None = None) -> None:
        # State: the timers, the runs that are going on, and whether these should come to an end.
        self._timers: list[Any] = []
        self._running: dict[str, asyncio.Task[None]] = {}
        self.stopping = False
        # Where it shows how a job's last run went.
        self._background = background or Background()
        self._failures = Counter(
            "messenger_job_failures", "Runs of a job that failed.", ["job"], registry=registry
        )

    def __repr__(self) -> str:
        return f"<Schedule {len(self._timers)} jobs, running: {sorted(self._running)}>"

    def add(self, spec: str, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run a job by a cron line, in UTC: daylight saving must not skip or double it."""

        async def run() -> None:
            if name in self._running:
                log.warning("job %s still runs; this turn is left out", name)
                return
            task = asyncio.get_running_loop().create_task(self._guarded(name, job))
            self._running[name] = task
            task.add_done_callback(lambda _: self._running.pop(name))

        self._timers.append(aiocron.crontab(spec, func=run, tz=ZoneInfo("UTC")))

    async def _guarded(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await job()
        except Exception as error:
            # Whatever it was, the timetable goes on.
            self._background.failed(f"job {name}", error)
            self._failures.labels(name).inc()
        else:
            self._background.goes_well(f"job {name}")

    async def stop(self) -> None:
        """Start nothing more, and wait for what runs; what runs long looks at `stopping`."""
        self.stopping = True
        for timer in self._timers:
            timer.stop()
        if self._running:
            await asyncio.wait(list(self._running.values()))


def housekeeping(
    schedule: Schedule, database: Database, clock: Callable[[], datetime]
) -> None:  # fmt: skip
    """Deletes what is not needed any more, every night."""

    async def forget() -> None:
        await commits.forget_keys(database, clock() - KEYS_LIVE)
        await instance.forget_sessions(database, clock() - SESSIONS_LIVE)

    schedule.add("17 3 * * *", "housekeeping", forget)
