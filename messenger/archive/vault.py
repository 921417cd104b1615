"""Where parts and manifests are kept: `archives/` under DATA_DIR, or in the bucket of the files.

A file is there whole or not at all. On the disk it is written beside, synced, read back and
renamed; for a bucket it is written on the disk, read back, sent, and read back from there. What a
restored backup has brought to the disk is read there, wherever it was: a name has one content.
"""

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from messenger.config import Settings
from messenger.errors import Unavailable
from messenger.files.bucket import Bucket
from messenger.files.storage import FULL, bucket_of

if TYPE_CHECKING:
    from messenger.files.objects import Objects

FOLDER: Final = "archives"
BESIDE: Final = ".incoming"
PIECE: Final = 1 << 20


class ArchiveProblem(Exception):
    """The archive cannot go on; nothing is lost, and the sentence says what to mend."""


@contextmanager
def saying(what: str) -> Iterator[None]:
    """Turn what a disk or a bucket says into a sentence; what is not there stays as it is."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in FULL:
            raise ArchiveProblem(
                f"The disk is full, and {what} was not written. Nothing was removed: make room,"
                " and the next run goes on from here."
            ) from error
        raise ArchiveProblem(f"{what} cannot be written: {error.strerror or error}.") from error
    except Unavailable as error:
        raise ArchiveProblem(
            f"The bucket cannot be reached, and {what} was not kept there. Nothing was removed: the"
            " next run goes on from here."
        ) from error


class Vault:
    """Named files, `YYYY-MM-DD/name`, on the disk or in the bucket."""

    def __init__(
        self, folder: Path, bucket: Bucket | None, primary: str, mirror: Path | None = None
    ) -> None:
        self.folder = folder
        self.primary = primary
        # Where everything new is kept once more, for going back to a moment between two backups.
        self.mirror = mirror
        self._bucket = bucket
        self._made: Objects | None = None

    def __repr__(self) -> str:
        return f"<Vault {self.folder}, new ones on {self.primary}>"

    @contextmanager
    def beside(self, name: str) -> Iterator[Path]:
        """A path to write a file at that is not there yet; what is left of it goes."""
        folder = self.folder / BESIDE
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / name.replace("/", "-")
        try:
            with saying(name):
                yield path
        finally:
            path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove what a killed run left beside; for the one that holds the lock."""
        for path in (self.folder / BESIDE).glob("*"):
            path.unlink(missing_ok=True)

    async def keep(self, name: str, path: Path) -> str:
        """Take over a whole, synced file; returns the place, once it would survive a power cut."""
        if self.mirror is not None:
            await asyncio.to_thread(_mirror, path, self.mirror / name)
        if self.primary == "disk":
            _settle(path, self.folder / name)
            return "disk"
        wanted = digest(path)
        objects = await self._objects()
        await objects.put(f"{FOLDER}/{name}", path)
        arrived = hashlib.sha256()
        async for piece in self.pieces("s3", name, size_of(path)):
            arrived.update(piece)
        if arrived.digest() != wanted:
            raise ArchiveProblem(f"{name} arrived in the bucket as something else; run it again.")
        return "s3"

    async def read(self, place: str, name: str, start: int, end: int) -> bytes:
        """Bytes of a file; raises FileNotFoundError, Unavailable."""
        path = self.folder / name
        if place == "disk" or path.is_file():
            return await asyncio.to_thread(_read, path, start, end)
        return bytes(await (await self._objects()).read(f"{FOLDER}/{name}", start, end))

    async def pieces(self, place: str, name: str, size: int) -> AsyncIterator[bytes]:
        """All bytes of a file of this size."""
        for start in range(0, size, PIECE):
            yield await self.read(place, name, start, min(size, start + PIECE))

    @asynccontextmanager
    async def local(self, place: str, name: str, size: int) -> AsyncIterator[Path]:
        """A file as one on the disk: itself, or a copy for as long as the block lasts."""
        path = self.folder / name
        if place == "disk" or path.is_file():
            yield path
            return
        with self.beside(f"read-{name}") as path:
            with path.open("wb") as file:
                async for piece in self.pieces(place, name, size):
                    file.write(piece)
            yield path

    async def size(self, place: str, name: str) -> int | None:
        """Bytes of a file; None where it is not."""
        path = self.folder / name
        if place == "disk" or path.is_file():
            return path.stat().st_size if path.is_file() else None
        return await (await self._objects()).size(f"{FOLDER}/{name}")

    async def remove(self, place: str, name: str) -> None:
        """Delete a file; harmless where there is none."""
        (self.folder / name).unlink(missing_ok=True)
        if place != "disk":
            await (await self._objects()).remove(f"{FOLDER}/{name}")

    async def names(self) -> AsyncIterator[tuple[str, str]]:
        """Place and name of every file there is, in no order."""
        for path in self.folder.glob("????-??-??/*"):
            yield "disk", path.relative_to(self.folder).as_posix()
        if self._bucket is not None:
            async for key, _ in (await self._objects()).listed():
                if key.startswith(f"{FOLDER}/"):
                    yield "s3", key.removeprefix(f"{FOLDER}/")

    async def _objects(self) -> "Objects":
        if self._bucket is None:
            raise Unavailable("The bucket that holds this is not configured.")
        if self._made is None:
            # Importing it takes as long as a hundred messages: not on the loop.
            self._made = await asyncio.to_thread(_reached, self._bucket)
        return self._made


def _reached(bucket: Bucket) -> "Objects":
    from messenger.files.objects import Objects

    return Objects(bucket)


def _read(path: Path, start: int, end: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(end - start)


def _settle(path: Path, target: Path) -> None:
    made = not target.parent.is_dir()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.replace(target)
    sync(target.parent)
    if made:
        sync(target.parent.parent)


def _mirror(path: Path, target: Path) -> None:
    """A second name of a file, or a copy where another disk is."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = target.with_name(f"{target.name}.new")
    aside.unlink(missing_ok=True)
    try:
        os.link(path, aside)
    except OSError as error:
        if error.errno in FULL:
            raise
        shutil.copyfile(path, aside)
        aside.chmod(0o600)
    descriptor = os.open(aside, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    aside.replace(target)
    sync(target.parent)


def size_of(path: Path) -> int:
    return path.stat().st_size


def write_synced(path: Path, content: bytes) -> None:
    """Write a small file, for its owner alone, and have it reach the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def vault_of(settings: Settings) -> Vault:
    """Where the archive is kept, by the settings of the files."""
    kept = settings.backup_wal and settings.database_url is None
    mirror = mirror_in(settings.backup_dir or settings.data_dir / "backups") if kept else None
    return Vault(settings.data_dir / FOLDER, bucket_of(settings), settings.file_storage, mirror)


def mirror_in(backups: Path) -> Path:
    """Where in the folder of backups the archive's files are, beside the log of PostgreSQL."""
    return backups / "wal" / FOLDER
