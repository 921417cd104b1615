"""Has a backup made every night, and says when the last proven one is too old."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Gauge

from messenger.background import Background
from messenger.backup.folders import newest_proven, root_of
from messenger.config import Settings
from messenger.jobs.running import Job, Run
from messenger.jobs.schedule import Schedule
from messenger.store.db import Database

NAME: Final = "backup"
LOG_KEEPER: Final = "log keeper"
TIME: Final = "10 2 * * *"
OLD: Final = timedelta(hours=26)
"""A day, and two hours for a backup that takes long or is made up for."""


def backup_job(settings: Settings, database: Database, clock: Callable[[], datetime]) -> Job:
    """Make one backup; also what the command line runs by hand."""

    async def work(run: Run) -> None:
        from messenger.backup.making import make  # once a day: until then its memory is free

        made = await make(settings, database, clock, run.progress)
        run.details = {
            "name": made.name,
            "bytes": made.bytes,
            "files": made.manifest.files,
            "proven": made.manifest.proven_at is not None,
        }

    return work


def keep_backups(
    schedule: Schedule,
    settings: Settings,
    database: Database,
    clock: Callable[[], datetime],
    registry: CollectorRegistry,
) -> None:
    """Put it on the timetable, unless BACKUP_KEEP_DAYS is 0."""
    root = root_of(settings)
    if settings.backup_keep_days:
        schedule.add(TIME, NAME, backup_job(settings, database, clock))
    gauge = Gauge(
        "messenger_backup_proven_timestamp_seconds",
        "When the newest proven backup was made; 0: there is none.",
        registry=registry,
    )
    gauge.set_function(lambda: proven_at(root))


def keep_log(background: Background, settings: Settings, database: Database) -> None:
    """Have the log of our own PostgreSQL kept beside the backups, where BACKUP_WAL says so."""
    if not settings.backup_wal or settings.database_url is not None:
        return

    async def receive() -> None:
        from messenger.backup import wal

        await wal.receive(settings, database, lambda: background.goes_well(LOG_KEEPER))

    background.lasting(LOG_KEEPER, receive)


def proven_at(root: Path) -> float:
    """When the newest proven backup was made, in seconds; 0 without one."""
    newest = newest_proven(root)
    return newest.made_at.timestamp() if newest else 0.0


def too_old(root: Path, now: datetime) -> bool:
    """Whether the newest proven backup is older than it should ever be; False without one."""
    newest = newest_proven(root)
    return newest is not None and now - newest.made_at > OLD
