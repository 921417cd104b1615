import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Gauge

from messenger.http.ops.last_hour import MINUTES, LastHour, percentile
from messenger.store.figures import Figures

INF = float("inf")


@pytest.mark.parametrize(
    ("buckets", "found"),
    [
        ([], None),
        ([(1.0, 0), (INF, 0)], None),
        # 99 of 100 lie in the second bucket, 90 of them below it.
        ([(1.0, 90), (2.0, 100), (INF, 100)], 1.9),
        ([(1.0, 100), (2.0, 100), (INF, 100)], 0.99),
        # Beyond the last bound nothing is known but that.
        ([(1.0, 0), (INF, 10)], 1.0),
    ],
)
def test_percentile_is_even_within_a_bucket(
    buckets: list[tuple[float, float]], found: float | None
) -> None:
    assert percentile(buckets, 0.99) == (None if found is None else pytest.approx(found))


def test_a_minute_is_what_passed_in_it_and_the_most_that_stood(tmp_path: Path) -> None:
    registry, now, waiting = CollectorRegistry(), 0.0, 0
    figures = Figures(registry, lambda: waiting)
    Gauge("messenger_connections", "Open.", registry=registry).set(7)
    hour = LastHour(registry, tmp_path, lambda: datetime(2026, 11, 30, tzinfo=UTC), lambda: now)

    async def pass_a_minute() -> None:
        nonlocal now
        for _ in range(6):
            now += 10
            await hour.look()

    async def story() -> None:
        nonlocal waiting
        figures.sends.inc(1000)  # before it looked
        await hour.look()
        figures.sends.inc(120)
        figures.times.observe(0.0015)
        waiting = 5
        await hour.look()
        waiting = 0
        await pass_a_minute()
        await pass_a_minute()

    asyncio.run(story())
    first, second = hour.minutes
    assert (first.messages, first.connections, first.queue) == (2.0, 7, 5)
    assert first.stored_ms is not None
    assert 1 < first.stored_ms <= 2
    assert (second.messages, second.stored_ms, second.queue) == (0.0, None, 0)
    assert second.disk_free > 0


def test_it_is_an_hour_and_no_more(tmp_path: Path) -> None:
    now = 0.0
    hour = LastHour(CollectorRegistry(), tmp_path, lambda: datetime.now(UTC), lambda: now)

    async def look() -> None:
        nonlocal now
        for _ in range(MINUTES + 5):
            await hour.look()
            now += 60

    asyncio.run(look())
    assert len(hour.minutes) == MINUTES
