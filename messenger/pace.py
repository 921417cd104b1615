"""How often something may happen: moments within a moving window, by key.

Times come from a monotonic clock: setting the wall clock must neither open nor close.
"""

import math
from collections import deque
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Final

from messenger.errors import RateLimited

SWEEP_ABOVE: Final = 1024


def now() -> float:
    return monotonic()


class MovingWindow:
    """Moments of what was let through, by key; at most `limit` within any `seconds`.

    Own code in place of the `limits` package: its memory storage never forgets
    a key, the keys here are names that strangers make up, and it starts a
    thread for each hit.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] | None = None) -> None:
        self.seconds = seconds
        self._clock = clock or now
        # State: moments by key, and at how many keys those that are over are forgotten.
        self._taken: dict[Hashable, deque[float]] = {}
        self._sweep_above = SWEEP_ABOVE

    def __repr__(self) -> str:
        return f"<MovingWindow of {self.seconds} s, {len(self._taken)} keys>"

    def __len__(self) -> int:
        return len(self._taken)

    def wait(self, key: Hashable, limit: int) -> float:
        """Seconds until one more would be let through; 0 when it would be now."""
        taken = self._current(key)
        if taken is None or len(taken) < limit:
            return 0.0
        return max(taken[-limit] + self.seconds - self._clock(), 0.001)

    def take(self, key: Hashable, count: int = 1) -> None:
        self._sweep()
        self._taken.setdefault(key, deque()).extend([self._clock()] * count)

    def check(
        self,
        key: Hashable,
        limit: int,
        weight: int = 1,
        sentence: str = "Too many changes; wait a moment.",
    ) -> None:
        """Take `weight` at once; raises RateLimited, and then takes nothing.

        What weighs more than the limit is let through when nothing else was.
        """
        wait = self.wait(key, max(limit - weight + 1, 1))
        if wait > 0:
            raise RateLimited(math.ceil(wait * 1000), sentence)
        self.take(key, weight)

    def enter(self, key: Hashable, limit: int) -> float:
        """Take one that is let through now, and return 0; else seconds until it would be.

        `wait` and `take` in one, with one look at the clock: every message passes here.
        """
        moment = self._clock()
        taken = self._taken.get(key)
        if taken is None:
            self._sweep()
            self._taken[key] = deque((moment,))
            return 0.0
        start = moment - self.seconds
        while taken and taken[0] <= start:
            taken.popleft()
        if len(taken) >= limit:
            return max(taken[-limit] - start, 0.001)
        taken.append(moment)
        return 0.0

    def give_back(self, key: Hashable) -> None:
        """Undo one that was taken: it turned out to be none."""
        taken = self._taken.get(key)
        if taken:
            taken.pop()

    def forget(self, key: Hashable) -> None:
        self._taken.pop(key, None)

    def _current(self, key: Hashable) -> deque[float] | None:
        taken = self._taken.get(key)
        if taken is not None:
            start = self._clock() - self.seconds
            while taken and taken[0] <= start:
                taken.popleft()
            if not taken:
                del self._taken[key]
                return None
        return taken

    def _sweep(self) -> None:
        # Each time the keys have doubled: memory follows the traffic, at a constant cost per hit.
        if len(self._taken) > self._sweep_above:
            for key in list(self._taken):
                self._current(key)
            self._sweep_above = max(SWEEP_ABOVE, 2 * len(self._taken))
