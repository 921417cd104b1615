"""Runs of jobs: one at a time in all processes, recorded, made up for, and after a set clock."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from messenger.background import Background
from messenger.jobs.running import JobRuns, Run, Stopped, run_job
from messenger.jobs.schedule import Schedule
from messenger.store.db import Connection, Database
from messenger.store.rows import jobs
from tests.waiting import until

NIGHT = datetime(2026, 11, 10, 2, 10, tzinfo=UTC)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = NIGHT - timedelta(hours=6)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn, size=2)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def schedule(database: Database, clock: Clock) -> AsyncIterator[Schedule]:
    registry = CollectorRegistry()
    schedule = Schedule(database, clock, registry, Background(registry))
    yield schedule
    await schedule.stop()


async def outcomes(database: Database, name: str) -> list[Any]:
    runs = await jobs.runs(database, name, 2**53, 200)
    return [each.outcome for each in runs.items]


async def ended(schedule: Schedule) -> None:
    await until(lambda: not schedule._running)


async def test_a_job_does_not_overlap_itself_in_another_process(
    database: Database, dsn: str, clock: Clock
) -> None:
    other = Database(dsn, size=1)
    await other.open()

    async def inner(_: Run) -> None:
        with pytest.raises(JobRuns):
            await run_job(other, "backup", inner, clock)
        known = await jobs.last(other, "backup")
        assert known is not None
        assert known.busy

    await jobs.know(database, "backup", clock())
    await run_job(database, "backup", inner, clock)
    await other.close()
    assert await outcomes(database, "backup") == ["done"]


async def test_the_next_run_does_not_wait_until_a_connection_is_seen_to_be_closed(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[Connection] = []

    async def leave_open(self: Connection) -> None:
        left.append(self)

    async def job(_: Run) -> None:
        """Nothing."""

    with monkeypatch.context() as patched:
        patched.setattr(Connection, "close", leave_open)
        await run_job(database, "backup", job, clock)
        await run_job(database, "backup", job, clock)
    assert await outcomes(database, "backup") == ["done", "done"]
    for connection in left:
        await connection.close()


async def test_how_a_run_went_is_recorded(database: Database, clock: Clock) -> None:
    async def fails(run: Run) -> None:
        await run.progress(0.25, "dump")
        run.details = {"bytes": 3}
        clock.now += timedelta(seconds=2)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        await run_job(database, "backup", fails, clock, by=7)
    run = await jobs.newest(database, "backup")
    assert run is not None
    assert (run.outcome, run.by, run.duration_ms, run.progress, run.step, run.details) == (
        "failed", 7, 2000, 0.25, "dump", {"bytes": 3},
    )  # fmt: skip
    assert run.error == "OSError: [Errno 28] No space left on device"


async def test_a_killed_run_is_lost_and_the_oldest_are_forgotten(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "KEPT", 3)

    async def nothing(_: Run) -> None:
        pass

    for _ in range(3):
        await run_job(database, "sweep", nothing, clock)
    await jobs.begin(database, "sweep", None, None, clock())  # a process that was killed
    await run_job(database, "sweep", nothing, clock)
    assert await outcomes(database, "sweep") == ["done", "lost", "done"]


async def test_a_missed_run_is_made_up_for_once_and_a_failed_one_again(
    database: Database, clock: Clock, schedule: Schedule
) -> None:
    fail = True

    async def job(_: Run) -> None:
        if fail:
            raise RuntimeError("no room")

    schedule.add("10 2 * * *", "backup", job)
    for moment, expected in (
        (NIGHT - timedelta(hours=6), []),  # new: nothing was missed
        (NIGHT + timedelta(hours=7), ["failed"]),  # the machine was off at night
        (NIGHT + timedelta(hours=7, minutes=30), ["failed"]),
        (NIGHT + timedelta(hours=9), ["done", "failed"]),
        (NIGHT + timedelta(hours=12), ["done", "failed"]),
    ):
        clock.now = moment
        fail = expected != ["done", "failed"]
        await schedule.look()
        await ended(schedule)
        assert await outcomes(database, "backup") == expected


async def test_a_moment_that_comes_again_is_not_taken_up_again(
    database: Database, clock: Clock, schedule: Schedule
) -> None:
    async def job(_: Run) -> None:
        pass

    schedule.add("10 2 * * *", "backup", job)
    for now in (NIGHT, NIGHT, NIGHT + timedelta(days=1)):
        clock.now = now
        schedule._start("backup", now)
        await ended(schedule)
    assert await outcomes(database, "backup") == ["done", "done"]


async def test_timers_follow_a_clock_that_was_set(schedule: Schedule) -> None:
    async def job(_: Run) -> None:
        pass

    schedule.add("* * * * *", "reminders", job)
    (timer,) = schedule._timers
    await asyncio.sleep(0)
    await schedule.look()
    before, kept = timer.handle.when(), timer.handle
    await schedule.look()
    assert timer.handle is kept
    schedule._ahead = schedule._clock_ahead() - 7200
    await schedule.look()
    assert timer.handle is not kept
    assert abs(timer.handle.when() - before) <= 60


async def test_shutdown_ends_a_long_run_which_is_not_a_failure(
    database: Database, clock: Clock, schedule: Schedule
) -> None:
    begun = asyncio.Event()

    async def job(run: Run) -> None:
        while True:
            begun.set()
            await run.progress(None)
            await asyncio.sleep(0)

    schedule.add("10 2 * * *", "backup", job)
    schedule.run_now("backup", by=1)
    with pytest.raises(JobRuns):
        schedule.run_now("backup", by=1)
    await begun.wait()
    await schedule.stop()
    assert await outcomes(database, "backup") == ["stopped"]
    with pytest.raises(Stopped):
        Run(database, 1, clock, lambda: True).check_stopping()
