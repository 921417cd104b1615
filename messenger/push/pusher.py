"""The consumer of the log that tells people who do not look, on their devices."""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, Gauge

from messenger import errors
from messenger.actors.presence import Presence
from messenger.consumer import Consumer
from messenger.model import ChatKind, Event, Message, Verdict
from messenger.push.courier import Courier
from messenger.push.devices import Devices
from messenger.push.happenings import chat_of, concerned, happening
from messenger.push.jobs import SECONDS_GONE, Job, tag_of
from messenger.push.memory import remember
from messenger.push.readers import AT_ONCE, verdicts
from messenger.rules.notify import Happening, Posted, Reacted, time_to_live
from messenger.store.reads import pushing

log = logging.getLogger(__name__)

NAME: Final = "push"
DESK: Final = 10.0
"""Seconds after which who looked at the chat is asked about again."""
CHATS: Final = 2000
"""Chats whose people with devices are remembered."""
LARGE: Final = 50
"""People with devices, from which on a chat is not told of at every message."""
GAP: Final = 3.0
"""Seconds between two of a large chat on a person's devices; the newest one is told then."""
AUDIENCES: Final = frozenset({"chat.created", "chat.deleted", "member.joined", "member.left"})


Key = tuple[int, str]
"""A person and a tag."""


class Audience(NamedTuple):
    """A chat's kind, its people with devices, and of which moment that is."""

    kind: ChatKind
    users: frozenset[int]
    arrivals: int


class Desk(NamedTuple):
    """People to be asked about again, when they have looked at a chat."""

    due: float
    event: Event
    happened: Happening
    users: frozenset[int]


