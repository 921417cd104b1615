"""From received bytes to files: contents stored first, then their rows, all of a request or none.

Before a content is stored its row is claimed, which keeps it from the sweep; a content that is
there already is not written again.
"""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from messenger.files.names import display_name
from messenger.files.spool import Spool
from messenger.files.storage import Storage
from messenger.files.types import type_of
from messenger.model import File
from messenger.store.db import Database
from messenger.store.rows import blobs, files
from messenger.store.rows.files import Quotas, Upload


class Received(msgspec.Struct, frozen=True):
    """One file of a request: its name as it came, and its bytes."""

    name: str
    spool: Spool


class Intake:
    """Where uploads become files of a chat."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        most: int,
        quotas: Quotas,
        clock: Callable[[], datetime],
    ) -> None:
        self.database = database
        self.storage = storage
        self.most = most
        self.quotas = quotas
        self.clock = clock

    def __repr__(self) -> str:
        return f"<Intake of up to {self.most} bytes a file into {self.storage!r}>"

    async def check(self, user_id: int, chat_id: int, size: int) -> None:
        """Refuse before it arrives what would be refused after: NotFound, QuotaExceeded."""
        await files.check_may_upload(self.database, user_id, chat_id)
        await files.check_quotas(self.database, user_id, self.quotas, size)

    def begin(self) -> Spool:
        """A place for the bytes of one upload."""
        return Spool(self.storage, self.most)

    async def keep(
        self, user_id: int, chat_id: int, received: Sequence[Received], key: str | None
    ) -> list[File]:
        """Make files of closed spools; the same key makes the same files again.

        Raises what `files.add` does, StorageFull and Unavailable.
        """
        uploads = []
        for number, each in enumerate(received):
            await self._store(each.spool)
            uploads.append(
                Upload(
                    id=id_of(user_id, key, number),
                    name=display_name(each.name),
                    mime=type_of(each.spool.head),
                    size=each.spool.size,
                    sha256=each.spool.sha256,
                )
            )
        return await files.add(
            self.database, user_id, chat_id, uploads, self.quotas, self.clock()
        )  # fmt: skip

    async def _store(self, spool: Spool) -> None:
        primary = self.storage.primary
        name = await blobs.claim(
            self.database, spool.sha256, spool.size, primary.name, self.clock()
        )
        if await self.storage.place(name).size(spool.sha256) == spool.size:
            return
        await primary.put(spool.sha256, spool.path, self.storage.threads)
        if name != primary.name:
            await blobs.settle(self.database, spool.sha256, primary.name)


def id_of(user_id: int, key: str | None, number: int) -> str:
    """The id of a request's file: made of its key where there is one."""
    if key is None:
        return str(uuid.uuid4())
    digest = hashlib.sha256(f"{user_id} {number} {key}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))
