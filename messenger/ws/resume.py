"""Bringing a reader up to the present: the backlog after a cursor, then live.

The backlog is read outside of any turn, in pages, the next when the socket has
drained. The last step, from the streams' newest events, happens without a
pause: every stream is joined and the answer given before anything else can be
published, so there is no hole and no repeat.
"""

import asyncio
from collections.abc import Iterator
from time import monotonic

import msgspec

from messenger.actors.directory import Directory
from messenger.actors.stream import UNKNOWN, Stream
from messenger.model import ChatMembership, Event
from messenger.protocol import connection
from messenger.protocol.event_size import estimated_size
from messenger.protocol.events import StreamState
from messenger.rules import streams as rules
from messenger.rules.streams import StreamPosition
from messenger.storage import Access
from messenger.ws.session import Meanwhile, Session

PATIENCE = 2.0
"""Seconds that a reader waits for what is in the store, and not yet published here."""

My = dict[int, ChatMembership]
Marks = dict[int, list[tuple[int, int, int]]]


class ResumedStream(msgspec.Struct):
    """A stream on its way to the reader, and where the reader stands in it."""

    stream: Stream
    kind: str
    position: StreamPosition


class Resume:
    """One `subscribe` on its way."""

    def __init__(
        self,
        directory: Directory,
        session: Session,
        command: connection.Subscribe,
        meanwhile: Meanwhile,
    ) -> None:
        self.directory = directory
        self.session = session
        self.command = command
        self.meanwhile = meanwhile
        self.user_id = session.identity.user_id
        self.given = command.given()
        self.resumed: list[ResumedStream] = []
        # Streams that may not be forgotten meanwhile, and where each stood when it was asked for:
        # what ended before that place is no concern of who may read it there.
        self.held: list[Stream] = []
        self.heads: dict[int, int] = {}

    async def run(self) -> list[StreamState] | None:
        """Return the states to answer with; None when the socket went away."""
        gate = self.directory.streams.resumes
        # All come back at once after a restart. Nobody holds the gate while their socket drains.
        async with gate:
            await self._find()
            behind = any(each.position.at < each.position.head for each in self.resumed)
            if not behind:
                my, marks = await self._facts()
        for resumed in self.resumed:
            if not (await self._heard(resumed) and await self._catch_up(resumed)):
                return None
        if behind:
            async with gate:
                my, marks = await self._facts()
        while (late := self._lagging_stream() or self._heaviest_stream()) is not None:
            if not await self._bring_on(late):
                return None
        # From here to the answer nothing is awaited.
        if not self.session.alive:
            return None
        live = {resumed.stream.id: self._join(resumed) for resumed in self.resumed}
        order = list(live) if self.command.all else list(self.given)
        order += [id for id in self.given if id not in live and id not in order]
        order += [id for id in self.meanwhile.joined if id not in live]
        order = list(dict.fromkeys(order))
        return [self._state(id, live, my, marks) for id in order]

    def release(self) -> None:
        """Let go of the streams: from here on they may be forgotten again."""
        for stream in self.held:
            stream.held -= 1

    async def _facts(self) -> tuple[My, Marks]:
        """The reader's part of each chat, and how far others have read the small ones."""
        chat_ids = [resumed.stream.id for resumed in self.resumed if resumed.kind != "user"]
        if not chat_ids:
            return {}, {}
        store = self.directory.store
        return await store.my(self.user_id, chat_ids), await store.marks(chat_ids)

    async def _find(self) -> None:
        """See what may be read, and where each stream stands."""
        for id in self.given:
            self.session.leave(id)
        access = await self._access()
        if self.command.all:
            for id in [*self.session.streams]:
                self.session.leave(id)
        if self.command.all or self.user_id in self.given:
            own = self.directory.streams.stream(self.user_id)
            heads = await self.directory.store.heads([self.user_id])
            access = [Access(self.user_id, heads.get(self.user_id, 0), "user"), *access]
            own.start(access[0].seq)
        stale = self.command.epoch is not None and self.command.epoch != self.directory.epoch
        for found in access:
            stream = self.directory.streams.stream(found.id)
            stream.start(found.seq)
            stream.learn(found.seq)
            stream.held += 1
            self.held.append(stream)
            self.heads[found.id] = found.seq
        heads = {
            stream.id: max(stream.seq, found.seq)
            for stream, found in zip(self.held, access, strict=True)
        }
        first = self.directory.store.first
        firsts = {id: await first(id) for id in rules.undecided(heads, self.given)}
        positions = rules.positions(heads, self.given, firsts, stale=stale)
        self.resumed = [
            ResumedStream(stream, found.kind, position)
            for stream, found, position in zip(self.held, access, positions, strict=True)
        ]

    async def _access(self) -> list[Access]:
        """What may be read of what was asked for, with heads to start from.

        Streams first, heads second: what is published in between is held by the stream. But a
        stream is made of nothing that may not be read: invented ids cost nothing.
        """
        streams, store = self.directory.streams.by_id, self.directory.store
        wanted = None if self.command.all else [id for id in self.given if id != self.user_id]
        before = {id: streams.get(id) for id in self.given}
        access = await store.access(self.user_id, wanted)
        # Also those that were forgotten, and perhaps made anew, while the heads were read.
        fresh = [
            found.id
            for found in access
            if (held := before.get(found.id)) is None or streams.get(found.id) is not held
        ]
        if not fresh:
            return access
        for id in fresh:
            self.directory.streams.stream(id)
        return await store.access(self.user_id, wanted)

    def _is_barred(self, id: int) -> bool:
        """Whether the reader has left a stream, or it has ended, since it was asked for."""
        return self.meanwhile.barred.get(id, UNKNOWN) > self.heads.get(id, UNKNOWN)

    async def _heard(self, resumed: ResumedStream) -> bool:
        """Wait until this server has heard of what the store knew; False when the socket is gone.

        Else a removal of before would come late, and end what is subscribed to after it.
        """
        patience = monotonic() + PATIENCE
        while resumed.stream.seq < self.heads[resumed.stream.id] and monotonic() < patience:
            if not self.session.alive:
                return False
            await asyncio.sleep(0.005)
        return True

    async def _catch_up(self, resumed: ResumedStream) -> bool:
        """Send pages until the stream's newest events reach; False when the socket is gone."""
        if not resumed.position.follows:
            return True
        stream, session = resumed.stream, self.session
        patience = monotonic() + PATIENCE
        while stream.since(resumed.position.at) is None:
            if not session.alive:
                return False
            if self._is_barred(stream.id):
                return True
            if resumed.position.at > stream.seq:
                # Read from the store an instant before it was published here.
                if monotonic() > patience:
                    resumed.position.reset = True
                    return True
                await asyncio.sleep(0.005)
                continue
            page = await self.directory.store.events(stream.id, resumed.position.at, stream.seq)
            if self._is_barred(stream.id):
                return True
            if not rules.is_whole(page, resumed.position.at):
                resumed.position.reset = True
                return True
            await self._send(resumed, page)
        return True

    async def _send(self, resumed: ResumedStream, page: list[Event]) -> None:
        """Send events, no more at once than a reader may leave unread."""
        session, frames, size = self.session, [], 0
        for event in page:
            if self._is_barred(resumed.stream.id):
                return
            frames.append(session.codec.pack(event))
            size += len(frames[-1])
            if size > session.max_pending // 4 or event is page[-1]:
                session.push(b"".join(frames))
                resumed.position.at = event.seq
                frames, size = [], 0
                await session.drained()

    async def _bring_on(self, resumed: ResumedStream) -> bool:
        """Send what is missing, or too much for the last step; False when the socket is gone."""
        newest = resumed.stream.since(resumed.position.at)
        if newest is None:
            return await self._catch_up(resumed)
        await self._send(resumed, newest)
        return self.session.alive

    def _heaviest_stream(self) -> ResumedStream | None:
        """A stream to send of, while the newest events of all would be too much at once."""
        total, heaviest, most = 0, None, 0
        for resumed, newest in self._behind():
            weight = sum(estimated_size(event.data) for event in newest or ())
            total += weight
            if weight > most:
                heaviest, most = resumed, weight
        return heaviest if total > self.session.max_pending // 4 else None

    def _behind(self) -> Iterator[tuple[ResumedStream, list[Event] | None]]:
        """Those who go on from a cursor, with the newest events behind it, if they reach."""
        for resumed in self.resumed:
            if not resumed.position.follows or self._is_barred(resumed.stream.id):
                continue
            yield resumed, resumed.stream.since(resumed.position.at)

    def _lagging_stream(self) -> ResumedStream | None:
        """A stream that has moved on too far while others were read."""
        return next((resumed for resumed, newest in self._behind() if newest is None), None)

    def _join(self, resumed: ResumedStream) -> ResumedStream | None:
        stream, session = resumed.stream, self.session
        if self._is_barred(stream.id) or stream.over:
            return None
        if resumed.position.follows:
            newest = stream.since(resumed.position.at)
            if newest:
                session.push(b"".join(map(session.codec.pack, newest)))
        self.meanwhile.joined.discard(stream.id)
        session.listen(stream.id)
        if resumed.kind == "direct":
            self.directory.presence.meet(self.user_id, stream.id)
        resumed.position.head = stream.seq
        return resumed

    def _state(
        self, id: int, live: dict[int, ResumedStream | None], my: My, marks: Marks
    ) -> StreamState:  # fmt: skip
        resumed = live.get(id)
        if resumed is None and id in self.meanwhile.joined:
            return StreamState(id=id, seq=max(self.directory.streams.stream(id).seq, 0), reset=True)
        if resumed is None:
            return StreamState(id=id, gone=True)
        mine = my[id].my() if id in my else None
        position = resumed.position
        return StreamState(
            id=id, seq=position.head, reset=position.reset, my=mine, marks=marks.get(id)
        )  # fmt: skip
