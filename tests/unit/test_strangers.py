"""Ids that nobody has, and people who may not be seen any more."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from messenger import errors
from messenger.actors.actor import NoReply
from messenger.model import Identity
from messenger.protocol import accounts, commands, connection, events
from messenger.ws import dispatch, subscriptions

from .cast import SETTINGS, Reader, Stage, settled

INVENTED = range(900_001, 901_001)


def counts(stage: Stage) -> tuple[int, int, int]:
    directory = stage.directory
    return len(directory.streams.by_id), len(directory.chats), len(directory.presence.persons)


async def test_subscribing_to_invented_ids_keeps_nothing(
    stage: Stage, lobby: int, bob: Identity
) -> None:
    session, line = stage.open_socket(bob)
    before = counts(stage)
    streams: list[Any] = [(id, None) for id in INVENTED]
    await subscriptions.subscribe(
        stage.directory, session, connection.Subscribe(id=1, streams=streams[:500])
    )
    with_cursors = connection.Subscribe(
        id=2, all=True, cursors=[(id, 3) for id in INVENTED], epoch=stage.directory.epoch
    )
    await subscriptions.subscribe(stage.directory, session, with_cursors)
    ack = await line.heard.expect("ack", id=1)
    assert all(state["gone"] for state in ack["data"]["streams"])
    # What `all` added are the streams that bob may read.
    mine = {bob.user_id, *(a.id for a in await stage.memory.access(bob.user_id, None))}
    assert len(stage.directory.streams.by_id) <= before[0] + len(mine)
    assert not stage.directory.streams.by_id.keys() & set(INVENTED)


async def test_commands_for_invented_chats_keep_nothing(stage: Stage, bob: Identity) -> None:
    before = counts(stage)
    for id in INVENTED:
        stage.directory.typing(bob, id)
        stage.directory.send(bob, commands.MarkRead(chat_id=id, read_seq=1), NoReply())
        if id % 100 == 0:
            await settled()
    with pytest.raises(errors.NotFound):
        await stage.send(bob, INVENTED[0])
    await settled()
    assert counts(stage) == before


async def test_a_stream_that_is_made_while_heads_are_read_misses_nothing(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    first = (await stage.send(alice, lobby)).seq
    stage.restart()
    session, line = stage.open_socket(bob)
    sent: list[int] = []

    async def happening() -> None:
        sent.append((await stage.send(alice, lobby)).seq)

    for way in ("out", "back"):
        for _ in range(2):
            stage.memory.once("access", way, happening)  # type: ignore[arg-type]
    command = connection.Subscribe(id=1, streams=[(lobby, first)], epoch=stage.directory.epoch)
    await subscriptions.subscribe(stage.directory, session, command)
    await settled()
    assert line.heard.seqs(lobby) == sorted(sent)


async def test_only_so_many_subscribes_of_a_socket_wait(
    stage: Stage, lobby: int, bob: Identity
) -> None:
    session, _ = stage.open_socket(bob)
    command = connection.Subscribe(id=1, streams=[(lobby, None)])
    waiting = []
    async with session.subscribing:
        for _ in range(subscriptions.MOST_AT_ONCE):
            subscriptions.check(session, command, SETTINGS)
            work = subscriptions.subscribe(stage.directory, session, command)
            waiting.append(asyncio.ensure_future(work))
            await asyncio.sleep(0)
        with pytest.raises(errors.RateLimited):
            subscriptions.check(session, command, SETTINGS)
    await asyncio.gather(*waiting)
    subscriptions.check(session, command, SETTINGS)


def test_commands_weigh_what_they_cost() -> None:
    many: Any = [(id, 1) for id in range(1, 1001)]
    assert connection.Ping().weight() == 1
    assert connection.Subscribe(streams=many).weight() == 51
    assert connection.Subscribe(all=True, cursors=many).weight() == 51
    assert connection.WatchPresence(user_ids=[*range(1, 201)]).weight() == 11
    assert commands.AddMembers(chat_id=1, user_ids=[*range(1, 1001)]).weight() == 51


def socket(session_id: str, heard_at: float) -> Any:
    made = SimpleNamespace(
        identity=SimpleNamespace(session_id=session_id),
        closing=None,
        heartbeat=SimpleNamespace(heard_at=heard_at),
    )
    made.close = lambda close: setattr(made, "closing", close)
    return made


def test_the_device_with_the_most_sockets_loses_its_quietest() -> None:
    settings = replace(SETTINGS, ws_max_connections_per_user=5)
    phone = socket("phone", 1.0)
    wild = [socket("script", 10.0 + n) for n in range(4)]
    dispatch.make_room([phone, *wild[:3]], settings)
    assert not any(each.closing for each in (phone, *wild))
    dispatch.make_room([phone, *wild], settings)
    assert [each.closing for each in (phone, *wild)] == [
        None, events.TOO_MANY_CONNECTIONS, None, None, None,
    ]  # fmt: skip
    dispatch.make_room([phone, *wild], settings)
    assert wild[1].closing is None, "what is closing takes nobody's place"


# Presence ends with what two people shared


async def watching(stage: Stage, guest: Identity, *whom: Identity) -> Reader:
    reader = stage.reader(guest)
    wanted = [who.user_id for who in whom]
    assert await stage.directory.presence.watch_visible(reader, wanted) == wanted
    return reader


async def hears(stage: Stage, reader: Reader, whom: Identity) -> bool:
    await settled()
    before = len(reader.all)
    other = stage.reader(whom)
    await settled()
    stage.directory.presence.leave(other, ())
    await asyncio.sleep(10)
    return any(said["type"] == "presence" and said["id"] == whom.user_id
               for said in reader.all[before:])  # fmt: skip


@pytest.fixture
async def guest(stage: Stage) -> Identity:
    return await stage.add("gast", role="guest")


async def shared(stage: Stage, guest: Identity, alice: Identity, bob: Identity) -> int:
    return await stage.make_group(alice, guest, bob)


async def test_a_removed_guest_hears_of_nobody(
    stage: Stage, guest: Identity, alice: Identity, bob: Identity
) -> None:
    group = await shared(stage, guest, alice, bob)
    reader = await watching(stage, guest, alice, bob)
    assert await hears(stage, reader, bob)
    await stage.ask(alice, commands.RemoveMember(chat_id=group, user_id=guest.user_id))
    assert not await hears(stage, reader, bob)
    assert reader.watched == []


async def test_a_guest_hears_no_more_of_who_left(
    stage: Stage, guest: Identity, alice: Identity, bob: Identity
) -> None:
    group = await shared(stage, guest, alice, bob)
    reader = await watching(stage, guest, alice, bob)
    await stage.ask(alice, commands.RemoveMember(chat_id=group, user_id=bob.user_id))
    assert not await hears(stage, reader, bob)
    assert await hears(stage, reader, alice), "alice is still there"


async def test_a_deleted_chat_ends_what_it_showed(
    stage: Stage, guest: Identity, alice: Identity, bob: Identity
) -> None:
    group = await shared(stage, guest, alice, bob)
    reader = await watching(stage, guest, bob)
    await stage.ask(alice, commands.DeleteChat(chat_id=group))
    assert not await hears(stage, reader, bob)


async def test_who_becomes_a_guest_hears_of_those_alone_they_share_a_chat_with(
    stage: Stage, lobby: int, alice: Identity, bob: Identity, carol: Identity
) -> None:
    root = await stage.add("root", role="admin")
    reader = await watching(stage, bob, alice, carol)
    await stage.ask(root, accounts.UpdateUser(user_id=bob.user_id, role="guest"))
    assert await hears(stage, reader, alice), "they share the lobby"
    assert not await hears(stage, reader, carol)


async def test_watching_while_one_is_removed_shows_nothing(
    stage: Stage, guest: Identity, alice: Identity, bob: Identity
) -> None:
    group = await shared(stage, guest, alice, bob)
    reader = stage.reader(guest)
    remove = commands.RemoveMember(chat_id=group, user_id=guest.user_id)

    async def removed() -> None:
        await stage.ask(alice, remove)

    stage.memory.once("visible", "back", removed)
    assert await stage.directory.presence.watch_visible(reader, [bob.user_id]) == []
    assert not await hears(stage, reader, bob)
