"""From outside in, the way browsers come: name, connection, certificate, proxy, WebSocket, uploads.

First the server itself is asked, then the address that people open. What the server saw of each
request tells what stands between: a request whose other end is our own socket passed through
nothing.
"""

import asyncio
import io
import socket
import ssl
import time
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import msgspec

from messenger.config import Settings
from messenger.doctor import knock
from messenger.doctor.finding import Finding, advice, well, wrong
from messenger.doctor.knock import Seen
from messenger.doctor.meeting import SECONDS, Unreached, certificate, meet, why

LARGEST: Final = 64 * 2**20
"""Bytes that are really sent to see whether uploads pass; a larger FILE_MAX_BYTES is believed."""
SUBPROTOCOL: Final = "messenger.v1.json"
ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


class Caller:
    """Asks one address over one connection at a time, and knows its own end of it."""

    def __init__(self, base: str, secret: bytes, trusted: ssl.SSLContext | None = None) -> None:
        self.base = base
        self.secret = secret
        # State: the socket of the newest connection.
        self.socket: socket.socket | None = None
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=1, ssl=trusted or ssl.create_default_context(), socket_factory=self._socket
            ),
            timeout=aiohttp.ClientTimeout(total=SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def __aenter__(self) -> "Caller":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    def _socket(self, target: Any) -> socket.socket:
        family, kind, protocol, _, _ = target
        self.socket = socket.socket(family, kind, protocol)
        return self.socket

    async def probe(self, size: int = 0) -> tuple[Seen, bool]:
        """What the server saw of a request, and whether nothing stands between; or Unreached."""
        headers = {knock.HEADER: knock.sign(self.secret)}
        url = self.base + knock.PATH
        body = io.BytesIO(bytes(size))
        async with self.session.post(url, data=body, headers=headers) as answer:
            raw = await answer.read()
            if answer.status in (413, 431):
                raise Unreached(wrong("body_size", status=answer.status, **_sizes(size)))
            if answer.status >= 500:
                raise Unreached(wrong("proxy_error", base=self.base, status=answer.status))
            try:
                seen = msgspec.json.decode(raw, type=Answer).data
            except msgspec.MsgspecError:
                raise Unreached(wrong("not_ours", base=self.base, status=answer.status)) from None
            return seen, _name(self.socket) == seen.peer

    async def talk(self, origin: str) -> None:
        """A frame there and one back; raises WSServerHandshakeError, TimeoutError and others."""
        url = self.base.replace("http", "ws", 1) + "/api/v1/ws"
        timeout = aiohttp.ClientWSTimeout(ws_close=2.0)
        async with asyncio.timeout(SECONDS):
            async with self.session.ws_connect(
                url, protocols=[SUBPROTOCOL], origin=origin, timeout=timeout
            ) as ws:
                # Whoever has not signed in is told so, by the command's id.
                await ws.send_json({"type": "ping", "id": 1})
                answer = await ws.receive_json()
                if answer.get("id") != 1:
                    raise TypeError("no answer to the command")


class Answer(msgspec.Struct, frozen=True):
    data: Seen


def _name(own: socket.socket | None) -> str:
    try:
        place = own.getsockname() if own is not None else ("", 0)
    except OSError:
        return ""
    return f"{place[0]} {place[1]}"


def _sizes(size: int) -> dict[str, Any]:
    return {"bytes": size, "megabytes": -(-size // 2**20)}


async def look(settings: Settings, local: str | None = None) -> AsyncIterator[Finding]:
    """The server itself at `local`, HOST and PORT unless told, then BASE_URL."""
    if local is None:
        if settings.port == 0:
            return
        host = ANYWHERE.get(settings.host, settings.host)
        local = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    # Port 0 is whichever was free: then nobody has been told another address.
    direct = settings.base_url == local or settings.base_url.endswith(":0")
    async with Caller(local, settings.secret_key) as caller:
        try:
            seen, _ = await caller.probe()
        except Unreached as error:
            yield _nearby(error.finding, local)
            return
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            yield wrong("server_away", address=local, why=why(error))
            return
        yield well("server", address=local, version=seen.version)
        yield _version(seen)
        yield _files(seen)
        if direct:
            async for found in _socket(caller, local):
                yield found
            return
    async for found in _outside(settings):
        yield found


def _nearby(found: Finding, local: str) -> Finding:
    """What answers here is not ours: there is no proxy between that could be at fault."""
    return wrong("server_other", address=local) if found.code == "not_ours" else found


def _version(seen: Seen) -> Finding:
    from messenger.doctor.version import here

    ours = here()
    if (seen.version, seen.schema) == ours:
        return well("version", version=seen.version, schema=seen.schema)
    said = {"version": seen.version, "schema": seen.schema, "ours": " ".join(ours)}
    return wrong("version", **said, command="systemctl restart messenger")


def _files(seen: Seen) -> Finding:
    from messenger.doctor.machine import open_files

    return open_files(seen.open_files)


async def _outside(settings: Settings) -> AsyncIterator[Finding]:
    base = settings.base_url
    host = urlsplit(base).hostname or ""
    try:
        met = await meet(base, settings.base_url_ca)
    except Unreached as error:
        yield error.finding
        return
    yield well("address", base=base)
    if met.begins is not None:
        yield certificate(host, met)
    elif host not in ("localhost", "127.0.0.1", "::1"):
        yield advice("no_tls", base=base)
    async with Caller(base, settings.secret_key, met.trusted) as caller:
        try:
            seen, direct = await caller.probe()
            for found in between(settings, seen, direct=direct):
                yield found
            async for found in _socket(caller, base):
                yield found
            yield await _upload(caller, settings.file_max_bytes)
        except Unreached as error:
            yield error.finding
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            yield wrong("unreachable", base=base, why=why(error))


def between(settings: Settings, seen: Seen, *, direct: bool) -> list[Finding]:
    """What a proxy does not pass on, by what the server saw of a request through it."""
    parts = urlsplit(settings.base_url)
    found = []
    proxy = seen.peer.partition(" ")[0]
    if not direct:
        if not seen.forwarded_for:
            found.append(wrong("real_ip", proxy=proxy))
        elif seen.remote == proxy and not seen.believed:
            listed = [*map(str, settings.trusted_proxies), proxy]
            found.append(wrong("proxy", proxy=proxy, setting=f"TRUSTED_PROXIES={','.join(listed)}"))
        else:
            found.append(well("proxy", proxy=proxy))
    # While the proxy is not trusted nothing that it says counts.
    trusted = direct or all(each.state == "well" for each in found)
    if parts.scheme == "https" and not seen.secure and trusted:
        found.append(wrong("scheme"))
    if seen.host.lower() != parts.netloc.lower():
        found.append(wrong("host", host=seen.host, wanted=parts.netloc))
    return found


async def _socket(caller: Caller, base: str) -> AsyncIterator[Finding]:
    began = time.monotonic()
    try:
        await caller.talk(base)
    except aiohttp.WSServerHandshakeError as error:
        code = "origin" if error.status == 403 else "upgrade"
        yield wrong(code, status=error.status, base=base)
    except (aiohttp.ClientError, OSError, TimeoutError, TypeError, ValueError) as error:
        yield wrong("websocket", why=why(error))
    else:
        yield well("websocket", ms=round((time.monotonic() - began) * 1000))


async def _upload(caller: Caller, most: int) -> Finding:
    size = min(most, LARGEST)
    try:
        seen, _ = await caller.probe(size)
    except Unreached as error:
        return error.finding
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        # A proxy that has heard enough may close before its answer is read.
        return wrong("body_size", status=why(error), **_sizes(size))
    if seen.bytes != size:
        return wrong("body_size", status=f"{seen.bytes} bytes", **_sizes(size))
    return well("body_size", **_sizes(size))
