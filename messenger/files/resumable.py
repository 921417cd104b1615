"""Uploads that go on where they were interrupted: parts on the disk, described beside.

How far one has come is the length of its part, so nothing is to be kept in step; its hash is made
when it is whole. The file has the id that the upload was given, so a repeat of the last step makes
no second one. An archive waits, whole, until it is unpacked, and what became of it is written down
for who asks again. Knows nothing of HTTP.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from messenger.errors import (
    NotFound,
    OffsetConflict,
    PayloadTooLarge,
    RateLimited,
    UnsupportedType,
    ValidationFailed,
)
from messenger.files.intake import Intake, Received, id_of
from messenger.files.parts import Outcome, Parts, Upload
from messenger.files.spool import Spool
from messenger.files.storage import translated
from messenger.files.unpacking import Archives, Progress
from messenger.model import FileAbout
from messenger.store.rows import files

LIVES: Final = timedelta(hours=24)
"""From its last part on."""
AT_ONCE: Final = 50
"""Unfinished uploads of one person."""


class Uploads:
    """The uploads that are under way, and those that ended lately."""

    def __init__(
        self, intake: Intake, archives: Archives, clock: Callable[[], datetime]
    ) -> None:  # fmt: skip
        self.intake = intake
        self.archives = archives
        self.clock = clock
        self.parts = Parts(intake.storage.folder.parent / "resumable")
        self._run = intake.storage.threads
        # State: the uploads that a request writes to right now.
        self._busy: set[str] = set()
        # One after the other: each counts those that were begun before it.
        self._beginning = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<Uploads in {self.parts.folder}, {len(self._busy)} being written>"

    async def create(
        self,
        user_id: int,
        chat_id: int,
        name: str,
        size: int,
        about: FileAbout,
        *,
        unpack: bool = False,
    ) -> Upload:
        """Begin an upload; one to `unpack` is an archive, and as large as one may be.

        Raises NotFound for who is not in the chat, PayloadTooLarge, QuotaExceeded, StorageFull,
        and RateLimited with too many of them unfinished.
        """
        most = self.archives.most if unpack else self.intake.most
        if size > most:
            kind = "An archive" if unpack else "A file"
            raise PayloadTooLarge(f"{kind} has up to {most} bytes here.", limit=most)
        key = f"resumable {uuid.uuid4()}"
        upload = Upload(
            id=id_of(user_id, key, 0),
            key=key,
            user_id=user_id,
            chat_id=chat_id,
            name=name,
            size=size,
            unpack=unpack,
            about=about,
        )
        async with self._beginning:
            unfinished = await self._run(self.parts.unfinished, user_id)
            waiting = sum(each.size for each in unfinished)
            await self.intake.check(user_id, chat_id, size, waiting)
            if len(unfinished) >= AT_ONCE:
                raise RateLimited(60_000, f"Finish or end some of your {AT_ONCE} uploads first.")
            with translated():
                await self._run(self.parts.begin, upload)
        return upload

    async def find(self, user_id: int, id: str) -> Upload:
        """Somebody's own upload; raises NotFound for any other."""
        upload: Upload | None = await self._run(self.parts.find, id)
        if upload is None or upload.user_id != user_id or self.expires(upload) <= self.clock():
            raise NotFound("There is no such upload, or it has run out.")
        return upload

    async def offset(self, upload: Upload) -> int:
        """How many bytes are here; all of them once the file is made, or the archive unpacked."""
        try:
            return self.parts.path(upload.id).stat().st_size
        except FileNotFoundError:
            if self.parts.outcome(upload.id) is not None:
                return upload.size
            made = await files.find(self.intake.database, [upload.id])
            return upload.size if made else 0

    def expires(self, upload: Upload) -> datetime:
        """When it is forgotten unless more of it comes."""
        changed = self.parts.changed(upload.id)
        return self.clock() if changed is None else changed + LIVES

    async def append(self, upload: Upload, offset: int, chunks: AsyncIterator[bytes]) -> int:
        """Write what comes from `offset` on; return where it ends.

        What has come is kept, however it ends. Raises OffsetConflict where that is not where
        the upload is, or while another request writes to it, and PayloadTooLarge.
        """
        async with self._alone(upload):
            at = await self.offset(upload)
            if offset != at:
                raise OffsetConflict(offset=at)
            async for chunk in chunks:
                if at + len(chunk) > upload.size:
                    raise PayloadTooLarge("That is more than the upload was to have.")
                with translated():
                    await self._run(self.parts.append, upload.id, chunk)
                at += len(chunk)
            return at

    async def finish(self, upload: Upload) -> None:
        """Make the file of an upload that is whole; harmless where it is made already.

        An archive stays as it is: `unpack` makes its files. Raises what `Intake.keep` does; a voice
        message that is none is forgotten.
        """
        if upload.unpack:
            return
        async with self._alone(upload):
            part = self.parts.path(upload.id)
            if not part.exists():
                return
            spool = await Spool.of(self.intake.storage, part)
            try:
                received = [Received(upload.name, spool, upload.about)]
                await self.intake.keep(upload.user_id, upload.chat_id, received, upload.key)
                await self._run(self.parts.close, upload.id)
            except ValidationFailed:
                await self._run(self.parts.forget, upload.id)
                raise
            finally:
                await spool.discard()

    async def unpack(
        self,
        upload: Upload,
        *,
        keep: bool,
        progress: Progress,
        still: Callable[[], Awaitable[object]],
    ) -> Outcome:
        """Make files of an archive that is whole; who asks again hears what became of it.

        `still` is awaited before the files are made, and raises where they may not be any more.
        Raises OffsetConflict while parts are missing or another request unpacks it, and what
        `Archives.unpack` and `Intake.add` do; what cannot be unpacked is forgotten.
        """
        if not upload.unpack:
            raise ValidationFailed("This upload was not announced as an archive to unpack.")
        async with self._alone(upload):
            outcome: Outcome | None = await self._run(self.parts.outcome, upload.id)
            if outcome is not None:
                return outcome
            if (at := await self.offset(upload)) != upload.size:
                raise OffsetConflict(offset=at)
            try:
                outcome = await self._unpack(upload, keep, progress, still)
            except (UnsupportedType, PayloadTooLarge, ValidationFailed):
                await self._run(self.parts.forget, upload.id)
                raise
            with translated():
                await self._run(self.parts.close, upload.id, outcome)
            return outcome

    async def _unpack(
        self, upload: Upload, keep: bool, progress: Progress, still: Callable[[], Awaitable[object]]
    ) -> Outcome:
        spool = await Spool.of(self.intake.storage, self.parts.path(upload.id))
        try:
            received = Received(upload.name, spool)
            contents = await self.archives.unpack(
                upload.user_id, received, key=upload.key, keep=keep, progress=progress
            )
        finally:
            await spool.discard()
        await still()
        made = await self.intake.add(upload.user_id, upload.chat_id, contents.uploads)
        ids = [file.id for file in made]
        original = ids.pop() if keep else None
        return Outcome(files=ids, refused=contents.refused, original=original)

    async def end(self, upload: Upload) -> None:
        """Forget an upload and what has come of it."""
        async with self._alone(upload):
            await self._run(self.parts.forget, upload.id)

    async def sweep(self) -> int:
        """Forget those that have run out; return how many."""
        gone = 0
        for upload in await self._run(self.parts.all):
            if self.expires(upload) <= self.clock() and upload.id not in self._busy:
                await self._run(self.parts.forget, upload.id)
                gone += 1
        await self._run(self.parts.clear, self.clock() - LIVES)
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
