"""The files of an export, version 1: what its manifest and sums say, and how files are made.

Every file is written once, synced, and hashed as it is written. docs/export.md tells it all.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import msgspec

from messenger.store.export.tables import Kind

MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"
LOGS: Final = "logs"
CONTENTS: Final = "contents"


Told = Callable[[str, int], None]
"""Hears where the work stands, and how many bytes are done; very often."""


def unheard(where: str, done: int) -> None:
    """Nobody looks on."""


class ExportProblem(Exception):
    """The export or import cannot be done; nothing half is left, and the sentence says why."""


class Scope(msgspec.Struct, frozen=True):
    """Whose data: of the organisation (`of` is 0), of a chat, of a person."""

    kind: Kind
    of: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an export is, in the same bytes for the same data: it says nothing of when."""

    format: Literal["messenger-export"] = "messenger-export"
    version: Literal[1] = 1
    kind: Kind
    of: int
    schema: str
    files: int
    bytes: int
    sums: str
    """The SHA-256 of SHA256SUMS, which has that of every other file."""


class Writer:
    """One file on its way; takes bytes, and counts and hashes them."""

    def __init__(self, path: Path, grown: Callable[[int], None] = lambda by: None) -> None:
        self._grown = grown
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._hash = hashlib.sha256()
        self.bytes = self.lines = 0

    def write(self, piece: bytes | memoryview) -> None:
        self._file.write(piece)
        self._hash.update(piece)
        self.bytes += len(piece)
        self.lines += 1
        self._grown(len(piece))

    def close(self) -> None:
        self._file.close()

    def settle(self) -> str:
        """Have it reach the disk; its SHA-256 in hex."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._hash.hexdigest()


class Book:
    """The folder that is being written, and the sums of what is in it."""

    def __init__(self, folder: Path, told: Told = unheard) -> None:
        self.folder = folder
        self.files = self.bytes = 0
        self.where = "the tables"
        self._told = told
        self._written = 0
        self._sums = Writer(folder / SUMS)

    @contextmanager
    def file(self, name: str) -> Iterator[Writer]:
        """A file of this name to write into; it counts once the block is left well."""
        path = self.folder / name
        path.parent.mkdir(mode=0o700, exist_ok=True, parents=True)
        writer = Writer(path, self._grown)
        try:
            yield writer
            digest = writer.settle()
        finally:
            writer.close()
        self._sums.write(f"{digest}  {name}\n".encode())
        self.files += 1
        self.bytes += writer.bytes

    def _grown(self, by: int) -> None:
        self._written += by
        self._told(self.where, self._written)

    def finish(self, scope: Scope, schema: str) -> Manifest:
        """Write the manifest, last."""
        manifest = Manifest(
            kind=scope.kind, of=scope.of, schema=schema, files=self.files, bytes=self.bytes,
            sums=self._sums.settle(),
        )  # fmt: skip
        writer = Writer(self.folder / MANIFEST)
        try:
            writer.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
            writer.settle()
        finally:
            writer.close()
        return manifest

    def close(self) -> None:
        self._sums.close()
