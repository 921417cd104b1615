"""What is kept outside the tables: files, the bucket, the archive, backups."""

import asyncio
import hashlib
import shlex
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from messenger.archive.format import MANIFESTS
from messenger.archive.vault import Vault, vault_of
from messenger.backup.contents import place_of
from messenger.backup.folders import listed, newest_proven, root_of
from messenger.config import Settings
from messenger.doctor.finding import Finding, advice, well, wrong
from messenger.errors import Unavailable
from messenger.files.storage import bucket_of, key_of
from messenger.store import condition

CLOCK_TOLERANCE: Final = 60.0
"""Seconds. S3 refuses what is signed fifteen minutes off; a clock that runs away gets there."""
LOOKED_AT: Final = 5000
"""Contents whose file is looked for, and files whose row is: a second's work at the most."""
NAMED: Final = 3


def bucket(settings: Settings) -> Iterator[Finding]:
    """Nothing where there is none; else it is tried out."""
    found = bucket_of(settings)
    if found is None:
        return
    from messenger.files.trial import try_out

    trial = asyncio.run(try_out(found))
    yield from bucket_said(f"{found.name} at {found.endpoint or 'Amazon'}", trial)


def shared(settings: Settings) -> Iterator[Finding]:
    """Pure: several servers need files that each of them finds; on one machine they do."""
    if "://" in settings.bus and settings.file_storage != "s3":
        yield advice("files_shared", folder=str(settings.data_dir))


def bucket_said(where: str, trial: Any) -> Iterator[Finding]:
    """Pure: what a `files.trial.Trial` comes to."""
    if trial.fault is not None:
        yield wrong(f"bucket_{trial.fault}", where=where, said=trial.said)
        return
    yield well("bucket", where=where)
    together = trial.drift <= CLOCK_TOLERANCE
    said = {"drift": f"{trial.drift:.0f}"}
    yield well("bucket_drift", **said) if together else wrong("bucket_drift", **said)


def backups(settings: Settings, *, serves: bool) -> Iterator[Finding]:
    """How old the newest proven one is, and on which disk. `serves`: there is something to lose."""
    from messenger.jobs.backups import too_old

    root = root_of(settings)
    if not settings.backup_keep_days:
        yield advice("backup_off", setting="BACKUP_KEEP_DAYS=7")
        return
    newest = newest_proven(root)
    if newest is None:
        # One is made in the first night. That those there are were never proven is another thing.
        unproven = bool(listed(root))
        if unproven:
            yield wrong("backup_unproven", command="messenger backup run")
        elif serves:
            yield well("backup_none")
        return
    if too_old(root, datetime.now(UTC)):
        yield wrong("backup_old", name=newest.name, command="messenger backup run")
    else:
        yield well("backup", name=newest.name)
    same = root.stat().st_dev == settings.data_dir.stat().st_dev
    if same and settings.backup_copy_dir is None and settings.backup_s3_url is None:
        yield advice("backup_disk", root=root)


async def archive(settings: Settings, rows: list[Any]) -> AsyncIterator[Finding]:
    """Whether each manifest is what was written, and follows the one before it."""
    vault, before = vault_of(settings), None
    for row in rows:
        fault = await _manifest(vault, row, before)
        if fault is not None:
            yield wrong(f"archive_{fault}", name=row.name, command="messenger archive verify")
            return
        before = row.name, bytes(row.sha256).hex()
    if rows:
        yield well("archive", count=len(rows))


async def _manifest(vault: Vault, row: Any, before: tuple[str, str] | None) -> str | None:
    try:
        size = await vault.size(row.place, row.name)
        content = await vault.read(row.place, row.name, 0, size or 0)
    except (FileNotFoundError, Unavailable):
        return "missing"
    if hashlib.sha256(content).digest() != bytes(row.sha256):
        return "changed"
    previous = MANIFESTS.decode(content).previous
    follows = None if previous is None else (previous.name, previous.sha256)
    return None if follows == before else "chain"


def files(settings: Settings, connection: Any) -> Iterator[Finding]:
    """Contents without a file, and files that no row knows of, as far as a second reaches."""
    folder = settings.data_dir / "files" / "contents"
    wanted = condition.contents(connection, LOOKED_AT)
    missing = [each for each in wanted if not (folder / key_of(each)).is_file()]
    for each in missing[:NAMED]:
        yield _missing(settings, folder / key_of(each), each.hex())
    if len(missing) > NAMED:
        yield wrong("files_missing", count=len(missing), command="messenger files check")
    strays = condition.unknown(connection, list(islice(_named(folder), LOOKED_AT)))
    if strays:
        yield advice("strays", count=len(strays), command="messenger files sweep --strays")
    if not missing and not strays:
        yield well("files", count=len(wanted))


def _missing(settings: Settings, path: Path, sha256: str) -> Finding:
    """With the command that brings it back, where a backup has it as it is."""
    kept = place_of(root_of(settings), sha256, False)
    if not kept.is_file():
        return wrong("file_lost", sha256=sha256)
    ours = f"{shlex.quote(str(kept))} {shlex.quote(str(path))}"
    return wrong("file_missing", sha256=sha256, command=f"install -D -m 600 {ours}")


def _named(folder: Path) -> Iterator[bytes]:
    for path in folder.glob("??/*"):
        if len(path.name) == 64 and path.name.startswith(path.parent.name):
            yield bytes.fromhex(path.name)
