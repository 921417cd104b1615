"""Makes a backup: dump, keys, files, proof; whole or not at all. Never while another is made.

What blocks on a disk runs in a thread, what computes in programs of low priority: chats go on.
"""

import asyncio
import errno
import logging
import shutil
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Final

import msgspec

from messenger.archive.vault import vault_of
from messenger.backup import archived, bucket, contents, rotation, wal
from messenger.backup.contents import Entry
from messenger.backup.folders import (
    DUMP,
    FILES,
    KEYS,
    MANIFEST,
    SEALED,
    SUMS,
    Backup,
    Manifest,
    begin,
    digest,
    drop_partial,
    finish,
    listed,
    parts_of,
    root_of,
    said,
    synced,
    write,
)
from messenger.backup.proving import prove
from messenger.backup.sealing import SealingFailed, sealed
from messenger.config import Settings, secret_key, vapid_key
from messenger.store import clients, comparing
from messenger.store.clients import NO_SPACE, ProgramFailed, Programs
from messenger.store.comparing import Figures
from messenger.store.db import Database

log = logging.getLogger(__name__)

Note = Callable[[float | None, str], Awaitable[None]]
"""Told how far it is (0 to 1) and what it does; raises to stop it."""
SPARE: Final = 64 * 2**20
"""Bytes that must be left on the disk after the dump; the last one's size is expected again."""


class NoRoom(Exception):
    """There is no room for a backup where BACKUP_DIR is: free some, or keep fewer days."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class NoRoomForCopy(Exception):
    """The backup is made, and there is no room for its copy where BACKUP_COPY_DIR is: free some."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class Dumped(msgspec.Struct, frozen=True):
    """The dump, and what a copy of it must have."""

    programs: Programs
    server: int
    figures: Figures
    kept: dict[str, str]
    system: str
    archived: list[Entry]
    lost: list[str]


async def make(
    settings: Settings, database: Database, clock: Callable[[], datetime], note: Note
) -> Backup:
    """Make one, remove those that may go, copy it to the second folder and the bucket; returns it.

    Raises NoRoom, ProgramFailed, NotTheSame, what `note` raises; then nothing of it is left.
    Raises NoRoomForCopy, CopyFailed; then it is made, and its copy is not.
    """
    root, began = root_of(settings), monotonic()
    folder = await asyncio.to_thread(begin, root, clock())
    try:
        before = listed(root)[-1:]
        _check_room(root, before)
        dumped = await _dump(settings, database, folder, before, note)
        await asyncio.to_thread(_keys, settings, folder)
        files = [*dumped.archived, *await _files(settings, root, before, note)]
        await asyncio.to_thread(_list, folder, files)
        await note(0.6, "prove")
        why = await prove(
            database, dumped.programs, folder / DUMP, dumped.figures, lambda: note(None, "prove")
        )
        why = why or _without(dumped.lost)
        proven_at = said(clock())
        if keeps_log(settings):
            await clients.base(
                dumped.programs, database.dsn, folder / wal.BASE, lambda: note(0.9, "base")
            )
        await _seal(settings, folder)
        manifest = Manifest(
            made_at=said(clock()),
            seconds=round(monotonic() - began, 1),
            postgres=dumped.server,
            figures=dumped.figures,
            kept=dumped.kept,
            parts=await asyncio.to_thread(parts_of, folder),
            files=len(files),
            files_bytes=sum(each.size for each in files),
            contents=settings.backup_files,
            sealed=settings.backup_age_recipient is not None,
            proven_at=None if why else proven_at,
            unproven=why,
            system=dumped.system,
            archived=True,
        )
        made = await asyncio.to_thread(finish, folder, manifest)
    except BaseException as error:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        if _says_full(error):
            raise NoRoom from error
        raise
    await asyncio.to_thread(rotate, settings, root)
    if settings.backup_copy_dir is not None:
        await note(0.95, "copy")
        await asyncio.to_thread(copy_to, settings, root, settings.backup_copy_dir, made)
    second = bucket.bucket_of(settings)
    if second is not None:
        await bucket.copy_to(settings, second, root, made, lambda: note(0.97, "send"))
    return made


