"""The timetable: aiocron starts jobs, and this keeps them from running into each other.

A run that is still going when the next is due is not joined by a second one, in this process or
another; a failure is logged, recorded and counted; what was missed is made up for; shutdown waits
for what runs. Moments are in UTC: daylight saving must not skip or double them.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import aiocron
from prometheus_client import CollectorRegistry, Counter, Gauge

from messenger.background import Background
from messenger.errors import NotFound
from messenger.jobs.running import Job, JobRuns, Run, Stopped, run_job
from messenger.jobs.timetable import Last, Outcome, Timetable
from messenger.place import leave
from messenger.store.db import Database
from messenger.store.rows import instance, jobs, request_keys

log = logging.getLogger(__name__)

KEYS_LIVE = timedelta(days=30)
"""How long a repeated write is recognised; the protocol promises 30 days."""
SESSIONS_LIVE = timedelta(days=30)
"""How long an ended session can still be looked up."""
LOOK_EVERY: Final = 30.0
"""Seconds between two looks for runs that are owed, and for a clock that was set."""
STEP: Final = 2.0
"""Seconds that the wall clock and the loop's may come apart before the timers are set anew."""


class Metrics:
    """How the jobs of this process fare."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.failures = Counter(
            "messenger_job_failures", "Runs of a job that failed.", ["job"], registry=registry
        )
        self.runs = Counter(
            "messenger_job_runs", "Runs of a job, by outcome.", ["job", "outcome"],
            registry=registry,
        )  # fmt: skip
        self.running = Gauge(
            "messenger_job_running", "Whether a job runs now.", ["job"], registry=registry
        )
        self.seconds = Gauge(
            "messenger_job_last_seconds", "How long the last run took.", ["job"], registry=registry
        )
        self.done_at = Gauge(
            "messenger_job_last_done_timestamp_seconds", "When a job was last done.", ["job"],
            registry=registry,
        )  # fmt: skip

    def ended(self, name: str, outcome: str, seconds: float) -> None:
        self.runs.labels(name, outcome).inc()
        self.seconds.labels(name).set(seconds)
        if outcome == "failed":
            self.failures.labels(name).inc()


def last_of(known: jobs.Known) -> Last:
    """What the timetable asks of a job; a run without an end, which does not run, was lost."""
    ended: Outcome | None = "lost" if known.started_at is not None and not known.busy else None
    return Last(known.due, known.outcome or ended, known.started_at, known.ended_at)


class Schedule:
    """Jobs of this process, each at most once at a time."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        registry: CollectorRegistry,
        background: Background | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        # State: the jobs by name, their timers, the runs that are going on, and whether these
        # should come to an end; by how much the wall clock is ahead of the loop's.
        self.timetables: dict[str, Timetable] = {}
        self._jobs: dict[str, Job] = {}
        self._timers: list[Any] = []
        self._running: dict[str, asyncio.Task[Any]] = {}
        self.stopping = False
        self._ahead: float | None = None
        # Where it shows how a job's last run went.
        self.background = background or Background()
        self.registry = registry
        self._metrics = Metrics(registry)

    def __repr__(self) -> str:
        return f"<Schedule {len(self._timers)} jobs, running: {sorted(self._running)}>"

    def add(self, line: str, name: str, job: Job) -> None:
        """Run a job by a cron line, in UTC. One that comes hourly or less often is made up for."""
        self.timetables[name] = Timetable(line)
        self._jobs[name] = job

        async def tick() -> None:
            self._start(name, self.timetables[name].latest(self.clock()))

        self._timers.append(aiocron.crontab(line, func=tick, tz=ZoneInfo("UTC")))

    def run_now(self, name: str, by: int | None) -> None:
        """Begin a run by hand; raises NotFound, or JobRuns when there is one in this process."""
        if name not in self._jobs:
            raise NotFound("There is no such job.")
        if not self._start(name, None, by):
            raise JobRuns

    def runs(self, name: str) -> bool:
        """Whether a run is going on in this process, or about to begin."""
        return name in self._running

    def watch(self) -> None:
        """Keep looking for what is owed, and at the clock."""
        self._ahead = self._clock_ahead()
        self.background.every(LOOK_EVERY, "jobs", self.look)

    async def look(self) -> None:
        """Set the timers anew after a step of the clock, and begin what is owed."""
        ahead = self._clock_ahead()
        if self._ahead is not None and abs(ahead - self._ahead) > STEP:
            log.warning("the clock was set by %.0f seconds; timers follow", ahead - self._ahead)
            for timer in self._timers:
                timer.start()  # aiocron counts from the time it was started at
        self._ahead = ahead
        now = self.clock()
        for name, timetable in self.timetables.items():
            if timetable.is_rare(now):
                await self._look_at(name, timetable, now)

    def _clock_ahead(self) -> float:
        return time.time() - asyncio.get_running_loop().time()

    async def _look_at(self, name: str, timetable: Timetable, now: datetime) -> None:
        known = await jobs.last(self.database, name)
        if known is None:
            await jobs.know(self.database, name, now)
            return
        if known.done_at is not None:
            self._metrics.done_at.labels(name).set(known.done_at.timestamp())
        if known.busy:
            return
        due = timetable.owed(now, last_of(known))
        if due is not None:
            self._start(name, due)

    def _start(self, name: str, due: datetime | None, by: int | None = None) -> bool:
        """Begin a run; whether there was none."""
        if self.stopping:
            return False
        if name in self._running:
            if due is not None:
                log.warning("job %s still runs; this turn is left out", name)
            return False
        task = asyncio.get_running_loop().create_task(self._guarded(name, due, by))
        self._running[name] = task
        task.add_done_callback(lambda _: self._running.pop(name))
        return True

    async def _guarded(self, name: str, due: datetime | None, by: int | None) -> None:
        leave()
        began = time.monotonic()
        outcome = "failed"
        self._metrics.running.labels(name).set(1)
        try:
            if due is not None and not await self._is_owed(name, due):
                return
            await self._run(name, due, by)
            outcome = "done"
            self._metrics.done_at.labels(name).set(self.clock().timestamp())
            self.background.goes_well(f"job {name}")
        except JobRuns:
            log.warning("job %s runs in another process; this turn is left out", name)
            return
        except Stopped:
            outcome = "stopped"
        except Exception as error:
            # Whatever it was, the timetable goes on.
            self.background.failed(f"job {name}", error)
        finally:
            self._metrics.running.labels(name).set(0)
        self._metrics.ended(name, outcome, time.monotonic() - began)

    async def _is_owed(self, name: str, due: datetime) -> bool:
        """Whether the moment was not taken up yet: a clock that was set back comes by again."""
        known = await jobs.last(self.database, name)
        if known is None:
            return True
        return self.timetables[name].owed(self.clock(), last_of(known)) is not None

    async def _run(self, name: str, due: datetime | None, by: int | None) -> Run:
        return await run_job(
            self.database, name, self._jobs[name], self.clock,
            due=due, by=by, stopping=lambda: self.stopping,
        )  # fmt: skip

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

    async def forget(_: Run) -> None:
        await request_keys.forget(database, clock() - KEYS_LIVE)
        await instance.forget_sessions(database, clock() - SESSIONS_LIVE)

    schedule.add("17 3 * * *", "housekeeping", forget)
