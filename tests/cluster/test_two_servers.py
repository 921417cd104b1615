"""Two servers write to one chat: one order, one truth, and nobody notices which one it is."""

import asyncio
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import aiohttp
import pytest

from messenger import config
from messenger.actors import elsewhere, presence
from messenger.app import Server
from messenger.cluster.bus import AlreadyServed
from messenger.model import SYSTEM
from messenger.protocol.accounts import UpdateUser
from messenger.protocol.commands import AddMembers
from tests.conftest import KEYS
from tests.live.client import Client, Closed, Refused
from tests.live.conftest import Stage
from tests.live.test_positions import applied
from tests.waiting import PATIENCE, until

ROUNDS = 12


async def events_of(client: Client, upto: int) -> list[tuple[int, str]]:
    """Numbers and types as they came, until one of this number has come."""
    seen: list[tuple[int, str]] = []
    while not seen or seen[-1][0] < upto:
        await until(lambda: client.events)
        event = client.events.popleft()
        seen.append((event["seq"], event["type"]))
    return seen


def has_come_to(client: Client, seq: int) -> bool:
    return bool(client.events) and client.events[-1]["seq"] >= seq


async def the_last(client: Client, type: str) -> Any:
    """The newest event of a type, once one came; what came before it is let go."""
    await until(lambda: any(event["type"] == type for event in client.events))
    found = [event for event in client.events if event["type"] == type][-1]
    client.events.clear()
    return found


async def test_each_hears_what_the_other_says(alice: Client, bob: Client, lobby: int) -> None:
    sent = await alice.send(lobby, "from the near one")
    for one in (alice, bob):
        await one.expect("message.created", text="from the near one", seq=sent["seq"])
    sent = await bob.send(lobby, "from the far one")
    await alice.expect("message.created", text="from the far one", seq=sent["seq"])


async def test_all_at_once_stand_in_one_order_for_both(
    alice: Client, bob: Client, lobby: int
) -> None:
    count = 100
    sent = await asyncio.gather(
        *(one.send(lobby, f"{number}") for number in range(count) for one in (alice, bob))
    )
    seqs = [each["seq"] for each in sent]
    assert len(set(seqs)) == 2 * count
    for one in (alice, bob):
        seen = await events_of(one, max(seqs))
        assert [seq for seq, _ in seen[-2 * count :]] == sorted(seqs)
        assert all(later[0] == before[0] + 1 for before, later in pairwise(seen))


async def test_nobody_writes_after_their_removal(alice: Client, bob: Client, lobby: int) -> None:
    """However the two races end: what was refused is nowhere, what stands came before."""
    for round in range(ROUNDS):
        writing = [asyncio.ensure_future(bob.send(lobby, f"{round} {n}")) for n in range(5)]
        await alice.ask("member.remove", chat_id=lobby, user_id=bob.user_id)
        with pytest.raises(Refused, match="not_found"):
            await bob.send(lobby, "late")
        sent = await asyncio.gather(*writing, return_exceptions=True)
        left = await the_last(alice, "member.left")
        for each in sent:
            if isinstance(each, BaseException):
                assert isinstance(each, Refused)
                assert each.code == "not_found"
            else:
                assert each["seq"] < left["seq"]
        await alice.ask("member.add", chat_id=lobby, user_ids=[bob.user_id])
        await bob.subscribe((lobby, None))


