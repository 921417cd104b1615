"""Who is signed in here, what they may, and which of their sockets are open.

Plain calls, no messages: what stands here passes. An `Identity` is one object
per session, shared by every socket and request of it, and changed in place the
moment the log says so; nobody decides by what a token once claimed.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from messenger.actors.person import Person, Socket
from messenger.errors import Unauthorized
from messenger.model import Identity, Presence, User, timestamp
from messenger.protocol import events
from messenger.protocol.codec import Codec
from messenger.storage import Storage

REMEMBERED = 20_000
"""Identities kept without a socket, so that most requests ask no database."""
AWAY_AFTER = 4.0
"""Seconds without a socket before somebody counts as gone: a reconnect is no absence."""
NOTE_EVERY = timedelta(minutes=1)
"""How far `last_seen_at` may be behind for those who are here when the server is killed."""


class People:
    """All of them, and the presence that follows from their sockets."""

    def __init__(self, store: Storage, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.clock = clock
        # State: identities by session and by user, persons with sockets or watchers, and the
        # moments of leaving that are not stored yet.
        self.identities: OrderedDict[str, Identity] = OrderedDict()
        self.by_user: dict[int, set[str]] = {}
        self.persons: dict[int, Person] = {}
        self.seen: dict[int, datetime] = {}
        # When those who are here were last noted.
        self.noted_at = clock()
        # How often the log said something of accounts, and that somebody is not seen any more: an
        # answer of the store from before is stale.
        self.changes = 0
        self.partings = 0

    def __repr__(self) -> str:
        sockets = sum(len(person.sockets) for person in self.persons.values())
        return f"<People {len(self.identities)} sessions known, {sockets} sockets>"

    # Identities

    async def identify(self, user_id: int, session_id: str) -> Identity:
        """The live identity of a session; raises Unauthorized when it is over."""
        identity = self.identities.get(session_id)
        while identity is None:
            before = self.changes
            found = await self.store.identify(session_id, self.clock())
            # Two requests may have asked at once: the first object stays the one.
            identity = self.identities.get(session_id)
            if identity is None and before == self.changes:
                if found is None:
                    raise Unauthorized()
                identity = found
                self._remember(identity)
        else:
            self.identities.move_to_end(session_id)
        if identity.user_id != user_id or identity.revoked or identity.disabled:
            raise Unauthorized()
        return identity

    def _remember(self, identity: Identity) -> None:
        self.identities[identity.session_id] = identity
        self.by_user.setdefault(identity.user_id, set()).add(identity.session_id)
        for _ in range(len(self.identities) - REMEMBERED):
            oldest = next(iter(self.identities.values()))
            person = self.persons.get(oldest.user_id)
            if person is not None and person.sockets:
                self.identities.move_to_end(oldest.session_id)
            else:
                self._forget(oldest)

    def _forget(self, identity: Identity) -> None:
        del self.identities[identity.session_id]
        sessions = self.by_user[identity.user_id]
        sessions.discard(identity.session_id)
        if not sessions:
            del self.by_user[identity.user_id]

    def changed(self, user: User) -> None:
        """An account changed: everything it does from now on is decided anew."""
        self.changes += 1
        for session_id in self.by_user.get(user.id, ()):
            identity = self.identities[session_id]
            identity.role = user.role
            identity.disabled = user.disabled_at is not None
        if user.disabled_at is not None:
            for socket in self.sockets(user.id):
                socket.close(events.NOT_ALLOWED)

    def chose_password(self, user_id: int) -> None:
        """Somebody has a password of their own now: the rest is open to them."""
        self.changes += 1
        for session_id in self.by_user.get(user_id, ()):
            self.identities[session_id].must_change_password = False

    def revoked(self, user_id: int, session_id: str) -> None:
        """A session is over: its requests are refused and its sockets closed."""
        self.changes += 1
        identity = self.identities.get(session_id)
        if identity is not None:
            identity.revoked = True
            self._forget(identity)
        for socket in self.sockets(user_id):
            if socket.identity.session_id == session_id:
                socket.close(events.UNAUTHORIZED)

    async def recheck(self) -> None:
        """Ask for everybody anew: what the log said of them may have been missed."""
        self.changes += 1
        for identity in list(self.identities.values()):
            if self.identities.get(identity.session_id) is not identity:
                continue
            if not self.sockets(identity.user_id):
                self._forget(identity)
                continue
            found = await self.store.identify(identity.session_id, self.clock())
            if found is None:
                self.revoked(identity.user_id, identity.session_id)
            else:
                identity.role = found.role

    # Sockets and presence

    def sockets(self, user_id: int) -> list[Socket]:
        person = self.persons.get(user_id)
        return list(person.sockets) if person else []

    def person(self, user_id: int) -> Person:
        person = self.persons.get(user_id)
        if person is None:
            person = self.persons[user_id] = Person(user_id)
        return person

    def arrived(self, socket: Socket) -> None:
        person = self.person(socket.identity.user_id)
        person.sockets.add(socket)
        if person.leaving is not None:
            person.leaving.cancel()
            person.leaving = None
        if not person.told_online:
            person.told_online = True
            self._tell(person, None)

    def left(self, socket: Socket, watched: Iterable[int]) -> None:
        self.watch(socket, watched, ())
        person = self.person(socket.identity.user_id)
        person.sockets.discard(socket)
        if not person.sockets:
            self.seen[person.id] = self.clock()
            if person.leaving is not None:
                person.leaving.cancel()
            loop = asyncio.get_running_loop()
            person.leaving = loop.call_later(AWAY_AFTER, self._gone, person)

    def _gone(self, person: Person) -> None:
        if not person.sockets and person.told_online:
            person.told_online = False
            self._tell(person, self.seen.get(person.id, self.clock()))
        self._tidy(person)

    def _tidy(self, person: Person) -> None:
        if not person.sockets and not person.watchers and not person.told_online:
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

    def parted(self, user_id: int) -> list[tuple[Socket, list[int]]]:
        """Somebody left a chat: guests who shared it with them may not see them any more.

        From now on nobody hears; returns what each socket watched, to be asked for anew.
        """
        self.partings += 1
        guests = [s for s in self.sockets(user_id) if s.identity.role == "guest"]
        person = self.persons.get(user_id)
        if person is not None:
            guests += [s for s in person.watchers if s.identity.role == "guest"]
        return self._blinded(guests)

    def strangers(self) -> list[tuple[Socket, list[int]]]:
        """A chat is gone, or somebody has become a guest: the same, for every guest."""
        self.partings += 1
        return self._blinded(
            socket
            for person in list(self.persons.values())
            for socket in list(person.sockets)
            if socket.identity.role == "guest"
        )

    def _blinded(self, guests: Iterable[Socket]) -> list[tuple[Socket, list[int]]]:
        watching = [(socket, socket.watched) for socket in dict.fromkeys(guests) if socket.watched]
        for socket, _ in watching:
            self._replace(socket, [])
        return watching

    async def look_again(self, watching: list[tuple[Socket, list[int]]]) -> None:
        """Let them hear again of those they still see, beginning with how they are now."""
        for socket, wanted in watching:
            if socket.watched or socket not in self.sockets(socket.identity.user_id):
                # Another list was asked for meanwhile, or nobody is there to hear.
                continue
            for one in await self.presence(await self.watch_visible(socket, wanted)):
                said = events.PresenceChanged(
                    id=one.id, online=one.online, last_seen_at=one.last_seen_at
                )
                socket.push(socket.codec.pack(said))
            if socket not in self.sockets(socket.identity.user_id):
                self._replace(socket, [])

    def online(self, user_id: int) -> bool:
        person = self.persons.get(user_id)
        return person is not None and person.told_online

    async def presence(self, user_ids: list[int]) -> list[Presence]:
        stored = await self.store.last_seen(user_ids)
        return [
            Presence(id, self.online(id), self._last_seen(id, stored.get(id))) for id in user_ids
        ]

    def _last_seen(self, user_id: int, stored: str | None) -> str | None:
        fresh = self.seen.get(user_id)
        return timestamp(fresh) if fresh else stored

    def _tell(self, person: Person, last_seen: datetime | None) -> None:
        said = events.PresenceChanged(
            id=person.id,
            online=person.told_online,
            last_seen_at=timestamp(last_seen) if last_seen else None,
        )
        frames: dict[Codec, bytes] = {}
        for socket in person.watchers | self.acquainted(person):
            if socket.codec not in frames:
                frames[socket.codec] = socket.codec.pack(said)
            socket.push(frames[socket.codec])

    def acquainted(self, person: Person) -> set[Socket]:
        """The sockets of those who share a direct chat; the directory knows the chats."""
        return set()

    def met(self, user_id: int, stream_id: int) -> None:
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
            await self.store.saw({**left, **here})
            self.seen = {id: at for id, at in self.seen.items() if left.get(id) != at}
        if here:
            self.noted_at = now
