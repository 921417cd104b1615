"""The embedded PostgreSQL's next major version: by a dump, proven, undone while the old is kept.

The old cluster is only renamed. What comes out of the new one is compared before it takes its
place, and it goes on as the same history: clients resume where they were.
"""

import asyncio
import shutil
from pathlib import Path

from messenger.backup.proving import compare
from messenger.cli import Failure
from messenger.config import Settings
from messenger.store import clients, comparing
from messenger.store.db import Database
from messenger.store.driver import translated
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.embedded.account import choose
from messenger.store.embedded.binaries import find, recorded_major
from messenger.store.rows import instance


def upgrade(settings: Settings) -> str:
    """Bring the cluster to the newest major version there is; returns a sentence."""
    cluster, beside = settings.data_dir / "postgres", settings.data_dir / "upgrade"
    if (beside / "proven").exists():
        return _take_place(cluster, beside)
    old = recorded_major(cluster)
    if old is None:
        raise Failure(f"There is no PostgreSQL of our own in {settings.data_dir}.")
    new = find(choose(cluster, settings.data_dir), None).major
    if new <= old:
        return f"PostgreSQL {old} is the newest that is here."
    shutil.rmtree(beside, ignore_errors=True)
    with (
        EmbeddedPostgres(settings.data_dir, lasting=False) as before,
        EmbeddedPostgres(beside, lasting=False) as after,
    ):
        asyncio.run(_moved(settings, Database(before.dsn, size=1), Database(after.dsn, size=1)))
    (beside / "proven").touch()
    return _take_place(cluster, beside)


def undo(settings: Settings) -> str:
    """Put the old cluster back in its place; what was written since is in `postgres.undone`."""
    cluster = settings.data_dir / "postgres"
    kept = sorted(settings.data_dir.glob("postgres.[0-9][0-9]"))
    if not kept:
        raise Failure(f"No older cluster is kept in {settings.data_dir}.")
    aside = settings.data_dir / "postgres.undone"
    if aside.exists():
        raise Failure(f"{aside} is there already: remove it first.")
    # Nobody runs it meanwhile: the claim is the server's, too.
    with EmbeddedPostgres(settings.data_dir, lasting=False):
        pass
    cluster.rename(aside)
    kept[-1].rename(cluster)
    return f"{kept[-1].name} is in its place again; what was there is in {aside}."


async def _moved(settings: Settings, before: Database, after: Database) -> None:
    """Everything of one database into another, empty one, and the epoch with it."""

    async def look() -> None:
        pass

    dump = settings.data_dir / "upgrade" / "database.dump"
    connection = await after.dedicated(comparing.LASTING)
    try:
        with translated():
            async with comparing.frozen(before) as moment:
                figures = await comparing.figures(moment.connection)
                known = dict(await moment.connection.run("select name, value from instance", {}))
                programs = clients.find(moment.server, settings.backup_programs)
                await clients.dump(programs, before.dsn, moment.snapshot, dump, look)
            server = connection.raw.raw.server_version // 10_000
            programs = clients.find(server, settings.backup_programs)
            await clients.restore(programs, after.dsn, dump, look, whole=programs.major == server)
            await compare(after, figures)
            row = await connection.fetch_one(instance.READ)
            assert row is not None
            history = {"history": row.history} if "epoch" in known else {}
            await comparing.give(connection, known | history)
            await _leave(before)
    finally:
        await connection.close()
    dump.unlink()


async def _leave(before: Database) -> None:
    """Have the old cluster be another history, should it be gone back to: the new one went on.

    Its next start finds that it is not the one it was and takes another epoch.
    """
    connection = await before.dedicated()
    try:
        await connection.fetch(instance.LEAVE)
    finally:
        await connection.close()


def _take_place(cluster: Path, beside: Path) -> str:
    """Two names change; killed meanwhile, no server starts until `db upgrade` has gone on."""
    if (beside / "postgres").exists():
        if cluster.exists():
            cluster.rename(cluster.with_suffix(f".{recorded_major(cluster)}"))
        (beside / "postgres").rename(cluster)
    shutil.rmtree(beside)
    return (
        f"PostgreSQL {recorded_major(cluster)} is in its place, compared with the old one, which is"
        " kept beside it until you remove it; `db upgrade --undo` goes back to it."
    )
