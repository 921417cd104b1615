"""The log of the embedded PostgreSQL (WAL), kept beside the backups as it is written.

A base (pg_basebackup, in the backup's folder) and the log since then lead to any moment after it.
pg_receivewal writes it to `wal/SYSTEM`; its slot has PostgreSQL keep what was not received yet, up
to `max_slot_wal_keep_size`. The segment that is being written ends in `.partial`.
"""

import re
import shutil
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from messenger.archive.vault import mirror_in
from messenger.backup.folders import Backup, listed, root_of
from messenger.config import Settings
from messenger.store import clients
from messenger.store.comparing import system
from messenger.store.db import Database

BASE: Final = "base"
SLOT: Final = "messenger_log"
SEGMENT: Final = 16 * 2**20
_NAMED: Final = re.compile(r"[0-9A-F]{24}(\.partial)?")


class Range(msgspec.Struct, frozen=True):
    """What a base needs of the log, from `start` on."""

    start: str = msgspec.field(name="Start-LSN")


class BaseManifest(msgspec.Struct, frozen=True):
    """The part of pg_basebackup's manifest that is read here."""

    ranges: list[Range] = msgspec.field(name="WAL-Ranges")


def place_of(root: Path, system: str) -> Path:
    """Where the log of a cluster is: by its system identifier, so that no two meet."""
    return root / "wal" / system


def has_base(backup: Backup) -> bool:
    return f"{BASE}/base.tar.gz" in backup.manifest.parts


def first_segment(backup: Backup) -> str:
    """The first segment that a backup's base needs: its name without the timeline."""
    content = (backup.path / BASE / "backup_manifest").read_bytes()
    manifest = msgspec.json.decode(content, type=BaseManifest)
    return segment_of(manifest.ranges[0].start)


def segment_of(lsn: str) -> str:
    """The name of the segment that holds a place in the log, without the timeline."""
    high, _, low = lsn.partition("/")
    number = (int(high, 16) << 32 | int(low, 16)) // SEGMENT
    return f"{number >> 8:08X}{number & 0xFF:08X}"


def segments(folder: Path) -> list[Path]:
    """The segments of a folder in their order, the one that is being written last."""
    return sorted(path for path in folder.glob("*") if _NAMED.fullmatch(path.name))


async def receive(settings: Settings, database: Database, well: Callable[[], None]) -> None:
    """Write the log to its place until cancelled; raises ProgramFailed when that ends."""
    connection = await database.dedicated()
    try:
        server = connection.raw.raw.server_version // 10_000
        folder = place_of(root_of(settings), await system(connection))
    finally:
        await connection.close()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    programs = clients.find(server, settings.backup_programs)
    await clients.keep_log(programs, database.dsn, folder, SLOT, well)


def prune(root: Path) -> int:
    """Remove segments that no base needs any more; returns how many. Without a base, none."""
    bases = [each for each in listed(root) if has_base(each)]
    removed = 0
    for folder in (root / "wal").glob("*"):
        needed = [first_segment(each) for each in bases if each.manifest.system == folder.name]
        for path in segments(folder) if needed else ():
            if path.name[8:24] < min(needed):
                path.unlink()
                removed += 1
    if bases:
        _prune_archived(root, bases[0])
    return removed


def _prune_archived(root: Path, oldest: Backup) -> None:
    """Remove the archive's files that the oldest base lists itself, if it lists them at all."""
    took = timedelta(seconds=oldest.manifest.seconds) + timedelta(hours=1)
    needed_since = (datetime.fromisoformat(oldest.manifest.made_at) - took).timestamp()
    for path in mirror_in(root).glob("*/*"):
        if path.stat().st_mtime < needed_since and oldest.manifest.archived:
            path.unlink()


def base_before(root: Path, moment: datetime | None) -> Backup | None:
    """The newest backup with a base that leads to a moment (None: to the end of the log)."""
    fitting = [
        each
        for each in listed(root)
        if has_base(each)
        and each.state != "damaged"
        and (moment is None or datetime.fromisoformat(each.manifest.made_at) <= moment)
    ]
    return fitting[-1] if fitting else None


def lay_out(backup: Backup, cluster: Path, moment: datetime | None) -> None:
    """Make a cluster that replays the log at its next start; whole or not there at all."""
    aside = cluster.with_suffix(".restoring")
    shutil.rmtree(aside, ignore_errors=True)
    with tarfile.open(backup.path / BASE / "base.tar.gz") as base:
        # Python 3.11.2 of Debian 12 knows no filters. What is unpacked is a base of our own.
        base.extraction_filter = getattr(tarfile, "data_filter", None)
        base.extractall(aside)
    first, folder = first_segment(backup), place_of(backup.path.parent, backup.manifest.system)
    for path in segments(folder):
        # Beside the base, where PostgreSQL may read it whatever account it runs as.
        target = aside / "pg_wal" / path.name.removesuffix(".partial")
        if path.name[8:24] >= first:
            shutil.copyfile(path, target)
    for path in folder.glob("*.history"):
        shutil.copyfile(path, aside / "pg_wal" / path.name)
    # Nobody is let in before it is there: it would be one that cannot be written to.
    lines = ["restore_command = 'false'", "hot_standby = 'off'"]
    if moment is not None:
        at = moment.astimezone(UTC).isoformat()
        lines += [f"recovery_target_time = '{at}'", "recovery_target_action = 'promote'"]
    with (aside / "postgresql.auto.conf").open("a") as settings:
        settings.write("\n".join(lines) + "\n")
    (aside / "recovery.signal").touch(mode=0o600)
    for path in (aside, *aside.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    aside.rename(cluster)
