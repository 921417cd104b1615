"""What listeners of the journal are told: the results of a commit, each asker its own."""

import logging
from collections.abc import Callable
from typing import Any

from messenger import errors
from messenger.store.batch import Batch, Results

log = logging.getLogger(__name__)

LOST = errors.Unavailable()
"""The outcome is unknown."""


class Telling:
    """Tells listeners; what breaks in one of them is logged and reported to `failed`."""

    def __init__(self, failed: Callable[[str, Exception], None]) -> None:
        self.failed = failed

    def results(
        self, batch: Batch, rows: list[Any] | errors.DomainError
    ) -> tuple[Results, Results]:
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

    def tell(self, stored: Results, marked: Results, at: str) -> None:
        """Hand its results to each listener; never raises."""
        for listener, results in stored.items():
            self._tell_one(listener.stored, results, at)
        for listener, results in marked.items():
            self._tell_one(listener.marked, results)

    def _tell_one(self, tell: Callable[..., None], *said: Any) -> None:
        try:
            tell(*said)
        except Exception as error:
            # One listener's failure must not keep the others' answers from them.
            log.exception("journal: %r failed", tell)
            self.failed("journal", error)
