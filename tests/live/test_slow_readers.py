"""A reader that does not read is cut off, and nobody else notices."""

import asyncio
import socket

import pytest

from tests.live.client import Client, JsonSocket
from tests.live.conftest import Stage


@pytest.fixture
def settings(settings: dict[str, str]) -> dict[str, str]:
    return {**settings, "WS_MAX_PENDING_BYTES": "65536"}


async def test_a_stalled_reader_is_closed_and_resumes(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    stalled = await stage.client("carol")
    seq = (await stalled.subscribe((lobby, None)))["streams"][0]["seq"]
    await bob.subscribe((lobby, None))
    [session] = [s for s in stage.server.endpoint.sessions if s.identity.user_id == stalled.user_id]
    for end in (session.transport.get_extra_info("socket"),):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    stalled.reader.cancel()
    transport = stalled.socket.socket._response.connection.transport
    transport.pause_reading()
    count = 0
    async with asyncio.timeout(20):
        while session.closing is None:
            await asyncio.gather(*(alice.send(lobby, "x" * 5000) for _ in range(20)))
            count += 20
    assert session.closing.code == 4503
    for n in range(1, count + 1):
        await bob.expect("message.created", seq=seq + n)
    back = await stage.client("carol", JsonSocket)
    state = (await back.subscribe((lobby, seq)))["streams"][0]
    assert state["seq"] == seq + count
    for n in range(1, count + 1):
        await back.expect("message.created", seq=seq + n)
