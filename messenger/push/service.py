"""One push service: what waits for it, and when it is asked again after it refused.

One that hangs or is away keeps its own pushes waiting, and nobody else's; one request that hangs
keeps nothing waiting but itself.
"""

import asyncio
import contextlib
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

from messenger.push.jobs import Job
from messenger.push.posting import Result
from messenger.store.rows.subscriptions import Target

Key = tuple[str, str]
"""A subscription and a tag."""
Waiting = tuple[str, Job]
Landed = tuple[Target, Job, Result]
"""What became of a push."""

MOST: Final = 20_000
"""Pushes that wait for one service; the oldest make room."""
AT_ONCE: Final = 32
"""Pushes that are asked about and worded together."""
GATHERED: Final = 0.05
"""Seconds that what landed may wait for more of it, to be noted together."""
FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 900.0
"""Seconds between tries of a service that fails."""


class Service:
    """The queue of one host."""

    def __init__(self, host: str, window: int, dropped: Callable[[Job], None]) -> None:
        """`window`: requests to it at a time, once it has shown that it takes them."""
        self.host = host
        self.window = window
        self._dropped = dropped
        # State: by subscription and tag, the oldest first; how many are under way, what became of
        # others and since when (monotonic); until when nothing is sent; failures in a row; whether
        # it took what it was last given; whether somebody drains it, and what is to wake them.
        self.waiting: OrderedDict[Key, Job] = OrderedDict()
        self.flying = 0
        self.landed: list[Landed] = []
        self.landed_at = 0.0
        self.until = 0.0
        self.failures = 0
        self.proven = False
        self.draining = False
        self.news = asyncio.Event()

    def __repr__(self) -> str:
        return (
            f"<Service {self.host}, {len(self.waiting)} waiting, {self.flying} under way,"
            f" {self.failures} failures>"
        )

    def put(self, subscription_id: str, job: Job, *, again: bool = False) -> None:
        """The newest of a tag takes the place of what waits; put back, it never does."""
        key = subscription_id, job.tag
        old = self.waiting.get(key)
        if again and old is not None:
            self._dropped(job)
            return
        if old is not None:
            job = job.after(old)
            self._dropped(old)
        elif len(self.waiting) >= MOST:
            _, oldest = self.waiting.popitem(last=False)
            self._dropped(oldest)
        self.waiting[key] = job
        self.news.set()

    def taken(self, most: int) -> list[Waiting]:
        """The oldest that wait."""
        batch: list[Waiting] = []
        while self.waiting and len(batch) < most:
            (id, _), job = self.waiting.popitem(last=False)
            batch.append((id, job))
        return batch

    def succeeded(self) -> None:
        """It has answered: it is given as much as it may be given."""
        self.failures = 0
        self.proven = True

    def failed(self, wait: float | None) -> None:
        """Leave it alone for as long as it asked, or ever longer."""
        self.proven = False
        if wait is None and monotonic() < self.until:
            # Of the same time as the failure that made it wait.
            return
        self.failures += 1
        pause = min(FIRST_PAUSE * 2 ** min(self.failures - 1, 20), LONGEST_PAUSE)
        # Not all services, nor all servers of the world, at the same moment.
        pause *= random.uniform(0.8, 1.2)
        self.until = max(self.until, monotonic() + (pause if wait is None else max(wait, 1.0)))

    @property
    def room(self) -> int:
        """How many may be sent now; one that takes nothing is tried with one."""
        if self.until > monotonic():
            return 0
        return (self.window if self.proven else 1) - self.flying

    async def drain(
        self,
        room: Callable[["Service"], int],
        deliver: Callable[["Service", list[Waiting]], Awaitable[None]],
        note: Callable[["Service", list[Landed]], Awaitable[None]],
    ) -> None:
        """Send what waits until nothing does, and note what became of it.

        `room` says how many may be sent, `deliver` begins to send them. Both go several at a time:
        what the database is asked costs the same for one.
        """
        while self.waiting or self.flying or self.landed:
            self.news.clear()
            if self.landed and self._is_time_to_note():
                landed, self.landed = self.landed, []
                await note(self, landed)
                continue
            free = room(self)
            if self.waiting and free >= (self._together if self.flying else 1):
                await deliver(self, self.taken(min(free, AT_ONCE)))
                continue
            await self._news()

    @property
    def _together(self) -> int:
        """How many are worth being asked about while others are under way, which will land."""
        return max(min(len(self.waiting), self.window // 4), 1)

    def _is_time_to_note(self) -> bool:
        many = len(self.landed) >= self.window // 2
        return many or not self.flying or monotonic() >= self.landed_at + GATHERED

    async def _news(self) -> None:
        """What lands, or what is new, wakes it; so does the end of a pause."""
        pause = max(self.until - monotonic(), 0.0) if self.waiting else 0.0
        if self.landed:
            pause = max(self.landed_at + GATHERED - monotonic(), 0.001)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause or LONGEST_PAUSE):
                await self.news.wait()

    def land(self, result: Landed) -> None:
        """What became of one that was under way."""
        if not self.landed:
            self.landed_at = monotonic()
        self.landed.append(result)
        self.news.set()
