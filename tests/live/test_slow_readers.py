"""A reader that does not read is cut off, and nobody else notices."""

import asyncio
import socket

import pytest

from tests.live.client import Client, JsonSocket
from tests.live.conftest import Stage


@pytest.fixture
def settings(settings: dict[str, str]) -> dict[str, str]:
    return {**settings, "WS_MAX_PENDING_BYTES": "180000"}


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


@pytest.mark.parametrize("count", [60, 90])
@pytest.mark.parametrize("letter", ["😀", "\x01"])
async def test_what_was_missed_is_sent_no_faster_than_it_is_read(
    stage: Stage, alice: Client, lobby: int, count: int, letter: str
) -> None:
    """From memory (60) or from the log (90): it must not look like a reader who does not read."""
    seq = (await alice.send(lobby, "hi"))["seq"]
    text = "a" + letter * 4999
    await asyncio.gather(*(alice.send(lobby, text) for _ in range(count)))
    back = await stage.client("carol")
    [session] = [s for s in stage.server.endpoint.sessions if s.identity.user_id == back.user_id]
    session.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    state = (await back.subscribe((lobby, seq)))["streams"][0]
    assert state["seq"] == seq + count
    for n in range(1, count + 1):
        await back.expect("message.created", seq=seq + n, text=text)
    await back.expect_nothing()