class Pusher(Consumer):
    """From events to jobs. The courier brings them."""

    def __init__(
        self, devices: Devices, presence: Presence, registry: CollectorRegistry
    ) -> None:  # fmt: skip
        super().__init__(devices.database, NAME)
        self.devices = devices
        self.presence = presence
        self.subscribers = devices.subscribers
        self.clock = devices.clock
        self.courier = Courier(devices, registry, self._done)
        # State: audiences by chat; the last event told of, by person and tag; what was decided, by
        # person, chat and event; who is asked about again.
        self.audiences: OrderedDict[int, Audience] = OrderedDict()
        self.told: OrderedDict[Key, int] = OrderedDict()
        self.decided: OrderedDict[tuple[int, int, int], Verdict] = OrderedDict()
        self.desks: deque[Desk] = deque()
        # Of large chats, by person and tag: when the next may be told, and the one that waits.
        self.rests: dict[Key, float] = {}
        self.resting: dict[Key, Job] = {}
        lag = Gauge(
            "messenger_push_events_waiting", "Events that push has not read.", registry=registry
        )
        lag.set_function(lambda: self.waiting)

    def __repr__(self) -> str:
        return f"<Pusher {self.waiting} waiting, {self.courier!r}>"

    # From the log

    async def take(self, stream: int, events: list[Event]) -> None:
        for event in events:
            if event.type in AUDIENCES:
                self.audiences.pop(stream, None)
            if not self.subscribers.by_user or event.data is None:
                continue
            try:
                await self._take(event)
            except errors.Unavailable:
                # Read again from the log, when the database is back.
                raise
            except Exception:
                # Whatever it was: one event must not keep all others from being told.
                log.exception("event %d of stream %d was not told", event.seq, stream)

    async def _take(self, event: Event) -> None:
        chat_id = chat_of(event)
        if event.type in ("message.edited", "message.deleted"):
            self._follow(chat_id, event)
            return
        wanted = concerned(event)
        if wanted is not None and not any(user in self.subscribers for user in wanted):
            return
        audience = await self._audience(chat_id)
        if audience is None:
            return
        users = audience.users if wanted is None else audience.users & wanted
        users -= {event.by}
        if not users:
            return
        happened = await happening(self.database, event, audience.kind)
        if happened is None:
            return
        if isinstance(happened.subject, Reacted):
            users &= {happened.subject.author}
        await self._decide(event, happened, users, last=False)

    async def _audience(self, chat_id: int) -> Audience | None:
        found = self.audiences.get(chat_id)
        if found is None or found.arrivals != self.subscribers.arrivals:
            arrivals = self.subscribers.arrivals
            kind = found.kind if found else await pushing.kind(self.database, chat_id)
            if kind is None:
                return None
            users = await pushing.subscribed(self.database, chat_id)
            found = self.audiences[chat_id] = Audience(kind, users, arrivals)
            if len(self.audiences) > CHATS:
                self.audiences.popitem(last=False)
        return found

    async def _decide(
        self, event: Event, happened: Happening, users: Iterable[int], *, last: bool
    ) -> None:
        """Have told who is to be told; who looks at the chat is asked about once more."""
        chat_id = chat_of(event)
        at_desk = set()
        found = verdicts(
            self.database, happened, chat_id, users, self.presence.is_looking, self.clock
        )
        async for user_id, verdict in found:
            remember(self.decided, (user_id, chat_id, event.seq), verdict)
            if verdict.telling != "off":
                self._tell(event, happened, user_id, verdict)
            elif verdict.reason == "at_desk" and not last:
                at_desk.add(user_id)
        if at_desk:
            self.hold(event.stream, event.seq)
            self.desks.append(Desk(monotonic() + DESK, event, happened, frozenset(at_desk)))

    async def ask_desks(self) -> None:
        """Decide again about people who looked at the chat ten seconds ago; called every second."""
        while self.desks and self.desks[0].due <= monotonic():
            desk = self.desks[0]
            try:
                await self._decide(desk.event, desk.happened, desk.users, last=True)
            except errors.Unavailable:
                raise
            except Exception:
                log.exception("event %d of %d was not told", desk.event.seq, desk.event.stream)
            self.desks.popleft()
            self.release(desk.event.stream, desk.event.seq)

    # To devices

    def _tell(self, event: Event, happened: Happening, user_id: int, verdict: Verdict) -> None:
        subject, chat_id = happened.subject, chat_of(event)
        tag = tag_of(chat_id, subject)
        self._space(
            Job(
                user_id=user_id,
                chat_id=chat_id,
                seq=subject.change.seq if isinstance(subject, Reacted) else event.seq,
                stream=event.stream,
                event=event.seq,
                tag=tag,
                until=happened.at + time_to_live(subject),
                by=event.by,
                subject=subject,
                cause=verdict.cause,
                silent=verdict.telling == "silent",
            )
        )
        remember(self.told, (user_id, tag), event.seq)

    def _follow(self, chat_id: int, event: Event) -> None:
        """What is shown of a message that was edited or deleted follows it, without a sound."""
        message: Message = event.data
        tag = f"chat-{chat_id}"
        audience = self.audiences.get(chat_id)
        for user_id in audience.users if audience else ():
            if self.told.get((user_id, tag)) == message.seq:
                self._put(self._followed(event, message, user_id, tag))
                if message.deleted_at is not None:
                    del self.told[user_id, tag]

    def _followed(self, event: Event, message: Message, user_id: int, tag: str) -> Job:
        deleted = message.deleted_at is not None
        life = timedelta(seconds=SECONDS_GONE)
        return Job(
            user_id=user_id,
            chat_id=event.stream,
            seq=message.seq,
            stream=event.stream,
            event=event.seq,
            tag=tag,
            until=datetime.fromisoformat(event.at) + life,
            by=message.sender_id,
            subject=None if deleted else Posted(message=message),
            silent=True,
        )

    def marked(self, chat_id: int, user_id: int, read_seq: int) -> None:
        """A person has read so far, on some device: the others need not show it any more."""
        tag = f"chat-{chat_id}"
        told = self.told.get((user_id, tag))
        if told is None or told > read_seq:
            return
        del self.told[user_id, tag]
        if chat_id not in self.cursors:
            return
        self._put(
            Job(
                user_id=user_id,
                chat_id=chat_id,
                seq=told,
                stream=chat_id,
                event=self.cursors[chat_id] + 1,
                tag=tag,
                until=self.clock() + timedelta(seconds=SECONDS_GONE),
            )
        )

    def _space(self, job: Job) -> None:
        """Have it told now, or in large chats a little later, if another one is not newer then."""
        key = job.user_id, job.tag
        waiting = self.resting.pop(key, None)
        if waiting is not None:
            job = job.after(waiting)
            self._done(waiting)
        audience = self.audiences.get(job.chat_id)
        if audience is not None and len(audience.users) > LARGE and isinstance(job.subject, Posted):
            now = monotonic()
            if now < self.rests.get(key, 0.0):
                self.hold(job.stream, job.event)
                self.resting[key] = job
                return
            self.rests[key] = now + GAP
        self._put(job)

    async def end_rests(self) -> None:
        """Have told what has waited; called several times a second."""
        now = monotonic()
        over = [key for key, until in self.rests.items() if until <= now]
        for number, key in enumerate(over):
            del self.rests[key]
            job = self.resting.pop(key, None)
            if job is not None:
                self.rests[key] = now + GAP
                self._put(job)
                self._done(job)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    def _put(self, job: Job) -> None:
        for device in self.subscribers.of(job.user_id):
            self.hold(job.stream, job.event)
            self.courier.put(device, job)

    def _done(self, job: Job) -> None:
        self.release(job.stream, job.event)

    async def close(self) -> None:
        """Let go; what was not sent is told of after the next start."""
        await self.courier.close()
        try:
            await self.keep()
        except errors.DomainError:
            log.warning("how far pushes have come was not stored")
