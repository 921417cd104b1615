"""The folder of backups: `NAME/` is whole, `NAME.partial/` is not and never counts.

A whole one has `manifest.json` and `SHA256SUMS`, which `sha256sum -c` understands.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, Literal

import msgspec

from messenger.config import Settings
from messenger.model import timestamp
from messenger.store.comparing import Figures

PATTERN: Final = "%Y-%m-%dT%H-%M-%SZ"
PARTIAL: Final = ".partial"
MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"
DUMP: Final = "database.dump"
FILES: Final = "files.jsonl"
KEYS: Final = "keys"
CONTENTS: Final = "contents"
SEALED: Final = ".age"
PIECE: Final = 2**20

State = Literal["proven", "unproven", "damaged"]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself; `kept` are rows of `instance` that belong into a copy."""

    version: int = 1
    made_at: str
    seconds: float
    postgres: int
    figures: Figures
    kept: dict[str, str]
    parts: dict[str, int]
    files: int
    files_bytes: int
    contents: bool
    sealed: bool
    proven_at: str | None
    unproven: str | None = None
    # Of the cluster; what is kept of its log goes by it.
    system: str = ""
    # Whether the contents of the archive's files are in it, whatever `contents` says of others.
    archived: bool = False


class Backup(msgspec.Struct, frozen=True):
    """One that is whole."""

    path: Path
    made_at: datetime
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def bytes(self) -> int:
        """Without the contents of files, which all share."""
        return sum(self.manifest.parts.values())

    @property
    def state(self) -> State:
        for part, size in self.manifest.parts.items():
            path = self.path / part
            if not path.is_file() or path.stat().st_size != size:
                return "damaged"
        return "proven" if self.manifest.proven_at else "unproven"


def root_of(settings: Settings) -> Path:
    """Where backups are, by the settings."""
    return settings.backup_dir or settings.data_dir / "backups"


def listed(root: Path) -> list[Backup]:
    """The whole ones, the oldest first."""
    found = []
    for path in sorted(root.iterdir()) if root.is_dir() else []:
        made_at = moment_of(path.name)
        with suppress(OSError, msgspec.DecodeError):
            if made_at is not None and (path / SUMS).is_file():
                manifest = msgspec.json.decode((path / MANIFEST).read_bytes(), type=Manifest)
                found.append(Backup(path, made_at, manifest))
    return found


def newest_proven(root: Path) -> Backup | None:
    """The last one that was restored for a trial, and is whole."""
    return next((each for each in reversed(listed(root)) if each.state == "proven"), None)


def moment_of(name: str) -> datetime | None:
    """When a folder's backup was made; None for what is none."""
    try:
        return datetime.strptime(name, PATTERN).replace(tzinfo=UTC)
    except ValueError:
        return None


def name_of(moment: datetime) -> str:
    """The folder's name of a backup that was made then."""
    return moment.astimezone(UTC).strftime(PATTERN)


def begin(root: Path, now: datetime) -> Path:
    """Make the folder of a new one, and remove what never became whole. Under the job's lock."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    drop_partial(root)
    # The second one of a second has the next second's name.
    while (root / name_of(now)).exists():
        now += timedelta(seconds=1)
    folder = root / f"{name_of(now)}{PARTIAL}"
    folder.mkdir(mode=0o700)
    return folder


def make(folder: Path) -> None:
    """A folder for this account alone, unless it is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def size_of(path: Path) -> int:
    return path.stat().st_size


def drop_partial(root: Path) -> None:
    """Remove what never became whole; only for the one job that writes here."""
    for left in root.glob(f"*{PARTIAL}"):
        shutil.rmtree(left)


def finish(folder: Path, manifest: Manifest) -> Backup:
    """Write manifest and sums, and give a folder its name once all would survive a power cut."""
    write(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    sums = "".join(f"{digest(folder / name)}  {name}\n" for name in (*manifest.parts, MANIFEST))
    write(folder / SUMS, sums.encode())
    for path in (*folder.rglob("*"), folder):
        synced(path)
    whole = folder.with_name(folder.name.removesuffix(PARTIAL))
    folder.rename(whole)
    synced(whole.parent)
    made_at = moment_of(whole.name)
    assert made_at is not None
    return Backup(whole, made_at, manifest)


def parts_of(folder: Path) -> dict[str, int]:
    """Every file of a folder with its size, by its path in it; closes them to others."""
    found = {}
    for path in sorted(folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if path.is_file():
            found[path.relative_to(folder).as_posix()] = path.stat().st_size
    return found


def wrong_sums(backup: Backup) -> Iterator[str]:
    """The parts that are not what was written, a sentence each."""
    for line in (backup.path / SUMS).read_text().splitlines():
        wanted, _, name = line.partition("  ")
        path = backup.path / name
        if not path.is_file():
            yield f"{name} is missing"
        elif digest(path) != wanted:
            yield f"{name} is damaged"


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, content: bytes) -> None:
    """Write a file that only this account reads."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A new file that only this account reads, and that reaches the disk with the block's end."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(descriptor)


def synced(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def said(moment: datetime) -> str:
    return timestamp(moment)
