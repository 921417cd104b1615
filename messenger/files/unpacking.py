"""A received ZIP becomes files, entry by entry: unpacked, drawn, stored, and told of.

While some entries are drawn and stored the next one is unpacked. Their rows are written when all of
them are stored: until then there is nothing to see, and what a failure leaves is swept.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from messenger.errors import PayloadTooLarge, UnsupportedType, ValidationFailed
from messenger.files.intake import Intake, Received, id_of
from messenger.files.refusals import ArchiveRefused, EntryRefused, Limits, Refused
from messenger.files.spool import Spool
from messenger.store.rows import files, quotas
from messenger.store.rows.files import Upload

if TYPE_CHECKING:
    from messenger.files.archive import Entry

AT_ONCE: Final = 4
"""Entries drawn and stored at once: while one is with the worker, others wait for the disk."""
TOGETHER: Final = 2
"""Archives unpacked at the same time: more only wait for the same disk and processor."""
EVERY: Final = 0.25
"""Seconds between two words about progress."""
LOOK_EVERY: Final = 8 * 1024 * 1024
"""Bytes of entries between two looks at the quotas: each look adds up all that a person has."""

Progress: TypeAlias = Callable[[int, int], None]
"""Hears how many entries are done, and of how many."""


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """Entries that are stored, and the archive after them if it is kept; what is refused, and why.

    Both in the order of the archive.
    """

    uploads: list[Upload]
    refused: list[Refused]


class Archives:
    """Takes archives in: a few at a time, whoever sends them."""

    def __init__(self, intake: Intake, most: int) -> None:
        """Up to `most` bytes of an archive, and twice as many unpacked."""
        self.most = most
        self._intake = intake
        self._free = asyncio.Semaphore(TOGETHER)

    def __repr__(self) -> str:
        return f"<Archives of up to {self.most} bytes>"

    async def unpack(
        self, user_id: int, received: Received, *, key: str | None, keep: bool, progress: Progress
    ) -> Contents:
        """Store the entries of a closed spool; `Intake.add` makes files of them.

        The same key makes the same files again. Raises UnsupportedType for what is no ZIP that can
        be read, PayloadTooLarge past the limits, ValidationFailed where nothing can be taken,
        StorageFull and Unavailable.
        """
        async with self._free:
            limits = Limits(entry=self._intake.most, unpacked=2 * self.most)
            work = _Unpacking(self._intake, limits, user_id, received, key, progress)
            return await work.done(keep=keep)


class _Unpacking:
    """One archive, received into a closed spool, on its way."""

    def __init__(
        self,
        intake: Intake,
        limits: Limits,
        user_id: int,
        received: Received,
        key: str | None,
        progress: Progress,
    ) -> None:
        self._intake = intake
        self._limits = limits
        self._user_id = user_id
        self._received = received
        self._key = key
        self._progress = progress
        # State, by an entry's number in the archive: what is stored, what is refused.
        self._uploads: dict[int, Upload] = {}
        self._refused: dict[int, Refused] = {}
        self._free = asyncio.Semaphore(AT_ONCE)
        self._total = 0
        self._progress_at = 0.0
        # What a repeat has made before; new bytes, and how many there were when quotas were asked.
        self._made: dict[str, bytes] = {}
        self._new = 0
        self._looked_at = 0

    async def done(self, *, keep: bool) -> Contents:
        try:
            async with asyncio.TaskGroup() as group:
                await self._unpack(group)
        except BaseExceptionGroup as failed:
            raise _first(failed) from None
        self._progress(self._total, self._total)
        uploads = [self._uploads[number] for number in sorted(self._uploads)]
        refused = [self._refused[number] for number in sorted(self._refused)]
        if not uploads:
            raise ValidationFailed(
                "Nothing in this archive can be taken.", refused=msgspec.to_builtins(refused)
            )
        if keep:
            id = id_of(self._user_id, self._key, 0)
            await self._take_room(id, self._received.spool)
            uploads.append(await self._intake.store(self._user_id, self._received, id))
        return Contents(uploads=uploads, refused=refused)

    async def _unpack(self, group: asyncio.TaskGroup) -> None:
        # A server that was never sent a ZIP has not imported what reads one.
        from messenger.files import archive

        run = self._intake.storage.threads
        path = self._received.spool.path
        self._total = await run(archive.number_of, path, self._limits)
        await self._look_for_room()
        found = archive.entries(path, self._limits)
        number = 0
        try:
            while (entry := await run(next, found, None)) is not None:
                number += 1
                if isinstance(entry, Refused):
                    self._done(number, entry)
                    continue
                await self._free.acquire()
                received = await self._read(entry)
                if isinstance(received, Refused):
                    self._free.release()
                    self._done(number, received)
                else:
                    group.create_task(self._store(number, entry, received))
        finally:
            # Where this was cancelled a thread may be at it still; then it closes when let go.
            with suppress(ValueError):
                found.close()

    async def _look_for_room(self) -> None:
        """Raises QuotaExceeded where there is none at all by now."""
        if self._key is not None:
            ids = [id_of(self._user_id, self._key, number) for number in range(self._total + 1)]
            made = await files.find(self._intake.database, ids)
            self._made = {each.file.id: each.sha256 for each in made}
        await self._check_quotas(0)

    async def _take_room(self, id: str, spool: Spool) -> None:
        """Refuse an entry, or the archive, before it is stored: QuotaExceeded.

        What is stored and refused then would stay until the sweep.
        """
        if self._made.get(id) == spool.sha256:
            return
        self._new += spool.size
        if self._new >= self._looked_at + LOOK_EVERY:
            self._looked_at = self._new
            await self._check_quotas(self._new)

    async def _check_quotas(self, more: int) -> None:
        intake = self._intake
        await quotas.check_quotas(intake.database, self._user_id, intake.quotas, more)

    async def _read(self, entry: "Entry") -> Received | Refused:
        run = self._intake.storage.threads
        spool = self._intake.begin()
        chunks = entry.chunks()
        try:
            while chunk := await run(next, chunks, b""):
                await spool.write(chunk)
            await spool.close()
        except BaseException as error:
            await spool.discard()
            if isinstance(error, EntryRefused):
                return Refused(entry.path, error.reason)
            raise
        return Received(entry.name, spool)

    async def _store(self, number: int, entry: "Entry", received: Received) -> None:
        id = id_of(self._user_id, self._key, number)
        folder = "/".join(entry.folders) or None
        try:
            await self._take_room(id, received.spool)
            upload = await self._intake.store(self._user_id, received, id, folder)
        finally:
            await received.spool.discard()
            self._free.release()
        self._done(number, upload)

    def _done(self, number: int, result: Upload | Refused) -> None:
        if isinstance(result, Refused):
            self._refused[number] = result
        else:
            self._uploads[number] = result
        now = monotonic()
        if now >= self._progress_at + EVERY:
            self._progress_at = now
            self._progress(len(self._uploads) + len(self._refused), self._total)


def _first(failed: BaseExceptionGroup[BaseException]) -> BaseException:
    """What to answer: one failure ends the others."""
    error = failed.exceptions[0]
    if not isinstance(error, ArchiveRefused):
        return error
    if error.reason == "damaged":
        return UnsupportedType("This is no ZIP that can be read, or it is damaged.")
    return PayloadTooLarge(
        "This archive has more in it than is taken at once; send it in parts.", reason=error.reason
    )