async def test_who_is_disabled_on_one_server_writes_on_none(
    near: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    writing = [asyncio.ensure_future(bob.send(lobby, f"{n}")) for n in range(20)]
    await near.server.directory.ask(SYSTEM, UpdateUser(user_id=bob.user_id, disabled=True))
    await asyncio.gather(*writing, return_exceptions=True)
    with pytest.raises((Refused, Closed, aiohttp.ClientError)):
        await bob.send(lobby, "late")
    await until(lambda: bob.closed)


async def test_who_was_disabled_is_refused_by_a_server_that_has_not_heard_of_it(
    near: Stage, far: Stage, alice: Client, bob: Client, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far.server.bus, "hear", lambda directory, heads: None)
    monkeypatch.setattr(far.server.peers.around, "look", AsyncMock())
    await near.server.directory.ask(SYSTEM, UpdateUser(user_id=bob.user_id, disabled=True))
    with pytest.raises(Refused, match="unavailable"):
        await bob.send(lobby, "late")
    assert not [each for each in alice.events if each["type"] == "message.created"]


async def test_what_a_server_has_not_heard_of_refuses_nobody_and_leaves_nothing_undone(
    near: Stage, far: Stage, alice: Client, bob: Client, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bob.send(lobby, "it knows the chat")
    monkeypatch.setattr(far.server.bus, "hear", lambda directory, heads: None)
    monkeypatch.setattr(far.server.peers.around, "look", AsyncMock())
    dora = await far.client("dora")
    await alice.ask("member.add", chat_id=lobby, user_ids=[dora.user_id])
    await dora.send(lobby, "no stranger here")
    await alice.ask("member.remove", chat_id=lobby, user_id=dora.user_id)
    # Not heard of, so she is in already, as far as this one knows.
    await far.ask("alice", AddMembers(chat_id=lobby, user_ids=[dora.user_id]))
    await dora.send(lobby, "in again")


async def test_cards_that_two_move_at_once_stand_where_both_see_them(
    near: Stage, far: Stage, alice: Client, bob: Client
) -> None:
    board = await alice.ask("chat.create", title="Project", board=True, member_ids=[bob.user_id])
    chat = board["id"]
    cards = [await one.ask("task.create", chat_id=chat, title="x") for one in [alice, bob] * 4]
    column = (await alice.ask("column.create", chat_id=chat, title="y"))["id"]
    for one in (alice, bob):
        await one.subscribe((chat, None))
    # Messages come between, whose numbers none of the decisions has foreseen.
    said = [bob.send(chat, f"{n}") for n in range(20)]
    moves = [
        one.ask("task.move", task_id=card["id"], column_id=where)
        for card in cards
        for one, where in ((alice, column), (bob, card["column_id"]))
    ]
    done = await asyncio.gather(*said, *moves)
    last = max(each.get("rev", each.get("seq")) for each in done)
    for one in (alice, bob):
        await until(partial(has_come_to, one, last))
    held = [applied(one, cards) for one in (alice, bob)]
    assert held[0] == held[1]
    assert len({card["position"] for card in held[0].values()}) == len(cards)
    for card in held[0].values():
        # Every move of everybody counted once.
        assert card["version"] == 3


async def test_what_is_heard_while_something_is_decided_is_not_decided_without(
    near: Stage, far: Stage, alice: Client, bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await alice.ask("chat.create", title="Project", board=True, member_ids=[bob.user_id])
    chat = board["id"]
    card = await bob.ask("task.create", chat_id=chat, title="x")
    column = (await alice.ask("column.create", chat_id=chat, title="y"))["id"]
    home = (await bob.ask("task.move", task_id=card["id"], column_id=column))["column_id"]
    actor = far.server.directory.chat(chat)
    decide = actor.decide

    async def late(envelope: Any) -> Any:
        """It is decided on what was so before alice has moved the card away."""
        monkeypatch.setattr(actor, "decide", decide)
        await alice.ask("task.move", task_id=card["id"], column_id=card["column_id"])
        stream = near.server.directory.streams.by_id[chat]
        await until(lambda: actor.stream.seq >= stream.seq)
        return await decide(envelope)

    monkeypatch.setattr(actor, "decide", late)
    moved = await bob.ask("task.move", task_id=card["id"], column_id=home)
    assert (moved["column_id"], moved["version"]) == (home, 4)


async def test_a_word_that_is_lost_is_made_up_for(
    near: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    near.server.directory.streams.tell = lambda events: None
    async with asyncio.timeout(PATIENCE):
        sent = await alice.send(lobby, "nobody says so")
        await bob.expect("message.created", seq=sent["seq"])


async def test_one_that_serves_alone_lets_nobody_beside_it(
    near: Stage, dsn: str, tmp_path: Path
) -> None:
    given = {"DATA_DIR": str(tmp_path), "PORT": "0", "BCRYPT_ROUNDS": "4", **KEYS}
    alone = Server(config.load(given), dsn)
    with pytest.raises(AlreadyServed):
        await alone.start()
    await near.server.stop()
    await alone.start()
    shared = Server(config.load(given | {"BUS": "postgres"}), dsn)
    try:
        with pytest.raises(AlreadyServed):
            await shared.start()
    finally:
        await alone.stop()


async def test_what_passes_reaches_people_on_the_other_server(
    alice: Client, bob: Client, lobby: int
) -> None:
    await alice.ask("typing", chat_id=lobby)
    assert (await bob.expect_signal("typing"))["user_id"] == alice.user_id
    sent = await alice.send(lobby, "read this")
    await bob.ask("read.mark", chat_id=lobby, read_seq=sent["seq"])
    marks = (await alice.expect_signal("receipts"))["marks"]
    assert [bob.user_id, sent["seq"], sent["seq"]] in [list(mark) for mark in marks]


async def test_what_was_read_on_one_server_is_marked_on_one_that_has_not_heard_of_it(
    far: Stage, alice: Client, bob: Client, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far.server.bus, "hear", lambda directory, heads: None)
    monkeypatch.setattr(far.server.peers.around, "look", AsyncMock())
    sent = await alice.send(lobby, "read this")
    marked = await bob.ask("read.mark", chat_id=lobby, read_seq=sent["seq"])
    assert marked["my"]["read_seq"] == sent["seq"]
    with pytest.raises(Refused, match="past the newest"):
        await bob.ask("read.mark", chat_id=lobby, read_seq=sent["seq"] + 1)


async def test_ones_own_mark_reaches_ones_device_on_the_other_server(
    near: Stage, bob: Client, lobby: int
) -> None:
    at_home = await near.client("bob", own_session=True)
    await at_home.subscribe((lobby, None))
    sent = await bob.send(lobby, "note")
    await bob.ask("read.mark", chat_id=lobby, read_seq=sent["seq"])
    assert (await at_home.expect_signal("mark"))["read_seq"] == sent["seq"]


async def test_one_is_here_as_long_as_one_is_on_any_server(
    near: Stage, far: Stage, alice: Client, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "AWAY_AFTER", 0.05)
    carol = (await near.person("carol")).user_id
    await alice.ask("presence.watch", user_ids=[carol])
    here = await near.client("carol")
    assert (await alice.expect_signal("presence"))["online"]
    there = await far.client("carol", own_session=True)
    elsewhere = near.server.directory.presence.elsewhere
    await until(lambda: elsewhere.is_here(carol))
    await here.disconnect()
    await until(lambda: not near.server.directory.presence.sockets(carol))
    await asyncio.sleep(0.1)
    assert not [each for each in alice.signals if each["type"] == "presence"]
    await there.disconnect()
    assert not (await alice.expect_signal("presence"))["online"]


async def test_the_people_of_a_server_that_is_silent_are_gone(
    near: Stage, far: Stage, alice: Client, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    carol = (await near.person("carol")).user_id
    await alice.ask("presence.watch", user_ids=[carol])
    await far.client("carol")
    assert (await alice.expect_signal("presence"))["online"]
    monkeypatch.setattr(far.server.bus.publisher, "present", lambda directory: None)
    monkeypatch.setattr(elsewhere, "SILENT", 0.5)
    assert not (await alice.expect_signal("presence"))["online"]


async def test_one_server_leads_and_the_other_takes_over(near: Stage, far: Stage) -> None:
    await until(lambda: near.server.peers.leads)
    # It has tried by then.
    await until(lambda: far.server.peers.leader._connection)
    await asyncio.sleep(0.3)
    assert not far.server.peers.leads
    await near.server.stop()
    await until(lambda: far.server.peers.leads)
