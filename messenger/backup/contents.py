"""The contents of files in backups: each once, under its hash, however many days have it.

On the same disk a content is a second name of the same file; it is never written to again.
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from messenger.backup.folders import (
    CONTENTS,
    FILES,
    PIECE,
    SEALED,
    Backup,
    digest,
    moment_of,
    synced,
)

TREE: Final = "files/contents"
"""Below DATA_DIR. Previews are made again when somebody looks; the archive is `archived`'s."""
ARCHIVES: Final = "archives/"
_NO_LINKS: Final = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP)


class Entry(msgspec.Struct, frozen=True):
    """One file: its path below DATA_DIR, its hash, its size."""

    path: str
    sha256: str
    size: int


class Damaged(Exception):
    """A file in DATA_DIR is not what its name says; `messenger files check` tells which others."""


def found(data_dir: Path, known: dict[str, Entry]) -> Iterator[Entry]:
    """Every file there is to keep; `known` ones of the same path and size are not read again."""
    for path in sorted((data_dir / TREE).rglob("*")):
        if path.name.startswith("."):
            continue
        try:
            if not path.is_file():
                continue
            name, size = path.relative_to(data_dir).as_posix(), path.stat().st_size
            entry = known.get(name)
            if len(path.name) == 64 and path.parent.name == path.name[:2]:
                yield Entry(name, path.name, size)  # its name is its hash
            elif entry is not None and entry.size == size:
                yield entry
            else:
                yield Entry(name, digest(path), size)
        except FileNotFoundError:
            continue  # swept meanwhile: nothing refers to it


def place_of(root: Path, sha256: str, sealed: bool) -> Path:
    return root / CONTENTS / sha256[:2] / (sha256 + (SEALED if sealed else ""))


def keep(source: Path, target: Path, sha256: str) -> None:
    """Take a content over, unless it is there; raises Damaged, and OSError on a full disk."""
    if target.exists():
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        copied(source, target, sha256)


def kept(source: Path, target: Path, sha256: str) -> bool:
    """Take a content over; False where it was swept meanwhile, for nothing refers to it then."""
    try:
        keep(source, target, sha256)
    except FileNotFoundError:
        return False
    return True


def copied(source: Path, target: Path, sha256: str) -> None:
    """Copy a file whole or not at all, and compare what was read with its hash."""
    aside = target.with_name(f"{target.name}.new")
    hashed = hashlib.sha256()
    try:
        with source.open("rb") as read, aside.open("wb") as written:
            aside.chmod(0o600)
            while piece := read.read(PIECE):
                hashed.update(piece)
                written.write(piece)
        if hashed.hexdigest() != sha256:
            raise Damaged(
                f"{source} is not what its name says: `messenger files check` tells more."
            )
        synced(aside)
        aside.rename(target)
    finally:
        aside.unlink(missing_ok=True)


def entries_of(backup: Backup) -> dict[str, Entry]:
    """What a backup lists, by path."""
    path = backup.path / FILES
    if not path.is_file():
        return {}
    with path.open("rb") as lines:
        entries = [msgspec.json.decode(line, type=Entry) for line in lines]
    return {each.path: each for each in entries}


def kept_of(backup: Backup) -> list[Entry]:
    """The entries whose contents are in a backup."""
    entries = entries_of(backup).values()
    made = backup.manifest
    return [
        each
        for each in entries
        if made.contents or (made.archived and each.path.startswith(ARCHIVES))
    ]


def drop_unlisted(root: Path, backups: list[Backup]) -> int:
    """Remove contents that no backup lists any more; returns how many.

    None, where a list cannot be read: it may be the only one that has them.
    """
    whole = {backup.name for backup in backups if (backup.path / FILES).is_file()}
    there = {path.name for path in root.iterdir() if moment_of(path.name) is not None}
    if there - whole:
        return 0
    listed = {entry.sha256 for backup in backups for entry in entries_of(backup).values()}
    removed = 0
    for path in (root / CONTENTS).glob("*/*"):
        if path.name.removesuffix(SEALED) not in listed:
            path.unlink()
            removed += 1
    return removed


def missing(root: Path, backup: Backup) -> Iterator[str]:
    """Contents that a backup lists and that are not there, or not whole; a sentence each."""
    for entry in kept_of(backup):
        path = place_of(root, entry.sha256, backup.manifest.sealed)
        if not path.is_file():
            yield f"the content of {entry.path} is missing"
        elif not backup.manifest.sealed and digest(path) != entry.sha256:
            yield f"the content of {entry.path} is damaged"


def room_for(root: Path) -> int:
    """Bytes that are free where backups go."""
    return shutil.disk_usage(root).free
