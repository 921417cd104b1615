"""SIGTERM: what was taken on is finished, sockets are told when to come back."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from tests.live.client import Client, Closed, Refused
from tests.live.conftest import Stage
from tests.waiting import PATIENCE


async def test_sockets_are_told_when_to_come_back(stage: Stage, alice: Client, bob: Client) -> None:
    async with asyncio.timeout(PATIENCE):
        await stage.server.stop()
    for client in (alice, bob):
        closed = await client.expect_closed(1001)
        assert msgspec.json.decode(closed.reason)["retry_after_ms"] > 0


async def test_what_was_acknowledged_under_shutdown_is_stored(
    make_stage: Callable[[], Awaitable[Stage]],
) -> None:
    stage = await make_stage()
    lobby = await stage.group("alice", "bob")
    alice = await stage.client("alice")
    acked: list[int] = []

    async def write() -> None:
        while True:
            try:
                acked.append((await alice.send(lobby, "on the way"))["seq"])
            except (Refused, Closed, ConnectionError):
                return

    writers = [asyncio.create_task(write()) for _ in range(10)]
    async with asyncio.timeout(PATIENCE):
        while len(acked) < 100:
            await asyncio.sleep(0)
    await stage.server.stop()
    await asyncio.wait_for(asyncio.gather(*writers), PATIENCE)
    again = await make_stage()
    again.identities = stage.identities
    reader = await again.client("alice")
    await reader.subscribe((lobby, 1))
    stored = [e["seq"] for e in reader.events if e["type"] == "message.created"]
    assert set(acked) <= set(stored)
    assert stored == list(range(stored[0], stored[0] + len(stored)))
