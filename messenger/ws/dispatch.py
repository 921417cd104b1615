"""A frame's way from the socket to the actor that answers it."""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from messenger import errors
from messenger.actors.directory import Directory
from messenger.auth import Tokens
from messenger.config import Settings
from messenger.model import PublicSettings, timestamp
from messenger.protocol import commands, connection, events
from messenger.protocol.codec import BadFrame, Refused
from messenger.ws import subscriptions
from messenger.ws.session import Session, SocketReply

log = logging.getLogger(__name__)

MUST_CHANGE = "password_change_required"
"""The reason of the close code for a user who must choose a password first."""


def make_room(sockets: Sequence[Any], settings: Settings) -> None:
    """Close one of a person's sockets when there are too many: another is about to be added.

    The quietest one of the session that has the most: a device that runs wild costs itself its
    sockets, and the user can still sign in on other devices.
    """
    alive = [socket for socket in sockets if socket.closing is None]
    if len(alive) < settings.ws_max_connections_per_user:
        return
    counts = Counter(socket.identity.session_id for socket in alive)
    most = max(
        alive, key=lambda socket: (counts[socket.identity.session_id], -socket.heartbeat.heard_at)
    )
    most.close(events.TOO_MANY_CONNECTIONS)


class Dispatch:
    """Reads frames; what belongs to a chat or a person goes to its actor."""

    def __init__(
        self,
        directory: Directory,
        tokens: Tokens,
        settings: Settings,
        clock: Callable[[], datetime],
        signed_in: Callable[[Session], None],
        known: Callable[[], PublicSettings],
    ) -> None:
        self.directory = directory
        self.tokens = tokens
        self.settings = settings
        self.clock = clock
        self.signed_in = signed_in
        self.known = known
        # What runs beside the reading of a socket.
        self.work: set[asyncio.Task[None]] = set()

    def take(self, session: Session, payload: bytes) -> Awaitable[None] | None:
        """Act on one frame; the next has to wait for what is returned.

        Every command with an `id` gets one answer, whatever happens.
        """
        if session.rate.exceeded(1, self.settings):
            session.close(events.TOO_MANY_COMMANDS)
            return None
        if len(payload) > self.settings.ws_max_command_bytes:
            self._refuse_size(session, payload)
            return None
        try:
            command = session.codec.decode(payload)
        except Refused as refused:
            session.tell(events.Error(id=refused.id, error=refused.body()))
            return None
        except BadFrame:
            session.close(events.BAD_FRAME)
            return None
        if (weight := command.weight()) > 1:
            # Never more than half of what is allowed: however large, it is not refused for itself.
            most = self.settings.ws_rate_limit_max_commands // 2
            if session.rate.exceeded(min(weight - 1, most), self.settings):
                session.close(events.TOO_MANY_COMMANDS)
                return None
        if log.isEnabledFor(logging.DEBUG):
            tag = type(command).__struct_config__.tag
            log.debug("command %s", tag, extra=SocketReply(session, command.id).trace)
        try:
            waiting = self._act(session, command)
        except errors.DomainError as error:
            session.tell(events.Error(id=command.id, error=error.body()))
            return None
        return None if waiting is None else self._finish(session, command.id, waiting)

    async def _finish(
        self, session: Session, id: int | str | None, waiting: Awaitable[None]
    ) -> None:  # fmt: skip
        try:
            await waiting
        except errors.DomainError as error:
            session.tell(events.Error(id=id, error=error.body()))

    def _refuse_size(self, session: Session, payload: bytes) -> None:
        """A frame of up to twice the size is answered, if it has an `id`."""
        most = self.settings.ws_max_command_bytes
        id = None if len(payload) > 2 * most else session.codec.id_of(payload)
        if id is None:
            session.close(events.FRAME_TOO_LARGE)
            return
        error = errors.PayloadTooLarge(f"A command has up to {most} bytes.", limit=most)
        session.tell(events.Error(id=id, error=error.body()))

    def _act(self, session: Session, command: Any) -> Awaitable[None] | None:
        if isinstance(command, commands.SendMessage) and session.authenticated:
            # Before all others, for most of what comes is this.
            reply = SocketReply(session, command.id, command)
            self.directory.send(session.identity, command, reply)
            return None
        if isinstance(command, connection.Auth):
            return self.authenticate(session, command.token, command.id)
        if not session.authenticated:
            raise errors.Unauthorized("Send `auth` with an access token first.")
        match command:
            case connection.Ping():
                session.tell(events.Pong(at=timestamp(self.clock()), id=command.id))
            case commands.Type(id=None):
                self.directory.typing(session.identity, command.chat_id)
            case connection.Subscribe():
                subscriptions.check(session, command, self.settings)
                self._background(subscriptions.subscribe(self.directory, session, command))
            case connection.Unsubscribe():
                self._background(self._unsubscribe(session, command))
            case connection.Look():
                self.directory.presence.look_at(session, command.chat_id)
                SocketReply(session, command.id).answer(None)
            case connection.WatchPresence():
                return self._watch(session, command)
            case _:
                reply = SocketReply(session, command.id, command)
                self.directory.send(session.identity, command, reply)
        return None

    async def _unsubscribe(self, session: Session, command: connection.Unsubscribe) -> None:
        # In line with subscribes: one that is still running must not undo this.
        async with session.subscribing:
            for stream_id in command.streams:
                session.leave(stream_id)
        SocketReply(session, command.id).answer(None)

    def _background(self, work: Any) -> None:
        """A long backlog must not keep the socket from being read."""
        task = asyncio.get_running_loop().create_task(work)
        self.work.add(task)
        task.add_done_callback(self.work.discard)

    async def authenticate(
        self, session: Session, token: str, id: int | str | None = None
    ) -> None:  # fmt: skip
        """Sign a socket in, or keep it alive with a fresh token of the same session."""
        try:
            claims = self.tokens.read_access(token)
            identity = await self.directory.identities.identify(claims.user_id, claims.session_id)
        except errors.TokenExpired:
            session.close(events.TOKEN_EXPIRED)
            return
        except errors.Unauthorized:
            session.close(events.UNAUTHORIZED)
            return
        except errors.Unavailable:
            if session.authenticated:
                raise
            # Who it is cannot be asked now. Without an answer it would count as a stranger soon.
            session.send_away(random.randint(500, 2000))
            return
        if session.closing is not None or session.transport.is_closing():
            return
        if identity.must_change_password:
            session.close(events.NOT_ALLOWED, MUST_CHANGE)
            return
        if session.authenticated and session.identity is not identity:
            session.close(events.NOT_ALLOWED)
            return
        first = not session.authenticated
        session.identity = identity
        session.heartbeat.renew(claims.expires_at.timestamp())
        self.signed_in(session)
        if id is not None:
            done = {"user_id": identity.user_id, "session_id": identity.session_id}
            SocketReply(session, id).answer(done)
        if first:
            make_room(self.directory.presence.sockets(identity.user_id), self.settings)
            self.directory.presence.arrive(session)
            session.tell(self._welcome(session))

    def _welcome(self, session: Session) -> events.Welcome:
        return events.Welcome(
            session_id=session.identity.session_id,
            user_id=session.identity.user_id,
            heartbeat_sec=self.settings.ws_heartbeat_sec,
            server_time=timestamp(self.clock()),
            api_level=events.API_LEVEL,
            epoch=self.directory.epoch,
            settings=self.known(),
        )

    async def _watch(self, session: Session, command: connection.WatchPresence) -> None:
        presence = self.directory.presence
        visible = await presence.watch_visible(session, list(dict.fromkeys(command.user_ids)))
        SocketReply(session, command.id).answer({"users": await presence.states(visible)})
