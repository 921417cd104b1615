"""Proves a backup: restores it into a scratch database beside ours, and compares."""

import asyncio
from pathlib import Path

from messenger.store.clients import NO_SPACE, Look, ProgramFailed, Programs, restore
from messenger.store.comparing import LASTING, Figures, ScratchRefused, figures, scratch
from messenger.store.db import Database


class NotTheSame(Exception):
    """What came out of the backup is not what went in; the message says where."""


async def prove(
    database: Database, programs: Programs, dump: Path, wanted: Figures, look: Look
) -> str | None:
    """Restore a dump and compare; why that could not be done, or None when it is proven.

    Raises NotTheSame, and ProgramFailed when the dump cannot be read.
    """
    try:
        async with scratch(database) as copy:
            await restore(programs, copy.dsn, dump, look, whole=False)
            await compare(copy, wanted)
    except ScratchRefused as error:
        return str(error)
    except ProgramFailed as error:
        if NO_SPACE not in str(error):
            raise
        return "PostgreSQL has no room for a second copy of the database."
    return None


async def compare(copy: Database, wanted: Figures) -> None:
    """Raises NotTheSame where a restored database differs."""
    connection = await copy.dedicated(LASTING)
    try:
        differences = wanted.differences(await figures(connection, like=wanted))
    finally:
        await asyncio.shield(connection.close())
    if differences:
        raise NotTheSame("The restored copy differs: " + "; ".join(differences[:10]) + ".")
