"""A task that works when it is woken: one for all of the work, in nobody's context."""

import asyncio
from contextvars import ContextVar

from messenger.store.worker import Worker

ASKER: ContextVar[str] = ContextVar("ASKER", default="nobody")


class Desk:
    """Work that comes in pieces, and who did which of them for whom."""

    def __init__(self) -> None:
        self.todo: list[int] = []
        self.done: list[int] = []
        self.by: set[asyncio.Task[None] | None] = set()
        self.asked_by: set[str] = set()
        self.worker = Worker(self.work)

    def ask(self, piece: int) -> None:
        self.todo.append(piece)
        self.worker.wake()

    async def work(self) -> None:
        self.by.add(asyncio.current_task())
        self.asked_by.add(ASKER.get())
        while self.todo:
            piece = self.todo.pop(0)
            await asyncio.sleep(0.01)
            self.done.append(piece)


async def test_one_task_does_all_of_it_in_nobodys_context() -> None:
    desk = Desk()
    assert desk.worker.at_rest
    ASKER.set("alice")
    desk.ask(1)
    assert not desk.worker.at_rest
    await asyncio.sleep(0.05)
    assert desk.worker.at_rest
    ASKER.set("bob")
    desk.ask(2)
    assert not desk.worker.at_rest
    desk.ask(3)
    await asyncio.sleep(0.05)
    assert (desk.done, len(desk.by), desk.asked_by) == ([1, 2, 3], 1, {"nobody"})
    await desk.worker.finish()


async def test_it_ends_when_its_work_is_done_and_works_on_when_it_is_woken_after_that() -> None:
    desk = Desk()
    desk.ask(1)
    desk.ask(2)
    await desk.worker.finish()
    assert (desk.done, desk.worker.at_rest) == ([1, 2], True)
    desk.ask(3)
    await asyncio.sleep(0.05)
    assert desk.done == [1, 2, 3]
    desk.ask(4)
    await desk.worker.finish()
    assert desk.done == [1, 2, 3, 4]
    assert None not in desk.by


async def test_one_at_rest_ends_at_once() -> None:
    desk = Desk()
    await desk.worker.finish()
    desk.ask(1)
    await asyncio.sleep(0.05)
    resting = Desk()
    resting.ask(1)
    await asyncio.sleep(0.05)
    async with asyncio.timeout(0.01):
        await resting.worker.finish()
    assert resting.done == desk.done == [1]


async def test_who_wakes_one_that_was_just_cancelled_hears_of_no_error() -> None:
    desk = Desk()
    desk.ask(1)
    await asyncio.sleep(0.05)
    (task,) = desk.by
    assert task is not None
    task.cancel()
    desk.ask(2)
    await asyncio.sleep(0)
    desk.worker.wake()
    await asyncio.sleep(0.05)
    assert desk.done == [1, 2]
    await desk.worker.finish()


async def test_one_that_was_cancelled_before_it_began_is_not_waited_for() -> None:
    desk = Desk()
    desk.ask(1)
    (task,) = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
    task.cancel()
    async with asyncio.timeout(0.05):
        await desk.worker.finish()
    desk.ask(2)
    await desk.worker.finish()
    assert desk.done == [1, 2]
