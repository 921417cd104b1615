"""What Prometheus is told of the journal."""

import asyncio
import logging
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from messenger.store.batch import Batch

log = logging.getLogger(__name__)


class Figures:
    """What Prometheus is told of the journal."""

    def __init__(self, registry: CollectorRegistry | None, depth: Callable[[], int]) -> None:
        self.sizes = Histogram(
            "messenger_commit_batch_size", "Messages in one commit.", registry=registry,
            buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
        )  # fmt: skip
        self.times = Histogram(
            "messenger_commit_seconds", "Time of one commit.", registry=registry,
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5),
        )  # fmt: skip
        self.sends = Counter("messenger_sends", "Messages stored.", registry=registry)
        self.lags = Histogram(
            "messenger_publish_lag_seconds", "From a commit to its events' being on their way.",
            registry=registry, buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1),
        )  # fmt: skip
        waiting = Gauge(
            "messenger_journal_depth", "Messages and marks that wait to be stored.",
            registry=registry,
        )  # fmt: skip
        waiting.set_function(depth)

    def told(self, batch: Batch, lag: float) -> None:
        """A batch is stored and was told of, so many seconds later; the log says for whom.

        Counted after this turn of the loop, at whose end it leaves for its readers.
        """
        later = asyncio.get_running_loop().call_soon
        later(later, self._count, batch, lag)

    def _count(self, batch: Batch, lag: float) -> None:
        self.sizes.observe(len(batch.posts))
        self.times.observe(batch.seconds)
        self.sends.inc(batch.stored)
        self.lags.observe(lag)
        if log.isEnabledFor(logging.DEBUG):
            said = {"ms": round(batch.seconds * 1000, 1), **batch.trace()}
            log.debug(
                "%d messages and %d marks stored", len(batch.posts), len(batch.marks), extra=said
            )
