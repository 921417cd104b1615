"""Makes the exports that people ask for, one after the other, and removes them after a day.

Each in a process of its own, which gives way, with the command line's means; what it says is the
operator's, in the journal of the jobs.
"""

import asyncio
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from messenger.config import Settings
from messenger.decision import Decision, Entry, ExportEnded
from messenger.errors import NotFound
from messenger.jobs.command import run_command
from messenger.jobs.running import Run
from messenger.jobs.schedule import Schedule
from messenger.model import ExportReady, timestamp
from messenger.store import commits
from messenger.store.db import Database
from messenger.store.rows import exports

JOB: Final = "exports"
KEPT: Final = timedelta(days=1)


class ExportFailed(Exception):
    """An export did not come to its end; the sentence is the command's."""


def path_of(settings: Settings, id: str) -> Path:
    """Where the file of an export is."""
    return settings.data_dir / "exports" / f"{id}.zip"


def keep_exported(
    schedule: Schedule, database: Database, settings: Settings, clock: Callable[[], datetime]
) -> None:
    """Put it on the timetable; who asks has it begin at once."""

    async def work(run: Run) -> None:
        made = 0
        while waiting := await exports.waiting(database):
            user_id, id = waiting[0]
            path = path_of(settings, id)
            try:
                await _make(run, settings, user_id, path)
            except ExportFailed:
                await exports.failed(database, id)
                raise
            await tell_ready(database, user_id, id, await asyncio.to_thread(size_of, path), clock())
            made += 1
        removed = await asyncio.to_thread(_sweep, settings, await exports.known(database, clock()))
        run.details = {"made": made, "removed": removed}

    schedule.add("*/10 * * * *", JOB, work)


async def _make(run: Run, settings: Settings, user_id: int, path: Path) -> None:
    """Raises ExportFailed, and Stopped when the server shuts down: then it is made again."""
    done = await run_command(run, settings, "export", str(path), "--own", str(user_id))
    if done.code != 0:
        raise ExportFailed(done.said)


async def tell_ready(database: Database, user_id: int, id: str, size: int, now: datetime) -> None:
    """It is ready, and its person hears of it: on open pages, and by push."""
    until = now + KEPT
    ready = ExportReady(size, timestamp(until))
    decision = Decision(
        entries=[Entry(stream=user_id, type="export.ready", data=ready)],
        writes=[ExportEnded(id=id, bytes=size, until=until)],
    )
    # Removed meanwhile: then there is nothing to tell of, and its file goes with the others.
    with suppress(NotFound):
        await commits.commit(database, decision, now, announce=True)


def size_of(path: Path) -> int:
    return path.stat().st_size


def _sweep(settings: Settings, known: set[str]) -> int:
    """Remove files of exports that are over, and what a killed run left; returns how many."""
    removed = 0
    for path in path_of(settings, "").parent.glob("*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.startswith(".") or path.stem not in known:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
