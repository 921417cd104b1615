"""Signs of life of one connection, and the sweep that looks at all of them.

Once a second the sweep looks at the connections that are due: pings, silence, tokens running
out. A timer per connection would be the whole load of thousands of idle people.
"""

from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Protocol

from messenger.config import Settings
from messenger.protocol import codec, events

AUTH_WITHIN = 10.0
"""Seconds from the first byte to a successful `auth`."""
WARN_BEFORE = 60.0
"""Seconds before the access token runs out at which `auth.expiring` is said."""
PING = codec.frame(b"", codec.PING)


class Heartbeat:
    """When a connection was opened, heard of and pinged, and until when its token is good.

    Moments are of the monotonic clock, in seconds; `expires_at` is of the wall clock.
    """

    __slots__ = ("expires_at", "heard_at", "look_at", "opened_at", "pinged_at", "warned")

    def __init__(self) -> None:
        self.opened_at = self.heard_at = monotonic()
        self.pinged_at = 0.0
        self.expires_at = 0.0
        self.warned = False
        # The second at which the sweep looks next; earlier appointments are void.
        self.look_at = 0

    def heard(self) -> None:
        """Something came in."""
        self.heard_at = monotonic()

    def renew(self, expires_at: float) -> None:
        """A token was accepted that is good until then."""
        self.expires_at = expires_at
        self.warned = False


class Watched(Protocol):
    """A session, as the sweep sees it."""

    heartbeat: Heartbeat
    closing: events.Close | None

    @property
    def authenticated(self) -> bool: ...
    def push(self, data: bytes) -> None: ...
    def tell(self, message: object) -> None: ...
    def close(self, close: events.Close) -> None: ...


class Sweep:
    """Looks at connections, each at the second that is written down for it."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.clock = clock
        # State: the sessions to look at in each second, and the last second that was looked at.
        self.due: dict[int, list[Watched]] = {}
        self.swept = int(monotonic())

    def run(self) -> None:
        """Look at those who are due; called once a second."""
        now = monotonic()
        wall = self.clock().timestamp()
        for second in range(self.swept + 1, int(now) + 1):
            self.swept = second
            for session in self.due.pop(second, ()):
                # Who signed in again since then is to be looked at in another second.
                if session.heartbeat.look_at == second:
                    self._look(session, now, wall)

    def look_soon(self, session: Watched) -> None:
        """Look within a second or two: the session is new, or has a new token."""
        self._watch_again(session, monotonic())

    def forget(self, session: Watched) -> None:
        """The connection is over."""
        session.heartbeat.look_at = 0

    def _watch_again(self, session: Watched, at: float) -> None:
        look_at = max(int(at), self.swept) + 1
        session.heartbeat.look_at = look_at
        self.due.setdefault(look_at, []).append(session)

    def _look(self, session: Watched, now: float, wall: float) -> None:
        """Do what is due, and say when to look again: with every heartbeat, or earlier."""
        if session.closing is not None:
            return
        beat, heartbeat = session.heartbeat, self.settings.ws_heartbeat_sec
        if not session.authenticated:
            if now - beat.opened_at > AUTH_WITHIN:
                session.close(events.UNAUTHORIZED)
            else:
                self._watch_again(session, now)
            return
        left = beat.expires_at - wall
        silent = now - beat.heard_at
        if left <= 0:
            session.close(events.TOKEN_EXPIRED)
            return
        if silent > self.settings.ws_idle_timeout_sec:
            session.close(events.IDLE)
            return
        if left <= WARN_BEFORE and not beat.warned:
            beat.warned = True
            session.tell(events.AuthExpiring())
        if silent >= heartbeat and now - beat.pinged_at >= heartbeat:
            beat.pinged_at = now
            session.push(PING)
        waits = [left, max(beat.heard_at, beat.pinged_at) + heartbeat - now]
        if not beat.warned:
            waits.append(left - WARN_BEFORE)
        waits.append(self.settings.ws_idle_timeout_sec - silent)
        self._watch_again(session, now + min(waits))
