"""Coming back: the backlog after a cursor, then live, with no hole and no repeat."""

import asyncio

import pytest

from messenger.protocol.commands import SendMessage
from tests.live.client import Client, JsonSocket, MsgpackSocket, Refused
from tests.live.conftest import Stage
from tests.waiting import PATIENCE

KINDS = pytest.mark.parametrize("kind", [JsonSocket, MsgpackSocket])


async def fill(client: Client, chat: int, count: int) -> None:
    await asyncio.gather(*(client.send(chat, f"message {n}") for n in range(count)))


@KINDS
async def test_a_thousand_missed_messages_come_in_order(
    stage: Stage, alice: Client, lobby: int, kind: type[JsonSocket]
) -> None:
    reader = await stage.client("bob", kind)
    seq = (await reader.subscribe((lobby, None)))["streams"][0]["seq"]
    await reader.disconnect()
    await fill(alice, lobby, 1000)
    await reader.connect()
    state = (await reader.subscribe((lobby, seq)))["streams"][0]
    assert state["seq"] == seq + 1000
    for n in range(1, 1001):
        await reader.expect("message.created", seq=seq + n)
    await reader.expect_nothing()


@KINDS
async def test_all_streams_resume_at_once_the_own_one_first(
    stage: Stage, alice: Client, lobby: int, kind: type[JsonSocket]
) -> None:
    other = await stage.group("alice", "bob", title="Other")
    reader = await stage.client("bob", kind)
    state = (await reader.subscribe_all())["streams"]
    assert state[0]["id"] == reader.user_id
    cursors = {stream["id"]: stream["seq"] for stream in state}
    await reader.disconnect()
    await fill(alice, lobby, 30)
    await fill(alice, other, 30)
    third = await stage.group("alice", "bob", title="Third")
    await reader.connect()
    streams = {s["id"]: s for s in (await reader.subscribe_all(cursors))["streams"]}
    assert streams[third]["seq"] > 0
    assert reader.events[0]["stream"] == reader.user_id
    for chat in (lobby, other):
        seqs = [e["seq"] for e in reader.events if e["stream"] == chat]
        assert seqs == list(range(cursors[chat] + 1, cursors[chat] + 31))


async def test_nothing_is_missed_or_doubled_while_others_write(
    stage: Stage, alice: Client, lobby: int
) -> None:
    start = (await alice.subscribe((lobby, None)))["streams"][0]["seq"]
    stop = asyncio.Event()

    async def write() -> None:
        while not stop.is_set():
            await alice.send(lobby, "x" * 500)

    writers = [asyncio.create_task(write()) for _ in range(4)]
    reader = await stage.client("bob", MsgpackSocket)
    at = start
    for _ in range(15):
        state = (await reader.subscribe((lobby, at)))["streams"][0]
        assert state["seq"] >= at
        while at < state["seq"] + 3:
            event = await reader.expect("message.created")
            assert event["seq"] == at + 1
            at += 1
        await reader.disconnect()
        reader.events.clear()
        await reader.connect()
    stop.set()
    await asyncio.gather(*writers)


async def test_a_second_subscribe_replaces_the_first(
    alice: Client, bob: Client, lobby: int
) -> None:
    seq = (await alice.send(lobby, "one"))["seq"]
    await bob.subscribe((lobby, None))
    await bob.subscribe((lobby, seq - 1))
    await bob.expect("message.created", text="one")
    await alice.send(lobby, "two")
    await bob.expect("message.created", text="two")
    await bob.expect_nothing()


async def test_what_cannot_be_bridged_is_a_reset(alice: Client, lobby: int) -> None:
    ahead = (await alice.subscribe((lobby, 10_000)))["streams"][0]
    assert ahead["reset"] is True
    other = (await alice.subscribe((lobby, 1), epoch=alice.welcome["epoch"] ^ 1))["streams"][0]
    assert other["reset"] is True
    sent = await alice.send(lobby, "live after a reset")
    await alice.expect("message.created", seq=sent["seq"])


async def test_a_stream_one_may_not_read_is_gone_and_nothing_else_fails(
    stage: Stage, alice: Client, lobby: int
) -> None:
    secret = await stage.group("bob", title="Secret")
    states = (await alice.subscribe((secret, 0), (lobby, None), (999_999, None)))["streams"]
    assert states[0] == {"id": secret, "gone": True}
    assert states[1]["id"] == lobby
    assert "gone" not in states[1]
    assert states[2] == {"id": 999_999, "gone": True}
    bob = await stage.person("bob")
    assert (await alice.subscribe((bob.user_id, None)))["streams"][0]["gone"] is True


async def test_a_cursor_needs_its_epoch(alice: Client, lobby: int) -> None:
    with pytest.raises(Refused, match="validation_failed"):
        await alice.ask("subscribe", streams=[[lobby, 1]])


async def test_unsubscribed_means_silent(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:  # fmt: skip
    await bob.subscribe((lobby, None))
    await bob.ask("unsubscribe", streams=[lobby])
    await alice.send(lobby, "unheard")
    await bob.expect_nothing()
    assert stage.server.directory.streams.by_id[lobby].deserted


async def test_edits_made_while_away_are_seen_as_they_stand(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    seq = (await alice.send(lobby, "first"))["seq"]
    await alice.ask("message.edit", chat_id=lobby, seq=seq, text="second")
    await alice.ask("message.delete", chat_id=lobby, seq=seq)
    await bob.subscribe((lobby, seq - 1))
    created = await bob.expect("message.created", seq=seq, text="")
    assert created["data"]["rev"] == seq + 2
    await bob.expect("message.edited", text="")
    await bob.expect("message.deleted", text="")


async def test_a_long_backlog_does_not_block_other_commands(
    stage: Stage, alice: Client, lobby: int
) -> None:
    await fill(alice, lobby, 300)
    reader = await stage.client("bob")
    pending = await reader.begin(
        "subscribe", streams=[[lobby, 1]], epoch=reader.welcome["epoch"]
    )  # fmt: skip
    command = SendMessage(
        chat_id=lobby, client_message_id="00000000-0000-4000-8000-000000000000", text="meanwhile"
    )
    await stage.ask("alice", command)
    await reader.ask("draft.set", chat_id=lobby, text="typing on")
    await asyncio.wait_for(pending, PATIENCE)
