"""Devices subscribe, are listed, tried out, and end with their session."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from messenger.model import SYSTEM, timestamp
from messenger.protocol.accounts import RevokeSessions, UpdateUser
from messenger.push.posting import Result
from messenger.store.schema.tables import push_subscriptions
from messenger.store.sql import sa
from messenger.store.statements import Prepared
from tests.push.conftest import Room
from tests.waiting import PATIENCE

COUNT = Prepared(sa.select(sa.func.count()).select_from(push_subscriptions))


async def devices(room: Room, name: str) -> list[dict[str, Any]]:
    status, data = await room.rest(name, "GET", "/push/subscriptions")
    assert status == 200
    return list(data)


async def test_device_that_says_it_again_is_subscribed_once(room: Room) -> None:
    first = await room.subscribe("alice")
    again = await room.subscribe("alice", locale="en")
    assert again["id"] == first["id"]
    (listed,) = await devices(room, "alice")
    assert listed == again
    assert (listed["locale"], listed["user_agent"]) == ("en", "Firefox/150")
    assert listed["current"]
    assert listed["error"] is None
    assert room.service.url.endswith(listed["service"])


async def test_device_is_told_to_who_signed_in_last_on_it(room: Room) -> None:
    await room.subscribe("alice", "shared")
    await room.subscribe("bob", "shared")
    assert await devices(room, "alice") == []
    assert len(await devices(room, "bob")) == 1


async def test_changed_endpoint_takes_the_place_of_the_old_one(room: Room) -> None:
    await room.subscribe("alice", "before")
    old = room.service.browsers["before"].endpoint
    await room.subscribe("bob", "after", replaces=old)
    assert len(await devices(room, "alice")) == 1, "another person's is not theirs to replace"
    await room.subscribe("alice", "after", replaces=old)
    assert len(await devices(room, "alice")) == 1


async def test_twenty_first_device_takes_the_place_of_the_one_of_no_use(room: Room) -> None:
    for number in range(21):
        last = await room.subscribe("alice", f"device{number}")
    ids = {each["id"] for each in await devices(room, "alice")}
    assert len(ids) == 20
    assert last["id"] in ids
    memory = room.stage.server.push.subscribers
    who = await room.stage.person("alice")
    assert {device.id for device in memory.of(who.user_id)} == ids


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": "A" * 87}, "key"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "keys"),
        ({"endpoint": "http://push.example/1"}, "endpoint"),
        ({"endpoint": "https://10.0.0.1/1"}, "endpoint"),
        ({"endpoint": "https://[::ffff:127.0.0.2]/1"}, "endpoint"),
        ({"endpoint": "https://user@push.example/1"}, "endpoint"),
        ({"endpoint": "file:///etc/passwd"}, "endpoint"),
        ({"locale": "fr"}, "locale"),
    ],
)
async def test_what_cannot_be_pushed_to_is_refused(
    room: Room, change: dict[str, Any], field: str
) -> None:
    body = {**room.said(room.service.browser("phone")), **change}
    status, error = await room.rest("alice", "POST", "/push/subscriptions", json=body)
    assert (status, error["code"]) == (422, "validation_failed")
    assert error["details"]["field"] == field
    assert await devices(room, "alice") == []
    assert room.service.visits == 0


@pytest.mark.parametrize("end", ["sign_out", "revoke", "disable"])
async def test_device_ends_with_its_session(room: Room, end: str) -> None:
    who = await room.stage.person("alice")
    session = await room.stage.session(who.user_id)
    await room.subscribe("alice", session=session)
    assert len(await devices(room, "alice")) == 1
    directory = room.stage.server.directory
    if end == "sign_out":
        await room.rest("alice", "DELETE", f"/sessions/{session}")
    elif end == "revoke":
        ended = RevokeSessions(user_id=who.user_id, session_ids=[session])
        await directory.ask(SYSTEM, ended)
    else:
        await directory.ask(SYSTEM, UpdateUser(user_id=who.user_id, disabled=True))
    await room.stage.server.push.tidy()
    assert who.user_id not in room.stage.server.push.subscribers
    assert await room.stage.server.database.fetch(COUNT) == [(0,)]


async def test_device_of_another_key_is_none(room: Room) -> None:
    await room.subscribe("alice")
    room.stage.server.push.vapid.key_id = "another"
    assert await devices(room, "alice") == []
    await room.stage.server.push.tidy()
    assert await room.stage.server.database.fetch(COUNT) == [(0,)]


async def test_test_says_that_it_was_taken_and_then_that_it_came(room: Room) -> None:
    subscription = await room.subscribe("alice", locale="en")
    asked = {"subscription_id": subscription["id"]}
    status, tested = await room.rest("alice", "POST", "/push/test", json=asked)
    assert (status, tested["accepted"], tested["status"], tested["error"]) == (200, True, 201, None)
    got = await room.service.expect()
    assert got.payload["web_push"] == 8030
    assert got.payload["id"] == tested["id"]
    assert got.shown["title"] == "Notifications work"
    assert got.shown["navigate"].endswith("/settings/notices")
    assert int(got.headers["TTL"]) == 60
    (listed,) = await devices(room, "alice")
    assert listed["succeeded_at"] is not None
    assert listed["received_at"] is None
    other, _ = await room.rest("bob", "POST", "/push/received", json={"id": tested["id"]})
    assert other == 404
    status, _ = await room.rest("alice", "POST", "/push/received", json={"id": tested["id"]})
    assert status == 200
    (listed,) = await devices(room, "alice")
    assert listed["received_at"] is not None


@pytest.mark.parametrize(("status", "words"), [(403, "HTTP 403"), (500, "HTTP 500")])
async def test_test_says_why_it_was_not_taken(room: Room, status: int, words: str) -> None:
    subscription = await room.subscribe("alice")
    room.service.answers["alice"] = lambda _: web.Response(status=status)
    asked = {"subscription_id": subscription["id"]}
    _, tested = await room.rest("alice", "POST", "/push/test", json=asked)
    assert not tested["accepted"]
    assert words in tested["error"]
    (listed,) = await devices(room, "alice")
    assert words in listed["error"]
    assert listed["failed_at"] is not None


async def test_a_success_is_noted_once_a_minute_and_again_after_a_failure(room: Room) -> None:
    id = (await room.subscribe("alice"))["id"]
    push = room.stage.server.push
    now = push.clock()
    push.clock = lambda: now

    async def noted(failure: Result | None = None) -> tuple[bool, bool]:
        await push.note([] if failure else [id], {id: failure} if failure else {})
        (listed,) = await devices(room, "alice")
        return listed["succeeded_at"] == timestamp(now), listed["error"] is None

    assert await noted() == (True, True)
    now += timedelta(seconds=59)
    assert await noted() == (False, True)
    assert await noted(Result(outcome="later", code="status", status=500)) == (False, False)
    assert await noted() == (True, True)
    now += timedelta(seconds=60)
    assert await noted() == (True, True)


async def test_device_that_its_service_does_not_know_is_forgotten(room: Room) -> None:
    subscription = await room.subscribe("alice")
    room.service.answers["alice"] = lambda _: web.Response(status=410)
    asked = {"subscription_id": subscription["id"]}
    _, tested = await room.rest("alice", "POST", "/push/test", json=asked)
    assert not tested["accepted"]
    assert await devices(room, "alice") == []


async def test_service_that_hangs_is_told_of_within_three_seconds(room: Room) -> None:
    async def hang(_: web.Request) -> web.Response:
        await asyncio.sleep(PATIENCE)
        return web.Response(status=201)

    subscription = await room.subscribe("alice")
    room.service.answers["alice"] = hang
    asked = {"subscription_id": subscription["id"]}
    async with asyncio.timeout(PATIENCE / 2):
        _, tested = await room.rest("alice", "POST", "/push/test", json=asked)
    assert not tested["accepted"]
    assert "in time" in tested["error"]


async def test_device_taken_away_is_gone_and_twice_is_once(room: Room) -> None:
    subscription = await room.subscribe("alice")
    for name in ("bob", "alice", "alice"):
        path = f"/push/subscriptions/{subscription['id']}"
        assert (await room.rest(name, "DELETE", path))[0] == 200
        assert len(await devices(room, "alice")) == (1 if name == "bob" else 0)
    asked = {"subscription_id": str(uuid.uuid4())}
    assert (await room.rest("alice", "POST", "/push/test", json=asked))[0] == 404
