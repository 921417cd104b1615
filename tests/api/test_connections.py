"""What is refused before it is a request, and connections whose request never arrives whole."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from messenger.errors import Unavailable
from messenger.http.plumbing import connections, requests
from tests.api.cast import Door, Person

Connect = Callable[[], Awaitable["Wire"]]


class Wire:
    """A bare connection, which sends what no client library would."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer: status, headers in small letters, body."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])
        }
        body = await self.reader.readexactly(int(headers["content-length"]))
        return int(head[0].split()[1]), headers, body

    async def ended(self, within: float = connections.HEAD_SECONDS - 2) -> bool:
        """Whether the server ends the connection without a word."""
        try:
            async with asyncio.timeout(within):
                return await self.reader.read() == b""
        except TimeoutError:
            return False
        except ConnectionError:
            return True


@pytest.fixture
async def connect(door: Door):
    opened: list[Wire] = []

    async def open_one() -> Wire:
        wire = Wire(*await asyncio.open_connection("127.0.0.1", door.server.port))
        opened.append(wire)
        return wire

    yield open_one
    for wire in opened:
        wire.writer.close()


TOKEN = "eyJhbGciOiJIUzI1NiJ9.secret"
REFUSED = {
    "a long address": b"GET /api/v1/ws?access_token=%s%s HTTP/1.1\r\nHost: x\r\n\r\n"
    % (TOKEN.encode(), b"x" * 9000),
    "a long header": b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s%s\r\n\r\n"
    % (TOKEN.encode(), b"x" * 9000),
    "many headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: secret\r\n" * 200 + b"\r\n",
    "no method": b"\x16\x03\x01secret\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "no version": b"GET /?access_token=secret HTTP/9\r\nHost: x\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\nHost: x\r\n: secret\r\n\r\n",
    "a bad header value": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: secret\x00\r\n\r\n",
    "an unknown expectation": b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nExpect: secret\r\n"
    b"Content-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_request_is_refused_in_the_contracts_form_and_not_quoted(
    connect: Connect, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.INFO)
    wire = await connect()
    wire.send(REFUSED[name])
    status, headers, body = await wire.answer()
    assert status in (400, 417)
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert len(headers["x-request-id"]) == 16
    assert "aiohttp" not in headers.get("server", "")
    assert json.loads(body)["error"]["code"] == "validation_failed"
    logged = [record for record in caplog.records if not record.name.startswith("asyncio")]
    assert len(logged) <= 1
    for record in logged:
        assert "\n" not in record.getMessage()
        assert "secret" not in record.getMessage()
        assert record.exc_info is None


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)


HALVES = {
    "nothing": b"",
    "half a request line": b"GET /hea",
    "half the headers": b"GET /health HTTP/1.1\r\nHost: x\r\n",
}


@pytest.mark.parametrize("name", HALVES)
async def test_a_request_that_never_arrives_whole_is_cut(
    connect: Connect, impatient: None, name: str
) -> None:
    wire = await connect()
    wire.send(HALVES[name])
    assert await wire.ended()


async def test_a_header_a_moment_does_not_keep_a_connection_open(
    connect: Connect, impatient: None
) -> None:
    wire = await connect()
    wire.send(b"GET /health HTTP/1.1\r\n")
    ended = asyncio.ensure_future(wire.ended())
    while not ended.done():
        wire.send(b"X: 1\r\n")
        await asyncio.wait([ended], timeout=0.05)
    assert ended.result()


async def test_the_second_request_of_a_connection_is_waited_for_no_longer(
    connect: Connect, impatient: None
) -> None:
    wire = await connect()
    wire.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await wire.answer())[0] == 200
    wire.send(b"GET /hea")
    assert await wire.ended()


async def test_between_requests_and_within_a_body_nothing_is_cut(
    connect: Connect, impatient: None
) -> None:
    wire = await connect()
    wire.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await wire.answer())[0] == 200
    await asyncio.sleep(0.5)
    head = b"POST /api/v1/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    wire.send(head + b"Content-Length: 15\r\n\r\n")
    for part in (b'{"refresh"', b':"', b'x"}'):
        await asyncio.sleep(0.25)
        wire.send(part)
    assert (await wire.answer())[0] == 401


