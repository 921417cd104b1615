"""The bytes of a file as the body of an answer: by the process that sends, or in single file.

Who reads is looked at again each second, so that a download ends with the right to it.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from time import monotonic
from typing import Final

from aiohttp import web

from messenger.errors import DomainError, Unavailable
from messenger.files.storage import Place, Storage, translated
from messenger.http.plumbing import sendfile
from messenger.http.plumbing.keys import LANE, SENDFILE, TURN
from messenger.store.rows.files import Stored

LOOK_EVERY: Final = 1.0
"""Seconds between looks at whether the reader still may."""
SMALL: Final = 64 * 1024
"""Bytes that are written sooner than a process is told of them."""
HEAD_PAUSE: Final = 0.005
"""Seconds between looks at whether the head is out; the first look is after a turn of the loop."""

Again = Callable[[], Awaitable[Stored]]
"""Finds the file once more, in the place where it is by now; raises what it did at first."""


async def write(
    request: web.Request,
    response: web.StreamResponse,
    storage: Storage,
    stored: Stored,
    start: int,
    end: int,
    again: Again,
) -> None:
    """Write the bytes; a reader who loses the right to them loses the connection."""
    at = start
    try:
        while at < end:
            place, begun = storage.place(stored.place), at
            try:
                path = place.path(stored.sha256)
                if path is not None and end - at > SMALL and may_send(request):
                    await _send(request, response, path, at, end, again)
                    return
                request[TURN].over()
                async with aclosing(_written(request, response, place, stored, at, end)) as sizes:
                    look_at = monotonic() + LOOK_EVERY
                    async for size in sizes:
                        at += size
                        if monotonic() >= look_at:
                            await again()
                            look_at = monotonic() + LOOK_EVERY
            except FileNotFoundError:
                # Moved to the other place a moment ago; where it is now stands in its row.
                stored = await again()
                if at == begun and stored.place == place.name:
                    raise Unavailable("The file is not where it should be.") from None
    except DomainError:
        if not response.prepared:
            raise
        if request.transport is not None:
            request.transport.abort()
    except ConnectionError:
        # The reader hung up, as players do that go elsewhere in a film: nothing is wrong here.
        response.force_close()


async def _written(
    request: web.Request,
    response: web.StreamResponse,
    place: Place,
    stored: Stored,
    start: int,
    end: int,
) -> AsyncGenerator[int, None]:
    """Write in single file; yields how many bytes each piece had. Raises what `Place.read` does."""
    lane = request.app[LANE]
    with lane.entered():
        async with aclosing(lane.slices(place, stored.sha256, start, end)) as slices:
            async for some in slices:
                if not response.prepared:
                    await response.prepare(request)
                await response.write(some)
                yield len(some)


def may_send(request: web.Request) -> bool:
    """Whether the process can write to this reader: the bytes have to be those on the line."""
    transport = request.transport
    return (
        sendfile.AVAILABLE
        and transport is not None
        and transport.get_extra_info("sslcontext") is None
        and transport.get_extra_info("socket") is not None
    )


async def _send(
    request: web.Request,
    response: web.StreamResponse,
    path: Path,
    start: int,
    end: int,
    again: Again,
) -> None:
    """Have the process write; raises FileNotFoundError before anything is written."""
    with translated():
        file = await asyncio.to_thread(os.open, path, os.O_RDONLY | os.O_CLOEXEC)
        os.posix_fadvise(file, start, end - start, os.POSIX_FADV_SEQUENTIAL)
    try:
        if not response.prepared:
            await response.prepare(request)
        request[TURN].over()
        line = os.dup(await _head_sent(request))
    except BaseException:
        os.close(file)
        raise
    with translated():
        transfer = request.app[SENDFILE].send(line, file, start, end)
    try:
        with translated():
            while not await transfer.ended(LOOK_EVERY):
                connected(request)
                await again()
    finally:
        request.app[SENDFILE].drop(transfer)


async def _head_sent(request: web.Request) -> int:
    """Wait until all that was written to a reader is out; return their socket's number."""
    pause, deadline = 0.0, monotonic() + sendfile.STALL_SECONDS
    while (transport := connected(request)).get_write_buffer_size():
        if monotonic() > deadline:
            raise ConnectionError("the reader takes nothing")
        await asyncio.sleep(pause)
        pause = HEAD_PAUSE
    return int(transport.get_extra_info("socket").fileno())


def connected(request: web.Request) -> asyncio.Transport:
    """The reader's end; raises ConnectionError where it is closed."""
    transport = request.transport
    if transport is None or transport.is_closing():
        raise ConnectionError("the reader is gone")
    return transport
