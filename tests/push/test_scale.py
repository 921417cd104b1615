"""Thousands of devices that are gone, and a service that hangs: chats and others do not notice."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

import aiohttp
import pytest
import sqlalchemy as sa

from messenger import config
from messenger.app import Server
from messenger.outgoing.requests import Outgoing
from messenger.push.posting import Parcel, Result
from messenger.store.statements import Prepared
from tests.live.conftest import Stage
from tests.push.conftest import Room
from tests.push.service import Browser, PushService
from tests.push.test_pushes import say

DEAD, LONG = 2_000, 10_000
FAR = 0.05
"""Seconds."""
"""The second with `--long`."""
SUBSCRIBE = Prepared(
    sa.text(
        """
        insert into push_subscriptions (id, user_id, session_id, endpoint, p256dh, auth, key_id,
                                        user_agent, locale, created_at)
        select gen_random_uuid(), :user, cast(:session as uuid), 'https://' || :host || '/' || n,
               :p256dh, :auth, :key_id, '', 'en', now()
        from generate_series(1, :count) n
        """
    )
)
COUNT = Prepared(sa.text("select count(*) as count from push_subscriptions where user_id = :user"))


def answer(future: asyncio.Future[Result], result: Result) -> None:
    if not future.done():
        future.set_result(result)


class Services:
    """Push services that answer at once, soon, or never."""

    def __init__(self, _: Outgoing) -> None:
        self.gone = self.taken = self.hanging = 0

    def send(self, parcel: Parcel) -> asyncio.Future[Result]:
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        if "/hangs" in parcel.endpoint or "hangs." in parcel.endpoint:
            self.hanging += 1
        elif "fcm.googleapis.com" in parcel.endpoint:
            self.gone += 1
            # As far away as a service is: others have the time to be told.
            gone = Result(outcome="gone", code="gone", status=410)
            asyncio.get_running_loop().call_later(FAR, answer, future, gone)
        else:
            self.taken += 1
            future.set_result(Result(outcome="sent", status=201))
        return future

    def warm(self) -> None:
        pass

    async def close(self) -> None:
        pass


@pytest.fixture
async def stage(
    dsn: str, tmp_path: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    monkeypatch.setattr("messenger.push.courier.A_SECOND", 3000)
    given = {"DATA_DIR": str(tmp_path), "PORT": "0", "BCRYPT_ROUNDS": "4", **settings}
    server = Server(config.load(given), dsn, sending=Services)
    server.database.size = 3
    await server.start()
    yield Stage(server)
    await server.stop()


async def devices(room: Room, name: str, host: str, count: int) -> int:
    """Give somebody so many devices at a service."""
    who, server = await room.stage.person(name), room.stage.server
    await server.database.fetch(
        SUBSCRIBE,
        user=who.user_id,
        session=who.session_id,
        host=host,
        count=count,
        key_id=server.push.vapid.key_id,
        **Browser("any", "https://any.test").keys(),
    )
    await server.push.refresh()
    return who.user_id


async def test_dead_devices_and_a_hanging_service_keep_nobody_waiting(
    stage: Stage, pytestconfig: pytest.Config
) -> None:
    dead = LONG if pytestconfig.getoption("--long") else DEAD
    async with aiohttp.ClientSession() as http:
        room = Room(stage, PushService(lambda: "", ""), http)
        both = await stage.direct("alice", "carol")
        to_bob, to_dave = await stage.direct("alice", "bob"), await stage.direct("alice", "dave")
        bob = await devices(room, "bob", "fcm.googleapis.com", dead)
        await devices(room, "dave", "hangs.test", 20)
        await devices(room, "carol", "well.test", 1)
        services: Services = stage.server.push.sending  # type: ignore[assignment]
        calm = [await told(room, services, both) for _ in range(10)]
        await say(room, "alice", to_bob, "to nobody any more")
        await say(room, "alice", to_dave, "to nobody")
        busy: list[tuple[float, float]] = []
        async with asyncio.timeout(150):
            while services.gone < dead:
                busy.append(await told(room, services, both))
            while (await stage.server.database.fetch(COUNT, user=bob))[0].count:
                await asyncio.sleep(0.05)
        assert services.hanging == 1, "one that takes nothing is tried with one"
        assert bob not in stage.server.push.subscribers
        assert len(busy) >= 10, "others were told all the while"
        # Of a request that hangs one would wait ten seconds. The rest is for a busy machine.
        for before, while_busy in zip(
            zip(*calm, strict=True), zip(*busy, strict=True), strict=True
        ):
            assert median(while_busy) < max(10 * median(before), 1.0)
            assert max(while_busy) < 9


async def told(room: Room, services: Services, chat: int) -> tuple[float, float]:
    """Seconds until a message is acknowledged, and until it is pushed."""
    before, began = services.taken, time.monotonic()
    await say(room, "alice", chat, "hello")
    stored = time.monotonic() - began
    while services.taken == before:
        await asyncio.sleep(0.002)
    return stored, time.monotonic() - began
