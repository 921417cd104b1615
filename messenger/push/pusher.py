"""The consumer of the log that tells people who do not look, on their devices."""

import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from time import monotonic
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, Gauge

from messenger import errors
from messenger.actors.presence import Presence
from messenger.consumer import Consumer
from messenger.model import Event, Message, Verdict
from messenger.push.audiences import Audiences
from messenger.push.courier import Courier
from messenger.push.devices import Devices
from messenger.push.happenings import Came, chat_of, concerned, happening, renewed
from messenger.push.jobs import Job, exported, followed, telling, withdrawal
from messenger.push.memory import remember
from messenger.push.readers import Decided, verdicts
from messenger.push.rounds import LARGE, NOBODY, Rounds, Told
from messenger.push.shown import Shown
from messenger.rules.notify import Happening, Invited, Posted, Reacted, named
from messenger.store.reads import pushing
from messenger.store.rows import pushed

log = logging.getLogger(__name__)

NAME: Final = "push"
DESK: Final = 10.0
"""Seconds after which who looked at the chat is asked about again."""
REMEMBERED: Final = timedelta(days=2)
"""How old a push may be to be withdrawn after a start: longer than any is kept by a service."""
AUDIENCES: Final = frozenset({"chat.created", "chat.deleted", "member.joined", "member.left"})


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
        self.audiences = Audiences(devices.database, devices.subscribers)
        # State: what is on people's screens; what was decided, by person, chat and event; who is
        # asked about again; what waits for the round of its chat.
        self.shown = Shown()
        self.decided: OrderedDict[tuple[int, int, int], Verdict] = OrderedDict()
        self.desks: deque[Desk] = deque()
        self.rounds = Rounds()
        self._remembered = False
        lag = Gauge(
            "messenger_push_events_waiting", "Events that push has not read.", registry=registry
        )
        lag.set_function(lambda: self.waiting)

    def __repr__(self) -> str:
        return f"<Pusher {self.waiting} waiting, {self.courier!r}>"

    async def run(self, well: Callable[[], None] = lambda: None) -> None:
        if not self._remembered:
            await self._remember()
            self._remembered = True
        await super().run(well)

    async def _remember(self) -> None:
        """What the last process had told: it is replaced, and withdrawn where it was read since."""
        for each in await pushed.shown(self.database, self.clock() - REMEMBERED):
            self.shown.put(each.chat_id, each.user_id, each.seq)
            if each.read_seq >= each.seq:
                self.marked(each.chat_id, each.user_id, each.read_seq)

    # From the log

    @property
    def wanted(self) -> bool:
        return bool(self.subscribers.by_user)

    async def take(self, stream: int, events: list[Event]) -> None:
        if any(event.type in AUDIENCES for event in events):
            # Once: what is read from now on knows all of them, and a thousand may come together.
            self.audiences.forget(stream)
        for event in events:
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
        if event.type == "export.ready":
            await self._own(event)
            return
        if event.type in ("message.edited", "message.deleted"):
            self._follow(chat_id, event)
            return
        wanted = concerned(event)
        if wanted is not None and not any(user in self.subscribers for user in wanted):
            return
        audience = await self.audiences.of(chat_id)
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
        if len(users) > LARGE:
            await self._put_off(chat_id, event, happened, users)
            return
        await self._decide(chat_id, [(event, happened)], users)

    async def _put_off(
        self, chat_id: int, event: Event, happened: Happening, users: frozenset[int]
    ) -> None:
        """Tell whom it names, and all others in the next round."""
        names = users & (named(happened) or frozenset())
        if names:
            await self._decided(chat_id, [(event, happened)], names)
        self.hold(event.stream, event.seq)
        for_all = isinstance(happened.subject, Posted) and happened.subject.message.mentions_all
        left_out = self.rounds.put(chat_id, event, happened, told=names, for_all=for_all)
        if left_out is not None:
            self.release(left_out.stream, left_out.seq)

    async def _own(self, event: Event) -> None:
        """What somebody asked for themselves: it is told whatever they chose of others' doings."""
        if event.stream not in self.subscribers:
            return
        notebook = await pushing.notebook(self.database, event.stream)
        if notebook is not None:
            self._put(exported(event, notebook))

    async def _decide(
        self,
        chat_id: int,
        came: Sequence[Came],
        users: Iterable[int],
        *,
        last: bool = False,
        told: Told = NOBODY,
    ) -> None:
        """Have told who is to be told; who looks at the chat is asked about once more."""
        at_desk = set()
        events = {happened.seq: event for event, happened in came}
        found = verdicts(
            self.database,
            [happened for _, happened in came],
            chat_id,
            users,
            self.presence.is_looking,
            self.clock,
        )
        async for user_id, decided in found:
            for happened, verdict in decided:
                if (user_id, happened.seq) not in told:
                    remember(self.decided, (user_id, chat_id, happened.seq), verdict)
            self._tell(chat_id, events, user_id, decided, told)
            if not last and any(verdict.reason == "at_desk" for _, verdict in decided):
                at_desk.add(user_id)
        if at_desk:
            # The newest is told then, if nobody has read it.
            event, happened = came[-1]
            self.hold(event.stream, event.seq)
            self.desks.append(Desk(monotonic() + DESK, event, happened, frozenset(at_desk)))

    async def ask_desks(self) -> None:
        """Decide again about people who looked at the chat ten seconds ago; called every second."""
        while self.desks and self.desks[0].due <= monotonic():
            desk = self.desks[0]
            chat_id = chat_of(desk.event)
            came = await renewed(self.database, chat_id, [(desk.event, desk.happened)])
            await self._decided(chat_id, came, desk.users, last=True)
            self.desks.popleft()
            self.release(desk.event.stream, desk.event.seq)

    async def end_rounds(self) -> None:
        """Have told what came to large chats; called several times a second."""
        for chat_id, came, told in self.rounds.due():
            try:
                audience = await self.audiences.of(chat_id)
                if audience is not None:
                    fresh = await renewed(self.database, chat_id, came)
                    await self._decided(chat_id, fresh, audience.users, told=told)
            except errors.Unavailable:
                self.rounds.again(chat_id)
                continue
            for event, _ in self.rounds.end(chat_id):
                self.release(event.stream, event.seq)

    async def _decided(
        self,
        chat_id: int,
        came: Sequence[Came],
        users: Iterable[int],
        *,
        last: bool = False,
        told: Told = NOBODY,
    ) -> None:
        """The same, where one failure must not keep all others from being told."""
        try:
            await self._decide(chat_id, came, users, last=last, told=told)
        except errors.Unavailable:
            raise
        except Exception:
            log.exception("event %d of %d was not told", came[-1][0].seq, came[-1][0].stream)

    # To devices

    def _tell(
        self,
        chat_id: int,
        events: dict[int, Event],
        user_id: int,
        decided: list[Decided],
        told: Told,
    ) -> None:
        """The newest that is to be told; it is heard if one of those it stands for is."""
        shown = [each for each in decided if each.verdict.telling != "off"]
        fresh = [each for each in shown if (user_id, each.happened.seq) not in told]
        if not fresh:
            return
        (happened, verdict), oldest = shown[0], shown[-1]
        event = events[happened.seq]
        job = telling(
            user_id,
            chat_id,
            event,
            happened,
            verdict.cause,
            silent=all(each.verdict.telling == "silent" for each in fresh),
            since=oldest.happened.seq,
        )
        self._put(job)
        if isinstance(happened.subject, Posted | Invited):
            self.shown.put(chat_id, user_id, event.seq)

    def _follow(self, chat_id: int, event: Event) -> None:
        """What is shown of a message that was edited or deleted follows it, without a sound."""
        message: Message = event.data
        for user_id in self.shown.of(chat_id, message.seq):
            self._put(followed(event, message, user_id))
            if message.deleted_at is not None:
                self.shown.read(chat_id, user_id, message.seq)

    def marked(self, chat_id: int, user_id: int, read_seq: int) -> None:
        """A person has read so far, on some device: the others need not show it any more."""
        seq = self.shown.read(chat_id, user_id, read_seq)
        if seq is None:
            return
        self._put(withdrawal(chat_id, user_id, seq, self.clock()))

    def _put(self, job: Job) -> None:
        for device in self.subscribers.of(job.user_id):
            if job.event:
                self.hold(job.stream, job.event)
            self.courier.put(device, job)

    def _done(self, job: Job) -> None:
        # A mark is no event: no cursor waits for what it withdraws. It is in the log of pushes.
        if job.event:
            self.release(job.stream, job.event)

    async def close(self) -> None:
        """Let go; what was not sent is told of after the next start."""
        await self.courier.close()
        try:
            await self.keep()
        except errors.DomainError:
            log.warning("how far pushes have come was not stored")
