"""Two servers that speak by NATS, which may be slow, stopped, killed, or used by somebody else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import aiohttp
import msgspec
import pytest

from messenger import config
from messenger.cluster.nats_client import Nats
from messenger.cluster.nats_format import HEAD, SIGNED, events_of, head_of
from messenger.config import ConfigError
from messenger.protocol.accounts import RevokeSessions
from tests.cluster.nats import NatsServer
from tests.cluster.test_two_servers import (
    test_all_at_once_stand_in_one_order_for_both as test_all_at_once_stand_in_one_order_for_both,
)
from tests.cluster.test_two_servers import (
    test_nobody_writes_after_their_removal as test_nobody_writes_after_their_removal,
)
from tests.live.client import Client, JsonSocket
from tests.live.conftest import Stage
from tests.waiting import until


@pytest.fixture(scope="module")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    file = tmp_path_factory.mktemp("nats") / "nats.conf"
    file.write_text("max_payload: 4096\nmax_pending: 4096\n")
    server = NatsServer("-c", str(file))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def settings(settings: dict[str, str], nats: NatsServer) -> dict[str, str]:
    return settings | {"BUS": nats.url, "MESSAGE_MAX_LENGTH": "20000"}


@pytest.fixture
async def by_nats_alone(near: Stage, far: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else says what the other server has written."""
    for stage in (near, far):
        monkeypatch.setattr(stage.server.bus, "hear", lambda directory, heads: None)
        monkeypatch.setattr(stage.server.peers.around, "look", AsyncMock())
        await until(lambda stage=stage: connected(stage))


def nats_of(stage: Stage) -> Nats:
    assert stage.server.peers.nats is not None
    return stage.server.peers.nats


def connected(stage: Stage) -> bool:
    return nats_of(stage).connected and "nats" not in stage.server.background.failing


async def test_each_hears_what_the_other_says(
    by_nats_alone: None, alice: Client, bob: Client, lobby: int
) -> None:
    for writer in (alice, bob) * 3:
        sent = await writer.send(lobby, "by NATS")
        for one in (alice, bob):
            await one.expect("message.created", text="by NATS", seq=sent["seq"])


async def test_what_is_too_large_for_nats_is_read_from_the_log(
    by_nats_alone: None, alice: Client, bob: Client, lobby: int
) -> None:
    sent = await alice.send(lobby, "x" * 5000)
    await bob.expect("message.created", seq=sent["seq"], text="x" * 5000)
    renamed = await alice.ask("chat.update", chat_id=lobby, title="After it")
    assert (await bob.expect("chat.updated"))["data"]["title"] == renamed["title"]


async def test_a_session_that_ends_on_one_server_is_over_on_the_other(
    by_nats_alone: None, near: Stage, far: Stage, alice: Client
) -> None:
    # Not subscribed to anything: nobody there follows her stream.
    session = await near.session(alice.user_id)
    token = far.server.tokens.access(alice.user_id, session)
    there = await Client(far.base, token, alice.user_id, JsonSocket).connect()
    far.clients.append(there)
    identity = await near.person("alice")
    ended = RevokeSessions(user_id=alice.user_id, session_ids=[session])
    await near.server.directory.ask(identity, ended)
    await there.expect_closed(4401)


async def test_without_nats_all_goes_on_and_the_probe_says_so(
    near: Stage, far: Stage, alice: Client, bob: Client, lobby: int, nats: NatsServer
) -> None:
    await until(lambda: connected(near) and connected(far))
    nats.kill()
    try:
        for writer in (alice, bob):
            sent = await writer.send(lobby, "without")
            for one in (alice, bob):
                await one.expect("message.created", seq=sent["seq"])
        async with aiohttp.ClientSession() as http:

            async def degraded() -> Any:
                async with http.get(f"{near.base}/ready") as answer:
                    assert answer.status == 200
                    return "nats" in (await answer.json())["data"].get("degraded", [])

            await until(degraded)
    finally:
        nats.start()
    await until(lambda: connected(near) and connected(far))
    sent = await alice.send(lobby, "with it again")
    await bob.expect("message.created", seq=sent["seq"])


async def test_a_nats_that_hangs_costs_nothing_that_is_not_found(
    near: Stage, far: Stage, alice: Client, bob: Client, lobby: int, nats: NatsServer
) -> None:
    await until(lambda: connected(near) and connected(far))
    nats.pause()
    try:
        sent = await alice.send(lobby, "said to nobody")
        await bob.expect("message.created", seq=sent["seq"])
    finally:
        nats.go_on()


async def test_words_of_somebody_else_are_left_out(
    by_nats_alone: None, far: Stage, alice: Client, bob: Client, lobby: int, nats: NatsServer
) -> None:
    import nats as library

    prefix = f"messenger.{far.server.directory.epoch}.all"
    stranger = await library.connect(nats.url)
    head = far.server.directory.streams.by_id[lobby].seq
    forged = HEAD.pack(b"e", lobby, head + 1, head + 1, True) + msgspec.msgpack.encode(
        [["message.created", head + 1, "2026-01-01T00:00:00.000Z", alice.user_id, None]]
    )
    for word in (b"", b"x", bytes(16) + forged, bytes(16) + b"s\x91\xa1x", bytes(16) + b"e"):
        await stranger.publish(prefix, word)
    await stranger.flush()
    await stranger.close()
    sent = await alice.send(lobby, "true")
    assert sent["seq"] == head + 1
    await bob.expect("message.created", seq=head + 1, text="true")


@pytest.mark.parametrize(
    "given",
    ["nats://", "nats://a/b", "http://a", "nats://user:pw@a", "nats://a,tls://b", "postgres,a"],
)
def test_what_is_no_bus_is_refused(given: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="BUS"):
        config.load({"DATA_DIR": str(tmp_path), "BUS": given})


def test_servers_of_one_bus_may_be_written_short(tmp_path: Path) -> None:
    given = {"DATA_DIR": str(tmp_path), "BUS": "tls://a:4222, tls://b,c"}
    assert config.load(given).bus == "tls://a:4222,tls://b,tls://c"


def test_what_takes_another_version_to_read_is_left_to_the_log() -> None:
    head = bytes(SIGNED) + HEAD.pack(b"e", 1, 2, 2, False)
    for rows in ([["no.such", 2, "now", 3, {}]], [["chat.updated", 2, "now", 3, {"id": "x"}]], 7):
        word = head + msgspec.msgpack.encode(rows)
        known = head_of(word)
        assert known == (1, 2, 2, False)
        assert events_of(known, word) is None
