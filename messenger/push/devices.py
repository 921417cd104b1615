"""A person's devices: subscribed, listed, taken away, tried out."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from messenger.errors import NotFound, RateLimited, ValidationFailed
from messenger.model import Identity, PushSubscription
from messenger.model.push import PushError
from messenger.outgoing.requests import Outgoing, Refused
from messenger.pace import MovingWindow
from messenger.push import encryption, payload
from messenger.push.posting import WORDS, Parcel, Result
from messenger.push.sending import Sending
from messenger.push.subscribers import Subscribers
from messenger.push.vapid import Vapid
from messenger.store.db import Database
from messenger.store.rows import pushed, subscriptions
from messenger.store.rows.subscriptions import Failure, Said, host_of

TEST_WITHIN: Final = 2.5
"""Seconds that a push service has for a test: the answer comes within three."""
TESTS: Final = 10
"""Of one person in a minute."""
EXACT: Final = timedelta(minutes=1)
"""How exact a device's last success is: a large chat that talks has one every few seconds."""
TEST_LIVES: Final = 60
"""Seconds that a test is worth something."""


class Tested(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the push service took a test. Whether the device got it shows in `received_at`."""

    id: Annotated[str, Meta(description="The test, as the device gets it.")]
    accepted: Annotated[bool, Meta(description="Whether the push service took it.")]
    status: Annotated[int | None, Meta(description="The HTTP status it answered with.")] = None
    error: Annotated[str | None, Meta(description="Why it did not take it.")] = None
    error_code: Annotated[PushError | None, Meta(description="The same for programs.")] = None


class Devices:
    """The subscriptions, and what is needed to reach them."""

    def __init__(
        self,
        database: Database,
        vapid: Vapid,
        outgoing: Outgoing,
        sending: Sending,
        subscribers: Subscribers,
        base_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self.database = database
        self.vapid = vapid
        self.outgoing = outgoing
        self.subscribers = subscribers
        self.base_url = base_url
        self.clock = clock
        self.sending = sending
        self._tests = MovingWindow(60.0)
        # State: of which devices a success is noted, and of when; none that has failed since.
        self._noted: dict[str, datetime] = {}

    def __repr__(self) -> str:
        return f"<Devices, {self.subscribers!r}>"

    async def refresh(self) -> None:
        """Bring what is in memory up to what is stored."""
        if not await subscriptions.there_are(self.database):
            self.subscribers.replace([])
            return
        self.subscribers.replace(
            await subscriptions.live(self.database, self.vapid.key_id, self.clock())
        )

    async def subscribe(
        self, who: Identity, key: str, said: Said, replaces: str | None
    ) -> PushSubscription:
        """Keep a browser's subscription, for the session that says it.

        Raises ValidationFailed for a key of the server's that is none, or not any more, for keys
        that nothing can be sealed with, and for an endpoint that may not be called.
        """
        if key != self.vapid.public:
            raise ValidationFailed(
                "Subscribe with the key of `GET /push/key`; this is another one.", field="key"
            )
        try:
            encryption.check_keys(said.p256dh, said.auth)
        except ValueError as error:
            raise ValidationFailed(f"{error}.".capitalize(), field="keys") from None
        try:
            await self.outgoing.check(said.endpoint)
        except Refused as refused:
            raise ValidationFailed(WORDS[refused.reason], field="endpoint") from None
        id, gone = await subscriptions.put(
            self.database,
            str(uuid.uuid4()),
            who.user_id,
            who.session_id,
            self.vapid.key_id,
            said,
            self.clock(),
        )
        if replaces is not None and replaces != said.endpoint:
            gone += await subscriptions.replace(self.database, who.user_id, replaces)
        self.subscribers.drop(gone)
        # It is sent to before long, to try it out at the latest.
        self.sending.warm()
        self.subscribers.add(who.user_id, id, host_of(said.endpoint))
        found = [each for each in await self.of(who) if each.id == id]
        if not found:
            # The session ended just now.
            raise NotFound
        return found[0]

    async def of(self, who: Identity) -> list[PushSubscription]:
        return await subscriptions.of(
            self.database, who.user_id, who.session_id, self.vapid.key_id, self.clock()
        )

    async def remove(self, who: Identity, id: str) -> None:
        """Taken away twice is once; another person's is not touched."""
        await subscriptions.remove(self.database, who.user_id, id)
        if id in self.subscribers.by_user.get(who.user_id, ()):
            self.subscribers.drop([id])

    async def test(self, who: Identity, id: str) -> Tested:
        """Push to one of a person's devices now.

        Raises NotFound where it is none of theirs, RateLimited.
        """
        wait = self._tests.enter(who.user_id, TESTS)
        if wait > 0:
            raise RateLimited(round(wait * 1000) + 1, "Too many tests; wait a moment.")
        found = await subscriptions.targets(
            self.database, [id], self.vapid.key_id, self.clock()
        )  # fmt: skip
        target = found.get(id)
        if target is None or target.user_id != who.user_id:
            raise NotFound
        test_id = str(uuid.uuid4())
        await subscriptions.tested(self.database, id, test_id)
        parcel = Parcel(
            endpoint=target.endpoint,
            p256dh=target.p256dh,
            auth=target.auth,
            authorization=self.vapid.header(target.endpoint, self.clock()),
            payload=payload.of_test(test_id, self.base_url, target.locale),
            ttl=TEST_LIVES,
            urgency="high",
        )
        try:
            async with asyncio.timeout(TEST_WITHIN):
                result = await self.sending.send(parcel)
        except TimeoutError:
            result = Result(outcome="later", code="time")
        # Who tries it out looks at when it was.
        self._noted.pop(id, None)
        await self.note([target.id] if result.outcome == "sent" else [], {target.id: result})
        return Tested(
            id=test_id,
            accepted=result.outcome == "sent",
            status=result.status,
            error=result.error,
            error_code=result.code,
        )

    async def note(self, sent: list[str], results: dict[str, Result]) -> None:
        """Keep what became of pushes, by subscription; forget what no service knows any more."""
        now = self.clock()
        for id in results.keys() - sent:
            self._noted.pop(id, None)
        news = [id for id in sent if id not in self._noted or now - self._noted[id] >= EXACT]
        if news:
            await subscriptions.succeeded(self.database, news, now)
            self._noted.update(dict.fromkeys(news, now))
        gone = [id for id, result in results.items() if result.outcome == "gone"]
        if gone:
            await subscriptions.drop(self.database, gone)
            self.subscribers.drop(gone)
        for id, result in results.items():
            if result.error is not None and result.outcome != "gone":
                failure = Failure(words=result.error, code=result.code, status=result.status)
                await subscriptions.failed(self.database, id, failure, now)

    async def received(self, who: Identity, test_id: str) -> None:
        """A device says that a test came; raises NotFound where there is no such test."""
        if not await subscriptions.received(self.database, who.user_id, test_id, self.clock()):
            raise NotFound

    async def tidy(self) -> None:
        if await subscriptions.there_are(self.database):
            await subscriptions.tidy(self.database, self.vapid.key_id, self.clock())
        await pushed.forget(self.database, self.clock() - pushed.KEPT)
        self._noted.clear()
        await self.refresh()

    async def close(self) -> None:
        await self.sending.close()
