"""Where contents are kept: files under their SHA-256 in a folder, or objects in a bucket (obstore).

A content is there whole or not at all: on disk it is written beside, synced and renamed; a bucket
shows an object once all of it has arrived. Which place holds which content is the database's to
say: there may be two, while one is moved into the other.
"""

import asyncio
import errno
import os
import shutil
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from messenger.config import Settings
from messenger.errors import StorageFull, Unavailable
from messenger.files import disk
from messenger.files.bucket import Bucket
from messenger.priority import give_way

if TYPE_CHECKING:
    from messenger.files.objects import Objects

T = TypeVar("T")
PlaceName = Literal["disk", "s3"]

PIECE: Final = {"disk": 256 * 1024, "s3": 1024 * 1024}
"""Bytes that are read at once, and held for each download."""
FULL: Final = (errno.ENOSPC, errno.EDQUOT)
NICENESS: Final = 10
"""A tenth of the loop's share of a processor, where both want it."""
THREADS: Final = 4
"""For what blocks on a disk; more only wait for the same disk."""


@contextmanager
def translated() -> Iterator[None]:
    """Say what failed in our terms; what is not there stays FileNotFoundError."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull from error
        raise Unavailable("Files cannot be reached right now; try again shortly.") from error


def key_of(sha256: bytes) -> str:
    """The path of a content within its place."""
    name = sha256.hex()
    return f"{name[:2]}/{name}"


class Place:
    """A folder or a bucket. Every method may raise Unavailable."""

    def __init__(self, name: PlaceName, where: Path | Bucket) -> None:
        self.name = name
        self._where = where
        # State: made when the first content is asked for.
        self._made: Objects | None = None

    def __repr__(self) -> str:
        where = self._where if isinstance(self._where, Path) else self._where.name
        return f"<Place {self.name} {where}>"

    def path(self, sha256: bytes) -> Path | None:
        """The file that holds a content; None in a bucket."""
        return self._where / key_of(sha256) if isinstance(self._where, Path) else None

    async def put(self, sha256: bytes, source: Path, run: "Threads") -> None:
        """Take over a file that holds this content; returns once it would survive a power cut.

        Raises StorageFull. The source is gone afterwards, or can go.
        """
        path = self.path(sha256)
        if path is None:
            await (await self._objects()).put(key_of(sha256), source)
        else:
            with translated():
                await run(_settle, source, path)

    async def size(self, sha256: bytes) -> int | None:
        """Bytes of a content; None where it is not."""
        return await (await self._objects()).size(key_of(sha256))

    async def read(
        self, sha256: bytes, start: int, end: int, step: Callable[[int], int] = int
    ) -> AsyncGenerator[memoryview, None]:
        """The bytes from `start` up to `end`, in pieces; raises FileNotFoundError.

        `step` is asked for the size of each, and given the usual one.
        """
        usual, path = PIECE[self.name], self.path(sha256)
        if path is not None:
            found = disk.read(path, start, end, lambda: step(usual))
            with translated():
                async with aclosing(found) as pieces:
                    async for piece in pieces:
                        yield piece
            return
        objects = await self._objects()
        while start < end:
            upto = min(start + step(usual), end)
            yield await objects.read(key_of(sha256), start, upto)
            start = upto

    async def remove(self, sha256: bytes) -> None:
        """Delete a content; harmless where there is none."""
        await (await self._objects()).remove(key_of(sha256))

    async def listed(self) -> AsyncIterator[tuple[bytes, int]]:
        """Every content that is here, with its size, in no order."""
        async for key, size in (await self._objects()).listed():
            folder, _, name = key.partition("/")
            if len(name) == 64 and name.startswith(folder):
                yield bytes.fromhex(name), size

    async def _objects(self) -> "Objects":
        if self._made is None:
            # Importing it takes as long as a hundred messages: not on the loop.
            self._made = await asyncio.to_thread(_reached, self._where)
        return self._made


def _reached(where: Path | Bucket) -> "Objects":
    from messenger.files.objects import Objects

    return Objects(where)


class Threads:
    """Where a disk is waited for, so that the loop is not kept waiting."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="files", initializer=_give_way)

    async def __call__(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)

    def close(self) -> None:
        self._pool.shutdown()


def _give_way() -> None:
    """Hashing and unpacking go before nothing. On Linux a priority can be a thread's."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
        give_way()


def _settle(source: Path, target: Path) -> None:
    """Give a finished file its place: synced before it has the name, and the name after."""
    with source.open("rb") as file:
        os.fsync(file.fileno())
    parents = [target.parent]
    if not target.parent.is_dir():
        target.parent.mkdir(mode=0o700, exist_ok=True)
        parents.append(target.parent.parent)
    source.replace(target)
    for parent in parents:
        _sync_folder(parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Storage:
    """The places there are, and the one that new contents go to."""

    def __init__(self, folder: Path, bucket: Bucket | None, primary: PlaceName) -> None:
        self.incoming = folder / "incoming"
        self.folder = folder / "contents"
        for each in (self.incoming, self.folder):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        here = Place("disk", self.folder)
        self.places: dict[str, Place] = {"disk": here}
        if bucket is not None:
            self.places["s3"] = Place("s3", bucket)
        self.primary = self.places[primary]
        self.threads = Threads()

    def __repr__(self) -> str:
        return f"<Storage {sorted(self.places)}, new ones on {self.primary.name}>"

    def place(self, name: str) -> Place:
        """Raises Unavailable for a bucket that is not in the settings any more."""
        found = self.places.get(name)
        if found is None:
            raise Unavailable("The bucket that holds this is not configured.")
        return found

    def free(self) -> int:
        """Bytes that are free on the disk of DATA_DIR."""
        return shutil.disk_usage(self.folder).free

    def clear_incoming(self) -> None:
        """Remove what was left of uploads; only for the one process that receives them."""
        for path in self.incoming.iterdir():
            path.unlink(missing_ok=True)

    def close(self) -> None:
        self.threads.close()


def storage_of(settings: Settings) -> Storage:
    """Where files are kept, by the settings; makes the folders."""
    return Storage(settings.data_dir / "files", bucket_of(settings), settings.file_storage)


def bucket_of(settings: Settings) -> Bucket | None:
    """The bucket of the settings, whether or not new files go there."""
    if settings.s3_url is None:
        return None
    name, prefix = settings.s3_url
    return Bucket(
        name=name,
        prefix=prefix,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        access_key=settings.s3_access_key_id,
        secret_key=settings.s3_secret_access_key,
    )
