"""`GET /api/v1/ws`: accepting connections, and watching over those that are open."""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import datetime

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
from messenger.ws.session import Refused, Session, WebSocket

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
        """Upgrade, sign in if a token came along, then read frames until the end."""
        if self.closing:
            raise Unavailable()
        self._check_origin(request)
        socket = WebSocket(
            protocols=[each.name for each in codec.CODECS],
            max_msg_size=2 * self.settings.ws_max_command_bytes + 1,
            compress=False,
            autoping=False,
            decode_text=False,
            timeout=5,
        )
        await socket.prepare(request)
        transport = request.transport
        if transport is None:
            return socket
        spoken = codec.MSGPACK if socket.ws_protocol == codec.MSGPACK.name else codec.JSON
        session = Session(
            socket,
            transport,
            spoken,
            self.directory.presence,
            self.outbox,
            self.directory.streams.by_id.get,
            self.settings.ws_max_pending_bytes,
            request.remote or "",
            self.refused,
        )
        logs.connection_id.set(session.id)
        self.sessions.add(session)
        self.sweep.look_soon(session)
        try:
            token = _token(request)
            if token is not None:
                await self.dispatch.authenticate(session, token)
            await self._read(session)
        except Exception:
            # Whatever it was, here it must not become an HTTP answer amid the frames.
            log.exception("%r failed", session)
            session.send_away(1000)
        finally:
            self.sessions.discard(session)
            self.sweep.forget(session)
            slow = session.closing is events.TOO_SLOW
            if slow:
                self.slow.inc()
            session.gone()
            if session.farewell is not None:
                # Until the other side has answered the close frame: a connection that ends with
                # unread data in it is reset, and the close code would be lost on the way.
                await session.farewell
            self.heap.freed |= slow
        return socket

    async def look(self) -> None:
        """Once a second: at the sessions that are due, and at what those left who are gone."""
        self.sweep.run()
        await self.heap.give_back()

    async def _read(self, session: Session) -> None:
        wanted = WSMsgType.TEXT if session.codec is codec.JSON else WSMsgType.BINARY
        receive = session.socket.receive
        while True:
            message = await receive()
            session.heartbeat.heard()
            kind = message.type
            if session.closing is not None:
                if kind in ENDS:
                    return
                continue
            if kind is wanted:
                data: bytes = message.data
                if len(data) > 2 * self.settings.ws_max_command_bytes:
                    session.close(events.FRAME_TOO_LARGE)
                else:
                    await self.dispatch.take(session, data)
            elif kind is WSMsgType.PING:
                session.push(codec.frame(message.data, codec.PONG))
            elif kind is WSMsgType.TEXT or kind is WSMsgType.BINARY:
                session.close(events.BAD_FRAME, "wrong kind of frame for the subprotocol")
            elif kind in ENDS:
                return

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


ENDS = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})


def _token(request: web.Request) -> str | None:
    header = request.headers.get("Authorization", "")
    if header[:7].lower() == "bearer ":
        return header[7:].strip()
    return request.query.get("access_token")
