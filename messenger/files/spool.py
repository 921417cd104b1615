"""One upload while it arrives: written to the disk, counted and hashed as it comes.

What is written here is seen by nobody. A spool ends as a content (`Storage.put`) or is discarded;
what a killed server leaves behind goes at the next start.
"""

import hashlib
import os
import shutil
import uuid
from pathlib import Path
from typing import Final

from messenger.errors import PayloadTooLarge
from messenger.files.storage import Storage, translated
from messenger.files.types import HEAD_BYTES

BUFFER: Final = 256 * 1024
"""Bytes that are gathered before they are written: each write is a trip to a thread."""


class Spool:
    """A file that is not one yet. `close` or `discard` it."""

    def __init__(self, storage: Storage, most: int) -> None:
        self.path: Path = storage.incoming / uuid.uuid4().hex
        self.size = 0
        self.head = b""
        self._most = most
        self._run = storage.threads
        # State: what is gathered, the hash of all that is written, the open file.
        self._waiting = bytearray()
        self._hash = hashlib.sha256()
        self._file: int | None = None

    def __repr__(self) -> str:
        return f"<Spool {self.path.name}, {self.size} bytes>"

    @classmethod
    async def of(cls, storage: Storage, path: Path) -> "Spool":
        """A spool of a file that is whole, under a second name: the first stays as it is."""
        spool = cls(storage, 0)
        with translated():
            await storage.threads(_link, path, spool.path)
            await storage.threads(spool._read)
        return spool

    def _read(self) -> None:
        with self.path.open("rb") as file:
            self.head = file.read(HEAD_BYTES)
            file.seek(0)
            while piece := file.read(BUFFER):
                self._hash.update(piece)
                self.size += len(piece)

    @property
    def sha256(self) -> bytes:
        return self._hash.digest()

    async def write(self, chunk: bytes) -> None:
        """Take more of it; raises PayloadTooLarge past the limit, StorageFull, Unavailable."""
        self.size += len(chunk)
        if self.size > self._most:
            raise PayloadTooLarge(
                f"A file has up to {self._most} bytes here; this one has more.", limit=self._most
            )
        if len(self.head) < HEAD_BYTES:
            self.head += chunk[: HEAD_BYTES - len(self.head)]
        self._waiting += chunk
        if len(self._waiting) >= BUFFER:
            await self._flush()

    async def close(self) -> None:
        """Write what is left."""
        await self._flush()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    async def discard(self) -> None:
        """Leave nothing behind; harmless after the content was taken over."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        await self._run(self.path.unlink, True)

    async def _flush(self) -> None:
        waiting, self._waiting = self._waiting, bytearray()
        with translated():
            await self._run(self._append, waiting)

    def _append(self, piece: bytearray) -> None:
        if self._file is None:
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._hash.update(piece)
        view = memoryview(piece)
        while view:
            view = view[os.write(self._file, view) :]


def _link(path: Path, other: Path) -> None:
    try:
        other.hardlink_to(path)
    except FileNotFoundError:
        raise
    except OSError:
        # Not every file system can.
        shutil.copyfile(path, other)
