"""The state of what is stored, for administrators: room by kind, backups, days."""

import asyncio
import shutil
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.backup.folders import Backup, listed, newest_proven, root_of
from messenger.config import Settings
from messenger.http.plumbing.keys import CLOCK, DATABASE, SETTINGS
from messenger.http.plumbing.operation import operation
from messenger.jobs.archive import PROOF
from messenger.jobs.backups import too_old
from messenger.model import timestamp
from messenger.store.db import Database
from messenger.store.reads.storage import Archived, Usage, archived, usage
from messenger.store.rows import jobs


class StoredKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of what is stored."""

    kind: Annotated[
        Literal["database", "files", "archive", "backups"], Meta(description="What it is.")
    ]
    bytes: Annotated[int, Meta(description="The room it takes.")]
    count: Annotated[int | None, Meta(description="How many there are, where that is known.")]


class ListedBackup(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that is whole."""

    name: Annotated[str, Meta(description="Its folder.")]
    made_at: Annotated[str, Meta(description="The moment it holds.")]
    state: Annotated[
        Literal["proven", "unproven", "damaged"],
        Meta(description="`proven`: it was restored for a trial and compared."),
    ]
    bytes: Annotated[int, Meta(description="Its size, without the contents of files.")]
    files: Annotated[int, Meta(description="Files it lists.")]
    seconds: Annotated[float, Meta(description="How long it took.")]
    sealed: Annotated[bool, Meta(description="Whether it is encrypted.")]
    unproven: Annotated[str | None, Meta(description="Why it could not be proven.")]


class ArchiveState(msgspec.Struct, frozen=True, kw_only=True):
    """The archive: how far it reaches, and whether it was proven. Its jobs tell of its runs."""

    parts: Annotated[int, Meta(description="Its files, without manifests.")]
    messages: Annotated[int, Meta(description="Messages in it.")]
    until: Annotated[str | None, Meta(description="When its newest entry was made.")]
    verified_at: Annotated[str | None, Meta(description="When it was last proven.")]
    fault: Annotated[str | None, Meta(description="What its last proof found, or why it failed.")]


class DataState(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored, and whether it is safe. `backups`: the newest first."""

    stored: Annotated[list[StoredKind], Meta(description="The room taken, by kind.")]
    free: Annotated[int, Meta(description="Bytes that are free on the disk of DATA_DIR.")]
    daily: Annotated[bool, Meta(description="Whether a backup is made every night.")]
    keep_days: Annotated[int, Meta(description="Days of which one is kept.")]
    folder: Annotated[str, Meta(description="Where backups are written.")]
    same_disk: Annotated[bool, Meta(description="Whether that is on the disk of the data.")]
    sealed: Annotated[bool, Meta(description="Whether backups are encrypted.")]
    old: Annotated[bool, Meta(description="Whether the newest proven one is too old.")]
    backups: Annotated[list[ListedBackup], Meta(description="Those that are whole.")]
    archive: Annotated[ArchiveState, Meta(description="The archive.")]


@operation("What is stored, how much room it takes, and the backups", tag="admin", admin=True,
           ok=DataState)  # fmt: skip
async def show_data(request: web.Request) -> DataState:
    settings, now, database = request.app[SETTINGS], request.app[CLOCK](), request.app[DATABASE]
    known, held = await usage(database), await archived(database)
    proof = await _archive_state(database, held)
    return await asyncio.to_thread(_state, settings, known, held, proof, now)


async def _archive_state(database: Database, held: Archived) -> ArchiveState:
    known, newest = await jobs.last(database, PROOF), await jobs.newest(database, PROOF)
    return ArchiveState(
        parts=held.parts,
        messages=held.messages,
        until=timestamp(held.until) if held.until else None,
        verified_at=timestamp(known.done_at) if known and known.done_at else None,
        fault=newest.error if newest and newest.outcome == "failed" else None,
    )


def _state(
    settings: Settings, known: Usage, held: Archived, archive: ArchiveState, now: datetime
) -> DataState:
    root = root_of(settings)
    backups = listed(root)
    return DataState(
        stored=[
            StoredKind(kind="database", bytes=known.database_bytes, count=None),
            StoredKind(kind="files", bytes=known.files_bytes, count=known.files),
            StoredKind(kind="archive", bytes=held.bytes, count=held.parts),
            StoredKind(
                kind="backups", bytes=sum(each.bytes for each in backups), count=len(backups)
            ),
        ],
        free=shutil.disk_usage(settings.data_dir).free,
        daily=settings.backup_keep_days > 0,
        keep_days=settings.backup_keep_days,
        folder=str(root),
        same_disk=settings.backup_copy_dir is None
        and settings.backup_s3_url is None
        and _same_disk(root, settings.data_dir),
        sealed=settings.backup_age_recipient is not None,
        old=bool(backups) and (newest_proven(root) is None or too_old(root, now)),
        backups=[_shown(each) for each in reversed(backups)],
        archive=archive,
    )


def _shown(backup: Backup) -> ListedBackup:
    made = backup.manifest
    return ListedBackup(
        name=backup.name, made_at=timestamp(backup.made_at), state=backup.state,
        bytes=backup.bytes, files=made.files, seconds=made.seconds, sealed=made.sealed,
        unproven=made.unproven,
    )  # fmt: skip


def _same_disk(root: Path, data_dir: Path) -> bool:
    existing = next(path for path in (root, *root.parents) if path.exists())
    return existing.stat().st_dev == data_dir.stat().st_dev