async def test_a_request_that_has_arrived_is_answered_however_long_that_takes(
    door: Door, connect: Connect, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(password: str, hashed: str | None) -> bool:
        await asyncio.sleep(0.8)
        return False

    monkeypatch.setattr(door.server.passwords, "verify", slow)
    wire = await connect()
    head = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    wire.send(head + b"Content-Length: 36\r\n\r\n")
    await asyncio.sleep(0.05)
    wire.send(b'{"login":"alice","password":"wrong"}')
    assert (await wire.answer())[0] == 401


async def test_a_websocket_is_not_cut(door: Door, alice: Person, impatient: None) -> None:
    headers = {"Authorization": f"Bearer {alice.access}"}
    async with door.session.ws_connect("/api/v1/ws", headers=headers) as socket:
        assert (await socket.receive_json())["type"] == "connection.welcome"
        await asyncio.sleep(0.5)
        await socket.send_json({"type": "ping"})
        assert (await socket.receive_json())["type"] == "pong"


async def test_one_network_cannot_hold_more_unfinished_requests_than_the_bound(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEADS_PER_NETWORK", 3)
    monkeypatch.setattr(connections, "GRACE", 0.1)
    slow = [await connect() for _ in range(3)]
    await asyncio.sleep(0.2)
    fresh = await connect()
    assert await slow[0].ended()
    fresh.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await fresh.answer())[0] == 200
    slow[2].send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await slow[2].answer())[0] == 200


async def test_all_coming_at_once_are_all_let_in(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEADS_PER_NETWORK", 3)
    wires = [await connect() for _ in range(20)]
    for wire in wires:
        wire.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert [(await wire.answer())[0] for wire in wires] == [200] * 20


async def test_a_body_that_does_not_arrive_is_given_up(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "BODY_SECONDS", 0.2)
    wire = await connect()
    head = b"POST /api/v1/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    wire.send(head + b'Content-Length: 15\r\n\r\n{"refresh"')
    status, _, body = await wire.answer()
    assert (status, json.loads(body)["error"]["code"]) == (408, "request_timeout")


@pytest.mark.parametrize("origin", ["http://[", "null", "https://evil.example", "ws://127.0.0.1"])
async def test_a_websocket_of_another_page_is_refused(
    door: Door, alice: Person, origin: str
) -> None:
    headers = {"Authorization": f"Bearer {alice.access}", "Origin": origin}
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await door.session.ws_connect("/api/v1/ws", headers=headers)
    assert refused.value.status == 403


async def test_a_websocket_of_our_own_page_is_taken(door: Door, alice: Person) -> None:
    origin = f"http://127.0.0.1:{door.server.port}"
    headers = {"Authorization": f"Bearer {alice.access}", "Origin": origin}
    async with door.session.ws_connect("/api/v1/ws", headers=headers) as socket:
        assert (await socket.receive_json())["type"] == "connection.welcome"


@pytest.mark.parametrize("signs_in", ["header", "address", "frame"])
async def test_the_desktop_clients_page_connects_by_the_header_alone(
    door: Door, alice: Person, signs_in: str
) -> None:
    headers = {"Origin": "app://messenger"}
    if signs_in == "header":
        headers["Authorization"] = f"Bearer {alice.access}"
        async with door.session.ws_connect("/api/v1/ws", headers=headers) as socket:
            assert (await socket.receive_json())["type"] == "connection.welcome"
        return
    query = f"?access_token={alice.access}" if signs_in == "address" else ""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await door.session.ws_connect(f"/api/v1/ws{query}", headers=headers)
    assert refused.value.status == 403


@pytest.mark.parametrize("first", [True, False])
async def test_a_socket_that_nobody_can_identify_now_is_told_to_come_back(
    door: Door, alice: Person, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    """Not that it is a stranger's, nor by an HTTP answer amid the frames."""

    async def away(*given: object) -> None:
        raise Unavailable

    monkeypatch.setattr(door.server.directory.identities, "identify", away)
    headers = {} if first else {"Authorization": f"Bearer {alice.access}"}
    async with door.session.ws_connect("/api/v1/ws", headers=headers) as socket:
        if first:
            await socket.send_json({"type": "auth", "id": 1, "token": alice.access})
        said = await socket.receive(5)
        assert (said.type, said.data) == (aiohttp.WSMsgType.CLOSE, 1001)
        assert json.loads(str(said.extra))["retry_after_ms"] > 0


async def test_a_socket_that_breaks_is_closed_by_a_frame(
    door: Door, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*given: object) -> None:
        raise KeyError("bug")

    monkeypatch.setattr(door.server.endpoint.dispatch, "take", broken)
    headers = {"Authorization": f"Bearer {alice.access}"}
    async with door.session.ws_connect("/api/v1/ws", headers=headers) as socket:
        assert (await socket.receive_json())["type"] == "connection.welcome"
        await socket.send_json({"type": "ping"})
        said = await socket.receive(5)
        assert (said.type, said.data) == (aiohttp.WSMsgType.CLOSE, 1001)
