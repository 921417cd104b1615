"""Who is signed in here, and what they may.

Plain calls, no messages: what stands here passes. An `Identity` is one object
per session, shared by every socket and request of it, and changed in place the
moment the log says so; no decision rests on what a token once claimed.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from messenger.actors.presence import Presence
from messenger.errors import Unauthorized
from messenger.model import Identity, User
from messenger.protocol import events
from messenger.storage import Storage

REMEMBERED = 20_000
"""Identities kept without a socket, so that most requests ask no database."""


class Identities:
    """The live identities of sessions."""

    def __init__(self, store: Storage, clock: Callable[[], datetime], presence: Presence) -> None:
        self.store = store
        self.clock = clock
        self.presence = presence
        # State: identities by session, the least recently used first, and sessions by user.
        self.by_session: OrderedDict[str, Identity] = OrderedDict()
        self.by_user: dict[int, set[str]] = {}
        # How often the log said something of accounts: an answer of the store from before is stale.
        self.changes = 0

    def __repr__(self) -> str:
        return f"<Identities of {len(self.by_session)} sessions>"

    async def identify(self, user_id: int, session_id: str) -> Identity:
        """The live identity of a session; raises Unauthorized when it is over."""
        identity = self.by_session.get(session_id)
        while identity is None:
            before = self.changes
            found = await self.store.identify(session_id, self.clock())
            # Two requests may have asked at once: the first object stays the one.
            identity = self.by_session.get(session_id)
            if identity is None and before == self.changes:
                if found is None:
                    raise Unauthorized()
                identity = found
                self._remember(identity)
        else:
            self.by_session.move_to_end(session_id)
        if identity.user_id != user_id or identity.revoked or identity.disabled:
            raise Unauthorized()
        return identity

    def _remember(self, identity: Identity) -> None:
        self.by_session[identity.session_id] = identity
        self.by_user.setdefault(identity.user_id, set()).add(identity.session_id)
        for _ in range(len(self.by_session) - REMEMBERED):
            oldest = next(iter(self.by_session.values()))
            if self.presence.sockets(oldest.user_id):
                self.by_session.move_to_end(oldest.session_id)
            else:
                self._forget(oldest)

    def _forget(self, identity: Identity) -> None:
        del self.by_session[identity.session_id]
        sessions = self.by_user[identity.user_id]
        sessions.discard(identity.session_id)
        if not sessions:
            del self.by_user[identity.user_id]

    def update_user(self, user: User) -> None:
        """An account changed: everything it does from now on is decided anew."""
        self.changes += 1
        for session_id in self.by_user.get(user.id, ()):
            identity = self.by_session[session_id]
            identity.role = user.role
            identity.disabled = user.disabled_at is not None
        if user.disabled_at is not None:
            for socket in self.presence.sockets(user.id):
                socket.close(events.NOT_ALLOWED)

    def lift_password_change(self, user_id: int) -> None:
        """A person has a password of their own now: the rest is open to them."""
        self.changes += 1
        for session_id in self.by_user.get(user_id, ()):
            self.by_session[session_id].must_change_password = False

    def revoke(self, user_id: int, session_id: str) -> None:
        """A session is over: its requests are refused and its sockets closed."""
        self.changes += 1
        identity = self.by_session.get(session_id)
        if identity is not None:
            identity.revoked = True
            self._forget(identity)
        for socket in self.presence.sockets(user_id):
            if socket.identity.session_id == session_id:
                socket.close(events.UNAUTHORIZED)

    async def recheck(self) -> None:
        """Ask for all of them anew: what the log said of them may have been missed."""
        self.changes += 1
        for identity in list(self.by_session.values()):
            if self.by_session.get(identity.session_id) is not identity:
                continue
            if not self.presence.sockets(identity.user_id):
                self._forget(identity)
                continue
            found = await self.store.identify(identity.session_id, self.clock())
            if found is None:
                self.revoke(identity.user_id, identity.session_id)
            else:
                identity.role = found.role
