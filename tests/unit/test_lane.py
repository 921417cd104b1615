"""Downloads in single file, beside everything else that the loop has to do."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Any, cast

import pytest

from messenger.files.storage import Place
from messenger.http.plumbing.lane import HELD, LEAST, MANY, SLICE, Lane
from tests.waiting import PATIENCE

USUAL = 256 * 1024


class Endless:
    """A place whose contents have no end; remembers what was read."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    async def read(
        self, sha256: bytes, start: int, end: int, step: Callable[[int], int]
    ) -> AsyncGenerator[memoryview, None]:
        while True:
            self.steps.append(step(USUAL))
            yield memoryview(bytes(self.steps[-1]))


def download(lane: Lane, endless: Endless, taken: list[int]) -> asyncio.Task[None]:
    async def read() -> None:
        with lane.entered():
            async for some in lane.slices(cast(Place, endless), b"", 0, 2**40):
                taken.append(len(some))

    return asyncio.create_task(read())


async def ended(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_else_is_to_be_done_waits_for_one_slice_a_turn() -> None:
    lane, taken = Lane(), []
    tasks = [download(lane, Endless(), taken) for _ in range(200)]
    while len(taken) < 400:
        await asyncio.sleep(0)
    for _ in range(100):
        before = len(taken)
        await asyncio.sleep(0)
        assert len(taken) - before <= 1
    assert set(taken[200:]) == {SLICE}
    await ended(tasks)


async def test_everybody_has_their_turn() -> None:
    lane = Lane()
    taken: list[list[int]] = [[] for _ in range(20)]
    tasks = [download(lane, Endless(), each) for each in taken]
    for _ in range(2000):
        await asyncio.sleep(0)
    counts = [len(each) for each in taken]
    assert max(counts) - min(counts) <= 2
    assert min(counts) > 10
    await ended(tasks)


async def test_few_take_large_pieces() -> None:
    lane, endless, taken = Lane(), Endless(), []
    tasks = [download(lane, endless, taken) for _ in range(MANY - 1)]
    while len(taken) < 50:
        await asyncio.sleep(0)
    assert set(taken) == {USUAL} == set(endless.steps)
    await ended(tasks)


async def test_who_hangs_up_keeps_nobody_waiting() -> None:
    lane, gone, taken = Lane(), [], []
    leaving = [download(lane, Endless(), gone) for _ in range(10)]
    staying = download(lane, Endless(), taken)
    await asyncio.sleep(0)
    await ended(leaving)
    async with asyncio.timeout(PATIENCE):
        while len(taken) < 20:
            await asyncio.sleep(0)
    assert repr(lane).startswith("<Lane of 1,")
    await ended([staying])
    assert repr(lane) == "<Lane of 0, 0 waiting>"


async def test_failure_of_the_place_is_the_readers() -> None:
    class Broken(Endless):
        async def read(self, *_: Any) -> AsyncGenerator[memoryview, None]:
            raise FileNotFoundError
            yield memoryview(b"")

    with pytest.raises(FileNotFoundError):
        await download(Lane(), Broken(), [])


async def test_readers_who_do_not_read_hold_a_share_of_what_all_may() -> None:
    lane, endless = Lane(), Endless()
    with contextlib.ExitStack() as many:
        for _ in range(1000):
            many.enter_context(lane.entered())
        task = download(lane, endless, [])
        while not endless.steps:
            await asyncio.sleep(0)
        await ended([task])
        assert LEAST <= endless.steps[0] <= HELD // 1000
