"""One push service: what waits for it, and when it is asked again after it refused.

One that hangs or is away keeps its own pushes waiting, and nobody else's.
"""

import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

from messenger.push.jobs import Job

Key = tuple[str, str]
"""A subscription and a tag."""
Waiting = tuple[str, Job]

MOST: Final = 20_000
"""Pushes that wait for one service; the oldest make room."""
AT_ONCE: Final = 64
"""Pushes that are asked about, sealed and noted together."""
FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 900.0
"""Seconds between tries of a service that fails."""


class Service:
    """The queue of one host."""

    def __init__(self, host: str, dropped: Callable[[Job], None]) -> None:
        self.host = host
        self._dropped = dropped
        # State: by subscription and tag, the oldest first; until when nothing is sent (monotonic);
        # failures in a row; whether it took what it was last given; whether somebody drains it.
        self.waiting: OrderedDict[Key, Job] = OrderedDict()
        self.until = 0.0
        self.failures = 0
        self.proven = False
        self.draining = False

    def __repr__(self) -> str:
        return f"<Service {self.host}, {len(self.waiting)} waiting, {self.failures} failures>"

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

    def taken(self, most: int) -> list[Waiting]:
        """The oldest that wait."""
        batch: list[Waiting] = []
        while self.waiting and len(batch) < most:
            (id, _), job = self.waiting.popitem(last=False)
            batch.append((id, job))
        return batch

    def succeeded(self) -> None:
        self.failures = 0
        self.proven = True

    def failed(self, wait: float | None) -> None:
        """Leave it alone for as long as it asked, or ever longer."""
        self.failures += 1
        self.proven = False
        pause = min(FIRST_PAUSE * 2 ** min(self.failures - 1, 20), LONGEST_PAUSE)
        # Not all services, nor all servers of the world, at the same moment.
        pause *= random.uniform(0.8, 1.2)
        self.until = max(self.until, monotonic() + (pause if wait is None else max(wait, 1.0)))

    async def drain(
        self,
        deliver: Callable[["Service", list[Waiting]], Awaitable[None]],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """Send what waits until nothing does."""
        while self.waiting:
            wait = self.until - monotonic()
            if wait > 0:
                await sleep(wait)
                continue
            # One that takes nothing is tried with one.
            await deliver(self, self.taken(AT_ONCE if self.proven else 1))
