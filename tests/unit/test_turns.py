"""Who may begin a download: one after the other, and nobody's turn is lost."""

import asyncio

import pytest

from messenger.http.plumbing.turns import Turns


async def waits(task: asyncio.Task[object]) -> bool:
    """Whether it still does, after all that can be done at once was done."""
    for _ in range(5):
        await asyncio.sleep(0)
    return not task.done()


async def test_one_begins_when_the_one_before_is_over_and_not_when_it_ends() -> None:
    turns = Turns()
    with await turns.take() as first:
        second = asyncio.ensure_future(turns.take())
        assert await waits(second)
        first.over()
        (await second).over()
        third = asyncio.ensure_future(turns.take())
        assert not await waits(third)
    # It was over before its end: that counts once.
    fourth = asyncio.ensure_future(turns.take())
    assert await waits(fourth)
    third.result().over()
    assert not await waits(fourth)


async def test_one_that_breaks_lets_the_next_begin() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="broken"), await turns.take():
        raise ValueError("broken")
    assert not await waits(asyncio.ensure_future(turns.take()))


async def test_one_that_hangs_up_while_it_waits_takes_no_turn() -> None:
    turns = Turns()
    with await turns.take():
        gone, next_one = (asyncio.ensure_future(turns.take()) for _ in range(2))
        assert await waits(gone)
        gone.cancel()
        assert await waits(next_one)
    assert not await waits(next_one)
