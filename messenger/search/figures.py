"""How many entries the index has, and how common words are: by PostgreSQL's statistics."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import prod, sqrt
from time import monotonic
from typing import Final

from messenger.search.filters import NEVER
from messenger.search.marks import SLICE_SECONDS
from messenger.store.db import Database
from messenger.store.reads import search as reads
from messenger.store.rows.search import moment_of

RARE: Final = 0.0002
"""The part of all entries that has a word that is not among the common ones, about."""
FRESH: Final = 300.0
"""Seconds that the figures of the index are kept."""


class Figures:
    """How common words are, as PostgreSQL's statistics have it; read now and then."""

    def __init__(self) -> None:
        self.entries = 0.0
        self.parts: dict[str, float] = {}
        # Of a slice of time, in the newer half of them.
        self.in_slice = 1.0
        # About; what is older is asked for at once.
        self.oldest = NEVER
        self._read_at = -FRESH

    async def refresh(self, database: Database) -> None:
        if monotonic() - self._read_at < FRESH:
            return
        row = await database.fetch_one(reads.FIGURES)
        self._read_at = monotonic()
        if row is not None:
            self.entries = max(0.0, row.entries)
            # What follows the parts of the words are their least, their most, and that of null.
            self.parts = dict(zip(row.keys or (), row.parts or (), strict=False))
            self.in_slice = _in_slice(self.entries, row.times or [])
            self.oldest = moment_of(row.times[0]) if row.times else NEVER

    def part_before(self, at: datetime) -> float:
        """The part of all entries that is older, about: as if as many were made at all times."""
        now = datetime.now(UTC)
        return min(1.0, max(0.0, (at - self.oldest) / max(timedelta(1), now - self.oldest)))

    def expected(self, groups: Sequence[Sequence[str]]) -> tuple[float, float]:
        """Entries that have one of each group: as if each were for itself, and a cautious guess.

        Words that are said together are in more entries than chance has it; at most in those that
        the rarest is in.
        """
        parts = [
            min(1.0, sum(self.parts.get(each, RARE) for each in group)) for group in groups
        ] or [1.0]
        by_chance = prod(parts)
        return self.entries * by_chance, self.entries * sqrt(by_chance * min(parts))


def _in_slice(entries: float, times: Sequence[int]) -> float:
    """Entries of a slice, by the newer half of a histogram of their times; in milliseconds."""
    if len(times) < 3:
        return max(1.0, entries)
    middle = len(times) // 2
    part = (len(times) - 1 - middle) / (len(times) - 1)
    slices = max(1.0, (times[-1] - times[middle]) / (1000 * SLICE_SECONDS))
    return max(1.0, entries * part / slices)
