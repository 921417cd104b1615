"""Removes what nothing refers to: files that no message and no task has, avatars that nobody has,
contents that neither has.

May run beside anything, more than once, and be killed at any point: what is about to be used is
touched first (`rows.files.take`, `rows.blobs.claim`), and what is removed is locked meanwhile.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from messenger.files.previews import keeping
from messenger.files.storage import Storage
from messenger.store.db import Database
from messenger.store.rows import avatars, blobs, files, releasing, search

UNSENT: Final = timedelta(hours=24)
"""An upload that nothing has named is kept for so long."""
TAKEN_BACK: Final = timedelta(hours=1)
"""After it was last taken to be attached, an avatar made, or its chat deleted: far longer than
either takes to be stored.
"""
CLAIMED: Final = timedelta(hours=6)
"""A content is kept for so long from its last upload, which may still be on its way to a bucket."""


class Swept(msgspec.Struct, frozen=True):
    """How many files and contents were removed."""

    files: int
    contents: int


async def sweep(database: Database, storage: Storage, now: datetime) -> Swept:
    """Remove all that may go by now; raises Unavailable when a place is away."""

    async def remove(sha256: bytes, place: str) -> None:
        await storage.place(place).remove(sha256)
        await keeping.forget(storage, sha256)

    while await releasing.release(database, now - TAKEN_BACK):
        pass
    forgotten = contents = 0
    while count := await files.remove_loose(database, now - UNSENT, now - TAKEN_BACK):
        forgotten += count
    while await avatars.remove_unused(database, now - TAKEN_BACK):
        pass
    while count := await blobs.remove_unreferenced(database, now - CLAIMED, remove):
        contents += count
    await search.forget_texts(database)
    await keeping.sweep(database, storage, now - CLAIMED)
    return Swept(forgotten, contents)
