"""Which sockets of whom are open, and who hears of their coming and going.

Plain calls, no messages: what stands here passes.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from messenger.actors.elsewhere import Elsewhere
from messenger.actors.person import Person, Socket
from messenger.actors.stream import Stream
from messenger.model import Presence as PersonPresence
from messenger.model import timestamp
from messenger.protocol import events
from messenger.protocol.codec import Codec
from messenger.storage import Storage

AWAY_AFTER = 4.0
"""Seconds without a socket before a user counts as gone: a reconnect is no absence."""
NOTE_EVERY = timedelta(minutes=1)
"""How far `last_seen_at` may be behind for those who are here when the server is killed."""


class Presence:
    """All people with sockets or watchers; `streams` are those of the process, by id."""

    def __init__(
        self, store: Storage, clock: Callable[[], datetime], streams: Mapping[int, Stream]
    ) -> None:
        self.store = store
        self.clock = clock
        self.streams = streams
        # State: persons with sockets or watchers, and the moments of leaving that are not stored
        # yet.
        self.persons: dict[int, Person] = {}
        self.seen: dict[int, datetime] = {}
        # The people of other servers; who is told of ours, where there are others.
        self.elsewhere = Elsewhere()
        self.pass_on: Callable[[int, list[int] | None], None] | None = None
        # When those who are here were last noted.
        self.noted_at = clock()
        # How often a user stopped being visible to others: an answer of the store from before
        # is stale.
        self.partings = 0

    def __repr__(self) -> str:
        sockets = sum(len(person.sockets) for person in self.persons.values())
        return f"<Presence of {len(self.persons)} people, {sockets} sockets>"

    def sockets(self, user_id: int) -> list[Socket]:
        person = self.persons.get(user_id)
        return list(person.sockets) if person else []

    def person(self, user_id: int) -> Person:
        person = self.persons.get(user_id)
        if person is None:
            person = self.persons[user_id] = Person(user_id)
        return person

    def arrive(self, socket: Socket) -> None:
        person = self.person(socket.identity.user_id)
        person.sockets.add(socket)
        if person.leaving is not None:
            person.leaving.cancel()
            person.leaving = None
        if not person.shown_online:
            person.shown_online = True
            self._pass_on(person.id)
            if not self.elsewhere.is_here(person.id):
                self._tell(person, None)

    def leave(self, socket: Socket, watched: Iterable[int]) -> None:
        self.watch(socket, watched, ())
        person = self.person(socket.identity.user_id)
        person.sockets.discard(socket)
        if person.sockets:
            self._pass_on(person.id)
        else:
            self.seen[person.id] = self.clock()
            if person.leaving is not None:
                person.leaving.cancel()
            loop = asyncio.get_running_loop()
            person.leaving = loop.call_later(AWAY_AFTER, self._gone, person)

    def _gone(self, person: Person) -> None:
        if not person.sockets and person.shown_online:
            person.shown_online = False
            self._pass_on(person.id)
            if not self.elsewhere.is_here(person.id):
                self._tell(person, self.seen.get(person.id, self.clock()))
        self._tidy(person)

    def _tidy(self, person: Person) -> None:
        if not person.sockets and not person.watchers and not person.shown_online:
            self.persons.pop(person.id, None)

    def watch(self, socket: Socket, before: Iterable[int], now: Iterable[int]) -> None:
        """Replace the people whose presence this socket hears of."""
        for user_id in before:
            person = self.persons.get(user_id)
            if person is not None:
                person.watchers.discard(socket)
                self._tidy(person)
        for user_id in now:
            self.person(user_id).watchers.add(socket)

    async def watch_visible(self, socket: Socket, wanted: list[int]) -> list[int]:
        """The same, by those of the wanted whom it may see now."""
        while True:
            before = self.partings
            visible = await self.store.visible(socket.identity, wanted)
            if before == self.partings or socket.identity.role != "guest":
                break
        self._replace(socket, visible)
        return visible

    def _replace(self, socket: Socket, now: list[int]) -> None:
        self.watch(socket, socket.watched, now)
        socket.watched = now

    def hide_member(self, user_id: int) -> list[tuple[Socket, list[int]]]:
        """A person left a chat: guests who shared it with them may not see them any more.

        Stops telling them, and returns what each socket watched, to be asked for anew.
        """
        self.partings += 1
        guests = [s for s in self.sockets(user_id) if s.identity.role == "guest"]
        person = self.persons.get(user_id)
        if person is not None:
            guests += [s for s in person.watchers if s.identity.role == "guest"]
        return self._hide(guests)

    def hide_from_guests(self) -> list[tuple[Socket, list[int]]]:
        """A chat is gone, or somebody has become a guest: the same, for every guest."""
        self.partings += 1
        return self._hide(
            socket
            for person in list(self.persons.values())
            for socket in list(person.sockets)
            if socket.identity.role == "guest"
        )

    def _hide(self, guests: Iterable[Socket]) -> list[tuple[Socket, list[int]]]:
        watching = [(socket, socket.watched) for socket in dict.fromkeys(guests) if socket.watched]
        for socket, _ in watching:
            self._replace(socket, [])
        return watching

    async def watch_again(self, watching: list[tuple[Socket, list[int]]]) -> None:
        """Let them hear again of those they still see, beginning with how they are now."""
        for socket, wanted in watching:
            if socket.watched or socket not in self.sockets(socket.identity.user_id):
                # Another list was asked for meanwhile, or the socket is gone.
                continue
            for one in await self.states(await self.watch_visible(socket, wanted)):
                change = events.PresenceChanged(
                    id=one.id, online=one.online, last_seen_at=one.last_seen_at
                )
                socket.push(socket.codec.pack(change))
            if socket not in self.sockets(socket.identity.user_id):
                self._replace(socket, [])

    def look_at(self, socket: Socket, chat_id: int | None) -> None:
        """A person looks at a chat, or at none, on this device."""
        socket.looking = chat_id
        self._pass_on(socket.identity.user_id)

    def _looked_at(self, user_id: int) -> list[int]:
        return sorted({s.looking for s in self.sockets(user_id) if s.looking is not None})

    def is_looking(self, user_id: int, chat_id: int) -> bool:
        """Whether a person looks at a chat on some device."""
        person = self.persons.get(user_id)
        here = person is not None and any(s.looking == chat_id for s in person.sockets)
        return here or self.elsewhere.is_looking(user_id, chat_id)

    def is_online(self, user_id: int) -> bool:
        person = self.persons.get(user_id)
        here = person is not None and person.shown_online
        return here or self.elsewhere.is_here(user_id)

    # Other servers

    def _pass_on(self, user_id: int) -> None:
        """Tell them which chats one of our people looks at, or that this one is gone."""
        if self.pass_on is not None:
            person = self.persons.get(user_id)
            here = person is not None and person.shown_online
            self.pass_on(user_id, self._looked_at(user_id) if here else None)

    def people(self) -> dict[int, list[int]]:
        """Who is here by way of this server, and the chats that they look at."""
        return {
            id: self._looked_at(id) for id, person in self.persons.items() if person.shown_online
        }

    def hear(self, server: str, user_id: int, chats: list[int] | None) -> None:
        """One of another server's people came, looks elsewhere, or (None) went."""
        before = self.is_online(user_id)
        self.elsewhere.put(server, user_id, chats)
        if self.is_online(user_id) != before:
            self._changed_elsewhere(user_id)

    def forget_silent(self) -> bool:
        """Servers that are not heard of any more have taken their people with them; any such."""
        silent = self.elsewhere.forget_silent()
        for user_id in silent or ():
            if not self.is_online(user_id):
                self._changed_elsewhere(user_id)
        return silent is not None

    def _changed_elsewhere(self, user_id: int) -> None:
        self._tell(self.person(user_id), None if self.is_online(user_id) else self.clock())
        self._tidy(self.person(user_id))

    async def states(self, user_ids: list[int]) -> list[PersonPresence]:
        stored = await self.store.last_seen(user_ids)
        return [
            PersonPresence(id, self.is_online(id), self._last_seen(id, stored.get(id)))
            for id in user_ids
        ]

    def _last_seen(self, user_id: int, stored: str | None) -> str | None:
        fresh = self.seen.get(user_id)
        return timestamp(fresh) if fresh else stored

    def _tell(self, person: Person, last_seen: datetime | None) -> None:
        change = events.PresenceChanged(
            id=person.id,
            online=self.is_online(person.id),
            last_seen_at=timestamp(last_seen) if last_seen else None,
        )
        push(change, person.watchers | self._acquaintances(person))

    def tell_everybody(self, signal: events.Frame) -> None:
        """Tell it to every socket of this process."""
        push(signal, {socket for each in self.persons.values() for socket in each.sockets})

    def _acquaintances(self, person: Person) -> set[Socket]:
        """The sockets of those who share a direct chat with somebody."""
        known: set[Socket] = set()
        for stream_id in person.directs:
            stream = self.streams.get(stream_id)
            if stream is not None:
                for readers in stream.subscribers.values():
                    known |= readers  # type: ignore[arg-type]
        return {socket for socket in known if socket.identity.user_id != person.id}

    def meet(self, user_id: int, stream_id: int) -> None:
        """A socket reads a direct chat: the other one there sees who came."""
        person = self.person(user_id)
        if stream_id not in person.directs:
            person.directs.add(stream_id)
            self._tell(person, None)

    async def keep(self) -> None:
        """Store when people were last here; called now and then, and at shutdown.

        Those who are here are noted once in a while: a crash must not make it their last visit.
        """
        left = dict(self.seen)
        now = self.clock()
        here: dict[int, datetime] = {}
        if now - self.noted_at >= NOTE_EVERY or now < self.noted_at:
            here = {id: now for id, person in self.persons.items() if person.sockets}
        if left or here:
            await self.store.save_last_seen({**left, **here})
            self.seen = {id: at for id, at in self.seen.items() if left.get(id) != at}
        if here:
            self.noted_at = now


def push(signal: events.Frame, sockets: Iterable[Socket]) -> None:
    """Encode it once for each codec."""
    frames: dict[Codec, bytes] = {}
    for socket in sockets:
        if socket.codec not in frames:
            frames[socket.codec] = socket.codec.pack(signal)
        socket.push(frames[socket.codec])
