"""From received bytes to files: contents stored first, then their rows, all of a request or none.

Before a content is stored its row is claimed, which keeps it from the sweep; a content that is
there already is not written again.
"""

import hashlib
import uuid
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import msgspec

from messenger.errors import ValidationFailed
from messenger.files.names import display_name
from messenger.files.previews.keeping import Previews
from messenger.files.spool import Spool
from messenger.files.storage import Storage
from messenger.files.types import type_of
from messenger.model import File, FileAbout
from messenger.store.db import Database
from messenger.store.rows import blobs, files, quotas
from messenger.store.rows.files import Upload
from messenger.store.rows.quotas import Quotas


class Received(msgspec.Struct, frozen=True):
    """One file of a request: its name as it came, and its bytes."""

    name: str
    spool: Spool
    about: FileAbout = FileAbout()


class Intake:
    """Where uploads become files of a chat."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        most: int,
        quotas: Quotas,
        previews: Previews,
        clock: Callable[[], datetime],
    ) -> None:
        self.database = database
        self.storage = storage
        self.most = most
        self.quotas = quotas
        self.previews = previews
        self.clock = clock

    def __repr__(self) -> str:
        return f"<Intake of up to {self.most} bytes a file into {self.storage!r}>"

    async def check(self, user_id: int, chat_id: int, size: int = 0, waiting: int = 0) -> None:
        """Refuse before it arrives what would be refused after: NotFound, QuotaExceeded.

        `waiting` are bytes that the same person has announced besides.
        """
        await files.check_may_upload(self.database, user_id, chat_id)
        await quotas.check_quotas(self.database, user_id, self.quotas, size + waiting, size)

    async def check_room(self, user_id: int, spools: Mapping[str, Spool]) -> None:
        """Refuse closed spools, by the ids of their files, before they are stored: QuotaExceeded.

        What is stored and refused then would stay until the sweep.
        """
        if not self.quotas.limited:
            return
        there = {each.file.id for each in await files.find(self.database, list(spools))}
        more = {id: spool for id, spool in spools.items() if id not in there}
        new = await self._new(more.values())
        total = sum(spool.size for spool in more.values())
        await quotas.check_quotas(self.database, user_id, self.quotas, total, new)

    async def check_contents(self, user_id: int, spools: Collection[Spool]) -> None:
        """Refuse closed spools that are no files: QuotaExceeded. Known contents take no room."""
        if self.quotas.limited and (new := await self._new(spools)):
            await quotas.check_quotas(self.database, user_id, self.quotas, new, new)

    async def _new(self, spools: Collection[Spool]) -> int:
        """Bytes of those contents that are not kept yet."""
        contents = {spool.sha256: spool.size for spool in spools}
        known = await blobs.places_of(self.database, list(contents))
        return sum(size for sha256, size in contents.items() if sha256 not in known)

    def begin(self, most: int | None = None) -> Spool:
        """A place for the bytes of one upload, of so many at the most."""
        return Spool(self.storage, most or self.most)

    async def keep(
        self, user_id: int, chat_id: int, received: Sequence[Received], key: str | None
    ) -> list[File]:
        """Make files of closed spools; the same key makes the same files again.

        Raises what `files.add` does, StorageFull, Unavailable, and ValidationFailed for a voice
        message that is none.
        """
        ids = [id_of(user_id, key, number) for number in range(len(received))]
        spools = {id: each.spool for id, each in zip(ids, received, strict=True)}
        await self.check_room(user_id, spools)
        uploads = [
            await self.store(user_id, each, id) for id, each in zip(ids, received, strict=True)
        ]
        return await self.add(user_id, chat_id, uploads)

    async def store(
        self, user_id: int, received: Received, id: str, folder: str | None = None
    ) -> Upload:
        """Keep the content of a closed spool, and say what it is; the file is made by `add`."""
        spool = received.spool
        mime = type_of(spool.head)
        about = received.about
        check_voice(about, mime)
        # Before it is moved away, and maybe into a bucket.
        seen = await self.previews.describe(spool, mime, user_id)
        await self.put(spool)
        return Upload(
            id=id,
            name=display_name(received.name),
            folder=folder,
            mime=mime,
            size=spool.size,
            sha256=spool.sha256,
            width=seen.width,
            height=seen.height,
            placeholder=seen.placeholder,
            preview=seen.preview,
            no_preview=seen.no_preview,
            shown_as=about.shown_as,
            duration_ms=about.duration_ms,
            waveform=b64encode(about.waveform).decode() if about.waveform else None,
        )

    async def add(self, user_id: int, chat_id: int, uploads: Sequence[Upload]) -> list[File]:
        """Make files of stored contents, all or none; raises what `files.add` does."""
        return await files.add(
            self.database, user_id, chat_id, uploads, self.quotas, self.clock()
        )  # fmt: skip

    async def put(self, spool: Spool) -> None:
        """Store the content of a closed spool, unless it is there; raises StorageFull, Unavailable.

        Something has to refer to it soon: what nothing does is swept.
        """
        primary = self.storage.primary
        name = await blobs.claim(
            self.database, spool.sha256, spool.size, primary.name, self.clock()
        )
        if await self.storage.place(name).size(spool.sha256) == spool.size:
            return
        await primary.put(spool.sha256, spool.path, self.storage.threads)
        if name != primary.name:
            await blobs.settle(self.database, spool.sha256, primary.name)


def check_voice(about: FileAbout, mime: str) -> None:
    """Raises ValidationFailed for a voice message that is no sound."""
    if about.shown_as == "voice" and not mime.startswith("audio/"):
        raise ValidationFailed(f"A voice message is sound; this is {mime}.", field="shown_as")


def id_of(user_id: int, key: str | None, number: int) -> str:
    """The id of a request's file: made of its key where there is one."""
    if key is None:
        return str(uuid.uuid4())
    digest = hashlib.sha256(f"{user_id} {number} {key}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))
