"""Tries the migrations on a copy of the database, and their way back, beside a server that serves.

What goes wrong there has gone wrong for nobody. The copy is of this moment, restored into a scratch
database as a proof is, and is gone afterwards.
"""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import msgspec

from messenger.config import Settings
from messenger.store import clients, comparing
from messenger.store.comparing import Figures
from messenger.store.db import Database
from messenger.store.schema import drift, migrate


class Rehearsed(msgspec.Struct, frozen=True):
    """What the migrations did to the copy; `lost` tells what the way back did not bring back."""

    applied: list[str]
    seconds: float
    differences: list[str]
    taken_back: list[str]
    lost: list[str]


async def rehearse(settings: Settings, database: Database, to: str) -> Rehearsed:
    """Migrate a copy to the newest schema, compare it with the tables, and take it back to `to`.

    Raises MigrationProblem, ScratchRefused, ProgramFailed; the database itself is only read.
    """
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix="rehearsal.") as folder:
        dump = Path(folder) / "database.dump"
        async with comparing.frozen(database) as moment:
            programs = clients.find(moment.server, settings.backup_programs)
            await clients.dump(programs, database.dsn, moment.snapshot, dump, _look)
        async with comparing.scratch(database) as copy:
            await clients.restore(programs, copy.dsn, dump, _look, whole=False)
            dump.unlink()
            return await _there_and_back(copy, to)


async def _there_and_back(copy: Database, to: str) -> Rehearsed:
    before = await _figures(copy)
    began = monotonic()
    applied = await asyncio.to_thread(migrate.migrate, copy.dsn)
    seconds = monotonic() - began
    differences = await asyncio.to_thread(drift.check, copy.dsn)
    back: Callable[[], list[str]] = lambda: migrate.rollback(copy.dsn, to=to)  # noqa: E731
    taken_back = await asyncio.to_thread(back)
    lost = before.differences(await _figures(copy, before)) if applied else []
    return Rehearsed(applied, round(seconds, 2), differences, taken_back, lost)


async def _figures(copy: Database, like: Figures | None = None) -> Figures:
    """Of the data; what the record of the migrations has is another each time."""
    connection = await copy.dedicated(comparing.LASTING)
    try:
        found = await comparing.figures(connection, like)
    finally:
        await asyncio.shield(connection.close())
    ours = {name: each for name, each in found.tables.items() if name not in drift.NOT_OURS}
    return msgspec.structs.replace(found, tables=ours)


async def _look() -> None:
    pass
