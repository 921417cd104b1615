"""SIGTERM: what was taken on is finished, sockets are told when to come back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import aiohttp
import msgspec
import pytest

from tests.live.client import Client, Closed
from tests.live.conftest import Stage
from tests.waiting import PATIENCE, until


async def test_sockets_are_told_when_to_come_back(stage: Stage, alice: Client, bob: Client) -> None:
    async with asyncio.timeout(PATIENCE):
        await stage.server.stop()
    for client in (alice, bob):
        closed = await client.expect_closed(1001)
        assert msgspec.json.decode(closed.reason)["retry_after_ms"] > 0


async def test_what_was_acknowledged_under_shutdown_is_stored_and_nothing_is_refused(
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
            except (Closed, ConnectionError):
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


async def test_calls_are_answered_until_nobody_listens_any_more(
    stage: Stage, alice: Client, lobby: int
) -> None:
    """On kept connections, too: each of them is told its last answer, or ends between two."""
    where = f"{stage.base}/api/v1/chats/{lobby}/draft"
    headers = {"Authorization": f"Bearer {alice.token}"}
    answered: list[int] = []

    async def call(http: aiohttp.ClientSession) -> None:
        while True:
            try:
                async with http.put(where, json={"text": f"{len(answered)}"}) as answer:
                    answered.append(answer.status)
            except aiohttp.ClientConnectorError:
                return

    async with aiohttp.ClientSession(headers=headers) as http, asyncio.timeout(PATIENCE):
        calling = [asyncio.create_task(call(http)) for _ in range(8)]
        while len(answered) < 50:
            await asyncio.sleep(0)
        await stage.server.stop()
        await asyncio.gather(*calling)
    assert set(answered) == {200}


async def test_a_request_that_takes_its_time_is_waited_for(
    stage: Stage, alice: Client, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, begun = stage.server.directory.store, asyncio.Event()
    read = store.direct

    async def slow(pair: Any) -> Any:
        begun.set()
        await asyncio.sleep(0.3)
        return await read(pair)

    monkeypatch.setattr(store, "direct", slow)
    bob = (await stage.person("bob")).user_id
    headers = {"Authorization": f"Bearer {alice.token}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        asked = asyncio.create_task(
            http.post(f"{stage.base}/api/v1/chats/direct", json={"user_id": bob})
        )
        await begun.wait()
        await stage.server.stop()
        async with await asked as answer:
            assert answer.status < 300
            assert answer.headers["Connection"] == "close"


async def test_what_comes_too_late_is_left_for_the_next_server_and_not_refused(
    stage: Stage, alice: Client, bob: Client, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, begun = stage.server.directory.store, asyncio.Event()
    commit = store.commit

    async def slow(*given: Any) -> Any:
        begun.set()
        await until(lambda: stage.server.directory.streams.closing)
        await asyncio.sleep(0.1)
        return await commit(*given)

    monkeypatch.setattr(store, "commit", slow)
    renaming = await alice.begin("chat.update", chat_id=lobby, title="Taken on")
    await begun.wait()
    stopping = asyncio.create_task(stage.server.stop())
    await until(lambda: stage.server.directory.streams.closing)
    late = await bob.begin("message.send", chat_id=lobby, client_message_id=str(uuid4()), text="x")
    await stopping
    assert (await renaming)["title"] == "Taken on"
    with pytest.raises(Closed, match="1001"):
        await late
