"""What keeps the index: how much it takes at once, and how much of the time it leaves to others."""

import asyncio
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from messenger import consumer as module
from messenger.model import Event, Message
from messenger.resting import BUSY
from messenger.search.indexer import MOST, Indexer
from messenger.search.numbers import Subject

CHAT, RESTS = 7, Indexer.rests
WORK = 0.01
"""Seconds that a transaction takes here."""


class Recorded(Indexer):
    """Writes nothing, and notes how much it was to write at once."""

    def __init__(self) -> None:
        database: Any = None
        super().__init__(database, CollectorRegistry())
        self.cursors[CHAT] = self.stored[CHAT] = 0
        self.sizes: list[int] = []
        self.fails_at = -1
        self.reached_between: list[int] = []

    async def _write(self, subjects: list[Subject]) -> None:
        self.reached_between.append(self.reached(CHAT))
        if len(self.sizes) == self.fails_at:
            raise ConnectionError
        self.sizes.append(len(subjects))
        await asyncio.sleep(WORK)

    async def _one_by_one(self, subjects: list[Subject]) -> None:
        raise ConnectionError


def said(count: int) -> list[Event]:
    return [
        Event("message.created", CHAT, seq, "2026-11-30T10:00:00.000Z", 1, message(seq))
        for seq in range(1, count + 1)
    ]


def message(seq: int) -> Message:
    return Message(
        chat_id=CHAT, seq=seq, n=seq, sender_id=1, client_message_id=f"{seq}", text="слово",
        created_at="2026-11-30T10:00:00.000Z", rev=seq,
    )  # fmt: skip


async def test_much_at_once_is_written_in_parts_with_rests_between_them() -> None:
    indexer = Recorded()
    indexer.published(CHAT, said(4 * MOST + 1))
    began = asyncio.get_running_loop().time()
    await indexer.turn()
    assert indexer.sizes == [MOST] * 4 + [1]
    took = asyncio.get_running_loop().time() - began
    assert took == pytest.approx((4 * (1 + RESTS.page) + 1) * WORK)
    assert not indexer.busy
    assert indexer.reached(CHAT) == 4 * MOST + 1


async def test_the_busier_the_others_are_the_longer_it_rests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times, least, most = RESTS.times, RESTS.page, RESTS.page_when_busy
    assert times(0) == times(BUSY[0]) == least
    assert times(BUSY[1]) == times(1.9) == most
    assert times(sum(BUSY) / 2) == pytest.approx((least + most) / 2)
    loop = asyncio.get_running_loop()
    # All of a core is used: the first rest shows it, and those after it are long.
    monkeypatch.setattr(module, "process_time", loop.time)
    indexer = Recorded()
    indexer.published(CHAT, said(3 * MOST + 1))
    began = loop.time()
    await indexer.turn()
    assert loop.time() - began == pytest.approx((4 + least + 2 * most) * WORK)


async def test_the_cursor_waits_for_what_is_not_written() -> None:
    indexer = Recorded()
    indexer.fails_at = 2
    indexer.published(CHAT, said(3 * MOST))
    with pytest.raises(ConnectionError):
        await indexer.turn()
    # All of one call of `take` is read again: nothing of it is passed over.
    assert indexer.reached(CHAT) == 0
    assert indexer.reached_between == [0, 0, 0]
    assert indexer.heads == {CHAT: 3 * MOST}
    # Of what was gathered before the cursor moved on, nothing is taken for written either.
    indexer.cursors[CHAT] = 3 * MOST
    assert indexer.reached(CHAT) == 2 * MOST
