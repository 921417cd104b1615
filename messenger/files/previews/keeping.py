"""Previews that were drawn, in a folder beside the contents, under the hash of what they show.

The small one is drawn while its file is taken in: with it come the pixels and the placeholder that
the file's row tells. The large one is drawn when it is first asked for. Any of them can be drawn
again, so they are neither synced nor moved, and a lost one is no loss.
"""

import asyncio
import logging
import uuid
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

import msgspec

from messenger.errors import NotFound, Unavailable
from messenger.files.previews.jobs import LARGE, SMALL, Crop, NoPreview, Preview, Reason
from messenger.files.previews.studio import Studio
from messenger.files.spool import Spool
from messenger.files.storage import Storage, key_of
from messenger.files.types import RASTER
from messenger.store.db import Database
from messenger.store.rows import blobs
from messenger.store.rows.files import Stored

log = logging.getLogger(__name__)

DRAWN: Final = RASTER | {"application/pdf"}
"""Types that the worker is asked to draw; what they are in truth it finds itself."""
PAGE: Final = 1000
"""Contents that are asked for at once."""
PATIENCE: Final = 15.0
"""Seconds that anybody waits for one; an upload without a preview is better than no answer."""


class Description(msgspec.Struct, frozen=True):
    """What a file's row tells of its picture; without a preview, perhaps why.

    The placeholder is a ThumbHash in base64, of 40 characters at the most.
    """

    width: int | None = None
    height: int | None = None
    placeholder: str | None = None
    preview: bool = False
    no_preview: str | None = None


class Previews:
    """What the doors ask for previews."""

    def __init__(self, studio: Studio, storage: Storage) -> None:
        self._studio = studio
        self._storage = storage
        # State: who draws which one right now; the others wait and find it.
        self._drawing: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()

    def __repr__(self) -> str:
        return f"<Previews by {self._studio!r}>"

    async def describe(self, spool: Spool, mime: str, user_id: int) -> Description:
        """Draw the small preview of what was received, and say what was seen. Never fails."""
        if mime not in DRAWN:
            return Description()
        try:
            async with asyncio.timeout(PATIENCE):
                reply = await self._studio.preview(spool.path, SMALL, user_id)
        except (TimeoutError, Unavailable):
            return Description(no_preview="time")
        if isinstance(reply, NoPreview):
            return Description(no_preview=reply.reason)
        await self._keep(path_of(self._storage, spool.sha256, SMALL), reply)
        placeholder = b64encode(reply.placeholder).decode()
        return Description(reply.width, reply.height, placeholder, preview=True)

    async def squares(
        self, spool: Spool, sides: Sequence[int], crop: Crop | None, user_id: int
    ) -> list[bytes] | Reason:
        """A square of a received picture, once for each of the sides, or why there is none.

        Raises Unavailable.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                reply = await self._studio.squares(spool.path, list(sides), crop, user_id)
        except TimeoutError:
            raise Unavailable from None
        return reply.reason if isinstance(reply, NoPreview) else reply.webps

    async def webp(self, stored: Stored, side: int, user_id: int) -> bytes:
        """The preview of a stored file whose longer side has `side` pixels, at the most.

        Raises NotFound where it cannot be drawn any more, and Unavailable.
        """
        path = path_of(self._storage, stored.sha256, side)
        lock = self._drawing.setdefault(path, asyncio.Lock())
        async with lock:
            kept = await self._storage.threads(_whole, path)
            if kept is not None:
                return kept
            try:
                async with asyncio.timeout(PATIENCE):
                    reply = await self._draw(stored, side, user_id)
            except TimeoutError:
                raise Unavailable from None
            if isinstance(reply, NoPreview):
                raise NotFound("This file has no preview.")
            await self._keep(path, reply)
            return reply.webp

    async def text(self, sha256: bytes, place: str, size: int) -> str | None:
        """What a stored document says; None where it cannot be read. Raises Unavailable."""
        async with self._at_hand(sha256, place, size) as path:
            reply = await self._studio.text(path)
        return None if isinstance(reply, NoPreview) else reply.text

    async def close(self) -> None:
        await self._studio.close()

    async def _draw(self, stored: Stored, side: int, user_id: int) -> Preview | NoPreview:
        async with self._at_hand(stored.sha256, stored.place, stored.file.size) as path:
            return await self._studio.preview(path, side, user_id)

    @asynccontextmanager
    async def _at_hand(self, sha256: bytes, at: str, size: int) -> AsyncIterator[Path]:
        """A content as a file of this machine."""
        place = self._storage.place(at)
        path = place.path(sha256)
        if path is not None:
            yield path
            return
        spool = Spool(self._storage, size)
        try:
            async for piece in place.read(sha256, 0, size):
                await spool.write(bytes(piece))
            await spool.close()
            yield spool.path
        except FileNotFoundError:
            raise Unavailable from None  # moved a moment ago
        finally:
            await spool.discard()

    async def _keep(self, path: Path, preview: Preview) -> None:
        try:
            beside = self._storage.incoming / uuid.uuid4().hex
            await self._storage.threads(_write, path, beside, preview.webp)
        except OSError as error:
            # A full disk: it is drawn again when somebody wants it.
            log.warning("a preview is not kept: %s", error)


def path_of(storage: Storage, sha256: bytes, side: int) -> Path:
    return folder_of(storage) / f"{key_of(sha256)}-{side}.webp"


def folder_of(storage: Storage) -> Path:
    return storage.folder.parent / "previews"


async def forget(storage: Storage, sha256: bytes) -> None:
    """Remove what was drawn of a content; harmless where nothing was."""
    for side in (SMALL, LARGE):
        await storage.threads(path_of(storage, sha256, side).unlink, True)


async def sweep(database: Database, storage: Storage, before: datetime) -> None:
    """Remove what was drawn before a moment of contents that are not there, or never were."""
    drawn = await storage.threads(_drawn, folder_of(storage), before.timestamp())
    while page := drawn[-PAGE:]:
        del drawn[-PAGE:]
        known = await blobs.places_of(database, page)
        for sha256 in page:
            if sha256 not in known:
                await forget(storage, sha256)


def _drawn(folder: Path, before: float) -> list[bytes]:
    """The contents of which something was drawn before a moment."""
    return [
        bytes.fromhex(path.name[:64])
        for path in folder.glob("??/*.webp")
        if path.lstat().st_mtime < before
    ]


def _write(path: Path, beside: Path, webp: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        beside.write_bytes(webp)
        beside.replace(path)
    finally:
        beside.unlink(True)


def _whole(path: Path) -> bytes | None:
    """What is there, unless a power cut left a part of it: a WebP says how long it is."""
    try:
        webp = path.read_bytes()
    except FileNotFoundError:
        return None
    return (
        webp if len(webp) >= 12 and int.from_bytes(webp[4:8], "little") + 8 == len(webp) else None
    )
