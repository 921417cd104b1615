"""The HTTP connections under the application: what is refused before it is a request.

aiohttp answers such bytes itself, as plain text, naming its version, and logs them, tokens in
addresses included. Here they get the contract's form and one line in the log without their content.
Nor does aiohttp end a connection whose request never arrives whole; `Heads` does.
"""

import asyncio
import contextlib
import logging
import secrets
import socket
from typing import Any, Final, cast

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from messenger.errors import Internal, ValidationFailed
from messenger.http.plumbing.limits import network_of
from messenger.http.plumbing.middlewares import SECURITY, contract_response
from messenger.http.plumbing.responses import refuse

log = logging.getLogger(__name__)

HEAD_SECONDS: Final = 20.0
"""From the first byte of a request, or from connecting, to the end of its headers."""
KEEP_ALIVE_SECONDS: Final = 30.0
"""An idle connection is closed after this; a proxy must let go of it earlier."""
LINGER_SECONDS: Final = 5.0
"""After a refused upload: so long its rest is read, or the sender would miss the answer."""
HEADS_PER_NETWORK: Final = 100
"""Connections of one network that may be without a whole request for longer than `GRACE`."""
GRACE: Final = 2.0
"""Seconds in which everybody sends their headers, also after a restart, when all come at once."""
BACKLOG: Final = 4096
ANSWERED_WITHIN: Final = 2.0
"""Seconds that requests under way have when the server is told to stop; then theirs are refused."""
ON_ITS_WAY: Final = 0.2
"""Seconds in which the first request of a connection that was just taken comes."""
UNREADABLE: Final = (
    "This is no HTTP request that can be read: its first line or its headers are malformed or too"
    " long."
)


class Heads:
    """The connections whose request has not arrived whole, the longest waiting first."""

    def __init__(self) -> None:
        # State: since when each waits, by network. A dict keeps the order of arrival.
        self.waiting: dict[str, dict[Connection, float]] = {}

    def __repr__(self) -> str:
        return f"<Heads {sum(map(len, self.waiting.values()))} waiting>"

    def begin(self, connection: "Connection", now: float) -> None:
        """Wait for a connection's next request; the oldest of its network may have to go."""
        waiting = self.waiting.setdefault(connection.network, {})
        if len(waiting) >= HEADS_PER_NETWORK:
            oldest, since = next(iter(waiting.items()))
            if now - since > GRACE:
                oldest.cut()
        waiting[connection] = now

    def end(self, connection: "Connection") -> None:
        waiting = self.waiting.get(connection.network)
        if waiting is not None and waiting.pop(connection, None) is not None and not waiting:
            del self.waiting[connection.network]


class Connection(RequestHandler):
    """One HTTP connection, which may become a WebSocket."""

    __slots__ = ("_body", "_cut_at", "_heads", "network")

    def __init__(self, manager: web.Server, heads: Heads, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            manager,
            loop=loop,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            lingering_time=LINGER_SECONDS,
            access_log=cast(Any, None),
            auto_decompress=False,
        )
        self.network = ""
        self._heads = heads
        # The newest request's body, and the end of patience with the headers of the one to come.
        self._body: Any = None
        self._cut_at: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self.network = network_of(peer[0] if peer else None)
        self._await_head()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._head_arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._upgraded:
            super().data_received(data)
            return
        before = self._request_count
        in_body = self._body is not None and not self._body.is_eof()
        super().data_received(data)
        if self._request_count != before:
            self._body = self._messages[-1][1] if self._messages else None
            self._head_arrived()
        elif data and not in_body and self._cut_at is None:
            # aiohttp itself calls this with nothing, each time that it reads on.
            self._await_head()

    def _await_head(self) -> None:
        self._cut_at = self._loop.call_later(HEAD_SECONDS, self.cut)
        self._heads.begin(self, self._loop.time())

    def _head_arrived(self) -> None:
        if self._cut_at is not None:
            self._cut_at.cancel()
            self._cut_at = None
            self._heads.end(self)

    @property
    def at_work(self) -> bool:
        """Whether an answer is owed, or soon will be; of a WebSocket none is."""
        if self._upgraded:
            return False
        if self._request_count:
            return bool(self._request_in_progress or self._messages)
        waits_since = self._cut_at.when() - HEAD_SECONDS if self._cut_at is not None else 0.0
        return self._loop.time() < waits_since + ON_ITS_WAY

    def take_no_other(self) -> None:
        """Close it after the request that it is at, or its first one; now, if it was kept."""
        self._close = True
        if self._request_count and not self._upgraded and not self.at_work:
            self.force_close()

    def cut(self) -> None:
        """End the connection: nothing that could be answered has come."""
        self._head_arrived()
        self.force_close()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Write an answer; what aiohttp refused before any middleware is put in our words."""
        if isinstance(resp, web.HTTPException) and resp.status >= 400:
            resp = contract_response(resp)
        if self._close:
            resp.force_close()
        return await super().finish_response(request, resp, start_time)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP request, or what broke outside the middlewares; then close."""
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun; there is no room for another.")
        if status < 500:
            # Never the text of the error: it quotes what was sent, tokens in addresses included.
            log.info("%s sent what is no HTTP request: %s", self.network, type(exc).__name__)
            answer = refuse(ValidationFailed(UNREADABLE), status)
        else:
            log.error("a request broke outside its handler", exc_info=exc)
            answer = refuse(Internal(), status)
        answer.headers.update(SECURITY)
        answer.headers["X-Request-Id"] = secrets.token_hex(8)
        answer.headers["Server"] = "messenger"  # aiohttp would name its version
        answer.force_close()
        return answer


async def listen(
    runner: web.AppRunner,
    host: str,
    port: int,
    handed: socket.socket | None = None,
    shared: bool = False,
) -> asyncio.Server:
    """Accept connections for an application, from a socket that listens already if one is handed
    over; raises OSError for a taken port.

    `shared`: others of the same person may listen there as well (SO_REUSEPORT, socket(7)).
    """
    heads, loop = Heads(), asyncio.get_running_loop()
    server = cast(web.Server, runner.server)

    def connect() -> Connection:
        return Connection(server, heads, loop)

    if handed is not None:
        return await loop.create_server(connect, sock=handed, backlog=BACKLOG)
    return await loop.create_server(connect, host, port, backlog=BACKLOG, reuse_port=shared or None)


async def answered(runner: web.AppRunner) -> None:
    """Return once requests under way are answered, or have taken too long; take no others.

    Who keeps a connection for the next one hears of its end with the answer, or at once: what a
    balancer sends on it meanwhile was not taken, and goes to another server.
    """
    if runner.server is None:
        # Stopped already.
        return
    connections = [each for each in runner.server.connections if isinstance(each, Connection)]
    for each in connections:
        each.take_no_other()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ANSWERED_WITHIN):
            while any(each.at_work for each in connections):
                await asyncio.sleep(0.005)
