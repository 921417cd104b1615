"""Which readers the log can bring up to the present, and which start from a snapshot. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from messenger.errors import ValidationFailed
from messenger.model import Event

FURTHEST: Final = 10_000
"""Events of backlog; beyond that one snapshot is less work for both sides."""


def out_of_reach(cursor: int, head: int, first: int = 1) -> bool:
    """Whether the log cannot bridge the way from a cursor to the present.

    `first` is the oldest event that is kept, 0 when none is. Left out, only what
    needs no look into the log is judged.
    """
    if cursor > head or head - cursor > FURTHEST:
        return True
    return cursor < head and not 0 < first <= cursor + 1


class StreamPosition(msgspec.Struct):
    """Where a reader stands in one stream.

    `at` is the `seq` the reader has: that of the cursor, or the `head` where none was `given`, or
    where the log does not lead from it to the head (`reset`).
    """

    id: int
    head: int
    at: int
    given: bool
    reset: bool = False

    @property
    def follows(self) -> bool:
        """Whether the events after `at` are wanted."""
        return self.given and not self.reset


def is_whole(page: Sequence[Event], after: int) -> bool:
    """Whether a page goes on right after a `seq`, without a hole: it may just be archived."""
    return bool(page) and page[0].seq == after + 1 and page[-1].seq == after + len(page)


def undecided(heads: Mapping[int, int], cursors: Mapping[int, int | None]) -> list[int]:
    """Streams where the oldest event that is kept decides whether the log reaches the cursor."""
    return [
        id
        for id, head in heads.items()
        if (at := cursors.get(id)) is not None and at < head and head - at <= FURTHEST
    ]


def positions(
    heads: Mapping[int, int],
    cursors: Mapping[int, int | None],
    firsts: Mapping[int, int],
    *,
    stale: bool,
) -> list[StreamPosition]:
    """Where a reader with these cursors stands in each stream, in the order of the heads.

    `firsts` has the oldest event (0: none) of the streams that are `undecided`; `stale` cursors
    are of another epoch.
    """
    found = []
    for id, head in heads.items():
        at = cursors.get(id)
        reset = at is not None and (stale or out_of_reach(at, head, firsts.get(id, 1)))
        found.append(
            StreamPosition(id, head, head if at is None or reset else at, at is not None, reset)
        )
    return found


def check_epoch(epoch: int | None, cursors: Iterable[int | None]) -> None:
    """Cursors mean something within one history only, so that one has to be named."""
    if epoch is None and any(cursors):
        raise ValidationFailed("Give the `epoch` that the cursors come from.", field="epoch")
