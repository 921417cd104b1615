"""How many uploads of one person arrive at once: each holds memory and a file while it does.

The rate of uploads bounds how many begin; one that comes a byte at a time never ends.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from messenger.errors import RateLimited

MANY: Final = 100
"""Browsers send six; some 300 kB are held for each."""


class Arriving:
    """Whose uploads are on their way into this process."""

    def __init__(self) -> None:
        # State: how many, by person.
        self._counts: Counter[int] = Counter()

    def __repr__(self) -> str:
        return f"<Arriving {self._counts.total()}>"

    @contextmanager
    def one_more(self, user_id: int) -> Iterator[None]:
        """Raises RateLimited for one too many."""
        if self._counts[user_id] >= MANY:
            raise RateLimited(1000, f"Up to {MANY} uploads of yours arrive at once; end some.")
        self._counts[user_id] += 1
        try:
            yield
        finally:
            self._counts[user_id] -= 1
            if not self._counts[user_id]:
                del self._counts[user_id]
