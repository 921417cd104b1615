"""The queue of one push service: many are asked about and noted together, one never waits long."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import msgspec

from messenger.push.jobs import Job
from messenger.push.posting import Result
from messenger.push.service import AT_ONCE, FRESH, Landed, Service, Waiting, Worded
from messenger.rules.notify import Invited
from tests.waiting import PATIENCE

WINDOW, COUNT = 32, 320
SENT = Result(outcome="sent", status=201)


def device(id: str) -> Any:
    return SimpleNamespace(id=id)


class World:
    """A service whose answers come one at a time, and what was asked of the database meanwhile."""

    def __init__(self) -> None:
        self.service = Service("push.test", WINDOW, lambda _: None)
        self.batches: list[int] = []
        self.notes: list[int] = []
        self.flying: asyncio.Queue[Worded] = asyncio.Queue()
        self.most = 0

    async def ask(self, _: Service, batch: list[Waiting]) -> list[Worded]:
        self.batches.append(len(batch))
        return [(device(id), job, b"") for id, job in batch]

    def send(self, service: Service, worded: Worded) -> None:
        service.flying += 1
        self.most = max(self.most, service.flying)
        self.flying.put_nowait(worded)

    async def note(self, service: Service, results: list[Landed]) -> None:
        self.notes.append(len(results))
        service.succeeded()

    async def answer(self, count: int) -> None:
        for _ in range(count):
            target, job, _ = await self.flying.get()
            self.service.flying -= 1
            self.service.land((target, job, SENT))
            await asyncio.sleep(0)

    def is_ready(self) -> None:
        """It takes what it is given, and as many wait as are asked about together."""
        self.service.succeeded()
        self.service.ahead = AT_ONCE
        self.put(AT_ONCE)

    def put(self, count: int) -> None:
        until = datetime.now(UTC) + timedelta(hours=1)
        for number in range(count):
            job = Job(
                user_id=1, chat_id=2, seq=1, stream=2, event=1, tag=f"tag {number}", until=until
            )
            self.service.put(f"device {number}", job)

    async def drain(self) -> None:
        async with asyncio.timeout(30):
            await self.service.drain(lambda service: service.room, self.ask, self.send, self.note)


async def test_many_are_asked_about_and_noted_several_at_a_time() -> None:
    world = World()
    world.put(COUNT)
    await asyncio.gather(world.drain(), world.answer(COUNT))
    assert sum(world.batches) == sum(world.notes) == COUNT
    assert world.most <= WINDOW
    # One to try it with, then ever more, as it takes them.
    assert len(world.batches) <= COUNT / AT_ONCE + 4
    assert len(world.notes) <= COUNT / AT_ONCE + 2


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


async def test_what_waited_long_for_room_is_asked_about_again() -> None:
    world = World()
    world.is_ready()
    draining = asyncio.create_task(world.drain())
    # It hangs with as many as it may have: of the others it is not known any more.
    await asyncio.sleep(2 * FRESH)
    assert (world.batches, world.service.flying) == ([AT_ONCE], WINDOW)
    assert not world.service.worded
    await world.answer(AT_ONCE)
    await draining
    assert sum(world.batches) == AT_ONCE + (AT_ONCE - WINDOW)
    assert sum(world.notes) == AT_ONCE


async def test_what_is_doubted_is_asked_about_again_before_it_is_sent() -> None:
    world = World()
    world.is_ready()
    draining = asyncio.create_task(world.drain())
    await world.answer(1)
    assert world.batches == [AT_ONCE]
    sent = AT_ONCE - len(world.service.worded)
    world.service.doubt()
    await world.answer(AT_ONCE - 1)
    await draining
    assert sum(world.batches) == AT_ONCE + (AT_ONCE - sent)
    assert sum(world.notes) == AT_ONCE


async def test_what_is_doubted_all_the_time_is_sent_as_there_is_room() -> None:
    world = World()
    world.is_ready()
    ask = world.ask

    async def doubted(service: Service, batch: list[Waiting]) -> list[Worded]:
        assert len(world.batches) < AT_ONCE, "it is never sent"
        service.doubt()
        return await ask(service, batch)

    world.ask = doubted  # type: ignore[method-assign]
    await asyncio.gather(world.drain(), world.answer(AT_ONCE))
    assert world.batches[0] == AT_ONCE
    assert sum(world.batches) > AT_ONCE
    assert sum(world.notes) == AT_ONCE


async def test_a_refusal_is_noted_before_much_more_is_sent() -> None:
    world = World()
    world.service.succeeded()
    world.put(COUNT)
    draining = asyncio.create_task(world.drain())
    target, job, _ = await world.flying.get()
    world.service.flying -= 1
    world.service.land((target, job, Result(outcome="later", status=503)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert world.notes == [1]
    draining.cancel()


def test_what_takes_the_place_of_something_heard_is_heard() -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    loud = Job(
        user_id=1,
        chat_id=1,
        seq=1,
        stream=1,
        event=1,
        tag="chat-1",
        until=until,
        subject=Invited(user_id=1),
    )
    quiet = msgspec.structs.replace(loud, seq=2, event=2, silent=True)
    dropped: list[Job] = []
    for again, (first, second) in ((False, (loud, quiet)), (True, (quiet, loud))):
        service = Service("push.test", 1, dropped.append)
        service.put("phone", first)
        service.put("phone", second, again=again)
        [(_, job)] = service.taken(2)
        assert (job.seq, job.since, job.silent) == (2, 1, False)
    assert dropped == [loud, loud]
