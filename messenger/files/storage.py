"""Where contents are kept: files under their SHA-256 in a folder, or objects in a bucket (obstore).

A content is there whole or not at all: on disk it is written beside, synced and renamed; a bucket
shows an object once all of it has arrived. Which place holds which content is the database's to
say: there may be two, while one is moved into the other.
"""

import asyncio
import errno
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import msgspec
import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from messenger.config import Settings
from messenger.errors import StorageFull, Unavailable

T = TypeVar("T")
PlaceName = Literal["disk", "s3"]

PIECE: Final = {"disk": 256 * 1024, "s3": 1024 * 1024}
"""Bytes that are read at once, and held for each download."""
FULL: Final = (errno.ENOSPC, errno.EDQUOT)
THREADS: Final = 4
"""For what blocks on a disk; more only wait for the same disk."""
RETRIES: Final = 3
RETRY_SECONDS: Final = 10


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """How an S3 bucket is reached; without an endpoint it is Amazon's."""

    name: str
    prefix: str
    endpoint: str | None
    region: str
    access_key: str | None
    secret_key: str | None


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
    except BaseError as error:
        raise Unavailable("Files cannot be reached right now; try again shortly.") from error


def key_of(sha256: bytes) -> str:
    """The path of a content within its place."""
    name = sha256.hex()
    return f"{name[:2]}/{name}"


class Place:
    """A folder or a bucket. Every method may raise Unavailable."""

    def __init__(self, name: PlaceName, store: Any, folder: Path | None = None) -> None:
        self.name = name
        self._store = store
        self._folder = folder

    def __repr__(self) -> str:
        return f"<Place {self.name} {self._folder or self._store}>"

    def path(self, sha256: bytes) -> Path | None:
        """The file that holds a content; None in a bucket."""
        return None if self._folder is None else self._folder / key_of(sha256)

    async def put(self, sha256: bytes, source: Path, run: "Threads") -> None:
        """Take over a file that holds this content; returns once it would survive a power cut.

        Raises StorageFull. The source is gone afterwards, or can go.
        """
        with translated():
            if self._folder is not None:
                await run(_settle, source, self._folder / key_of(sha256))
            else:
                await obstore.put_async(self._store, key_of(sha256), source)

    async def size(self, sha256: bytes) -> int | None:
        """Bytes of a content; None where it is not."""
        with translated():
            try:
                found = await obstore.head_async(self._store, key_of(sha256))
            except FileNotFoundError:
                return None
        return int(found["size"])

    async def read(self, sha256: bytes, start: int, end: int) -> AsyncIterator[memoryview]:
        """The bytes from `start` up to `end`, in pieces; raises FileNotFoundError."""
        step = PIECE[self.name]
        while start < end:
            upto = min(start + step, end)
            with translated():
                piece = await obstore.get_range_async(
                    self._store, key_of(sha256), start=start, end=upto
                )
            yield memoryview(piece)
            start = upto

    async def remove(self, sha256: bytes) -> None:
        """Delete a content; harmless where there is none."""
        with translated():
            try:
                await obstore.delete_async(self._store, key_of(sha256))
            except FileNotFoundError:
                return

    async def listed(self) -> AsyncIterator[tuple[bytes, int]]:
        """Every content that is here, with its size, in no order."""
        with translated():
            async for page in self._store.list():
                for found in page:
                    folder, _, name = found["path"].partition("/")
                    if len(name) == 64 and name.startswith(folder):
                        yield bytes.fromhex(name), int(found["size"])


class Threads:
    """Where a disk is waited for, so that the loop is not kept waiting."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="files")

    async def __call__(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)

    def close(self) -> None:
        self._pool.shutdown()


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
        disk = Place("disk", LocalStore(self.folder), self.folder)
        self.places: dict[str, Place] = {"disk": disk}
        if bucket is not None:
            self.places["s3"] = Place("s3", _open(bucket))
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
    bucket = None
    if settings.s3_url is not None:
        name, prefix = settings.s3_url
        bucket = Bucket(
            name=name,
            prefix=prefix,
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            access_key=settings.s3_access_key_id,
            secret_key=settings.s3_secret_access_key,
        )
    return Storage(settings.data_dir / "files", bucket, settings.file_storage)


def _open(bucket: Bucket) -> S3Store:
    keys: dict[str, Any] = {}
    if bucket.access_key and bucket.secret_key:
        keys = {"access_key_id": bucket.access_key, "secret_access_key": bucket.secret_key}
    if bucket.endpoint:
        keys["endpoint"] = bucket.endpoint
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        region=bucket.region,
        virtual_hosted_style_request=not bucket.endpoint,
        client_options={
            "allow_http": (bucket.endpoint or "").startswith("http://"),
            "connect_timeout": "5s",
            "timeout": "60s",
        },
        retry_config={
            "max_retries": RETRIES,
            "retry_timeout": timedelta(seconds=RETRY_SECONDS),
        },
        **keys,
    )
