"""Uploads that go on where they were interrupted: parts on the disk, described beside.

How far one has come is the length of its part, so nothing is to be kept in step; its hash is made
when it is whole. The file has the id that the upload was given, so a repeat of the last step makes
no second one. Knows nothing of HTTP.
"""

import os
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from messenger.errors import NotFound, OffsetConflict, PayloadTooLarge, RateLimited
from messenger.files.intake import Intake, Received, id_of
from messenger.files.spool import Spool
from messenger.files.storage import translated
from messenger.store.rows import files

LIVES: Final = timedelta(hours=24)
"""From its last part on."""
AT_ONCE: Final = 50
"""Unfinished uploads of one person."""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """One upload as it was announced; `key` makes the file's id."""

    id: str
    key: str
    user_id: int
    chat_id: int
    name: str
    size: int


class Uploads:
    """The uploads that are under way, and those that ended lately."""

    def __init__(self, intake: Intake, clock: Callable[[], datetime]) -> None:
        self.intake = intake
        self.clock = clock
        self.folder = intake.storage.folder.parent / "resumable"
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._run = intake.storage.threads
        # State: the uploads that a request writes to right now.
        self._busy: set[str] = set()

    def __repr__(self) -> str:
        return f"<Uploads in {self.folder}, {len(self._busy)} being written>"

    async def create(self, user_id: int, chat_id: int, name: str, size: int) -> Upload:
        """Begin an upload.

        Raises NotFound for who is not in the chat, PayloadTooLarge, QuotaExceeded, StorageFull,
        and RateLimited with too many of them unfinished.
        """
        if size > self.intake.most:
            raise PayloadTooLarge(
                f"A file has up to {self.intake.most} bytes here.", limit=self.intake.most
            )
        await self.intake.check(user_id, chat_id, size)
        key = f"resumable {uuid.uuid4()}"
        upload = Upload(
            id=id_of(user_id, key, 0),
            key=key,
            user_id=user_id,
            chat_id=chat_id,
            name=name,
            size=size,
        )
        if len(await self._run(self._unfinished, user_id)) >= AT_ONCE:
            raise RateLimited(60_000, f"Finish or end some of your {AT_ONCE} uploads first.")
        with translated():
            await self._run(_describe, self._about(upload.id), upload)
            await self._run(self._part(upload.id).touch, 0o600)
        return upload

    async def find(self, user_id: int, id: str) -> Upload:
        """Somebody's own upload; raises NotFound for any other."""
        upload = await self._run(_read, self._about(id))
        if upload is None or upload.user_id != user_id or self.expires(upload) <= self.clock():
            raise NotFound("There is no such upload, or it has run out.")
        return upload

    async def offset(self, upload: Upload) -> int:
        """How many bytes are here; all of them once the file is made."""
        try:
            return self._part(upload.id).stat().st_size
        except FileNotFoundError:
            made = await files.find(self.intake.database, [upload.id])
            return upload.size if made else 0

    def expires(self, upload: Upload) -> datetime:
        """When it is forgotten unless more of it comes."""
        for path in (self._part(upload.id), self._about(upload.id)):
            try:
                return datetime.fromtimestamp(path.stat().st_mtime, UTC) + LIVES
            except FileNotFoundError:
                continue
        return self.clock()

    async def append(self, upload: Upload, offset: int, chunks: AsyncIterator[bytes]) -> int:
        """Write what comes from `offset` on; return where it ends.

        What has come is kept, however it ends. Raises OffsetConflict where that is not where
        the upload is, or while another request writes to it, and PayloadTooLarge.
        """
        async with self._alone(upload):
            at = await self.offset(upload)
            if offset != at:
                raise OffsetConflict(offset=at)
            part = self._part(upload.id)
            async for chunk in chunks:
                if at + len(chunk) > upload.size:
                    raise PayloadTooLarge("That is more than the upload was to have.")
                with translated():
                    await self._run(_append, part, chunk)
                at += len(chunk)
            return at

    async def finish(self, upload: Upload) -> None:
        """Make the file of an upload that is whole; harmless where it is made already."""
        async with self._alone(upload):
            part = self._part(upload.id)
            if not part.exists():
                return
            spool = await Spool.of(self.intake.storage, part)
            received = [Received(upload.name, spool)]
            await self.intake.keep(upload.user_id, upload.chat_id, received, upload.key)
            await spool.discard()

    async def end(self, upload: Upload) -> None:
        """Forget an upload and what has come of it."""
        async with self._alone(upload):
            await self._run(self._forget, upload.id)

    async def sweep(self) -> int:
        """Forget those that have run out; return how many."""
        gone = 0
        for upload in await self._run(self._all):
            if self.expires(upload) <= self.clock() and upload.id not in self._busy:
                await self._run(self._forget, upload.id)
                gone += 1
        return gone

    @asynccontextmanager
    async def _alone(self, upload: Upload) -> AsyncIterator[None]:
        if upload.id in self._busy:
            raise OffsetConflict("Another request writes to this upload; try again in a moment.")
        self._busy.add(upload.id)
        try:
            yield
        finally:
            self._busy.discard(upload.id)

    def _part(self, id: str) -> Path:
        return self.folder / f"{id}.part"

    def _about(self, id: str) -> Path:
        return self.folder / f"{id}.json"

    def _forget(self, id: str) -> None:
        for path in (self._part(id), self._about(id)):
            path.unlink(missing_ok=True)

    def _all(self) -> list[Upload]:
        found = (_read(path) for path in self.folder.glob("*.json"))
        return [upload for upload in found if upload is not None]

    def _unfinished(self, user_id: int) -> list[Upload]:
        return [
            upload
            for upload in self._all()
            if upload.user_id == user_id and self._part(upload.id).exists()
        ]


def _describe(path: Path, upload: Upload) -> None:
    beside = path.with_suffix(".new")
    beside.write_bytes(msgspec.json.encode(upload))
    beside.replace(path)


def _read(path: Path) -> Upload | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Upload)
    except FileNotFoundError:
        return None


def _append(path: Path, chunk: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        view = memoryview(chunk)
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)
