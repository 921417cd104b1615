"""Who hears of what is committed, and in which order, beside its readers."""

import asyncio
from typing import Any

import pytest

from messenger.actors.directory import Directory
from messenger.model import Event, Identity
from messenger.protocol.commands import SendMessage, UpdateChat
from messenger.ws.outbox import Outbox
from tests.unit.test_stream import Listener

Order = list[tuple[str, Any]]


class Reader(Listener):
    """Somebody whose frames leave at the end of the turn, as a socket's do."""

    def __init__(self, order: Order) -> None:
        super().__init__()
        self.order = order
        self.outbox = Outbox()
        self.pending: list[bytes] = []

    def push(self, data: bytes) -> None:
        super().push(data)
        self.pending = [data]
        self.outbox.add(self)  # type: ignore[arg-type]

    def flush(self) -> None:
        self.order.append(("socket", self.frames[-1]["seq"]))


class Hearing:
    """A tap that keeps what it hears."""

    def __init__(self, order: Order) -> None:
        self.order = order

    def published(self, stream: int, events: list[Event]) -> None:
        self.order += [("tap", event.seq) for event in events]

    def grew(self, stream: int, seq: int) -> None:
        self.order.append(("grew", seq))

    def marked(self, chat_id: int, user_id: int, read_seq: int) -> None:
        self.order.append(("marked", read_seq))


@pytest.fixture
def order(directory: Directory, lobby: int) -> Order:
    order: Order = []
    directory.streams.taps.add(Hearing(order))
    directory.streams.stream(lobby).add(Reader(order))
    return order


def said(lobby: int, number: int) -> SendMessage:
    key = f"00000000-0000-4000-8000-{number:012}"
    return SendMessage(chat_id=lobby, client_message_id=key, text="hello")


async def test_a_message_has_left_for_its_readers_before_anything_else_is_done_with_it(
    directory: Directory, alice: Identity, lobby: int, order: Order
) -> None:
    sent = await directory.ask(alice, said(lobby, 1))
    assert order == [("socket", sent.seq), ("tap", sent.seq)]


async def test_what_changes_who_may_read_is_heard_of_before_sockets_hear_of_it(
    directory: Directory, alice: Identity, lobby: int, order: Order
) -> None:
    renamed = await directory.ask(alice, UpdateChat(chat_id=lobby, title="Hall"))
    assert order == [("tap", renamed.rev), ("socket", renamed.rev)]


async def test_one_that_fails_keeps_nothing_from_the_others(
    directory: Directory, alice: Identity, lobby: int, order: Order
) -> None:
    class Failing(Hearing):
        def published(self, stream: int, events: list[Event]) -> None:
            raise RuntimeError("broken")

    class Unwritable(Reader):
        def push(self, data: bytes) -> None:
            raise RuntimeError("broken, too")

    directory.streams.taps._all.insert(0, Failing(order))
    sent = await directory.ask(alice, said(lobby, 1))
    assert order[-1] == ("tap", sent.seq)
    directory.streams.stream(lobby).add(Unwritable(order))
    message = Event("message.created", lobby, sent.seq + 1, "at", 5, None)
    with pytest.raises(RuntimeError, match="broken, too"):
        directory.streams.publish_run(lobby, [message])
    await asyncio.sleep(0)
    assert order[-1] == ("tap", message.seq)


async def test_whatever_is_told_at_once_comes_after_what_was_said_before_it(
    directory: Directory, lobby: int
) -> None:
    heard: Order = []
    directory.streams.taps.add(Hearing(heard))
    message = Event("message.created", lobby, 7, "at", 5, None)
    directory.streams.taps.published_later(lobby, [message])
    directory.streams.marked(lobby, 5, 7)
    directory.streams.taps.published_later(lobby, [message])
    directory.streams.taps.grew(lobby, 9)
    assert heard == [("tap", 7), ("marked", 7), ("tap", 7), ("grew", 9)]
