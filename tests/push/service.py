"""A push service of the tests' own: takes pushes over TLS, checks who signs, opens what is sealed.

It opens them by the steps of RFC 8291 and RFC 8188, written down here a second time, with nothing
of the library that seals them.
"""

import asyncio
import base64
import json
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jwt
import msgspec
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from messenger.outgoing.requests import Outgoing
from tests.outgoing.https import NAME
from tests.waiting import PATIENCE

Answer = Callable[[web.Request], Any]


def text_of(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def opened(body: bytes, private: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """A push as the browser reads it: RFC 8188 section 2.1, RFC 8291 section 3.4."""
    salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
    sender, record = body[21 : 21 + length], body[21 + length :]
    assert len(body) <= 4096
    assert len(record) <= size, "one record (RFC 8291, section 4)"
    shared = private.exchange(
        ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
    )
    info = b"WebPush: info\x00" + point_of(private.public_key()) + sender
    secret = derived(auth, shared, info, 32)
    key = derived(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = derived(salt, secret, b"Content-Encoding: nonce\x00", 12)
    padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\x00")
    assert padded[-1:] == b"\x02", "the last record ends with 2"
    return padded[:-1]


class Browser:
    """A device that is subscribed at the service."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.auth = name.encode().ljust(16, b"-")[:16]
        self.endpoint = f"{url}/{name}"

    def keys(self) -> dict[str, str]:
        return {"p256dh": text_of(point_of(self.private.public_key())), "auth": text_of(self.auth)}


class Got(msgspec.Struct, frozen=True):
    """A push that came."""

    browser: str
    headers: dict[str, str]
    payload: dict[str, Any]
    at: float = msgspec.field(default_factory=time.monotonic)
    """By the monotonic clock."""

    @property
    def shown(self) -> dict[str, Any]:
        found: dict[str, Any] = self.payload["notification"]
        return found


class PushService:
    """What the vendors of browsers run."""

    def __init__(self, public_key: Callable[[], str], url: str) -> None:
        self.public_key = public_key
        self.url = url
        self.browsers: dict[str, Browser] = {}
        self.got: list[Got] = []
        self.answers: dict[str, Answer] = {}
        self.visits = 0
        self.news = asyncio.Event()

    def browser(self, name: str) -> Browser:
        made = self.browsers[name] = Browser(name, self.url)
        return made

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.visits += 1
        name = request.match_info["name"]
        body = await request.read()
        self.check_signature(request)
        if name in self.answers:
            answer = self.answers[name](request)
            answer = await answer if asyncio.iscoroutine(answer) else answer
            if answer.status >= 300:
                return answer  # type: ignore[no-any-return]
        browser = self.browsers[name]
        payload = json.loads(opened(body, browser.private, browser.auth))
        self.got.append(Got(name, dict(request.headers), payload))
        self.news.set()
        return web.Response(status=201)

    def check_signature(self, request: web.Request) -> None:
        """RFC 8292, sections 2 and 3."""
        scheme, _, rest = request.headers["Authorization"].partition(" ")
        given = dict(each.strip().split("=", 1) for each in rest.split(","))
        assert scheme == "vapid"
        assert given["k"] == self.public_key()
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(given["k"]))
        claims = jwt.decode(
            given["t"], key, ["ES256"], audience=self.url, options={"require": ["exp", "sub"]}
        )
        assert claims["exp"] - time.time() <= 24 * 3600
        assert claims["sub"].startswith(("mailto:", "https://"))

    async def expect(self, browser: str | None = None, within: float = PATIENCE) -> Got:
        """The next push, which is taken off the list."""
        async with asyncio.timeout(within):
            while True:
                for got in self.got:
                    if browser in (None, got.browser):
                        self.got.remove(got)
                        return got
                self.news.clear()
                await self.news.wait()


class InTheHouse(AbstractResolver):
    """Every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        pass


def house_door(
    signed: Path, seconds: float = 10.0, *, allows: bool = True
) -> Callable[[], Outgoing]:
    """A door out that leads to the tests' own services."""

    def make() -> Outgoing:
        tls = ssl.create_default_context(cafile=str(signed))
        tls.check_hostname = False
        return Outgoing(
            is_allowed=lambda address: allows and address == "127.0.0.1",
            resolver=InTheHouse(),
            tls=tls,
            seconds=seconds,
        )

    return make


@asynccontextmanager
async def push_service(
    key: Path, signed: Path, public_key: Callable[[], str], host: str = NAME
) -> AsyncIterator[PushService]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(signed, key)
    app = web.Application()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    service = PushService(public_key, "")
    app.router.add_post("/{name}", service.take)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    service.url = f"https://{host}:{runner.addresses[0][1]}"
    try:
        yield service
    finally:
        await runner.cleanup()
