"""`GET /api/v1/ws`: accepting connections, and watching over those that are open."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from aiohttp import WSMsgType, web
from prometheus_client import CollectorRegistry, Counter, Gauge

from messenger import logs
from messenger.actors.directory import Directory
from messenger.auth import Tokens
from messenger.config import Settings
from messenger.errors import Forbidden, Unavailable
from messenger.model import PublicSettings
from messenger.protocol import codec, events
from messenger.rules import origins
from messenger.ws.dispatch import Dispatch
from messenger.ws.heap import Heap
from messenger.ws.heartbeat import Sweep
from messenger.ws.outbox import Outbox
from messenger.ws.session import Refused, Session
from messenger.ws.wire import Upgrade, Wire

log = logging.getLogger(__name__)


class Endpoint:
    """All WebSockets of this process."""

    def __init__(
        self,
        directory: Directory,
        tokens: Tokens,
        settings: Settings,
        clock: Callable[[], datetime],
        registry: CollectorRegistry,
        refused: Refused,
        known: Callable[[], PublicSettings],
    ) -> None:
        self.directory = directory
        self.settings = settings
        self.clock = clock
        self.refused = refused
        self.outbox = Outbox()
        self.heap = Heap()
        self.sweep = Sweep(settings, clock)
        self.dispatch = Dispatch(directory, tokens, settings, clock, self.sweep.look_soon, known)
        # State: every open session, signed in or not; whether new ones are taken.
        self.sessions: set[Session] = set()
        self.closing = False
        self.slow = Counter(
            "messenger_slow_readers", "Connections cut off as too slow.", registry=registry
        )
        connections = Gauge("messenger_connections", "Open WebSockets.", registry=registry)
        connections.set_function(lambda: len(self.sessions))
        waiting = Gauge(
            "messenger_mailbox_depth", "Commands waiting in mailboxes.", registry=registry
        )
        waiting.set_function(lambda: directory.waiting)

    def __repr__(self) -> str:
        return f"<Endpoint {len(self.sessions)} sessions>"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Upgrade; sign in if a token came along, then take frames until the end."""
        if self.closing:
            raise Unavailable()
        self._check_origin(request)
        upgrade = Upgrade(protocols=[each.name for each in codec.CODECS], compress=False)
        await upgrade.prepare(request)
        transport = request.transport
        if transport is None:
            return upgrade
        spoken = codec.MSGPACK if upgrade.ws_protocol == codec.MSGPACK.name else codec.JSON
        name = logs.request_id.get() or ""
        logs.connection_id.set(name)
        wire = Wire(transport, 2 * self.settings.ws_max_command_bytes + 1)
        session = Session(
            wire,
            transport,
            spoken,
            self.directory.presence,
            self.outbox,
            self.directory.streams.by_id.get,
            self.settings.ws_max_pending_bytes,
            request.remote or "",
            self.refused,
        )
        self.sessions.add(session)
        self.sweep.look_soon(session)
        token = _token(request)
        first = None if token is None else self.dispatch.authenticate(session, token)
        wire.begin(request.protocol, Incoming(self, session, wire), first)
        if self.directory.streams.closing:
            # It was opened while the others were told.
            session.send_away(random.randint(100, 300))
        return upgrade

    def gone(self, session: Session) -> None:
        """A connection is over."""
        self.sessions.discard(session)
        self.sweep.forget(session)
        slow = session.closing is events.TOO_SLOW
        if slow:
            self.slow.inc()
        session.gone()
        self.heap.freed |= slow

    async def look(self) -> None:
        """Once a second: at the sessions that are due, and at what those left who are gone."""
        self.sweep.run()
        await self.heap.give_back()

    def _check_origin(self, request: web.Request) -> None:
        """A browser says where a page comes from; others have no cookie to abuse."""
        origin = request.headers.get("Origin")
        if origin is None or origin in self.settings.cors_origins:
            return
        base_url = self.settings.base_url
        secure = request.secure or base_url.startswith("https://")
        if origin == origins.DESKTOP and request.headers.get("Authorization"):
            # Its main process puts the token there, which no page can; there is no cookie to abuse.
            return
        if not origins.is_ours(origin, base_url, request.host, secure=secure):
            raise Forbidden("This origin may not connect; an administrator sets CORS_ORIGINS.")

    async def close(self) -> None:
        """Tell all clients when to come back, spread out so that they do not come at once."""
        self.closing = True
        sessions = list(self.sessions)
        spread = min(5000, 200 + 2 * len(sessions))
        for session in sessions:
            session.send_away(random.randint(100, 100 + spread))
        waiting = [session.farewell for session in sessions if session.farewell is not None]
        if waiting:
            await asyncio.wait(waiting, timeout=3)
        for session in list(self.sessions):
            session.transport.abort()


class Incoming:
    """What comes in on one connection."""

    __slots__ = ("endpoint", "session", "wanted", "wire")

    def __init__(self, endpoint: Endpoint, session: Session, wire: Wire) -> None:
        self.endpoint = endpoint
        self.session = session
        self.wire = wire
        self.wanted = WSMsgType.TEXT if session.codec is codec.JSON else WSMsgType.BINARY

    def take(self, kind: WSMsgType, data: Any) -> Awaitable[None] | None:
        session = self.session
        session.heartbeat.heard()
        if session.closing is not None:
            if kind is WSMsgType.CLOSE:
                session.transport.close()
        elif kind is self.wanted:
            if self.endpoint.directory.streams.closing:
                # Not taken, so not refused either: its sender is about to be told to come back.
                return None
            return self.endpoint.dispatch.take(session, data)
        elif kind is WSMsgType.PING:
            session.push(codec.frame(data, codec.PONG))
        elif kind is WSMsgType.CLOSE:
            session.flush()
            self.wire.answer()
        elif kind is not WSMsgType.PONG:
            session.close(events.BAD_FRAME, "wrong kind of frame for the subprotocol")
        return None

    def broken(self, code: int) -> None:
        session = self.session
        if session.closing is None:
            session.close(INSTEAD.get(code) or events.Close(code, "", "retry"))
        # What follows cannot be read, so neither could an answer be.
        session.transport.close()

    def flooded(self) -> None:
        self.session.close(events.TOO_MANY_COMMANDS)

    def failed(self, error: Exception) -> None:
        # Here it must not become an HTTP answer amid the frames.
        log.error("%r failed", self.session, exc_info=error)
        self.session.send_away(1000)

    def lost(self) -> None:
        self.endpoint.gone(self.session)


INSTEAD: Final = {1007: events.BAD_FRAME, 1009: events.FRAME_TOO_LARGE}
"""What is wrong with a frame by RFC 6455, in the contract's terms."""


def _token(request: web.Request) -> str | None:
    header = request.headers.get("Authorization", "")
    if header[:7].lower() == "bearer ":
        return header[7:].strip()
    return request.query.get("access_token")
