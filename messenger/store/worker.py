"""A task that works when it is woken, and rests until it is again."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context


class Worker:
    """One task for all of the work: a new one for each message is dear after a rest.

    `work`: all there is to do by now; it lets no exception out. It runs in a context of its own, of
    nobody: what is logged there is of nobody, and it can be gone on with anywhere.
    """

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        # State: the task, what wakes it from its rest, and whether there will be no other one.
        self._task: asyncio.Task[None] | None = None
        self._rest: asyncio.Future[None] | None = None
        self._finishing = False

    def __repr__(self) -> str:
        return f"<Worker {'at rest' if self.at_rest else 'at work'}>"

    @property
    def at_rest(self) -> bool:
        return self._rest is not None or self._task is None or self._task.done()

    def wake(self) -> None:
        """Have it work in the next turn of the loop, unless it is at work."""
        if self._rest is not None:
            rest, self._rest = self._rest, None
            if not rest.done():
                rest.set_result(None)
        elif self._task is None or self._task.done():
            # One that was cancelled before it began is done as well.
            loop = asyncio.get_running_loop()
            self._task = loop.create_task(self._run(), context=Context())

    async def finish(self) -> None:
        """Return when the work is done; woken after that, it works again and does not rest."""
        self._finishing = True
        while self._task is not None and not self._task.done():
            self.wake()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            await self._work()
            while not self._finishing:
                self._rest = rest = asyncio.get_running_loop().create_future()
                await rest
                await self._work()
        finally:
            self._rest = None
