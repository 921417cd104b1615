"""One run of a job: under its lock, so that no two overlap in whatever process, and recorded."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic
from typing import Any, Final

from messenger.errors import AlreadyExists, DomainError
from messenger.store.db import Connection, Database
from messenger.store.driver import translated
from messenger.store.rows import audit, jobs

log = logging.getLogger(__name__)

NOTED_EVERY: Final = 1.0
"""Seconds between two notes of how far a run is."""


class JobRuns(AlreadyExists):
    """This job runs already; wait for its end."""


class Stopped(Exception):
    """The run was told to stop before its end: the server shuts down."""


class Run:
    """What a job is given: where to say how far it is, and to ask whether to stop."""

    def __init__(
        self,
        database: Database,
        id: int,
        clock: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.database = database
        self.id = id
        self.clock = clock
        self._stopping = stopping
        # What is recorded of it at its end: JSON, set by the job.
        self.details: dict[str, Any] | None = None
        # State: when it was last noted how far it is.
        self._noted_at = -NOTED_EVERY

    def __repr__(self) -> str:
        return f"<Run {self.id} {self.details}>"

    @property
    def stopping(self) -> bool:
        return self._stopping()

    def check_stopping(self) -> None:
        """Raises Stopped when the server shuts down; long jobs ask at least every second."""
        if self.stopping:
            raise Stopped

    async def progress(self, share: float | None, step: str | None = None) -> None:
        """Say how far it is (0 to 1) and what it does; as often as one likes. Raises Stopped."""
        self.check_stopping()
        if monotonic() - self._noted_at < NOTED_EVERY:
            return
        self._noted_at = monotonic()
        await jobs.note(self.database, self.id, share, step)


Job = Callable[[Run], Awaitable[None]]


async def run_job(
    database: Database,
    name: str,
    job: Job,
    clock: Callable[[], datetime],
    *,
    due: datetime | None = None,
    by: int | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Run:
    """Do one run; raises JobRuns when there is one already, and what the job raises.

    `due` is the moment of the timetable that it is for; without it, it is one by hand.
    """
    connection = await database.dedicated("-c idle_session_timeout=0")
    try:
        with translated():
            if not await jobs.try_lock(connection, name):
                raise JobRuns
        if due is None and by is None:
            await _audited(database, name, clock())
        run = Run(database, await jobs.begin(database, name, due, by, clock()), clock, stopping)
        await _recorded(run, name, job)
        return run
    finally:
        await jobs.unlock(connection)
        await connection.close()


async def _audited(database: Database, name: str, at: datetime) -> None:
    """Record that somebody had it run on the machine; in the client its endpoint says who."""

    async def work(connection: Connection) -> None:
        await audit.record(connection, at, None, "job.run", None, {"what": name})

    await database.transact(work)


async def _recorded(run: Run, name: str, job: Job) -> None:
    try:
        await job(run)
    except BaseException as error:
        outcome = "stopped" if isinstance(error, Stopped) else "failed"
        said = None if isinstance(error, Stopped) else sentence(error)
        try:
            await jobs.end(run.database, run.id, name, run.clock(), outcome, said, run.details)
        except DomainError:
            # The database is away; the next run under the lock finds this one and calls it lost.
            log.warning("the end of job %s could not be recorded", name)
        raise
    await jobs.end(run.database, run.id, name, run.clock(), "done", None, run.details)


def sentence(error: BaseException) -> str:
    """What is recorded of a failure: its words, and its kind where those are not ours."""
    words = str(error).strip()
    kind = type(error).__name__
    if isinstance(error, DomainError) or type(error).__module__.startswith("messenger."):
        return words or kind
    return f"{kind}: {words}" if words else kind
