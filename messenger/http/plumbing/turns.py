"""Downloads begin one after the other, whatever number is asked for at once.

Each costs as much of the loop as a dozen messages, in some twenty steps. Two hundred that begin
together would all take a step in every turn of the loop, and a message needs several turns.
"""

import asyncio
from types import TracebackType
from typing import Final, Self

AT_ONCE: Final = 1
"""Downloads that are looked for, and whose heads are written, side by side. Beside 200 downloads
p99 of a message was 8 times that without them where all began at once, 4 times with three of them
and 2.7 with one; of the 390 that could begin in a second 250 are left."""


class Turns:
    """Who may begin, in the order of asking."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)

    def __repr__(self) -> str:
        return f"<Turns {self._free!r}>"

    async def take(self) -> "Turn":
        """Wait for a turn; leave it with `over`, or at the end of the block."""
        await self._free.acquire()
        return Turn(self._free)


class Turn:
    """One download that begins."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free = free
        self._is_over = False

    def __repr__(self) -> str:
        return f"<Turn{' over' * self._is_over}>"

    def over(self) -> None:
        """Let the next one begin; from here on this one may take as long as it takes."""
        if not self._is_over:
            self._is_over = True
            self._free.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.over()
