"""An organisation's export into an empty deployment: all of it, or nothing.

Checked before anything is written; then contents, then all rows in one transaction.
"""

import hashlib
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from messenger.archive.format import HEADERS
from messenger.export.format import (
    CONTENTS,
    LOGS,
    MANIFEST,
    SUMS,
    ExportProblem,
    Manifest,
    Told,
    unheard,
)
from messenger.export.making import saying
from messenger.files.storage import Storage
from messenger.store.archive.session import Session
from messenger.store.export import bringing, reading

AT_ONCE: Final = 2000
PIECE: Final = 1 << 20


class Import:
    """One import of a folder."""

    def __init__(
        self,
        session: Session,
        storage: Storage,
        source: Path,
        told: Told = unheard,
    ) -> None:
        self.session = session
        self.storage = storage
        self.source = source
        self.told = told
        # State: bytes that were checked and brought.
        self.done = 0

    async def bring(self) -> Manifest:
        """Do it; raises ExportProblem, and then nothing was changed."""
        with saying("nothing was imported"):
            manifest = self._checked()
            if not bringing.claim(self.session):
                raise ExportProblem("A server runs on this database: stop it first.")
            if not bringing.is_empty(self.session):
                raise ExportProblem("There are people here already: import where nobody is.")
            put: list[bytes] = []
            try:
                self.done = 0
                for path in sorted(self.source.glob(f"{CONTENTS}/*/*")):
                    await self._put(path, put)
                    self.done += path.stat().st_size
                    self._tell("files")
                with self.session.together():
                    self._rows()
                    details: dict[str, Any] = {"of": "org", "sums": manifest.sums}
                    reading.record(self.session, "data.import", None, details)
            except BaseException:
                for sha256 in put:
                    await self.storage.primary.remove(sha256)
                raise
        return manifest

    def _checked(self) -> Manifest:
        """The manifest, once every file is what it says."""
        try:
            found = (self.source / MANIFEST).read_bytes()
            manifest = msgspec.json.decode(found, type=Manifest)
        except (FileNotFoundError, msgspec.MsgspecError):
            raise ExportProblem(f"{self.source} is no export of version 1.") from None
        if manifest.kind != "org":
            raise ExportProblem("Only an export of the whole organisation can be imported.")
        here = reading.schema(self.session)
        if manifest.schema != here:
            raise ExportProblem(
                f"The export is of the schema {manifest.schema}, and this is {here}: import it with"
                " the program it was made with, then upgrade."
            )
        if digest(self.source / SUMS) != manifest.sums:
            raise ExportProblem(f"{SUMS} is not what was exported.")
        with (self.source / SUMS).open() as sums:
            for line in sums:
                self._tell("checking")
                wanted, _, name = line.rstrip("\n").partition("  ")
                path = self.source / name
                named = wanted if not name.startswith(f"{CONTENTS}/") else path.name
                if not path.is_file() or digest(path) != wanted or named != wanted:
                    raise ExportProblem(f"{name} is missing, or not what was exported.")
                self.done += path.stat().st_size
        return manifest

    def _tell(self, where: str) -> None:
        self.told(where, self.done)

    async def _put(self, path: Path, put: list[bytes]) -> None:
        sha256 = bytes.fromhex(path.name)
        if await self.storage.primary.size(sha256) is not None:
            return
        aside = self.storage.incoming / f"import-{path.name}"
        try:
            shutil.copyfile(path, aside)
            await self.storage.primary.put(sha256, aside, self.storage.threads)
            put.append(sha256)
        finally:
            aside.unlink(missing_ok=True)

    def _rows(self) -> None:
        bringing.clear(self.session)
        for path in self.source.glob(f"{CONTENTS}/*/*"):
            sha256, size = bytes.fromhex(path.name), path.stat().st_size
            bringing.content(self.session, sha256, size, self.storage.primary.name)
        for table in bringing.BROUGHT:
            for lines in pages(self.source / table.path):
                bringing.rows(self.session, table, lines)
        with bringing.without_indexes(self.session):
            found = sorted(self.source.glob(f"{LOGS}/*.jsonl"))
            for number, path in enumerate(found, 1):
                with path.open("rb") as file:
                    header = HEADERS.decode(file.readline())
                    for lines in batches(file):
                        bringing.entries(self.session, header.stream, lines)
                        self.done += sum(map(len, lines))
                        self._tell(f"log {number} of {len(found)}")
        bringing.finish(self.session)


def pages(path: Path) -> Iterator[list[bytes]]:
    with path.open("rb") as file:
        yield from batches(file)


def batches(file: BinaryIO) -> Iterator[list[bytes]]:
    """The lines that are left, so many at once."""
    while lines := list(islice(file, AT_ONCE)):
        yield lines


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
