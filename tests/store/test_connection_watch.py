"""Connections whose server died while they wait. Here they are socket pairs: one end is ours."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from messenger.store import connection_watch as module
from messenger.store.connection_watch import LOOK_EVERY, ConnectionWatch, is_dead


class FakeConnection:
    """What is used of aiopg's connection."""

    def __init__(self, end: socket.socket) -> None:
        self.raw: Any = end
        self.closed = asyncio.Event()

    def close(self) -> None:
        self.closed.set()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


Pair = tuple[socket.socket, socket.socket]


async def test_a_connection_whose_server_died_is_given_up(pair: Pair) -> None:
    ours, theirs = pair
    connection, watch = FakeConnection(ours), ConnectionWatch()
    with watch.waiting(connection):
        ours.send(b"a query")
        theirs.close()  # unread: the connection is reset, as by kill -9
        async with asyncio.timeout(20 * LOOK_EVERY):
            await connection.closed.wait()
    watch.close()


async def test_a_connection_that_only_takes_long_is_left_alone(pair: Pair) -> None:
    connection, watch = FakeConnection(pair[0]), ConnectionWatch()
    with watch.waiting(connection):
        assert not is_dead(connection)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5 * LOOK_EVERY):
                await connection.closed.wait()
    watch.close()


async def test_a_connection_that_was_answered_is_not_watched_any_more(pair: Pair) -> None:
    ours, theirs = pair
    connection, watch = FakeConnection(ours), ConnectionWatch()
    with watch.waiting(connection):
        pass
    theirs.close()
    assert is_dead(connection)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5 * LOOK_EVERY):
            await connection.closed.wait()
    watch.close()


async def test_an_answer_that_does_not_come_is_not_waited_for_any_longer(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKS", 3)
    connection, watch = FakeConnection(pair[0]), ConnectionWatch()

    async def waits() -> None:
        async with asyncio.timeout(20 * LOOK_EVERY):
            await connection.closed.wait()
        # As aiopg has it fail.
        raise psycopg2.OperationalError("Connection closed")

    with pytest.raises(TimeoutError) as caught, watch.waiting(connection):
        await waits()
    assert connection.closed.is_set()
    assert isinstance(caught.value.__cause__, psycopg2.OperationalError)
    with watch.waiting(connection):
        """The next has a time of its own, and fails for its own reasons."""
    with pytest.raises(psycopg2.OperationalError), watch.waiting(connection):
        raise psycopg2.OperationalError("another")
    watch.close()
