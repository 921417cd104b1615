"""One push service: what waits for it, and when it is asked again after it refused.

One that hangs or is away keeps its own pushes waiting, and nobody else's; one request that hangs
keeps nothing waiting but itself.
"""

import asyncio
import contextlib
import math
import random
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

from messenger.push.jobs import Job
from messenger.push.posting import Result
from messenger.store.rows.subscriptions import Target

Key = tuple[str, str]
"""A subscription and a tag."""
Waiting = tuple[str, Job]
Worded = tuple[Target, Job, bytes]
"""Where it goes, what it is of, and what is to be sealed."""
Landed = tuple[Target, Job, Result]
"""What became of a push."""

MOST: Final = 20_000
"""Pushes that wait for one service; the oldest make room."""
AT_ONCE: Final = 64
"""Pushes that are asked about together at the most: a statement costs nearly the same for one, and
those of a few pushes each took messages as much time as all the rest of it."""
FRESH: Final = 0.5
"""Seconds that an answer holds. Whoever has no room by then is asked about again."""
LONG_AGO: Final = -math.inf
GATHERED: Final = 0.25
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
        # State: by subscription and tag, the oldest first; what may be told and has no room yet,
        # since when that is known (monotonic), and how many are asked about; how many are under
        # way, what became of others, since when, and whether that is to be noted at once; until
        # when nothing is sent; failures in a row; whether it took what it was last given; whether
        # somebody drains it, and what is to wake them.
        self.waiting: OrderedDict[Key, Job] = OrderedDict()
        self.worded: deque[Worded] = deque()
        self.worded_at = LONG_AGO
        self.ahead = self._first_ahead
        self.flying = 0
        self.landed: list[Landed] = []
        self.landed_at = 0.0
        self.hurried = False
        self.until = 0.0
        self.failures = 0
        self.proven = False
        self.draining = False
        self.news = asyncio.Event()

    def __repr__(self) -> str:
        return (
            f"<Service {self.host}, {self.queued} waiting, {self.flying} under way,"
            f" {self.failures} failures>"
        )

    @property
    def queued(self) -> int:
        """How many are not under way yet."""
        return len(self.waiting) + len(self.worded)

    def put(self, subscription_id: str, job: Job, *, again: bool = False) -> None:
        """The newest of a tag takes the place of what waits; put back, it never does."""
        key = subscription_id, job.tag
        old = self.waiting.get(key)
        if again and old is not None:
            self.waiting[key] = old.after(job)
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
        ask: Callable[["Service", list[Waiting]], Awaitable[list[Worded]]],
        send: Callable[["Service", Worded], None],
        note: Callable[["Service", list[Landed]], Awaitable[None]],
    ) -> None:
        """Send what waits until nothing does, and note what became of it.

        `room` says how many may be sent, `ask` which of some may be told, in which words. Many are
        asked about and noted together, more than there is room for where they soon have it.
        """
        while self.queued or self.flying or self.landed:
            self.news.clear()
            if self.landed and self._is_time_to_note():
                landed, self.landed = self.landed, []
                await note(self, landed)
            elif self.worded and monotonic() >= self.worded_at + FRESH:
                self._ask_again()
            elif (free := room(self)) <= 0 or not self.queued:
                await self._news()
            elif self.worded:
                self._send(free, send)
            else:
                asked = self.taken(max(free, self.ahead) if self.proven else free)
                self.worded_at = monotonic()
                self.worded.extend(await ask(self, asked))
                # Whatever happened meanwhile: else what happens all the time would stop it.
                self._send(room(self), send)

    def _send(self, free: int, send: Callable[["Service", Worded], None]) -> None:
        for _ in range(min(max(free, 0), len(self.worded))):
            send(self, self.worded.popleft())
        if not self.worded:
            # It is quick enough for as many.
            self.ahead = min(2 * self.ahead, AT_ONCE)

    def doubt(self) -> None:
        """Something happened that may change answers; what waits for room is asked about again."""
        self.worded_at = LONG_AGO
        self.news.set()

    def _ask_again(self) -> None:
        """What waited too long for room is of another moment: it waits as before, and fewer do."""
        self.ahead = self._first_ahead
        for target, job, _ in reversed(self.worded):
            self.put(target.id, job, again=True)
            if (target.id, job.tag) in self.waiting:
                self.waiting.move_to_end((target.id, job.tag), last=False)
        self.worded.clear()

    @property
    def _first_ahead(self) -> int:
        return max(self.window // 4, 1)

    def _is_time_to_note(self) -> bool:
        if self.hurried or not (self.queued or self.flying):
            return True
        return len(self.landed) >= AT_ONCE or monotonic() >= self.landed_at + GATHERED

    async def _news(self) -> None:
        """What lands, or what is new, wakes it; so does the end of a pause."""
        now, ends = monotonic(), []
        if self.waiting and self.until > now:
            ends.append(self.until)
        if self.landed:
            ends.append(self.landed_at + GATHERED)
        if self.worded:
            ends.append(self.worded_at + FRESH)
        pause = max(min(ends) - now, 0.001) if ends else LONGEST_PAUSE
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self.news.wait()

    def land(self, result: Landed) -> None:
        """What became of one that was under way."""
        if not self.landed:
            self.landed_at = monotonic()
            self.hurried = False
        self.landed.append(result)
        # Whether it is to be given more or left alone is known with the first of them.
        self.hurried |= not self.proven or result[2].outcome == "later"
        self.news.set()
