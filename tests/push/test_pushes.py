"""What happens in a chat comes to the devices of those who do not look, and to nobody else's."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from messenger.actors.commands import Remind
from messenger.cli.local_server import local_server
from messenger.jobs.exports import tell_ready
from messenger.model import SYSTEM, Due
from messenger.protocol.accounts import RevokeSessions, UpdateUser
from messenger.protocol.commands import (
    AddMembers,
    AddReaction,
    DeleteMessage,
    EditMessage,
    MarkRead,
    RemoveMember,
    SendMessage,
)
from messenger.protocol.preferences import SetNotifications, SetNotify
from messenger.protocol.tasks import CreateTask, UpdateTask
from messenger.rules.reminders import due_key
from messenger.store.reads import pushing
from messenger.store.rows import exports, pushed
from tests.live.conftest import Stage
from tests.push.conftest import Room
from tests.push.service import Got, push_service
from tests.waiting import PATIENCE, until


async def say(room: Room, name: str, chat: int, text: str, **more: Any) -> int:
    sent = await room.stage.ask(
        name, SendMessage(chat_id=chat, client_message_id=str(uuid.uuid4()), text=text, **more)
    )
    return int(sent.seq)


async def nothing(room: Room) -> None:
    """Nothing comes of what was said, nor of a round that ends after it."""
    await settled(room)
    await asyncio.sleep(0.3)
    assert room.service.got == []


def texts(got: Got) -> tuple[str, str]:
    return got.shown["title"], got.shown.get("body", "")


async def test_message_comes_to_those_who_are_away(room: Room) -> None:
    chat = await room.stage.direct("alice", "bob")
    await room.subscribe("bob")
    seq = await say(room, "alice", chat, "**Привет**, `bob`")
    got = await room.service.expect("bob")
    assert got.payload["web_push"] == 8030
    assert texts(got) == ("Alice", "Привет, bob")
    assert got.shown["navigate"] == f"{room.stage.server.settings.base_url}/chat/{chat}/{seq}"
    assert got.shown["tag"] == f"chat-{chat}"
    assert (got.payload["chat_id"], got.payload["seq"], got.payload["unread"]) == (chat, seq, 1)
    assert (got.payload["app_badge"], got.payload["kind"]) == (1, "message")
    assert got.headers["Topic"] == f"chat-{chat}"
    assert got.headers["Urgency"] == "high"
    assert 86000 < int(got.headers["TTL"]) <= 86400
    await nothing(room)


async def test_each_device_is_told_in_its_language(room: Room) -> None:
    chat = await room.stage.group("alice", "bob", title="Запуск")
    await room.subscribe("bob", "phone", locale="ru")
    await room.subscribe("bob", "laptop", locale="en")
    await room.stage.ask("bob", SetNotifications(hide_text=True))
    await say(room, "alice", chat, "секрет")
    assert texts(await room.service.expect("phone")) == ("Запуск", "Новое сообщение")
    got = await room.service.expect("laptop")
    assert texts(got) == ("Запуск", "New message")
    assert "секрет" not in str(got.payload)


async def test_ones_own_export_is_told_once_it_can_be_fetched(room: Room) -> None:
    bob, server = (await room.stage.person("bob")).user_id, room.stage.server
    await room.subscribe("bob", locale="en")
    # One that was removed meanwhile is nothing to tell of.
    for removed in (True, False):
        asked = await exports.ask(server.database, bob, server.clock())
        assert asked.id is not None
        if removed:
            await exports.remove(server.database, bob)
        await tell_ready(server.database, bob, asked.id, 1000, server.clock())
    got = await room.service.expect("bob")
    assert texts(got)[0] == "Your data is ready"
    assert got.shown["navigate"] == f"{server.settings.base_url}/settings/export"
    assert (got.payload["kind"], got.shown["tag"]) == ("export", "export")
    await nothing(room)
    assert (await exports.find(server.database, bob)).state == "ready"


async def test_sender_and_people_without_a_device_cost_nothing(room: Room) -> None:
    chat = await room.stage.group("alice", "bob")
    await room.subscribe("alice")
    await say(room, "alice", chat, "one")
    await nothing(room)
    assert room.service.visits == 0


async def test_what_was_read_or_turned_off_is_not_told(room: Room) -> None:
    chat = await room.stage.group("alice", "bob", "carol", "dave")
    for name in ("bob", "carol", "dave"):
        await room.subscribe(name)
    await room.stage.ask("bob", SetNotify(chat_id=chat, level="none"))
    await room.stage.ask("carol", SetNotify(chat_id=chat, level="mentions"))
    await say(room, "alice", chat, "one")
    assert (await room.service.expect()).browser == "dave"
    await say(room, "alice", chat, "@carol two")
    assert {(await room.service.expect()).browser for _ in "12"} == {"carol", "dave"}
    await nothing(room)


async def test_tasks_invitations_and_reactions_are_told(room: Room) -> None:
    chat = await room.stage.group("alice", "carol", title="Запуск")
    await room.subscribe("bob", locale="en")
    bob = (await room.stage.person("bob")).user_id
    await room.stage.ask("alice", AddMembers(chat_id=chat, user_ids=[bob]))
    got = await room.service.expect()
    assert texts(got) == ("Alice added you to a chat", "Запуск")
    task = await room.stage.ask("alice", CreateTask(chat_id=chat, title="Счёт", assigned_to=bob))
    got = await room.service.expect()
    assert texts(got) == ("Alice gave you a task", "Счёт")
    assert got.shown["navigate"].endswith(f"/task/{task.id}")
    await room.stage.ask("alice", UpdateTask(task_id=task.id, title="Акт"))
    got = await room.service.expect()
    assert texts(got) == ("Alice changed your task", "Акт")
    assert got.shown["silent"]
    await room.stage.ask("bob", SetNotifications(causes={"reaction": "alert"}))
    seq = await say(room, "bob", chat, "ура")
    await room.stage.ask("alice", AddReaction(chat_id=chat, seq=seq, emoji="👍"))
    assert texts(await room.service.expect()) == ("Запуск", "Alice: 👍")
    await nothing(room)


async def test_edit_takes_the_place_and_deletion_withdraws(room: Room) -> None:
    chat = await room.stage.direct("alice", "bob")
    await room.subscribe("bob")
    seq = await say(room, "alice", chat, "one")
    await room.service.expect()
    await room.stage.ask("alice", EditMessage(chat_id=chat, seq=seq, text="two"))
    got = await room.service.expect()
    assert (texts(got)[1], got.shown["silent"]) == ("two", True)
    await room.stage.ask("alice", DeleteMessage(chat_id=chat, seq=seq))
    got = await room.service.expect()
    assert got.payload["gone"]
    assert got.payload["tag"] == f"chat-{chat}"
    assert "notification" not in got.payload
    assert "web_push" not in got.payload
    assert got.payload["app_badge"] == 0


async def test_read_on_one_device_is_withdrawn_from_the_others(room: Room) -> None:
    chat = await room.stage.direct("alice", "bob")
    await room.subscribe("bob")
    seq = await say(room, "alice", chat, "one")
    await room.service.expect()
    await room.stage.ask("bob", MarkRead(chat_id=chat, read_seq=seq))
    got = await room.service.expect()
    assert got.payload["gone"]
    assert (got.payload["read_seq"], got.payload["app_badge"]) == (seq, 0)
    await room.stage.ask("bob", MarkRead(chat_id=chat, read_seq=seq))
    await nothing(room)


@pytest.mark.parametrize("how", ["leave", "revoke", "disable", "delete"])
async def test_nothing_comes_to_who_may_not_read_it_any_more(room: Room, how: str) -> None:
    chat = await room.stage.group("alice", "bob")
    bob = await room.stage.person("bob")
    await room.subscribe("bob")
    await say(room, "alice", chat, "one")
    await room.service.expect()
    directory = room.stage.server.directory
    if how == "leave":
        await room.stage.ask("alice", RemoveMember(chat_id=chat, user_id=bob.user_id))
    elif how == "revoke":
        ended = RevokeSessions(user_id=bob.user_id, session_ids=[bob.session_id])
        await directory.ask(SYSTEM, ended)
    elif how == "disable":
        await directory.ask(SYSTEM, UpdateUser(user_id=bob.user_id, disabled=True))
    else:
        await room.rest("bob", "DELETE", f"/push/subscriptions/{(await device(room))['id']}")
    await say(room, "alice", chat, "two")
    await nothing(room)


async def device(room: Room) -> Any:
    _, (found,) = await room.rest("bob", "GET", "/push/subscriptions")
    return found


async def test_who_leaves_while_it_waits_gets_nothing(room: Room) -> None:
    """It is asked at the moment of sending, not only when it is decided."""
    chat = await room.stage.group("alice", "bob")
    bob = await room.stage.person("bob")
    await room.subscribe("bob")
    room.service.answers["bob"] = lambda _: web.Response(status=429, headers={"Retry-After": "1"})
    await say(room, "alice", chat, "one")
    await until(lambda: room.service.visits)
    await room.stage.ask("alice", RemoveMember(chat_id=chat, user_id=bob.user_id))
    del room.service.answers["bob"]
    await nothing(room)


async def test_who_leaves_while_an_answer_waits_for_room_gets_nothing(room: Room) -> None:
    """What was asked about with others and has no room yet is asked about once more."""
    chat = await room.stage.group("alice", "bob", "carol")
    bob = await room.stage.person("bob")
    for name in ("carol", "bob"):
        await room.subscribe(name)
    await say(room, "alice", chat, "one")
    await room.service.expect()
    await room.service.expect()
    courier = room.stage.server.pusher.courier
    (service,) = courier.services.values()
    service.window, service.ahead = 1, 8
    held = asyncio.Event()

    async def hold(_: web.Request) -> web.Response:
        await held.wait()
        return web.Response(status=201)

    room.service.answers["carol"] = room.service.answers["bob"] = hold
    await say(room, "alice", chat, "two")
    await until(lambda: service.flying == 1 and len(service.worded) == 1)
    waits = bob.user_id == service.worded[0][1].user_id
    name = "bob" if waits else "carol"
    gone = (await room.stage.person(name)).user_id
    await room.stage.ask("alice", RemoveMember(chat_id=chat, user_id=gone))
    held.set()
    await until(lambda: not service.queued and not service.flying)
    await settled(room)
    assert [got.browser for got in room.service.got] == [({"bob", "carol"} - {name}).pop()]


@pytest.mark.parametrize("status", [429, 503])
async def test_what_a_service_does_not_take_now_comes_later_and_once(
    room: Room, status: int
) -> None:
    chat = await room.stage.direct("alice", "bob")
    await room.subscribe("bob")
    answer = web.Response
    room.service.answers["bob"] = lambda _: answer(status=status, headers={"Retry-After": "1"})
    await say(room, "alice", chat, "one")
    await until(lambda: room.service.visits)
    await say(room, "alice", chat, "two")
    del room.service.answers["bob"]
    got = await room.service.expect()
    assert texts(got)[1] == "two", "the newest of a chat takes the place of what waits"
    assert got.payload["unread"] == 2
    await nothing(room)


async def test_device_that_is_gone_is_forgotten(room: Room) -> None:
    chat = await room.stage.direct("alice", "bob")
    await room.subscribe("bob")
    room.service.answers["bob"] = lambda _: web.Response(status=410)
    await say(room, "alice", chat, "one")
    async with asyncio.timeout(PATIENCE):
        while (await room.rest("bob", "GET", "/push/subscriptions"))[1]:
            await asyncio.sleep(0.02)
    assert not room.stage.server.push.subscribers.by_user


async def test_service_that_hangs_keeps_nobody_else_waiting(
    room: Room, papers: tuple[Any, Any]
) -> None:
    async def hang(_: web.Request) -> web.Response:
        await asyncio.sleep(PATIENCE)
        return web.Response(status=201)

    chat = await room.stage.group("alice", "bob", "carol")
    async with push_service(*papers, room.service.public_key, host="hangs.test") as other:
        browser = other.browser("bob")
        other.answers["bob"] = hang
        status, _ = await room.rest("bob", "POST", "/push/subscriptions", json=room.said(browser))
        assert status == 200
        await room.subscribe("carol")
        for number in range(5):
            await say(room, "alice", chat, str(number))
            got = await room.service.expect("carol", within=PATIENCE / 2)
            assert texts(got)[1] == f"Alice: {number}"


async def test_who_looks_at_the_chat_is_told_once_they_have_gone(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messenger.push.pusher.DESK", 2.0)
    chat = await room.stage.direct("alice", "bob")
    await room.subscribe("bob")
    client = await room.stage.client("bob")
    await client.ask("presence.look", chat_id=chat)
    await say(room, "alice", chat, "one")
    await room.settle()
    await asyncio.sleep(0.3)
    assert room.service.got == []
    await client.ask("presence.look", chat_id=None)
    assert texts(await room.service.expect()) == ("Alice", "one")


async def test_why_says_what_was_decided_and_what_would_be_now(room: Room) -> None:
    chat = await room.stage.group("alice", "bob")
    seq = await say(room, "alice", chat, "before")
    path = f"/push/why?chat_id={chat}&seq="
    status, why = await room.rest("bob", "GET", f"{path}{seq}")
    assert (status, why["then"], why["devices"]) == (200, False, 0)
    assert why["verdict"] == {"telling": "alert", "reason": "told", "cause": "chat"}
    await room.subscribe("bob")
    await room.stage.ask("bob", SetNotify(chat_id=chat, level="mentions"))
    seq = await say(room, "alice", chat, "after")
    await room.settle()
    await room.stage.ask("bob", SetNotify(chat_id=chat, level="all"))
    _, why = await room.rest("bob", "GET", f"{path}{seq}")
    assert (why["then"], why["devices"]) == (True, 1)
    assert why["verdict"] == {"telling": "off", "reason": "chat_off", "cause": "chat"}
    await room.stage.person("carol")
    assert (await room.rest("carol", "GET", f"{path}{seq}"))[0] == 404
    assert (await room.rest("bob", "GET", f"{path}{seq + 1}"))[0] == 404


async def test_cursor_is_stored_when_all_is_sent(room: Room) -> None:
    chat = await room.stage.direct("alice", "bob")
    await room.subscribe("bob")
    pusher = room.stage.server.pusher
    room.service.answers["bob"] = lambda _: web.Response(status=503, headers={"Retry-After": "2"})
    seq = await say(room, "alice", chat, "one")
    await until(lambda: room.service.visits)
    await pusher.keep()
    assert pusher.stored[chat] == seq - 1
    del room.service.answers["bob"]
    await room.service.expect()
    await until(lambda: pusher.stored[chat] == seq)


async def test_what_others_wrote_is_told_too(room: Room) -> None:
    """A command line beside the server commits with its own actors, and says so by NOTIFY."""
    chat = await room.stage.direct("alice", "bob")
    await say(room, "alice", chat, "first")
    await room.subscribe("bob")
    server = room.stage.server
    async with local_server(server.settings, server.database.dsn) as beside:
        alice, bob = [await room.stage.person(name) for name in ("alice", "bob")]
        task = CreateTask(chat_id=chat, title="second", assigned_to=bob.user_id)
        await beside.directory.ask(alice, task)
    assert texts(await room.service.expect())[1] == "second"


async def test_more_than_fits_into_memory_is_read_from_the_log(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messenger.consumer.MOST_HEARD", 0)
    chat = await room.stage.direct("alice", "bob")
    await room.subscribe("bob")
    await say(room, "alice", chat, "one")
    assert texts(await room.service.expect())[1] == "one"


async def test_due_task_is_told_in_the_persons_words(room: Room) -> None:
    chat = await room.stage.group("alice", "bob")
    bob = (await room.stage.person("bob")).user_id
    due = Due(date="2026-01-02")
    made = CreateTask(chat_id=chat, title="Счёт", assigned_to=bob, due=due)
    task = await room.stage.ask("alice", made)
    await room.subscribe("bob")
    reminding = Remind(user_id=bob, chat_id=chat, task_id=task.id, kind="now", due=due_key(due))
    await room.stage.server.directory.ask(SYSTEM, reminding)
    got = await room.service.expect()
    assert texts(got) == ("Наступил срок задачи", "Счёт")
    assert (got.payload["kind"], got.payload["task_id"]) == ("reminder", task.id)
    assert int(got.headers["TTL"]) <= 3600


async def test_what_was_told_is_known_until_it_was_read(room: Room) -> None:
    chat = await room.stage.direct("alice", "bob")
    who, database = await room.stage.person("bob"), room.stage.server.database
    before = await say(room, "alice", chat, "nobody has a device")
    await room.subscribe("bob")
    room.service.answers["bob"] = lambda _: web.Response(status=429, headers={"Retry-After": "1"})
    first = await say(room, "alice", chat, "one")
    await until(lambda: room.service.visits)
    second = await say(room, "alice", chat, "two")
    await room.settle()
    every = [before, first, second]
    assert await pushed.delivered(database, who.user_id, chat, every) == set()
    del room.service.answers["bob"]
    assert texts(await room.service.expect())[1] == "two"
    async with asyncio.timeout(PATIENCE):
        while len(await pushed.delivered(database, who.user_id, chat, every)) < 2:
            await asyncio.sleep(0.01)
    assert await pushed.delivered(database, who.user_id, chat, every) == {first, second}
    await room.stage.ask("bob", MarkRead(chat_id=chat, read_seq=second))
    async with asyncio.timeout(PATIENCE):
        while await pushed.delivered(database, who.user_id, chat, every):
            await asyncio.sleep(0.01)


async def test_what_was_told_before_a_restart_is_withdrawn_after_it(
    room: Room, make_stage: Callable[[], Awaitable[Stage]]
) -> None:
    chat = await room.stage.direct("alice", "bob")
    other = await room.stage.direct("carol", "bob")
    await room.subscribe("bob")
    seq = await say(room, "alice", chat, "one")
    deleted = await say(room, "carol", other, "two")
    seen = {(await room.service.expect()).payload["chat_id"] for _ in "12"}
    assert seen == {chat, other}
    await settled(room)
    people = room.stage.identities
    await room.stage.server.stop()
    room.stage = await make_stage()
    room.stage.identities = people
    await until(lambda: room.stage.server.pusher._remembered)
    began = time.monotonic()
    await room.stage.ask("bob", MarkRead(chat_id=chat, read_seq=seq))
    got = await room.service.expect(within=2)
    assert time.monotonic() - began < 2, "read on one device, cleared on the others"
    assert (got.payload["gone"], got.payload["tag"]) == (True, f"chat-{chat}")
    await room.stage.ask("carol", DeleteMessage(chat_id=other, seq=deleted))
    got = await room.service.expect()
    assert (got.payload["gone"], got.payload["tag"]) == (True, f"chat-{other}")


async def test_what_was_read_as_the_server_ended_is_withdrawn_by_the_next(
    room: Room, make_stage: Callable[[], Awaitable[Stage]], monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await room.stage.direct("alice", "bob")
    await room.subscribe("bob")
    seq = await say(room, "alice", chat, "one")
    await room.service.expect()
    await settled(room)
    # As if it were killed between the mark and what follows from it.
    monkeypatch.setattr(room.stage.server.pusher, "marked", lambda *_: None)
    await room.stage.ask("bob", MarkRead(chat_id=chat, read_seq=seq))
    await room.stage.server.stop()
    room.stage = await make_stage()
    assert (await room.service.expect()).payload["gone"]


async def settled(room: Room) -> None:
    """All is sent, and noted."""
    await until(lambda: not (room.stage.server.pusher.owed or room.stage.server.pusher.busy))


async def test_message_deleted_while_it_waits_for_its_round_is_not_told(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messenger.push.pusher.LARGE", 0)
    chat = await room.stage.group("alice", "bob")
    await room.subscribe("bob")
    await say(room, "alice", chat, "first")
    await room.service.expect()
    await say(room, "alice", chat, "second")
    secret = await say(room, "alice", chat, "a secret")
    await room.stage.ask("alice", DeleteMessage(chat_id=chat, seq=secret))
    got = await room.service.expect()
    assert texts(got)[1] == "Alice: second"


async def test_who_has_devices_is_asked_once_for_all_that_come_together(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await room.stage.group("alice", "bob")
    await room.subscribe("bob")
    people = [await room.stage.person(f"person{number}") for number in range(20)]
    await room.settle()
    asked, subscribed = [], pushing.subscribed

    async def counted(reader: Any, chat_id: int) -> frozenset[int]:
        asked.append(chat_id)
        return await subscribed(reader, chat_id)

    monkeypatch.setattr(pushing, "subscribed", counted)
    added = AddMembers(chat_id=chat, user_ids=[each.user_id for each in people])
    await room.stage.ask("alice", added)
    await say(room, "alice", chat, "@all hello")
    await room.service.expect("bob")
    assert 1 <= len(asked) < 6


async def test_who_joins_while_nobody_has_a_device_is_told_when_they_have_one(room: Room) -> None:
    chat = await room.stage.group("alice", "bob")
    device = await room.subscribe("bob")
    await say(room, "alice", chat, "who is there is known now")
    await room.service.expect("bob")
    status, _ = await room.rest("bob", "DELETE", f"/push/subscriptions/{device['id']}")
    assert status < 300
    carol = await room.stage.person("carol")
    await room.stage.ask("alice", AddMembers(chat_id=chat, user_ids=[carol.user_id]))
    await say(room, "alice", chat, "to nobody")
    await room.subscribe("carol")
    await say(room, "alice", chat, "hello")
    assert texts(await room.service.expect("carol"))[1] == "Alice: hello"
    await nothing(room)
