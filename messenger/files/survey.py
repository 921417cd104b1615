"""Looks over all contents: whether each is whole where its row says, and what nobody knows of.

Beside a running server. What is being uploaded has its row before it has its content, so a
content without a row is left over from something else.
"""

import hashlib
from collections.abc import AsyncIterator
from functools import partial

import msgspec

from messenger.files.storage import Place, Storage
from messenger.store.db import Database
from messenger.store.rows import blobs

PAGE = 1000


class Survey(msgspec.Struct):
    """What was found; contents by their SHA-256 in hex."""

    whole: int = 0
    missing: list[str] = []
    damaged: list[str] = []
    strays: list[str] = []

    @property
    def well(self) -> bool:
        return not self.missing and not self.damaged


async def survey(database: Database, storage: Storage) -> Survey:
    """Read every content and compare it with its name; then list what is in no row."""
    found = Survey()
    async for sha256, size, name in every(database):
        try:
            good = await digest_of(storage.place(name), sha256, size) == sha256
        except FileNotFoundError:
            # Removed since, or claimed for an upload that did not end: its row is the sweep's.
            if await blobs.is_referenced(database, sha256):
                found.missing.append(sha256.hex())
            continue
        if good:
            found.whole += 1
        else:
            found.damaged.append(sha256.hex())
    for place in storage.places.values():
        async for sha256 in strays(database, place):
            found.strays.append(f"{place.name}: {sha256.hex()}")
    return found


async def every(database: Database) -> AsyncIterator[tuple[bytes, int, str]]:
    """The row of every content: its hash, size and place."""
    last = b""
    while page := await blobs.contents(database, last):
        for row in page:
            yield row
        last = page[-1][0]


async def digest_of(place: Place, sha256: bytes, size: int) -> bytes:
    """The hash of what is there under a name; raises FileNotFoundError."""
    if await place.size(sha256) is None:
        raise FileNotFoundError
    digest = hashlib.sha256()
    try:
        async for piece in place.read(sha256, 0, size):
            digest.update(piece)
    except ValueError:
        # It is shorter than it should be.
        return b""
    return digest.digest()


async def strays(database: Database, place: Place) -> AsyncIterator[bytes]:
    """Contents that are in a place and have no row, or one that names another place."""
    waiting: list[bytes] = []

    async def unknown() -> list[bytes]:
        known = await blobs.places_of(database, waiting)
        return [sha256 for sha256 in waiting if known.get(sha256) != place.name]

    async for sha256, _ in place.listed():
        waiting.append(sha256)
        if len(waiting) == PAGE:
            for each in await unknown():
                yield each
            waiting.clear()
    for each in await unknown():
        yield each


async def remove_strays(database: Database, storage: Storage) -> int:
    """Remove what no row knows of, in every place; return how many."""
    removed = 0
    for place in storage.places.values():
        async for sha256 in strays(database, place):
            removed += await blobs.remove_stray(database, sha256, partial(place.remove, sha256))
    return removed
