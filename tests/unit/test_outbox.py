"""Readers who are too slow are cut off a few at a time; what they leave is given back."""

import asyncio

import pytest

from messenger.protocol import events
from messenger.ws import outbox
from messenger.ws.heap import Heap
from messenger.ws.outbox import CUT_AT_ONCE, Outbox


class Line:
    def __init__(self) -> None:
        self.closing = False

    def is_closing(self) -> bool:
        return self.closing

    def abort(self) -> None:
        self.closing = True


class Slow:
    """A session that is to be cut off; it notes in which turn it is."""

    def __init__(self, parted: list["Slow"]) -> None:
        self.transport = Line()
        self.parted = parted

    def flush(self) -> None:
        raise AssertionError("nothing is sent to who is cut off")

    def part(self, close: events.Close, reason: str) -> None:
        assert (close, reason) == (events.TOO_SLOW, events.TOO_SLOW.reason)
        self.parted.append(self)


class Reader:
    """A session with something to write; it notes in which turn it is written to."""

    def __init__(self, written: list["Reader"], *pending: bytes, broken: bool = False) -> None:
        self.transport = Line()
        self.written = written
        self.pending = list(pending)
        self.broken = broken

    def flush(self) -> None:
        if self.broken:
            raise RuntimeError("the transport is broken")
        self.written.append(self)

    def part(self, close: events.Close, reason: str) -> None:
        raise AssertionError("nobody is slow")


async def test_who_has_an_answer_besides_is_written_to_when_all_others_have_heard() -> None:
    written: list[Reader] = []
    sender, broken = Reader(written, b"event", b"ack"), Reader(written, b"event", broken=True)
    one, two = Reader(written, b"event"), Reader(written, b"event")
    box = Outbox()
    for session in (one, sender, broken, two):
        box.add(session)
    await asyncio.sleep(0)
    assert written == [one, two, sender]
    assert broken.transport.closing
    await asyncio.sleep(0)
    assert written == [one, two, sender]


async def test_who_is_too_slow_is_cut_off_in_turn_and_a_few_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "CUT_EVERY", 0)
    parted: list[Slow] = []
    room = [Slow(parted) for _ in range(2 * CUT_AT_ONCE + 1)]
    gone = room[1].transport
    box = Outbox()
    for session in room:
        box.cut(session)
    assert parted == []
    gone.closing = True
    counts = []
    while len(parted) < len(room) - 1:
        await asyncio.sleep(0)
        counts.append(len(parted))
    assert parted == [room[0], *room[2:]]
    assert max(now - before for before, now in zip([0, *counts], counts, strict=False)) == 4
    box.cut(room[0])
    await asyncio.sleep(0.01)
    assert parted[-1] is room[0]


async def test_memory_is_given_back_once_for_what_was_freed() -> None:
    trims: list[int] = []

    def trim(pad: int) -> int:
        trims.append(pad)
        return 1

    heap = Heap(trim)
    await heap.give_back()
    assert trims == []
    heap.freed = True
    await heap.give_back()
    await heap.give_back()
    assert trims == [0]
