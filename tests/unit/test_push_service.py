"""The queue of one push service: many are asked about and noted together, one never waits long."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from messenger.push.jobs import Job
from messenger.push.posting import Result
from messenger.push.service import Landed, Service, Waiting
from tests.waiting import PATIENCE

WINDOW, COUNT = 32, 320
SENT = Result(outcome="sent", status=201)


class World:
    """A service whose answers come one at a time, and what was asked of the database meanwhile."""

    def __init__(self) -> None:
        self.service = Service("push.test", WINDOW, lambda _: None)
        self.batches: list[int] = []
        self.notes: list[int] = []
        self.flying: asyncio.Queue[Waiting] = asyncio.Queue()
        self.most = 0

    async def deliver(self, service: Service, batch: list[Waiting]) -> None:
        self.batches.append(len(batch))
        service.flying += len(batch)
        self.most = max(self.most, service.flying)
        for each in batch:
            self.flying.put_nowait(each)

    async def note(self, service: Service, results: list[Landed]) -> None:
        self.notes.append(len(results))
        service.succeeded()

    async def answer(self, count: int) -> None:
        for _ in range(count):
            id, job = await self.flying.get()
            target: Any = id
            self.service.flying -= 1
            self.service.land((target, job, SENT))
            await asyncio.sleep(0)

    def put(self, count: int) -> None:
        until = datetime.now(UTC) + timedelta(hours=1)
        for number in range(count):
            job = Job(
                user_id=1, chat_id=2, seq=1, stream=2, event=1, tag=f"tag {number}", until=until
            )
            self.service.put(f"device {number}", job)

    async def drain(self) -> None:
        async with asyncio.timeout(30):
            await self.service.drain(lambda service: service.room, self.deliver, self.note)


async def test_many_are_asked_about_and_noted_several_at_a_time() -> None:
    world = World()
    world.put(COUNT)
    await asyncio.gather(world.drain(), world.answer(COUNT))
    assert sum(world.batches) == sum(world.notes) == COUNT
    assert world.most <= WINDOW
    assert len(world.batches) <= COUNT / (WINDOW / 4) + 3
    assert len(world.notes) <= COUNT / (WINDOW / 2) + 3


async def test_one_that_hangs_keeps_neither_the_others_nor_their_notes_waiting() -> None:
    world = World()
    world.service.succeeded()
    world.put(COUNT)
    draining = asyncio.create_task(world.drain())
    await world.answer(COUNT - 1)
    async with asyncio.timeout(PATIENCE):
        while sum(world.notes) < COUNT - 1:
            await asyncio.sleep(0.01)
    assert not draining.done()
    await world.answer(1)
    await draining
    assert sum(world.notes) == COUNT
