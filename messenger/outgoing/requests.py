"""The one door out: https, public addresses, no redirects, a bounded time and a bounded answer.

The address is judged when the socket for it is made, so it is the one that is connected to: a name
that is another address by then (DNS rebinding), an address in the URL, any way of writing one. A
name of which one address is not allowed is refused as a whole.
"""

import asyncio
import importlib
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.helpers import is_ip_address
from yarl import URL

from messenger.outgoing.addresses import is_public

SECONDS: Final = 10.0
"""For a whole request, from the name to the last byte."""
MOST: Final = 64 * 1024
"""Bytes of an answer that are read where the caller does not say."""
AT_ONCE: Final = 100
AT_ONCE_TO_ONE: Final = 20
"""Connections, and those to one host: one that hangs is not to have them all."""
RESOLVED: Final = 60
"""Seconds that a name's addresses are kept; each is judged again when it is connected to."""
RESOLVING: Final = 3.0
"""Seconds that a name has when an address is only checked."""
HOST: Final = re.compile(r"[\w.:%-]+", re.ASCII)
"""A name as it is asked for (IDNA), or an address."""

Reason: TypeAlias = Literal["url", "address", "unreachable", "tls", "time", "answer"]
Allowed: TypeAlias = Callable[[str], bool]


class Refused(Exception):
    """There is no answer: the request was not made, or nothing that can be read came back.

    `url`: no plain https URL; `address`: not the public internet's; `unreachable`: nobody there;
    `tls`: not who it should be; `time`: too slow; `answer`: no HTTP.
    """

    def __init__(self, reason: Reason, words: str = "") -> None:
        super().__init__(words or reason)
        self.reason: Reason = reason


class Answer(msgspec.Struct, frozen=True):
    """What came back. A redirect is an answer like any other; who follows it asks again."""

    status: int
    headers: Mapping[str, str]
    """Whatever their case."""
    body: bytes
    cut: bool
    """Whether there was more of the body than was to be read."""


class Outgoing:
    """Asks strangers. Keeps no cookies, knows no proxies and no passwords."""

    def __init__(
        self,
        *,
        is_allowed: Allowed = is_public,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        """Within a running loop. What is given is for tests, whose servers are in the house."""
        self._is_allowed = is_allowed
        self._resolver = resolver
        self._tls = tls
        self._seconds = seconds
        # State: what asks, from the first question on; and whether there are to be no more.
        self._asking: Asking | None = None
        self._opening = asyncio.Lock()
        self._closed = False

    def __repr__(self) -> str:
        return f"<Outgoing, {'closed' if self._closed else 'open'}>"

    async def _open(self) -> "Asking":
        """A server that asks nobody has neither a client of HTTP nor anybody's certificates."""
        async with self._opening:
            if self._closed:
                raise Refused("unreachable", "the server is stopping")
            if self._asking is None:
                # Beside the loop: with it come all of the system's certificates.
                await asyncio.to_thread(importlib.import_module, "aiohttp.client")
                judging = Judging(self._resolver or aiohttp.ThreadedResolver(), self._is_allowed)
                self._asking = Asking(judging, self._session(judging))
            return self._asking

    def _session(self, judging: "Judging") -> "aiohttp.ClientSession":
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=judging,
                # True: aiohttp's own, which has read all roots by now.
                ssl=self._tls or True,
                socket_factory=self._socket,
                ttl_dns_cache=RESOLVED,
                limit=AT_ONCE,
                limit_per_host=AT_ONCE_TO_ONE,
            ),
            timeout=aiohttp.ClientTimeout(total=self._seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            # A small answer that unpacks to a gigabyte stays small.
            auto_decompress=False,
            skip_auto_headers=["User-Agent"],
            headers={"Accept-Encoding": "identity"},
        )

    async def check(self, url: str) -> None:
        """Raises Refused for what leads, or would lead now, to where nothing may be asked.

        A name that is unknown at the moment is none of that; every request is judged again.
        """
        target = _checked(url)
        host = target.host or ""
        try:
            if is_ip_address(host):
                if not self._is_allowed(host):
                    raise NotAllowed(host)
            else:
                judging = (await self._open()).judging
                async with asyncio.timeout(RESOLVING):
                    await judging.resolve(host, target.port or 443)
        except NotAllowed:
            raise Refused("address", "this leads to a network of our own") from None
        except (OSError, UnicodeError):
            return

    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        most: int = MOST,
    ) -> Answer:
        """Make a request; read up to `most` bytes of what comes back. Raises Refused."""
        target = _checked(url)
        session = (await self._open()).session
        try:
            async with session.request(
                method, target, headers=headers, data=body, allow_redirects=False
            ) as response:
                found = await _read(response, most + 1)
                if cut := len(found) > most:
                    response.close()  # what is left of it is not waited for
                return Answer(response.status, response.headers, found[:most], cut)
        except TimeoutError:
            raise Refused("time", "no whole answer in time") from None
        except (aiohttp.ClientError, ValueError) as error:
            raise _refusal(error) from error

    async def close(self) -> None:
        self._closed = True
        if self._asking is not None:
            await self._asking.session.close()

    def _socket(self, target: tuple[Any, ...]) -> socket.socket:
        """The socket for one address, which is what is connected to and nothing else."""
        family, kind, protocol, _, place = target
        if not self._is_allowed(place[0]):
            raise NotAllowed(place[0])
        return socket.socket(family, kind, protocol)


class NotAllowed(OSError):
    """An address that is not the public internet's; an OSError, as a connector expects."""


class Judging(AbstractResolver):
    """Another resolver's answers, if all of them are allowed."""

    def __init__(self, inner: AbstractResolver, is_allowed: Allowed) -> None:
        self._inner = inner
        self._is_allowed = is_allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for each in found:
            if not self._is_allowed(each["host"]):
                raise NotAllowed(each["host"])
        return found

    async def close(self) -> None:
        await self._inner.close()


class Asking(NamedTuple):
    judging: Judging
    session: "aiohttp.ClientSession"


def _checked(url: str) -> URL:
    try:
        target = URL(url)
    except (ValueError, TypeError):
        raise Refused("url", "this is no URL") from None
    named = HOST.fullmatch(target.raw_host or "")
    if target.scheme != "https" or target.user or target.password or not named:
        raise Refused("url", "a plain https address is needed")
    return target


async def _read(response: "aiohttp.ClientResponse", most: int) -> bytes:
    found = bytearray()
    while len(found) < most and (piece := await response.content.read(most - len(found))):
        found += piece
    return bytes(found)


def _refusal(error: Exception) -> Refused:
    if isinstance(error, aiohttp.InvalidURL):
        return Refused("url", "no such address can be")
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, NotAllowed):
        return Refused("address", "this leads to a network of our own")
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return Refused("tls", "its certificate is not good")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Refused("unreachable", "nobody answers there")
    return Refused("answer", "what came back cannot be read")
