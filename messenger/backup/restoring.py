"""The way back: a backup into an empty database and data directory, proven again, another epoch.

Files and keys come first and may be put back twice; the database is whole or empty. What is there
already is never overwritten.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from messenger.backup import contents
from messenger.backup.folders import DUMP, KEYS, SEALED, Backup, write, wrong_sums
from messenger.backup.proving import compare
from messenger.backup.sealing import sealed
from messenger.config import Settings
from messenger.store import clients, comparing
from messenger.store.db import Connection, Database
from messenger.store.driver import translated

Note = Callable[[str], Awaitable[None]]


class CannotRestore(Exception):
    """This cannot be restored here; the message says why, and what to do."""


async def restore(
    settings: Settings, database: Database, backup: Backup, identity: Path | None, note: Note
) -> None:
    """Put a backup back. Raises CannotRestore before anything is changed, NotTheSame after it."""
    await note("check")
    wrong = await asyncio.to_thread(lambda: list(wrong_sums(backup)))
    if wrong:
        raise CannotRestore(f"{backup.path} is not whole: {'; '.join(wrong)}. Take another one.")
    if backup.manifest.sealed and identity is None:
        raise CannotRestore("This backup is encrypted: give the file of its key with --identity.")
    if not _has_room(settings, backup):
        raise CannotRestore("There is no room in DATA_DIR for the files of this backup: free some.")
    connection = await database.dedicated(comparing.LASTING)
    try:
        with translated():
            await _check_empty(connection)
            with tempfile.TemporaryDirectory(dir=settings.data_dir) as aside:
                opened = await _opened(backup, identity, Path(aside))
                await note("files")
                await _files(settings, backup, identity)
                _keys(settings, opened)
                await note("database")
                await _database(settings, database, backup, opened / DUMP)
            await note("compare")
            await compare(database, backup.manifest.figures)
            await comparing.give(connection, backup.manifest.kept)
    finally:
        await connection.close()


async def _check_empty(connection: Connection) -> None:
    if not await comparing.claim(connection):
        raise CannotRestore("A server runs on this database: stop it first.")
    if not await comparing.is_empty(connection):
        raise CannotRestore(
            "The database is not empty, and nothing was changed: restore into an empty one, or move"
            " the present one away first (docs/operations.md)."
        )


async def _opened(backup: Backup, identity: Path | None, aside: Path) -> Path:
    """Where dump and keys can be read: the backup itself, or `aside` once decrypted there."""
    if not backup.manifest.sealed:
        return backup.path
    assert identity is not None
    (aside / KEYS).mkdir(mode=0o700)
    parts = [backup.path / (DUMP + SEALED), *(backup.path / KEYS).iterdir()]
    pairs = [
        (path, aside / path.relative_to(backup.path).with_name(path.name.removesuffix(SEALED)))
        for path in parts
    ]
    await sealed("open", str(identity), pairs)
    return aside


async def _files(settings: Settings, backup: Backup, identity: Path | None) -> None:
    root, pairs = backup.path.parent, []
    for entry in contents.kept_of(backup):
        source = contents.place_of(root, entry.sha256, backup.manifest.sealed)
        target = settings.data_dir / entry.path
        if target.exists():
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if backup.manifest.sealed:
            pairs.append((source, target))
        else:
            # A copy, never a second name: what is restored must not hang on the backup's disk.
            await asyncio.to_thread(contents.copied, source, target, entry.sha256)
    if pairs:
        await sealed("open", str(identity), pairs)


def _keys(settings: Settings, opened: Path) -> None:
    """Over those that were made a moment ago, for a database without anybody in it."""
    for path in (opened / KEYS).iterdir():
        write(settings.data_dir / path.name, path.read_bytes())


async def _database(settings: Settings, database: Database, backup: Backup, dump: Path) -> None:
    connection = await database.dedicated()
    server = connection.raw.raw.server_version // 10_000
    await connection.close()
    programs = clients.find(max(server, backup.manifest.postgres), settings.backup_programs)

    async def look() -> None:
        pass

    try:
        await clients.restore(programs, database.dsn, dump, look, whole=programs.major == server)
    except clients.ProgramFailed as error:
        raise CannotRestore(f"PostgreSQL did not take the dump. It said: {error}") from error


def _has_room(settings: Settings, backup: Backup) -> bool:
    """Whether the files that are not there yet find room in DATA_DIR."""
    wanted = contents.kept_of(backup)
    fresh = sum(each.size for each in wanted if not (settings.data_dir / each.path).exists())
    return shutil.disk_usage(settings.data_dir).free > fresh
