"""Downloads go in single file: one slice of one of them in a turn of the loop.

Two hundred readers who take all they can get would each be written to in every turn, and a message
needs several turns: it waited a third of a second. In single file it waits for one slice a turn.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import Final

from messenger.files.storage import Place

MANY: Final = 8
"""Downloads at once from which on each is read and written in smaller pieces."""
SLICE: Final = 128 * 1024
"""Bytes written in a turn where there are many: some forty microseconds."""
PART: Final = 2
"""What is read for each of many is this part of what is read for a few."""
HELD: Final = 32 * 1024 * 1024
"""Bytes that readers who do not read may hold together; a share of it is no smaller than LEAST."""
LEAST: Final = 16 * 1024


class Lane:
    """Who may write to a reader, and how much at once."""

    def __init__(self) -> None:
        # State: how many downloads there are, who waits for a turn, whether turns are given.
        self._count = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._going = False

    def __repr__(self) -> str:
        return f"<Lane of {self._count}, {len(self._waiting)} waiting>"

    @contextmanager
    def entered(self) -> Iterator[None]:
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1

    async def slices(
        self, place: Place, sha256: bytes, start: int, end: int
    ) -> AsyncGenerator[memoryview, None]:
        """What is to be written next, when it is its turn; raises what `Place.read` does."""
        async with aclosing(place.read(sha256, start, end, self._step)) as pieces:
            async for piece in pieces:
                size = len(piece) if self._count < MANY else SLICE
                for at in range(0, len(piece), size):
                    await self._turn()
                    yield piece[at : at + size]

    def _step(self, usual: int) -> int:
        """Bytes to be read at once, where a single download reads so many."""
        if self._count < MANY:
            return usual
        return max(LEAST, min(HELD // self._count, max(SLICE, usual // PART)))

    async def _turn(self) -> None:
        """Wait for one's turn; what else the loop has to do comes between two of them."""
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[None] = loop.create_future()
        self._waiting.append(mine)
        if not self._going:
            self._going = True
            loop.call_soon(self._next)
        await mine

    def _next(self) -> None:
        while self._waiting:
            first = self._waiting.popleft()
            if not first.done():  # who hung up has cancelled it
                first.set_result(None)
                break
        self._going = bool(self._waiting)
        if self._going:
            asyncio.get_running_loop().call_soon(self._next)
