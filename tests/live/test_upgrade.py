"""The moment between HTTP and the socket, by clients that wait for nobody."""

import asyncio
import base64
import json
import os
import struct
import uuid
from typing import Any

import pytest

from messenger.store.sql import sa
from messenger.store.statements import Prepared
from tests.live.conftest import Stage

SENT = Prepared(
    sa.text("select from messages where chat_id = :chat and client_message_id = cast(:key as uuid)")
)


def upgrade(stage: Stage, token: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /api/v1/ws HTTP/1.1\r\nHost: 127.0.0.1:{stage.server.port}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: messenger.v1.json\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()


def frame(payload: bytes, opcode: int = 1) -> bytes:
    """Masked by zeros, which change nothing."""
    size = len(payload)
    length = bytes((0x80 | size,)) if size < 126 else b"\xfe" + struct.pack("!H", size)
    return bytes((0x80 | opcode,)) + length + bytes(4) + payload


def command(id: int, **fields: Any) -> bytes:
    return frame(json.dumps({"type": "look", "id": id, "chat_id": None, **fields}).encode())


async def token_of(stage: Stage, name: str) -> str:
    who = await stage.person(name)
    return stage.server.tokens.access(who.user_id, who.session_id)


async def read_until(reader: asyncio.StreamReader, what: bytes) -> bytes:
    read = b""
    async with asyncio.timeout(10):
        while what not in read:
            more = await reader.read(65536)
            assert more, read
            read += more
    return read


async def test_commands_that_come_with_the_request_are_answered_in_order(stage: Stage) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
    writer.write(upgrade(stage, await token_of(stage, "alice")) + command(1) + command(2))
    await asyncio.sleep(0)
    writer.write(command(3))
    read = await read_until(reader, b'"id":3')
    assert b" 101 " in read
    places = [read.index(b'"id":%d' % id) for id in (1, 2, 3)]
    assert read.index(b"connection.welcome") < places[0]
    assert places == sorted(places)
    writer.close()


async def test_much_that_comes_with_the_request_is_taken_whole(stage: Stage) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
    # Pongs ask for nothing, and count against nothing.
    much = frame(b"x" * 120, 10) * 3000
    writer.write(upgrade(stage, await token_of(stage, "alice")) + much + command(1))
    await read_until(reader, b'"id":1')
    assert len(stage.server.endpoint.sessions) == 1
    writer.close()


@pytest.mark.parametrize("after", [0.0, 0.001, 0.01, 0.1])
async def test_whoever_hangs_up_at_once_leaves_nothing(stage: Stage, after: float) -> None:
    token = await token_of(stage, "alice")
    for number in range(10):
        _, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
        writer.write(upgrade(stage, token) + command(1))
        await asyncio.sleep(after)
        if number % 2:
            writer.transport.abort()
        else:
            writer.close()
    async with asyncio.timeout(10):
        while stage.server.endpoint.sessions or len(stage.server.runner.server.connections):
            await asyncio.sleep(0.02)
    who = await stage.person("alice")
    assert stage.server.directory.presence.sockets(who.user_id) == []


async def test_what_is_said_before_hanging_up_is_done(stage: Stage) -> None:
    chat = await stage.group("alice")
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
    writer.write(upgrade(stage, await token_of(stage, "alice")))
    await read_until(reader, b"connection.welcome")
    key = str(uuid.uuid4())
    writer.write(command(1, type="message.send", chat_id=chat, client_message_id=key, text="hi"))
    writer.close()
    async with asyncio.timeout(10):
        while not await sent(stage, chat, key):
            await asyncio.sleep(0.02)


async def sent(stage: Stage, chat: int, key: str) -> bool:
    rows = await stage.server.database.fetch(SENT, chat=chat, key=key)
    return bool(rows)
