"""The guard against being sent where nobody but ourselves should get (SSRF)."""

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from messenger.outgoing.requests import Outgoing, Refused
from tests.waiting import PATIENCE

from .https import NAME, Service, certificate, saying, serving

OK = saying("200 OK\r\nContent-Length: 2", b"ok")
HERE, THERE = "127.0.0.1", "127.0.0.2"
"""Where the servers of the tests are; only the second one is "public" where that is to be told."""


class Names(AbstractResolver):
    """A resolver that answers what it is told, one answer after the other; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(
                hostname=host, host=each, port=port, proto=0, flags=socket.AI_NUMERICHOST,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
            )
            for each in found
        ]  # fmt: skip

    async def close(self) -> None:
        pass


Guard = Callable[..., Outgoing]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def guard(keys: tuple[Path, Path]) -> AsyncIterator[Guard]:
    """Makes guards that trust our certificate, and that one resolver."""
    made: list[Outgoing] = []

    def make(*answers: list[str], **more: Any) -> Outgoing:
        resolver = Names(*answers) if answers else None
        trusting = ssl.create_default_context(cafile=keys[1])
        made.append(Outgoing(**{"resolver": resolver, "tls": trusting, **more}))
        return made[-1]

    yield make
    for each in made:
        await each.close()


def is_here(address: str) -> bool:
    return address == HERE


def is_there(address: str) -> bool:
    return address == THERE


async def refusal(guard: Outgoing, url: str) -> str:
    with pytest.raises(Refused) as refused:
        await guard.ask("POST", url, body=b"x")
    return refused.value.reason


# What goes out


async def test_request_and_answer_go_through(guard: Guard, keys: tuple[Path, Path]) -> None:
    async with serving(
        saying("201 Created\r\nLocation: /1\r\nContent-Length: 2", b"ok"), *keys
    ) as service:
        outgoing = guard([HERE], is_allowed=is_here)
        answer = await outgoing.ask(
            "POST", service.url("/push"), headers={"TTL": "60"}, body=b"sealed"
        )
    assert (answer.status, answer.body, answer.cut) == (201, b"ok", False)
    assert answer.headers["Location"] == "/1"
    (head,) = service.requests
    assert head.startswith(b"POST /push HTTP/1.1\r\n")
    assert b"TTL: 60" in head
    assert b"User-Agent" not in head


async def test_no_cookie_and_no_proxy_counts(
    guard: Guard, keys: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    serve = saying("200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0")
    async with serving(serve, *keys) as service:
        outgoing = guard([HERE], is_allowed=is_here)
        for _ in range(2):
            await outgoing.ask("GET", service.url())
    assert len(service.requests) == 2
    assert not any(b"Cookie" in head for head in service.requests)
    assert service.visits == 1


# Where it does not go


@asynccontextmanager
async def watched() -> AsyncIterator[list[int]]:
    """Ports on every address of this machine; nobody may come there."""
    visits: list[str] = []

    async def visited(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append("somebody")
        writer.close()

    server = await asyncio.start_server(visited, ["127.0.0.1", "::1"], 0)
    try:
        yield [each.getsockname()[1] for each in server.sockets]
    finally:
        server.close()
        await server.wait_closed()
    assert visits == []


HOSTS = """
    127.0.0.1 127.0.0.2 localhost localhost. LOCALHOST 127.1 2130706433 0x7f000001 0x7f.0.0.1
    0177.0.0.1 0177.1 127.0.0.01 0.0.0.0 0 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1]
    [::127.0.0.1] [0:0:0:0:0:ffff:127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::]
    10.0.0.1 172.16.0.1 192.168.0.1 169.254.169.254 100.64.0.1 224.0.0.1 255.255.255.255
    [fe80::1] [fe80::1%25lo] [fc00::1] [fec0::1] [ff02::1] [2001:db8::1] ①②⑦.⓪.⓪.① 127。0。0。1
