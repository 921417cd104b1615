"""The guard of what runs for ever: nothing ends it, everything shows."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry

from messenger import background
from messenger.background import Background, pause_after
from messenger.errors import Unavailable
from tests.waiting import PATIENCE

from .cast import until


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def guard(
    registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Background]:
    monkeypatch.setattr(background, "FIRST_PAUSE", 0.001)
    guard = Background(registry)
    yield guard
    await guard.stop()


def running(registry: CollectorRegistry, task: str) -> float | None:
    return registry.get_sample_value("messenger_background_running", {"task": task})


def failures(registry: CollectorRegistry, task: str) -> float | None:
    return registry.get_sample_value("messenger_background_failures_total", {"task": task})


async def test_what_breaks_starts_again_and_shows_until_it_goes_well(
    guard: Background, registry: CollectorRegistry
) -> None:
    runs: list[str] = []
    mended = asyncio.Event()

    async def work() -> None:
        runs.append("begun")
        if not mended.is_set():
            raise OSError("no space left on device")
        guard.goes_well("work")
        await asyncio.Event().wait()

    guard.lasting("work", work)
    await until(lambda: len(runs) > 3)
    assert guard.failing == ["work"]
    assert running(registry, "work") == 0
    mended.set()
    await until(lambda: not guard.failing)
    assert running(registry, "work") == 1
    assert (failures(registry, "work") or 0) >= 3


async def test_what_comes_to_an_end_by_itself_is_started_again(guard: Background) -> None:
    ends = 0

    async def work() -> None:
        nonlocal ends
        ends += 1

    guard.lasting("work", work)
    await until(lambda: ends > 2)
    assert guard.failing == ["work"]


async def test_periodic_work_goes_on_after_any_failure(guard: Background) -> None:
    """A cancellation from inside, too: aiopg's way to say that a query took too long."""
    said: list[BaseException] = [OSError(), Unavailable(), asyncio.CancelledError(), KeyError()]
    done = 0

    async def work() -> None:
        nonlocal done
        if said:
            raise said.pop()
        done += 1

    guard.every(0.001, "work", work)
    await until(lambda: done > 1)
    assert guard.failing == []


async def test_the_same_failure_is_logged_once_and_another_one_too(
    guard: Background, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs > 20:
            raise LookupError("a new one")
        raise OSError("the old one")

    guard.every(0.001, "work", work, most=0.001)
    await until(lambda: runs > 30)
    assert [record.getMessage().rpartition(": ")[2] for record in caplog.records] == [
        "the old one",
        "a new one",
    ]


async def test_a_task_whose_answer_comes_with_the_cancellation_is_stopped(
    guard: Background,
) -> None:
    """`asyncio.wait_for` takes the answer then, and drops the cancellation, before Python 3.12."""
    answers: list[asyncio.Future[None]] = []

    async def work() -> None:
        while True:
            answers.append(asyncio.get_running_loop().create_future())
            await asyncio.wait_for(answers[-1], 60)

    guard.lasting("work", work)
    await until(lambda: len(answers) > 0)
    stopping = asyncio.ensure_future(guard.stop())
    answers[-1].set_result(None)
    done, _ = await asyncio.wait([stopping], timeout=PATIENCE / 2)
    assert done


def test_pauses_grow_up_to_a_bound() -> None:
    assert [pause_after(n, 1.0) for n in (1, 2, 3, 4, 5, 500)] == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