def _says_full(error: BaseException) -> bool:
    """Whether it was the disk that ended this, in our own writing or in that of pg_dump."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, ProgramFailed | SealingFailed) and NO_SPACE in str(error)


def keeps_log(settings: Settings) -> bool:
    """Whether the log is kept, too: of our own PostgreSQL only."""
    return settings.backup_wal and settings.database_url is None


def _check_room(root: Path, before: list[Backup]) -> None:
    expected = before[0].bytes if before else 0
    if contents.room_for(root) < expected + SPARE:
        raise NoRoom


async def _dump(
    settings: Settings, database: Database, folder: Path, before: list[Backup], note: Note
) -> Dumped:
    target, expected = folder / DUMP, before[0].bytes if before else 0
    await note(0.0, "count")

    async def look() -> None:
        written = target.stat().st_size if target.exists() else 0
        await note(0.1 + 0.4 * min(1.0, written / expected) if expected else None, "dump")

    async with AsyncExitStack() as standing:
        await standing.enter_async_context(archived.still(database, lambda: note(0.0, "wait")))
        async with comparing.frozen(database) as moment:
            # What this moment's index lists is taken over before anybody may write it anew.
            listed_then = await comparing.archived(moment.connection)
            recipient = settings.backup_age_recipient
            vault = vault_of(settings)
            entries, lost = await archived.keep(vault, folder.parent, listed_then, recipient)
            await standing.aclose()
            programs = clients.find(moment.server, settings.backup_programs)
            figures = await comparing.figures(moment.connection)
            kept = await comparing.kept(moment.connection)
            system = await comparing.system(moment.connection)
            await clients.dump(programs, database.dsn, moment.snapshot, target, look)
    return Dumped(programs, moment.server, figures, kept, system, entries, lost)


def _without(lost: list[str]) -> str | None:
    """Why a backup of a damaged archive does not count as proven."""
    if not lost:
        return None
    more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
    return f"The archive lacks {lost[0]}{more}: `messenger archive verify` tells all."


def _keys(settings: Settings, folder: Path) -> None:
    """Those that are kept under DATA_DIR; what stands in the environment is the operator's."""
    (folder / KEYS).mkdir(mode=0o700)
    for keeper in (secret_key, vapid_key):
        path = keeper.path_in(settings.data_dir)
        if path.is_file():
            write(folder / KEYS / path.name, path.read_bytes())


async def _files(settings: Settings, root: Path, before: list[Backup], note: Note) -> list[Entry]:
    """List the files on the disk and take over their contents."""
    known = await asyncio.to_thread(contents.entries_of, before[0]) if before else {}
    entries = await asyncio.to_thread(lambda: list(contents.found(settings.data_dir, known)))
    if not settings.backup_files:
        return entries
    recipient = settings.backup_age_recipient
    there, fresh = [], []
    for number, entry in enumerate(entries):
        await note(0.5 + 0.1 * number / len(entries), "files")
        target = contents.place_of(root, entry.sha256, recipient is not None)
        source = settings.data_dir / entry.path
        if target.exists():
            there.append(entry)
        elif recipient is None:
            if await asyncio.to_thread(contents.kept, source, target, entry.sha256):
                there.append(entry)
        elif source.is_file():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.append((source, target))
            there.append(entry)
    if recipient is not None and fresh:
        await sealed("seal", recipient, fresh)
    return there


def _list(folder: Path, entries: list[Entry]) -> None:
    lines = b"".join(msgspec.json.encode(each) + b"\n" for each in entries)
    write(folder / FILES, lines)


async def _seal(settings: Settings, folder: Path) -> None:
    """Encrypt what tells something: the dump and the keys. The list of files has only hashes."""
    if settings.backup_age_recipient is None:
        return
    plain = [folder / DUMP, *(folder / KEYS).iterdir()]
    pairs = [(path, path.with_name(path.name + SEALED)) for path in plain]
    await sealed("seal", settings.backup_age_recipient, pairs)
    for path in plain:
        path.unlink()


def rotate(settings: Settings, root: Path) -> None:
    """Remove what may go, and the contents that only they had."""
    backups = listed(root)
    proven = {each.made_at for each in backups if each.state == "proven"}
    others = {each.made_at for each in backups} - proven
    days = max(settings.backup_keep_days, 1)
    weeks, months = settings.backup_keep_weeks, settings.backup_keep_months
    stay = rotation.kept(proven, others, days, weeks, months)
    for backup in backups:
        if backup.made_at not in stay:
            # Its name first: a half removed one must not count.
            gone = backup.path.with_name(f"{backup.name}.partial")
            backup.path.rename(gone)
            shutil.rmtree(gone)
    contents.drop_unlisted(root, [each for each in backups if each.made_at in stay])
    wal.prune(root)


def copy_to(settings: Settings, root: Path, second: Path, made: Backup) -> None:
    """Copy a whole backup with the contents it lists to another folder, and rotate there.

    Raises NoRoomForCopy; then nothing of it counts there.
    """
    try:
        second.mkdir(mode=0o700, parents=True, exist_ok=True)
        drop_partial(second)
        for entry in contents.kept_of(made):
            source = contents.place_of(root, entry.sha256, made.manifest.sealed)
            contents.keep(
                source,
                contents.place_of(second, entry.sha256, made.manifest.sealed),
                entry.sha256 if not made.manifest.sealed else digest(source),
            )
        aside = second / f"{made.name}.partial"
        aside.mkdir(mode=0o700)
        for name in (*made.manifest.parts, MANIFEST, SUMS):
            (aside / name).parent.mkdir(mode=0o700, exist_ok=True)
            shutil.copyfile(made.path / name, aside / name)
        parts_of(aside)
        for path in (*aside.rglob("*"), aside):
            synced(path)
        aside.rename(second / made.name)
        synced(second)
    except OSError as error:
        drop_partial(second)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoomForCopy from error
        raise
    rotate(settings, second)
