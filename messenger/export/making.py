"""Writing an export: beside, in one snapshot, and renamed once it is whole.

The archive and the sweep of files wait meanwhile, so that nothing goes that the snapshot names.
Memory does not depend on how much there is.
"""

import errno
import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from messenger.archive import retaining
from messenger.archive.vault import ArchiveProblem, Vault, sync
from messenger.errors import StorageFull, Unavailable
from messenger.export import logs
from messenger.export.format import (
    CONTENTS,
    LOGS,
    Book,
    ExportProblem,
    Manifest,
    Scope,
    Told,
    unheard,
)
from messenger.export.packing import pack
from messenger.files.storage import FULL, Storage, key_of
from messenger.store.archive import index
from messenger.store.archive.index import Part
from messenger.store.archive.session import Session
from messenger.store.export import reading
from messenger.store.export.tables import TABLES

OF: Final[dict[str, str]] = {"org": "org", "chat": "chat", "user": "person", "own": "person"}


@contextmanager
def saying(what: str) -> Iterator[None]:
    """Turn what a disk, a bucket or the archive says into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise ExportProblem(
                f"The disk is full, and {what}: make room and try again."
            ) from error
        if error.errno == errno.ENOENT and error.filename is None:
            raise
        raise ExportProblem(f"{error.filename}: {error.strerror}; {what}.") from error
    except StorageFull as error:
        raise ExportProblem(f"The disk is full, and {what}: make room and try again.") from error
    except (ArchiveProblem, Unavailable) as error:
        raise ExportProblem(str(error)) from error


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A folder to fill, that becomes the target once the block is left well; or nothing is left."""
    if target.exists():
        raise ExportProblem(f"{target} is there already: name a folder that is not.")
    aside = target.with_name(f".{target.name}.partial")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700, parents=True)
    try:
        yield aside
        for folder in (*filter(Path.is_dir, aside.rglob("*")), aside):
            sync(folder)
        aside.rename(target)
        sync(target.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def folder_for(target: Path) -> Iterator[Path]:
    """A folder beside a file that is to be made of it; it goes, come what may."""
    aside = target.with_name(f".{target.stem}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700, parents=True)
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


class Export:
    """One export into a folder that is not there yet."""

    def __init__(
        self,
        session: Session,
        vault: Vault,
        storage: Storage,
        scope: Scope,
        told: Told = unheard,
    ) -> None:
        self.session = session
        self.vault = vault
        self.storage = storage
        self.scope = scope
        self.told = told
        # State: what was taken so far.
        self.logs = self.entries = 0

    async def write(self, target: Path) -> Manifest:
        """Do it; raises ExportProblem, and then nothing is left of it. It is in the audit."""
        with saying("nothing was exported"), beside(target) as aside:
            self._alone()
            manifest = await self._fill(aside)
        subject = self.scope.of or None
        details: dict[str, Any] = {"of": OF[self.scope.kind], "sums": manifest.sums}
        reading.record(self.session, "data.export", subject, details)
        return manifest

    async def write_file(self, target: Path) -> Manifest:
        """The same as one ZIP, for who asked for it (then it is recorded); needs its room twice."""
        with saying("nothing was exported"), folder_for(target) as aside:
            self._alone()
            manifest = await self._fill(aside)
            pack(aside, target)
        return manifest

    def _alone(self) -> None:
        if not self.session.lock():
            raise ExportProblem("The archive is at work: export when it has finished.")
        if not reading.keep_files(self.session):
            raise ExportProblem("Files are being swept: export when that has finished.")

    async def _fill(self, aside: Path) -> Manifest:
        kind, of = self.scope.kind, self.scope.of
        await retaining.retain(self.session, self.vault)
        book = Book(aside, self.told)
        try:
            with self.session.snapshot():
                for table in TABLES:
                    if kind in table.taken:
                        with book.file(table.path) as writer:
                            reading.rows(self.session, table, kind, of, writer)
                await self._logs(book)
                book.where = "files"
                for content in reading.contents(self.session, kind, of):
                    await self._content(book, content)
                return book.finish(self.scope, reading.schema(self.session))
        finally:
            book.close()

    async def _logs(self, book: Book) -> None:
        parts: dict[int, list[Part]] = defaultdict(list)
        for part in index.parts(self.session, "removing", "done"):
            parts[part.stream_id].append(part)
        kind, of = self.scope.kind, self.scope.of
        found = reading.logs(self.session, kind, of)
        for self.logs, log in enumerate(found, 1):
            book.where = f"log {self.logs} of {len(found)}"
            # Of what others write, a person has nothing but where it is.
            sender = of if kind in ("user", "own") and log.stream != of else None
            with book.file(f"{LOGS}/{log.stream}.jsonl") as writer:
                await logs.write(
                    self.session, self.vault, log, parts[log.stream], writer,
                    book.folder / ".log", sender,
                )  # fmt: skip
            # The header is none.
            self.entries += writer.lines - 1

    async def _content(self, book: Book, content: reading.Content) -> None:
        name, hashed = f"{CONTENTS}/{key_of(content.sha256)}", hashlib.sha256()
        place = self.storage.place(content.place)
        try:
            with book.file(name) as writer:
                async for piece in place.read(content.sha256, 0, content.size):
                    writer.write(piece)
                    hashed.update(piece)
        except FileNotFoundError:
            raise ExportProblem(f"The content {name} is missing: see `files check`.") from None
        if hashed.digest() != content.sha256:
            raise ExportProblem(f"The content {name} is damaged: see `files check`.")
