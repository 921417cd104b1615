"""What all consumers of the log share: how a long part of it is read, and for whom it is not."""

import asyncio
import random
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from messenger.consumer import PAUSE, Consumer
from messenger.model import Event
from messenger.push.pusher import Pusher
from messenger.push.subscribers import Subscribers
from messenger.resting import Rests

QUIET, BUSY = 7, 8
PAGE = 100
READING = 0.01
"""Seconds that a page of the log takes here."""


class Log:
    """A log of `head` events in each stream, read in pages."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, head: int) -> None:
        self.head = head
        self.pages = 0
        for name in ("read", "heads"):
            monkeypatch.setattr(f"messenger.consumer.log_of.{name}", getattr(self, name))
        monkeypatch.setattr("messenger.consumer.consumers.cursors", self.cursors)

    async def read(self, _: Any, stream: int, after: int, upto: int) -> list[Event]:
        self.pages += 1
        await asyncio.sleep(READING)
        return said(stream, after + 1, min(upto, after + PAGE, self.head))

    async def heads(self, _: Any, streams: list[int]) -> dict[int, int]:
        return dict.fromkeys(streams, self.head)

    async def cursors(self, *_: Any) -> dict[int, int]:
        return {}


class Noting(Consumer):
    """Does nothing for each event, and notes in which order they came."""

    def __init__(self) -> None:
        database: Any = None
        super().__init__(database, "noting")
        self.took: list[tuple[int, int]] = []

    async def take(self, stream: int, events: list[Event]) -> None:
        self.took += [(stream, event.seq) for event in events]


def said(stream: int, first: int, last: int) -> list[Event]:
    at = "2026-11-30T10:00:00.000Z"
    return [Event("message.created", stream, seq, at, 1, None) for seq in range(first, last + 1)]


async def test_after_each_page_of_a_long_log_the_rest_of_the_time_is_the_chats(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, consumer = Log(monkeypatch, 20 * PAGE), Noting()
    consumer.grew(QUIET, log.head)
    began = asyncio.get_running_loop().time()
    await consumer.turn()
    assert consumer.took == [(QUIET, seq) for seq in range(1, log.head + 1)]
    took = asyncio.get_running_loop().time() - began
    assert took == pytest.approx(log.pages * READING * (1 + Rests().page))


async def test_what_was_just_said_does_not_wait_for_a_long_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, consumer = Log(monkeypatch, 20 * PAGE), Noting()
    consumer.cursors[BUSY] = consumer.stored[BUSY] = 0
    consumer.published(BUSY, said(BUSY, 1, 1))
    consumer.grew(QUIET, log.head)
    turn = asyncio.create_task(consumer.turn())
    await asyncio.sleep(READING / 2)
    assert consumer.took == [(BUSY, 1)]
    consumer.published(BUSY, said(BUSY, 2, 2))
    await turn
    page = [(QUIET, seq) for seq in range(1, PAGE + 1)]
    assert consumer.took == [(BUSY, 1), *page, (BUSY, 2)]
    await consumer.turn()
    assert consumer.took[PAGE + 2 :] == [(QUIET, seq) for seq in range(PAGE + 1, log.head + 1)]
    assert not consumer.busy


async def test_what_was_just_said_does_not_wait_for_the_logs_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, consumer = Log(monkeypatch, 2 * PAGE), Noting()
    behind = range(20, 30)
    for stream in behind:
        consumer.grew(stream, log.head)
    turn = asyncio.create_task(consumer.turn())
    await asyncio.sleep(READING / 2)
    consumer.published(BUSY, said(BUSY, 1, 2))
    await turn
    assert consumer.took[PAGE : PAGE + 2] == [(BUSY, 1), (BUSY, 2)]
    await consumer.turn()
    assert not consumer.busy
    for stream in (BUSY, *behind):
        seqs = [seq for each, seq in consumer.took if each == stream]
        assert seqs == list(range(1, (2 if stream == BUSY else log.head) + 1))


async def test_what_was_just_said_does_not_wait_for_what_another_chat_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, consumer = Log(monkeypatch, 2 * PAGE), Noting()
    consumer.published(BUSY, said(BUSY, 1, 1))
    consumer.published(QUIET, said(QUIET, log.head, log.head))
    await consumer.turn()
    assert consumer.took == [(BUSY, 1), *((QUIET, seq) for seq in range(1, log.head + 1))]


async def test_cursors_are_not_forgotten_while_a_turn_needs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def save(*_: Any) -> None:
        """Stored."""

    monkeypatch.setattr("messenger.consumer.consumers.save", save)
    monkeypatch.setattr("messenger.consumer.REMEMBERED", 1)
    log, consumer = Log(monkeypatch, PAGE), Noting()
    for stream in (QUIET, BUSY):
        consumer.grew(stream, log.head)
    turn = asyncio.create_task(consumer.turn())
    await asyncio.sleep(READING * 2)
    await consumer.keep()
    await turn
    assert len(consumer.took) == 2 * PAGE
    await consumer.keep()
    assert not consumer.cursors


async def test_a_slow_database_does_not_keep_what_is_said_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, consumer = Log(monkeypatch, 3 * PAGE), Noting()
    monkeypatch.setattr(consumer, "rests", Rests(page_at_most=READING))
    consumer.grew(QUIET, log.head)
    began = asyncio.get_running_loop().time()
    await consumer.turn()
    took = asyncio.get_running_loop().time() - began
    assert took == pytest.approx(3 * 2 * READING)


async def test_what_was_said_has_gone_out_before_a_consumer_looks_at_it() -> None:
    consumer = Noting()
    consumer.cursors[BUSY] = consumer.stored[BUSY] = 0
    consumer._begun = True
    running = asyncio.create_task(consumer.run())
    await asyncio.sleep(0)
    consumer.published(BUSY, said(BUSY, 1, 1))
    # The turns of the loop in which it is written to sockets.
    for _ in range(5):
        await asyncio.sleep(0)
    assert consumer.took == []
    await asyncio.sleep(2 * PAUSE)
    assert consumer.took == [(BUSY, 1)]
    running.cancel()


async def test_whatever_is_told_again_or_left_out_each_event_is_taken_once_and_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, consumer, chance = Log(monkeypatch, 0), Noting(), random.Random(1)
    while log.head < 500:
        first = chance.randint(max(log.head - 3, 1), log.head + 3)
        run = said(BUSY, first, first + chance.randint(0, 5))
        if chance.random() < 0.2:
            # Another server wrote between them.
            del run[1:-1]
        log.head = max(log.head, run[-1].seq)
        consumer.published(BUSY, run)
        if chance.random() < 0.3:
            await consumer.turn()
    await consumer.turn()
    assert consumer.took == [(BUSY, seq) for seq in range(1, log.head + 1)]
    assert (consumer.waiting, consumer.busy) == (0, False)


async def test_what_is_told_again_while_a_turn_goes_on_takes_nothing_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Log(monkeypatch, 2 * PAGE)
    consumer = Noting()
    consumer.cursors[BUSY] = consumer.stored[BUSY] = 0
    heard = {BUSY: said(BUSY, 1, 5)}
    consumer.published(BUSY, said(BUSY, 1, 2))
    await consumer._let_in([], heard)
    assert await consumer._advance(BUSY, heard[BUSY], 0)
    assert consumer.took == [(BUSY, seq) for seq in range(1, 6)]


async def test_what_is_read_from_the_log_anyway_is_not_kept_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, consumer = Log(monkeypatch, PAGE), Noting()
    consumer.grew(BUSY, PAGE - 1)
    consumer.published(BUSY, said(BUSY, PAGE, PAGE))
    assert (consumer.heard, consumer.heads) == ({}, {BUSY: PAGE})
    await consumer.turn()
    assert consumer.took == [(BUSY, seq) for seq in range(1, PAGE + 1)]
    assert log.pages == 1


def pusher_of(subscribers: Subscribers) -> Pusher:
    devices: Any = SimpleNamespace(database=None, subscribers=subscribers, clock=None)
    return Pusher(devices, devices, CollectorRegistry())


async def test_where_nobody_has_a_device_nothing_of_what_is_said_is_kept_or_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, subscribers = Log(monkeypatch, 0), Subscribers()
    pusher = pusher_of(subscribers)
    looked_at: list[int] = []
    monkeypatch.setattr(pusher, "take", lambda *_: looked_at.append(1))
    monkeypatch.setattr("messenger.consumer.log_of.heads", None)
    for first in (1, 4):
        log.head = first + 2
        pusher.published(BUSY, said(BUSY, first, log.head))
        assert (pusher.heard, pusher.waiting, pusher.unwanted) == ({}, 0, {BUSY: log.head})
        await pusher.turn()
        assert (pusher.reached(BUSY), log.pages, looked_at) == (log.head, 0, [])
    assert not pusher.busy


async def test_who_gets_a_device_before_it_was_passed_over_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, subscribers = Log(monkeypatch, 3), Subscribers()
    pusher = pusher_of(subscribers)
    pusher.published(BUSY, said(BUSY, 1, 3))
    subscribers.add(1, "device", "service")
    await pusher.turn()
    assert (log.pages, pusher.reached(BUSY)) == (1, 3)


async def test_what_was_not_passed_over_when_the_database_was_away_is_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def away(*_: Any) -> dict[int, int]:
        raise ConnectionError

    log = Log(monkeypatch, 3)
    monkeypatch.setattr("messenger.consumer.consumers.cursors", away)
    pusher = pusher_of(Subscribers())
    pusher.published(BUSY, said(BUSY, 1, 3))
    with pytest.raises(ConnectionError):
        await pusher.turn()
    assert pusher.busy
    monkeypatch.setattr("messenger.consumer.consumers.cursors", log.cursors)
    await pusher.turn()
    assert pusher.reached(BUSY) == 3


async def test_where_nobody_has_a_device_the_log_is_not_read_for_pushes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, subscribers = Log(monkeypatch, 20 * PAGE), Subscribers()
    pusher = pusher_of(subscribers)
    # More was announced than is stored: what comes there is still to be told of.
    pusher.grew(QUIET, log.head + 1)
    await pusher.turn()
    assert log.pages == 0
    assert pusher.reached(QUIET) == log.head
    subscribers.add(1, "device", "service")
    log.head += 1
    pusher.grew(QUIET, log.head)
    await pusher.turn()
    assert log.pages == 1
