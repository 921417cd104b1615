"""Large chats are told of in rounds; whom a message names does not wait for one."""

import pytest

from messenger.protocol.commands import MarkRead
from tests.push.conftest import Room
from tests.push.test_pushes import nothing, say, texts
from tests.waiting import until


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messenger.push.pusher.LARGE", 0)


async def test_large_chat_is_told_of_now_and_then_and_of_the_newest(room: Room) -> None:
    chat = await room.stage.group("alice", "bob")
    await room.subscribe("bob")
    pusher = room.stage.server.pusher
    for text in ("one", "two", "three"):
        await say(room, "alice", chat, text)
        await until(lambda text=text: text != "one" or room.service.got)
    assert texts(await room.service.expect())[1] == "Alice: one"
    got = await room.service.expect()
    assert (texts(got)[1], got.payload["unread"]) == ("Alice: three", 3)
    await until(lambda: not (pusher.owed or pusher.rounds))


async def test_whom_a_message_names_is_told_at_once_and_not_again(room: Room) -> None:
    chat = await room.stage.group("alice", "bob", "carol")
    await room.subscribe("bob")
    await room.subscribe("carol")
    first = await say(room, "alice", chat, "one")
    for name in ("bob", "carol"):
        assert texts(await room.service.expect(name))[1] == "Alice: one"
    await say(room, "alice", chat, "@bob two")
    got = await room.service.expect("bob")
    assert (texts(got)[1], room.service.got) == ("Alice: @bob two", [])
    await say(room, "alice", chat, "three", reply_to=first)
    # The round: carol is told for the first time since, and bob of what does not name him.
    assert texts(await room.service.expect("carol"))[1] == "Alice: three"
    assert texts(await room.service.expect("bob"))[1] == "Alice: three"
    await say(room, "carol", chat, "@bob four")
    assert texts(await room.service.expect("bob"))[1] == "Carol: @bob four"
    await until(lambda: not room.stage.server.pusher.rounds)
    await nothing(room)


async def test_why_says_what_was_told_before_the_round(room: Room) -> None:
    chat = await room.stage.group("alice", "bob")
    await room.subscribe("bob")
    await say(room, "alice", chat, "one")
    await room.service.expect("bob")
    seq = await say(room, "alice", chat, "@bob two")
    await room.service.expect("bob")
    await room.stage.ask("bob", MarkRead(chat_id=chat, read_seq=seq))
    await until(lambda: not room.stage.server.pusher.rounds)
    _, why = await room.rest("bob", "GET", f"/push/why?chat_id={chat}&seq={seq}")
    assert why["verdict"]["telling"] == "alert", why
