"""Jobs by the clock: the lock of each, what it was taken up for, and how its runs went."""

import zlib
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from messenger.errors import Unavailable
from messenger.store.db import Connection, Database
from messenger.store.driver import translated
from messenger.store.paging import Part, fetch_part
from messenger.store.sql import sa
from messenger.store.statements import Prepared, stamped

LOCKS: Final = 0x6A6F6273
"""The first half of the advisory locks of jobs; the second is `lock_key`."""
KEPT: Final = 200
"""Runs that are remembered of each job."""
LONGEST_ERROR: Final = 500
_BUSY: Final = f"""
    exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
        and database = (select oid from pg_database where datname = current_database())
        and classid = {LOCKS} and objid = cast(:lock as oid))
"""

TRY_LOCK = Prepared(sa.text(f"select pg_try_advisory_lock({LOCKS}, cast(:lock as int)) as taken"))
KNOW = Prepared(
    sa.text("insert into jobs (name, due) values (:job, :due) on conflict (name) do nothing")
)
LAST = Prepared(
    sa.text(
        f"""
        select jobs.due, newest.outcome, newest.started_at, newest.ended_at, {_BUSY} as busy,
               (select max(ended_at) from job_runs where job = :job and outcome = 'done') as done_at
        from jobs left join lateral (
            select * from job_runs where job = :job order by id desc limit 1
        ) newest on true
        where name = :job
        """
    )
)
BEGIN = Prepared(
    sa.text(
        """
        with lost as (
            update job_runs set outcome = 'lost', ended_at = :at
            where job = :job and ended_at is null
        ), taken as (
            insert into jobs (name, due) select :job, cast(:due as timestamptz)
            where cast(:due as timestamptz) is not null
            on conflict (name) do update set due = excluded.due
        )
        insert into job_runs (job, due, by, started_at) values (:job, :due, :by, :at) returning id
        """
    )
)
NOTE = Prepared(sa.text("update job_runs set progress = :progress, step = :step where id = :id"))
END = Prepared(
    sa.text(
        """
        with dropped as (
            delete from job_runs where job = :job and id <= (
                select id from job_runs where job = :job order by id desc offset :kept limit 1)
        )
        update job_runs
        set ended_at = :at, outcome = :outcome, error = :error, details = cast(:details as jsonb)
        where id = :id
        """
    ).bindparams(details=None)
)
_COLUMNS: Final = ", ".join(
    (
        "id", "job", "by", "outcome", "progress", "step", "error", "details",
        stamped("due"), stamped("started_at"), stamped("ended_at"),
        "round(extract(epoch from ended_at - started_at) * 1000)\\:\\:bigint as duration_ms",
    )
)  # fmt: skip
RUNS = Prepared(
    sa.text(
        f"""
        select {_COLUMNS} from job_runs
        where job = :job and id < :before order by id desc limit :limit
        """
    )
)
NEWEST = Prepared(
    sa.text(f"select {_COLUMNS} from job_runs where job = :job order by id desc limit 1")
)
NAMES = Prepared(
    sa.text("select name from jobs union select distinct job from job_runs order by name")
)


class JobRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a job. `due` is null when it was run by hand, `by` unless in the client."""

    id: Annotated[int, Meta(description="The run.")]
    job: Annotated[str, Meta(description="The job.")]
    due: Annotated[str | None, Meta(description="The moment it is for; null: run by hand.")]
    by: Annotated[int | None, Meta(description="Who had it run in the client.")]
    started_at: Annotated[str, Meta(description="When it began.")]
    ended_at: Annotated[str | None, Meta(description="When it ended.")]
    duration_ms: Annotated[int | None, Meta(description="How long it took.")]
    outcome: Annotated[
        Literal["done", "failed", "stopped", "lost"] | None,
        Meta(description="Null while it runs; `lost`: its process ended meanwhile."),
    ]
    progress: Annotated[float | None, Meta(description="0 to 1, where the job can tell.")]
    step: Annotated[str | None, Meta(description="What it does now, as one word.")]
    error: Annotated[str | None, Meta(description="Why it failed.")]
    details: Annotated[dict[str, Any] | None, Meta(description="What it did, by the job.")]


class Known(msgspec.Struct, frozen=True):
    """What `last` tells."""

    due: datetime
    outcome: Literal["done", "failed", "stopped", "lost"] | None
    started_at: datetime | None
    ended_at: datetime | None
    busy: bool
    done_at: datetime | None


def lock_key(job: str) -> int:
    """The second half of a job's advisory lock."""
    return zlib.crc32(job.encode()) & 0x7FFFFFFF


async def try_lock(connection: Connection, job: str) -> bool:
    """Become the one run of a job, for as long as the connection lives."""
    row = await connection.fetch_one(TRY_LOCK, lock=lock_key(job))
    return bool(row and row.taken)


async def unlock(connection: Connection) -> None:
    """Let the next run begin now, and not when PostgreSQL has seen that the connection is closed.

    A connection that is lost has let it go.
    """
    with suppress(Unavailable), translated():
        await connection.command("select pg_advisory_unlock_all()")


async def know(database: Database, job: str, now: datetime) -> None:
    """Note a job that was not there before: what came earlier is not missed."""
    await database.fetch(KNOW, job=job, due=now)


async def last(database: Database, job: str) -> Known | None:
    """The moment taken up last, the newest run, whether it runs now, when it was last done."""
    row = await database.fetch_one(LAST, job=job, lock=lock_key(job))
    return None if row is None else Known(**row._asdict())


async def begin(
    database: Database, job: str, due: datetime | None, by: int | None, now: datetime
) -> int:
    """Record that a run begins; what was recorded as running is lost. Under the job's lock."""
    rows = await database.fetch(BEGIN, job=job, due=due, by=by, at=now)
    return int(rows[0].id)


async def note(database: Database, run: int, progress: float | None, step: str | None) -> None:
    await database.fetch(NOTE, id=run, progress=progress, step=step)


async def end(
    database: Database,
    run: int,
    job: str,
    now: datetime,
    outcome: str,
    error: str | None,
    details: dict[str, Any] | None,
) -> None:
    """Record how a run went, and forget the oldest ones."""
    await database.fetch(
        END,
        id=run,
        job=job,
        at=now,
        outcome=outcome,
        error=error and error[:LONGEST_ERROR],
        details=details and msgspec.json.encode(details).decode(),
        kept=KEPT,
    )


async def runs(database: Database, job: str, before: int, limit: int) -> Part[JobRun]:
    """The runs before one of them, the newest first."""
    return await fetch_part(
        database, RUNS, lambda row: JobRun(**row._asdict()), limit, job=job, before=before
    )


async def newest(database: Database, job: str) -> JobRun | None:
    row = await database.fetch_one(NEWEST, job=job)
    return None if row is None else JobRun(**row._asdict())


async def names(database: Database) -> list[str]:
    """Every job that was ever on the timetable or run by hand."""
    return [row.name for row in await database.fetch(NAMES)]
