"""How many uploads, or downloads, of one person are under way: each holds memory and files.

The rate of uploads bounds how many begin; one that comes a byte at a time never ends. Nor does a
download whose reader takes a byte at a time.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from messenger.errors import RateLimited, Unavailable

UPLOADS: Final = 100
"""Of one person. Browsers send six; some 300 kB are held for each."""
DOWNLOADS: Final = 50
"""Of one person. Browsers ask for six, a proxy's for a few dozen; each holds three descriptors."""
ALL: Final = 2000
"""Of everybody, of a kind: well below the descriptors that a process may have."""


class AtOnce:
    """Whose uploads, or whose downloads, this process has under way."""

    def __init__(self, what: str, most: int) -> None:
        self.what = what
        self.most = most
        # State: how many, by person, and of all.
        self._counts: Counter[int] = Counter()
        self._total = 0

    def __repr__(self) -> str:
        return f"<AtOnce {self._total} {self.what}>"

    @contextmanager
    def one_more(self, user_id: int) -> Iterator[None]:
        """Raises RateLimited for one too many of a person, Unavailable for one of everybody."""
        if self._counts[user_id] >= self.most:
            message = f"Up to {self.most} {self.what} of yours go at once; end some."
            raise RateLimited(1000, message)
        if self._total >= ALL:
            raise Unavailable
        self._counts[user_id] += 1
        self._total += 1
        try:
            yield
        finally:
            self._total -= 1
            self._counts[user_id] -= 1
            if not self._counts[user_id]:
                del self._counts[user_id]
