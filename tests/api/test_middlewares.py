import logging
from collections.abc import Awaitable, Callable
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from messenger.errors import CATALOGUE, DomainError, RateLimited
from messenger.http.plumbing import middlewares
from messenger.http.plumbing.responses import refuse
from tests.api.sample_app import EDIT, Client, bearer, open_client, refusal

Make = Callable[..., Awaitable[Client]]


@pytest.fixture
def make(aiohttp_client: Any, tmp_path: Path) -> Make:
    return partial(open_client, aiohttp_client, tmp_path)


@pytest.fixture
async def client(make: Make) -> Client:
    return await make()


# Every answer


HOSTILE = {
    "no route": ("GET", "/nowhere", 404, "not_found"),
    "no method": ("DELETE", "/notes", 405, "method_not_allowed"),
    "trace": ("TRACE", "/notes", 405, "method_not_allowed"),
    "refused": ("GET", "/who", 401, "unauthorized"),
    "broken": ("GET", "/fail/broken", 500, "internal"),
    "away": ("GET", "/fail/away", 503, "unavailable"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_every_answer_has_the_contracts_form_and_headers(client: Client, name: str) -> None:
    method, path, status, code = HOSTILE[name]
    response = await client.request(method, path)
    assert await refusal(response) == (status, code)
    headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert len(headers["X-Request-Id"]) == 16
    assert "Strict-Transport-Security" not in headers
    assert "Server" not in headers
    assert "Access-Control-Allow-Origin" not in headers


async def test_a_wrong_method_says_which_are_right(client: Client) -> None:
    response = await client.delete("/notes")
    assert response.headers["Allow"] == "GET, POST"


async def test_waiting_is_told_in_whole_seconds_and_in_milliseconds(client: Client) -> None:
    response = await client.get("/fail/limited")
    assert response.headers["Retry-After"] == "2"
    assert (await response.json())["error"]["details"] == {"retry_after_ms": 1500}
    assert (await client.get("/fail/away")).headers["Retry-After"] == "1"


async def test_what_broke_is_logged_once_with_its_id_and_not_told(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    response = await client.get("/fail/broken", headers={"X-Request-Id": "my-request-1"})
    assert response.headers["X-Request-Id"] == "my-request-1"
    assert "42" not in await response.text()
    broken = [record for record in caplog.records if record.exc_info]
    assert [record.getMessage() for record in broken] == ["GET /fail/{how} failed"]


@pytest.mark.parametrize("given", ["short", "x" * 65, "a b c d e f", "<script>x</script>"])
async def test_an_odd_request_id_is_replaced(client: Client, given: str) -> None:
    response = await client.get("/things/1", headers={"X-Request-Id": given})
    assert response.headers["X-Request-Id"] != given


async def test_the_log_has_routes_and_no_parameters(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="messenger.access"):
        await client.get("/notes?text=secret")
        await client.get("/secret")
        await client.get("/who", headers=bearer(7))
    lines = [record for record in caplog.records if record.name == "messenger.access"]
    assert [line.getMessage() for line in lines] == [
        "GET /notes 200",
        "GET (no route) 404",
        "GET /who 200",
    ]
    assert [line.__dict__["user_id"] for line in lines] == [None, None, 7]
    assert lines[0].__dict__["ms"] >= 0


# Proxies, transport, other origins


@pytest.mark.parametrize(
    ("peer", "sources", "schemes", "expected"),
    [
        ("203.0.113.9", "198.51.100.1", "https", ("203.0.113.9", "http")),
        ("10.0.0.1", "198.51.100.1", "https", ("198.51.100.1", "https")),
        ("::ffff:10.0.0.1", "198.51.100.1", "https", ("198.51.100.1", "https")),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "https", ("198.51.100.1", "https")),
        ("10.0.0.1", "1.1.1.1,198.51.100.1,10.0.0.2", "http,https", ("198.51.100.1", "http")),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "https", ("198.51.100.1", "https")),
        ("10.0.0.1", "nonsense, 10.0.0.2", "", ("10.0.0.2", "http")),
        ("10.0.0.1", "", "https", ("10.0.0.1", "https")),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "", ("10.0.0.3", "http")),
        (None, "198.51.100.1", "https", (None, "http")),
    ],
)
def test_a_source_is_believed_as_far_as_trusted_proxies_reach(
    peer: str | None, sources: str, schemes: str, expected: tuple[str | None, str]
) -> None:
    trusted = (ip_network("10.0.0.0/24"),)
    assert middlewares.client_address(peer, "http", sources, schemes, trusted) == expected


async def test_tls_at_a_trusted_proxy_is_kept_up(make: Make) -> None:
    client = await make(TRUSTED_PROXIES="127.0.0.1")
    headers = {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "https"}
    response = await client.get("/things/1", headers=headers)
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")


async def test_another_origin_may_call_when_it_is_listed(make: Make) -> None:
    client = await make(CORS_ORIGINS="https://other.example")
    listed = {"Origin": "https://other.example"}
    response = await client.get("/who", headers=listed)
    assert response.status == 401
    assert response.headers["Access-Control-Allow-Origin"] == "https://other.example"
    assert "Access-Control-Allow-Credentials" not in response.headers
    asked = {**listed, "Access-Control-Request-Method": "PATCH"}
    preflight = await client.options(EDIT, headers=asked)
    assert preflight.status == 204
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in preflight.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://other.example.evil"])
async def test_another_origin_that_is_not_listed_gets_no_leave(make: Make, origin: str) -> None:
    client = await make(CORS_ORIGINS="https://other.example")
    headers = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    response = await client.options(EDIT, headers=headers)
    assert response.status == 405
    assert "Access-Control-Allow-Origin" not in response.headers
    assert response.headers["Vary"] == "Origin"


def test_every_error_of_the_catalogue_can_be_told() -> None:
    for kind in CATALOGUE:
        error: DomainError = kind(1) if kind is RateLimited else kind()
        assert refuse(error).status == kind.status
