"""What listeners of the journal are told: the results of a commit, each asker its own."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from messenger import errors
from messenger.storage import NotStored
from messenger.store.batch import Batch, Told, ToldOfMarks
from messenger.store.journal_rows import Mark, Post, late

log = logging.getLogger(__name__)

LOST = errors.Unavailable()
"""The outcome is unknown."""


def too_late(
    flying: Iterable[Post], waiting: Iterable[Post], marks: Iterable[Mark], now: float
) -> tuple[Told, ToldOfMarks]:
    """Take out the askers whose time is over, each with what they are told."""
    stored: Told = defaultdict(list)
    marked: ToldOfMarks = defaultdict(list)
    for posts, error in ((flying, errors.Unavailable), (waiting, NotStored)):
        for post in posts:
            for asker in late(post.askers, now):
                stored[asker.listener].append((asker.token, asker.posting, error()))
    for mark in marks:
        for each in late(mark.askers, now):
            marked[each.listener].append((each.token, errors.Unavailable()))
    return stored, marked


class Telling:
    """Tells listeners; what breaks in one of them is logged and reported to `failed`."""

    def __init__(self, failed: Callable[[str, Exception], None]) -> None:
        self.failed = failed

    def results(
        self, batch: Batch, rows: list[Any] | errors.DomainError
    ) -> tuple[Told, ToldOfMarks]:
        """Each asker's result, of a commit's rows or the one error for all of them."""
        if isinstance(rows, errors.DomainError):
            return batch.refused(rows)
        try:
            return batch.results(rows)
        except Exception as error:
            # It is stored; the log says with which results.
            log.exception("journal: the rows of a commit cannot be read")
            self.failed("journal", error)
            return batch.refused(LOST)

    def tell(self, stored: Told, marked: ToldOfMarks, at: str) -> None:
        """Hand its results to each listener; never raises."""
        for listener, results in stored.items():
            self._tell_one(listener.stored, results, at)
        for listener, moved in marked.items():
            self._tell_one(listener.marked, moved)

    def _tell_one(self, tell: Callable[..., None], *said: Any) -> None:
        try:
            tell(*said)
        except Exception as error:
            # One listener's failure must not keep the others' answers from them.
            log.exception("journal: %r failed", tell)
            self.failed("journal", error)
