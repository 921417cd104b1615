"""Which readers the log can bring up to the present, and which start from a snapshot. Pure."""

from collections.abc import Iterable
from typing import Final

from messenger.errors import ValidationFailed

FURTHEST: Final = 10_000
"""Events of backlog; beyond that one snapshot is less work for everybody."""


def out_of_reach(cursor: int, head: int, first: int = 1) -> bool:
    """Whether the log cannot bridge the way from a cursor to the present.

    `first` is the oldest event that is kept, 0 when none is. Left out, only what
    needs no look into the log is judged.
    """
    if cursor > head or head - cursor > FURTHEST:
        return True
    return cursor < head and not 0 < first <= cursor + 1


def check_epoch(epoch: int | None, cursors: Iterable[int | None]) -> None:
    """Cursors mean something within one history only, so that one has to be named."""
    if epoch is None and any(cursors):
        raise ValidationFailed("Give the `epoch` that the cursors come from.", field="epoch")
