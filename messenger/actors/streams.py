"""All streams of a process: lets events out, and reads from the log what others wrote.

Every committed event goes out through `publish`, which also makes true what it
means for open sockets: who left stops hearing, who was disabled is cut off.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from itertools import groupby
from typing import Any, Final

from messenger import errors
from messenger.actors.identities import Identities
from messenger.actors.joining import Joining, end_for
from messenger.actors.person import Socket
from messenger.actors.presence import Presence
from messenger.actors.stream import UNKNOWN, Stream
from messenger.actors.taps import Taps
from messenger.model import Event
from messenger.protocol.event_types import EVENT_TYPES, PLAIN, WITHOUT_EFFECT, Effect
from messenger.storage import Storage

log = logging.getLogger(__name__)

Signal = list[Any]
"""What passes and is not stored, on its way to other servers: its kind, then its parts."""

PATIENCE = 0.01
"""Seconds a hole in a stream may close by itself before the log is read."""
AGAIN = 0.2
"""Seconds until the log is read again, after it could not be read or did not go on."""
RESUMES: Final = 3
"""Readers who are brought up to the present at once: each reads from the store, others too."""
FIRST_LOOKS, LOOKS = 0.2, 1.0
"""Seconds between looks at streams in doubt: the first ones, and how long they get."""


class Streams:
    """Streams by id, and who listens."""

    def __init__(
        self,
        store: Storage,
        presence: Presence,
        identities: Identities,
        by_id: dict[int, Stream],
        reload: Callable[[int], None],
    ) -> None:
        self.store = store
        # Tells a stream's actor that it is not alone: the log holds what it did not write.
        self.reload = reload
        self.presence = presence
        self.identities = identities
        self.joining = Joining(store, presence, self.spawn)
        # State: streams by id, those being read from the log, those where something may have been
        # written without a word to this process, running tasks, and whether all comes to an end.
        self.by_id = by_id
        self.behind: set[int] = set()
        self.doubtful: set[int] = set()
        self.looking = False
        self.tasks: set[asyncio.Task[Any]] = set()
        self.taps = Taps()
        # Tells other servers what this one has committed; None where there are none.
        self.tell: Callable[[list[Event]], None] | None = None
        self.pass_on: Callable[[Signal], None] = lambda signal: None
        # What else passes between servers, by the kind of signal.
        self.listeners: dict[str, Callable[[Signal], None]] = {}
        # Hears which streams are followed here from now on.
        self.follow: Callable[[int], None] = lambda stream_id: None
        self.closing = False
        self.resumes = asyncio.Semaphore(RESUMES)

    def stream(self, id: int) -> Stream:
        stream = self.by_id.get(id)
        if stream is None:
            stream = self.by_id[id] = Stream(id, self._read_on)
            self.follow(id)
        return stream

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a task of the streams failed", exc_info=task.exception())

    # Out: events

    def publish(self, events: list[Event]) -> None:
        """Let events out that this process has committed, each stream's in `seq` order."""
        for stream_id, run in groupby(events, lambda event: event.stream):
            self.publish_run(stream_id, list(run))

    def publish_run(self, stream_id: int, run: list[Event]) -> None:
        """The same of events of one stream, which follow one another."""
        if self.tell is not None:
            self.tell(run)
        self._publish(stream_id, run)

    def _publish(self, stream_id: int, run: list[Event]) -> None:
        if is_plain(run):
            try:
                self._let_out(stream_id, run, plain=True)
            finally:
                # In the turn of the loop in which it leaves for its readers, but after that.
                self.taps.published_later(stream_id, run)
        else:
            self.taps.published(stream_id, run)
            self._let_out(stream_id, run)

    def _let_out(self, stream_id: int, run: list[Event], plain: bool = False) -> None:
        stream = self.by_id.get(stream_id)
        if stream is None:
            # It has no readers and no actor here; what it means is true all the same.
            stream = Stream(stream_id, self._read_on)
            stream.start(run[0].seq - 1)
        if stream.seq == UNKNOWN:
            # A reader is about to start and hears of this soon; what it means is true now.
            for event in run:
                self._before(stream, event)
                self._after(stream, event)
        ready = stream.accept(run)
        if not ready:
            return
        one_by_one = self.joining.waits_for(stream)
        known = plain and ready is run
        if not one_by_one and (known or all(event.type in WITHOUT_EFFECT for event in ready)):
            stream.deliver(ready)
            return
        for event in ready:
            self._before(stream, event)
            stream.deliver([event])
            self._after(stream, event)
            if one_by_one:
                self.joining.came(stream)

    def _before(self, stream: Stream, event: Event) -> None:
        effect = EVENT_TYPES[event.type].effect
        if effect is Effect.END_MEMBER:
            # All of the person's sockets, for one may just be about to subscribe.
            user_id = event.data.user_id
            is_back = self.joining.is_back(stream, user_id, event.seq)
            for socket in self.presence.sockets(user_id):
                end_for(stream, socket, event.seq, told=not is_back)
            self._watch_again(self.presence.hide_member(user_id))
        elif effect is Effect.UPDATE_USER:
            self.identities.update_user(event.data)
            if event.data.role == "guest":
                self._watch_again(self.presence.hide_from_guests())

    def _after(self, stream: Stream, event: Event) -> None:
        effect = EVENT_TYPES[event.type].effect
        if effect is Effect.FOLLOW_CHAT and event.data.left_at is None:
            self._begin(event.data.chat_id, stream.id, event.data.seq)
        elif effect is Effect.END_CHAT:
            stream.over = True
            for reader in [each for some in stream.subscribers.values() for each in some]:
                end_for(stream, reader, event.seq)
            self._watch_again(self.presence.hide_from_guests())
        elif effect is Effect.END_SESSION:
            self.identities.revoke(stream.id, event.data.session_id)

    def _begin(self, chat_id: int, user_id: int, after: int) -> None:
        """A person was told that they are in a chat, which stood there then."""
        is_new = chat_id not in self.by_id
        chat = self.stream(chat_id)
        chat.start(after)
        self.joining.begin(chat, user_id, after)
        if is_new and self.tell is not None:
            # What others wrote to it since may have been heard, and not been anybody's here.
            self.doubt([chat_id])

    def _watch_again(self, watching: list[tuple[Socket, list[int]]]) -> None:
        if watching:
            self.spawn(self.presence.watch_again(watching))

    def marked(self, chat_id: int, user_id: int, read_seq: int) -> None:
        self.taps.marked(chat_id, user_id, read_seq)

    # What others wrote

    def hear(self, stream_id: int, events: list[Event]) -> None:
        """Others committed these, which follow one another: they go out as our own do."""
        stream = self.by_id.get(stream_id)
        if stream is not None and stream.seq >= events[-1].seq:
            return
        if not is_plain(events):
            self.reload(stream_id)
        self._publish(stream_id, events)

    def learn(self, stream_id: int, first: int, seq: int, plain: bool = False) -> None:
        """Others wrote `first` to `seq` of a stream: its actor reloads, its readers get them.

        `plain`: messages alone, which change nothing that an actor knows.
        """
        self.taps.grew(stream_id, seq)
        stream = self.by_id.get(stream_id)
        if stream is None:
            # What it means for sockets (a disabled user, a closed session) counts all the same.
            stream = self.stream(stream_id)
            stream.start(first - 1)
        elif seq <= stream.known:
            return
        if not plain:
            self.reload(stream_id)
        stream.learn(seq)

    def doubt(self, ids: Iterable[int]) -> None:
        """An outcome is unknown: look where these streams stand, and publish from there."""
        self.doubtful.update(ids)
        if not self.looking:
            self.looking = True
            self.spawn(self._look_until_certain())

    async def _look_until_certain(self) -> None:
        """One look may come too early: what was sent on a lost connection can land later."""
        wait = 0.0
        try:
            while self.doubtful and not self.closing:
                await asyncio.sleep(wait)
                wait = min(wait + FIRST_LOOKS, LOOKS)
                ids, self.doubtful = self.doubtful, set()
                try:
                    # Asked first: what lands between the two questions is in the heads.
                    certain = not await self.store.uncertain()
                    await self.look(ids)
                except errors.Unavailable:
                    certain = False
                except Exception:
                    # Whatever it was: no other task looks at these streams.
                    log.exception("a look at streams in doubt failed")
                    certain = False
                if not certain:
                    self.doubtful |= ids
        finally:
            self.looking = False

    async def look(self, ids: Iterable[int]) -> bool:
        """Learn where streams stand; whether none stands before what was handed out of it."""
        out = {id: self.by_id[id].seq for id in ids if id in self.by_id}
        heads = await self.store.heads(list(ids))
        for id, seq in heads.items():
            self.learn(id, seq, seq)
        return all(heads.get(id, UNKNOWN) >= seq for id, seq in out.items())

    async def look_everywhere(self) -> bool:
        """After losing touch with the database or the bus: every stream may be behind.

        False: the log has lost what was handed out, and nothing in memory can be relied on.
        """
        known = [id for id, stream in self.by_id.items() if stream.seq != UNKNOWN]
        if not await self.look(known):
            return False
        await self.identities.recheck()
        return True

    def _read_on(self, stream: Stream) -> None:
        if stream.id not in self.behind:
            self.behind.add(stream.id)
            self.spawn(self._catch_up(stream))

    async def _catch_up(self, stream: Stream) -> None:
        """Close a hole from the log, if it does not close by itself."""
        try:
            await asyncio.sleep(PATIENCE)
            while (upto := max([stream.known, *stream.early])) > stream.seq:
                try:
                    events = await self.store.events(stream.id, stream.seq, upto)
                except errors.Unavailable:
                    await asyncio.sleep(AGAIN)
                    continue
                except Exception:
                    # Whatever it was: all readers of the stream wait for this.
                    log.exception("%r cannot be read from the log", stream)
                    await asyncio.sleep(LOOKS)
                    continue
                fresh = [event for event in events if event.seq > stream.seq]
                if not fresh and not events:
                    log.error("%r: the log ends before %d", stream, upto)
                    return
                if fresh:
                    before = stream.seq
                    if not is_plain(fresh):
                        self.reload(stream.id)
                    self._publish(stream.id, fresh)
                    if stream.seq == before:
                        # A hole in the log itself, which should not be: look only now and then.
                        await asyncio.sleep(AGAIN)
        finally:
            self.behind.discard(stream.id)


def is_plain(events: list[Event]) -> bool:
    """Whether these are new messages alone, which change nothing but the log."""
    return all(event.type == PLAIN for event in events)