"""


@pytest.mark.parametrize("host", HOSTS.split())
async def test_no_way_to_write_an_inner_address_leads_there(guard: Guard, host: str) -> None:
    # `localhost.` and the like are names of nobody on some machines.
    refusals = ("address", "url", "unreachable") if host.endswith(".") else ("address", "url")
    outgoing = guard()
    async with watched() as ports:
        for port in ports:
            assert await refusal(outgoing, f"https://{host}:{port}/") in refusals


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "fe80::1", "0.0.0.0",
     "64:ff9b::7f00:1", "::127.0.0.1"],
)  # fmt: skip
async def test_name_that_leads_inside_is_refused(guard: Guard, address: str) -> None:
    async with watched() as (port, _):
        assert await refusal(guard([address]), f"https://{NAME}:{port}/") == "address"


@pytest.mark.parametrize("order", [[HERE, THERE], [THERE, HERE]])
async def test_name_of_which_one_address_leads_inside_is_refused(
    guard: Guard, keys: tuple[Path, Path], order: list[str]
) -> None:
    async with serving(OK, *keys, host=THERE) as service:
        assert await refusal(guard(order, is_allowed=is_there), service.url()) == "address"
    assert service.visits == 0


async def test_name_that_is_another_address_by_the_next_request_is_refused(
    guard: Guard, keys: tuple[Path, Path]
) -> None:
    outgoing = guard([THERE], [HERE], is_allowed=is_there)
    closing = saying("200 OK\r\nConnection: close\r\nContent-Length: 2", b"ok")
    async with serving(closing, *keys, host=THERE) as service:
        assert (await outgoing.ask("GET", service.url())).status == 200
        forget(outgoing)
        async with watched() as (port, _):
            assert await refusal(outgoing, service.url()) == "address"
            assert await refusal(outgoing, f"https://{NAME}:{port}/") == "address"
    assert service.visits == 1


async def test_address_that_was_judged_is_the_one_connected_to(
    guard: Guard, keys: tuple[Path, Path]
) -> None:
    """Nobody asks for it again between the judgement and the connection."""
    names = Names([THERE], [HERE])
    outgoing = guard(resolver=names, is_allowed=is_there)
    async with serving(OK, *keys, host=THERE) as service:
        assert (await outgoing.ask("GET", service.url())).status == 200
    assert names.asked == 1


async def test_resolver_that_lies_to_the_first_look_is_caught_by_the_second(
    guard: Guard, keys: tuple[Path, Path]
) -> None:
    """As if the answer changed in between: the first look allows all there is."""
    looks: list[str] = []

    def is_allowed(address: str) -> bool:
        looks.append(address)
        return len(looks) == 1

    async with serving(OK, *keys) as service:
        outgoing = guard([HERE], is_allowed=is_allowed)
        assert await refusal(outgoing, service.url()) == "address"
    assert looks == [HERE, HERE]
    assert service.visits == 0


def forget(outgoing: Outgoing) -> None:
    assert outgoing._asking is not None
    connector = outgoing._asking.session.connector
    assert isinstance(connector, aiohttp.TCPConnector)
    connector.clear_dns_cache()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_an_answer_and_not_followed(
    guard: Guard, keys: tuple[Path, Path], status: int
) -> None:
    async with watched() as (port, _):
        head = f"{status} Elsewhere\r\nLocation: http://127.0.0.1:{port}/\r\nContent-Length: 0"
        async with serving(saying(head), *keys) as service:
            answer = await guard([HERE], is_allowed=is_here).ask("POST", service.url(), body=b"x")
    assert answer.status == status


@pytest.mark.parametrize(
    "url",
    ["http://service.test/", "ftp://service.test/", "file:///etc/passwd", "//service.test/",
     "service.test", "", "https://", "https:///x", "https://user:word@service.test/",
     "https://user@service.test/", "https://service.test:99999/", "https://[::1/", "gopher://x",
     "https://a b/", "https://service.test:443:443/"],
)  # fmt: skip
async def test_only_a_plain_https_address_is_asked(guard: Guard, url: str) -> None:
    assert await refusal(guard([HERE], is_allowed=is_here), url) == "url"


# What comes back


async def test_long_answer_is_cut_and_its_rest_not_waited_for(
    guard: Guard, keys: tuple[Path, Path]
) -> None:
    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + bytes(4096) + b"\r\n")
            await writer.drain()

    async with serving(endless, *keys) as service:
        answer = await guard([HERE], is_allowed=is_here).ask("GET", service.url(), most=10_000)
        assert (len(answer.body), answer.cut) == (10_000, True)


@pytest.mark.parametrize("size", [9_999, 10_000])
async def test_answer_that_fits_is_whole(guard: Guard, keys: tuple[Path, Path], size: int) -> None:
    serve = saying(f"200 OK\r\nContent-Length: {size}", bytes(size))
    async with serving(serve, *keys) as service:
        answer = await guard([HERE], is_allowed=is_here).ask("GET", service.url(), most=10_000)
    assert (len(answer.body), answer.cut) == (size, False)


async def test_what_is_packed_stays_packed(guard: Guard, keys: tuple[Path, Path]) -> None:
    packed = gzip.compress(bytes(50_000_000))
    head = f"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}"
    async with serving(saying(head, packed), *keys) as service:
        answer = await guard([HERE], is_allowed=is_here).ask("GET", service.url())
    assert answer.body == packed
    assert b"Accept-Encoding: identity" in service.requests[0]


async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def dripping(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b".")
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("serve", [silent, dripping])
async def test_answer_has_only_so_long(guard: Guard, keys: tuple[Path, Path], serve: Any) -> None:
    async with serving(serve, *keys) as service:
        outgoing = guard([HERE], is_allowed=is_here, seconds=0.5)
        assert await refusal(outgoing, service.url()) == "time"


async def test_one_that_hangs_keeps_no_other_waiting(guard: Guard, keys: tuple[Path, Path]) -> None:
    outgoing = guard([HERE], is_allowed=is_here, seconds=PATIENCE)
    async with serving(silent, *keys) as hanging, serving(OK, *keys) as service:
        waiting = [asyncio.create_task(refusal(outgoing, hanging.url())) for _ in range(40)]
        assert (await outgoing.ask("GET", service.url())).status == 200
        assert not any(each.done() for each in waiting)
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


@pytest.mark.parametrize(
    "head",
    ["no HTTP at all", "200 OK\r\nX: " + "y" * 100_000, "200 OK\r\n" + "X: y\r\n" * 50_000,
     "200 OK\r\nContent-Length: -1", "200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked"],
    ids=["words", "long header", "many headers", "negative", "two lengths"],
)  # fmt: skip
async def test_what_is_no_answer_is_refused(
    guard: Guard, keys: tuple[Path, Path], head: str
) -> None:
    async with serving(saying(head), *keys) as service:
        outgoing = guard([HERE], is_allowed=is_here, seconds=3.0)
        assert await refusal(outgoing, service.url()) == "answer"


async def test_who_is_not_there_is_unreachable(guard: Guard) -> None:
    with socket.socket() as closed:
        closed.bind((HERE, 0))
        port = closed.getsockname()[1]
        outgoing = guard([HERE], is_allowed=is_here)
        assert await refusal(outgoing, f"https://{NAME}:{port}/") == "unreachable"


async def test_certificate_counts(guard: Guard, keys: tuple[Path, Path]) -> None:
    async with serving(OK, *keys) as service:
        strict = guard([HERE], is_allowed=is_here, tls=None)
        assert await refusal(strict, service.url()) == "tls"
        trusting = guard([HERE], is_allowed=is_here)
        assert await refusal(trusting, service.url(host="other.test")) == "tls"
    assert service.requests == []


async def test_nothing_is_allowed_that_nobody_gave(keys: tuple[Path, Path]) -> None:
    """What production builds has no exception in it."""
    outgoing = Outgoing()
    try:
        async with serving(OK, *keys) as service:
            assert await refusal(outgoing, service.url(host=HERE)) == "address"
        assert service.visits == 0
    finally:
        await outgoing.close()
    assert repr(outgoing) == "<Outgoing, closed>"


def test_service_is_named_in_its_url() -> None:
    assert Service(8443).url("/x") == f"https://{NAME}:8443/x"
