"""The last hour in figures, for the administrators' page: a ring of minutes, kept in memory.

Read from the counters that Prometheus reads, so that nothing is counted twice and nothing on the
way of a message is slower for it. A minute costs two hundred bytes; a restart begins anew.
"""

import math
import shutil
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.registry import Collector

from messenger.model import timestamp

LOOK_EVERY: Final = 10.0
"""Seconds: what stands rather than flows is the most of what these looks find."""
MINUTES: Final = 60
STANDING: Final = {
    "messenger_connections": "connections",
    "messenger_mailbox_depth": "queue",
    "messenger_journal_depth": "queue",
}
SENDS: Final = "messenger_sends_total"
COMMITS: Final = "messenger_commit_seconds_bucket"
CPU: Final = "process_cpu_seconds_total"
MEMORY: Final = "process_resident_memory_bytes"

Readings = dict[str, float]


class Minute(msgspec.Struct, frozen=True, kw_only=True):
    """A minute that has passed."""

    at: Annotated[str, Meta(description="When it ended.")]
    messages: Annotated[float, Meta(description="Messages stored, a second.")]
    stored_ms: Annotated[
        float | None,
        Meta(
            description="99 of 100 commits took no longer, in milliseconds; null: there were none."
        ),
    ]
    connections: Annotated[int, Meta(description="Open WebSockets, at the most.")]
    queue: Annotated[int, Meta(description="Commands and messages that waited, at the most.")]
    cpu: Annotated[float, Meta(description="Of one core; 1 is all of it.")]
    memory: Annotated[int, Meta(description="Bytes of memory of the server's process.")]
    disk_free: Annotated[int, Meta(description="Bytes free where DATA_DIR is.")]


class LastHour:
    """`look` every `LOOK_EVERY`; it closes a minute when the clock has passed one."""

    def __init__(
        self,
        registry: CollectorRegistry,
        data_dir: Path,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._standing = registry.restricted_registry(STANDING)
        self._flowing = registry.restricted_registry([SENDS, COMMITS])
        # The one in the registry has no names there before it was asked.
        self._process = ProcessCollector(registry=None)
        self._data_dir = data_dir
        self._clock = clock
        self._monotonic = monotonic
        # State: the minutes; the most of this one; the counters when it began, and when that was.
        self.minutes: deque[Minute] = deque(maxlen=MINUTES)
        self._most: Readings = {}
        self._before: Readings = {}
        self._began: float | None = None

    def __repr__(self) -> str:
        return f"<LastHour of {len(self.minutes)} minutes>"

    async def look(self) -> None:
        found = self._now_standing()
        self._most = {name: max(found[name], self._most.get(name, 0)) for name in found}
        now = self._monotonic()
        if self._began is None:
            self._begin(now, self._now_flowing())
        # A look that comes late makes its minute longer, and no figure of it wrong.
        elif now - self._began > 60 - LOOK_EVERY / 2:
            readings = self._now_flowing()
            self.minutes.append(self._closed(now - self._began, readings))
            self._begin(now, readings)

    def _begin(self, now: float, readings: Readings) -> None:
        self._began, self._before, self._most = now, readings, {}

    def _now_standing(self) -> Readings:
        found = dict.fromkeys(STANDING.values(), 0.0)
        for name, value in read(self._standing).items():
            found[STANDING[name]] += value
        return found

    def _now_flowing(self) -> Readings:
        return {**read(self._flowing), **read(self._process)}

    def _closed(self, seconds: float, readings: Readings) -> Minute:
        passed = {name: value - self._before.get(name, 0) for name, value in readings.items()}
        slowest = percentile(buckets_of(passed), 0.99)
        return Minute(
            at=timestamp(self._clock()),
            messages=round(passed.get(SENDS, 0) / seconds, 2),
            stored_ms=None if slowest is None else round(slowest * 1000, 2),
            connections=int(self._most.get("connections", 0)),
            queue=int(self._most.get("queue", 0)),
            cpu=round(max(passed.get(CPU, 0) / seconds, 0), 3),
            memory=int(readings.get(MEMORY, 0)),
            disk_free=shutil.disk_usage(self._data_dir).free,
        )


def read(registry: Collector) -> Readings:
    """Every sample by its name; those of a bucket by its upper bound, too."""
    found: Readings = {}
    for metric in registry.collect():
        for sample in metric.samples:
            bound = sample.labels.get("le")
            found[sample.name if bound is None else f"{sample.name} {bound}"] = sample.value
    return found


def buckets_of(readings: Mapping[str, float]) -> list[tuple[float, float]]:
    """Upper bounds, and how many were at or under each, ascending."""
    return sorted(
        (float(name.removeprefix(f"{COMMITS} ")), count)
        for name, count in readings.items()
        if name.startswith(f"{COMMITS} ")
    )


def percentile(buckets: list[tuple[float, float]], share: float) -> float | None:
    """What a share of them is no more than, taken as even within a bucket, as Prometheus does
    (`histogram_quantile`); None where there was nothing. Beyond the last bound: that bound.
    """
    total = buckets[-1][1] if buckets else 0
    if total <= 0:
        return None
    wanted, low, under = total * share, 0.0, 0.0
    for bound, count in buckets:
        if count >= wanted:
            if math.isinf(bound):
                return low
            return low + (bound - low) * (wanted - under) / (count - under)
        low, under = bound, count
    return low
