"""What `db rehearse` does, and what it says."""

import asyncio

from messenger.backup.rehearsing import Rehearsed, rehearse
from messenger.cli import Failure
from messenger.config import Settings
from messenger.store.clients import NoPrograms, ProgramFailed
from messenger.store.comparing import ScratchRefused
from messenger.store.db import Database
from messenger.store.schema import migrate


def rehearse_on(settings: Settings, dsn: str, to: str | None) -> Rehearsed:
    """Rehearse on a copy of a database; raises Failure."""
    applied = [each.id for each in migrate.status(dsn) if each.state == "applied"]
    if not applied:
        raise Failure("The database is empty: there is nothing to rehearse.")
    try:
        return asyncio.run(rehearse(settings, Database(dsn, size=1), to or applied[-1]))
    except (NoPrograms, ProgramFailed, ScratchRefused) as error:
        raise Failure(str(error)) from error


def lines(done: Rehearsed) -> list[str]:
    return [
        f"applied to a copy in {done.seconds:.2f} s: {', '.join(done.applied) or 'nothing'}",
        f"taken back: {', '.join(done.taken_back) or 'nothing'}",
        *(f"not as the tables: {each}" for each in done.differences),
        *(f"the way back changes: {each}" for each in done.lost),
    ]
