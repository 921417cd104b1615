import gzip
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from msgspec import Meta

from messenger import config
from messenger.auth import Tokens
from messenger.errors import DomainError, RateLimited, TokenExpired, Unauthorized, Unavailable
from messenger.http import keys, middlewares
from messenger.http.answers import Page
from messenger.http.operation import Input, body_of, operation, with_defaults
from messenger.http.reading import path_id
from messenger.model import Identity
from messenger.protocol.commands import AddReaction, CreateChat, EditMessage, SendMessage

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SECRET = "s" * 32
UUID = "0b5f5c1e-8f0a-4f5e-9c51-1f1f5e2b7a10"
EDIT = "/chats/17/messages/3"

Client = TestClient[web.Request, web.Application]
Make = Callable[..., Awaitable[Client]]


class Note(Input, frozen=True, kw_only=True):
    text: Annotated[str, Meta(max_length=1000)]
    tags: list[str] | None = None


class Find(Input, frozen=True, kw_only=True):
    after: Annotated[int, Meta(ge=0, lt=2**53)] = 0
    text: str = ""
    exact: bool = False


class People:
    """Everybody's session lives, but for those of user 9."""

    async def identify(self, user_id: int, session_id: str) -> Identity:
        if user_id == 9:
            raise Unauthorized
        role = "admin" if user_id == 1 else "user"
        return Identity(user_id=user_id, session_id=session_id, username="alice", role=role)


class Directory:
    """Answers with what was asked."""

    async def ask(self, identity: Identity, command: Any) -> Any:
        return {"by": identity.user_id, "type": type(command).__name__, **asdict(command)}


def asdict(command: msgspec.Struct) -> dict[str, Any]:
    return dict(msgspec.structs.asdict(command))


@operation("Keep a note", tag="test", public=True, body=Note, status=201)
async def keep(request: web.Request, body: Note) -> Any:
    return {"text": body.text}


@operation("Find", tag="test", public=True, query=Find, page=True, ok=int, beside={"oldest": int})
async def find(request: web.Request, query: Find) -> Page:
    return Page([query.after, query.text, query.exact], next=None, beside={"oldest": 4})


@operation("Who", tag="test")
async def who(request: web.Request) -> Any:
    return request[keys.IDENTITY].user_id


@operation("Rule", tag="test", admin=True)
async def rule(request: web.Request) -> None:
    return None


@operation("One", tag="test", public=True)
async def one(request: web.Request) -> int:
    return path_id(request)


@operation("Fail", tag="test", public=True)
async def fail(request: web.Request) -> Any:
    raise FAILURES[request.match_info["how"]]


async def _ask(request: web.Request, command: Any) -> Any:
    return await request.app[keys.DIRECTORY].ask(request[keys.IDENTITY], command)


edit = operation("Edit", tag="test", command=EditMessage, path={"chat_id": "id", "seq": "seq"})(
    _ask
)
react = operation(
    "React",
    tag="test",
    command=AddReaction,
    path={"chat_id": "id", "seq": "seq", "emoji": "emoji"},
)(_ask)
send = operation("Send", tag="test", command=SendMessage, path={"chat_id": "id"})(_ask)
create = operation("Create", tag="test", command=CreateChat, status=201)(_ask)

FAILURES: dict[str, Exception] = {
    "limited": RateLimited(1500),
    "away": Unavailable(),
    "broken": ZeroDivisionError("the secret is 42"),
}
ROUTES = (
    ("POST", "/notes", keep),
    ("GET", "/notes", find),
    ("GET", "/who", who),
    ("GET", "/rule", rule),
    ("GET", "/things/{id}", one),
    ("GET", "/fail/{how}", fail),
    ("PATCH", "/chats/{id}/messages/{seq}", edit),
    ("PUT", "/chats/{id}/messages/{seq}/reactions/{emoji}", react),
    ("POST", "/chats/{id}/messages", send),
    ("POST", "/chats", create),
    ("POST", "/projects", with_defaults(create, board=True)),
)


def tokens() -> Tokens:
    return Tokens(SECRET.encode(), timedelta(minutes=15), lambda: NOW)


@pytest.fixture
def make(aiohttp_client: Any, tmp_path: Path) -> Make:
    async def started(**environ: str) -> Client:
        settings = {"SECRET_KEY": SECRET, "DATA_DIR": str(tmp_path), **environ}
        app = web.Application(middlewares=middlewares.STACK)
        app[keys.SETTINGS] = config.load(settings)
        app[keys.TOKENS] = tokens()
        app[keys.PEOPLE] = People()  # type: ignore[misc]
        app[keys.DIRECTORY] = Directory()  # type: ignore[misc]
        app.on_response_prepare.append(middlewares.dress)
        for method, path, endpoint in ROUTES:
            app.router.add_route(method, path, endpoint)
        client: Client = await aiohttp_client(app)
        return client

    return started


@pytest.fixture
async def client(make: Make) -> Client:
    return await make()


def bearer(user_id: int = 5) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens().access(user_id, UUID)}"}


async def refusal(response: Any) -> tuple[int, str]:
    error = (await response.json())["error"]
    assert error["message"]
    return response.status, error["code"]


# Bodies


async def test_a_body_is_decoded_and_answered_as_data(client: Client) -> None:
    response = await client.post("/notes", json={"text": "привет"})
    assert response.status == 201
    assert await response.json() == {"data": {"text": "привет"}}
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json5", ""]
)
async def test_a_body_of_another_type_is_refused(client: Client, kind: str) -> None:
    response = await client.post("/notes", data=b'{"text":"x"}', headers={"Content-Type": kind})
    assert await refusal(response) == (415, "unsupported_type")


BAD_BODIES = {
    "not JSON": b"{text}",
    "cut off": b'{"text":"x"',
    "trailing": b'{"text":"x"} {}',
    "an array": b"[]",
    "null": b"null",
    "wrong type": b'{"text":5}',
    "missing": b"{}",
    "invalid UTF-8": b'{"text":"\xff"}',
    "an encoded surrogate": b'{"text":"\xed\xa0\x80"}',
    "half a surrogate pair": b'{"text":"\\ud800"}',
    "NUL": b'{"text":"a\\u0000b"}',
    "NUL in a list": b'{"text":"x","tags":["\\u0000"]}',
    "unknown field": b'{"text":"x","role":"admin"}',
    "deep": b'{"text":' + b"[" * 100_000,
    "deep in an unknown field": b'{"role":' + b"[" * 100_000,
    "too long a text": b'{"text":"' + b"x" * 1001 + b'"}',
}


@pytest.mark.parametrize("name", BAD_BODIES)
async def test_a_body_that_is_not_well_formed_is_refused(client: Client, name: str) -> None:
    response = await client.post(
        "/notes", data=BAD_BODIES[name], headers={"Content-Type": "application/json"}
    )
    assert await refusal(response) == (422, "validation_failed")


async def test_an_unknown_field_is_named(client: Client) -> None:
    response = await client.post("/notes", json={"text": "x", "role": "admin"})
    assert "`role`" in (await response.json())["error"]["message"]


async def test_a_backslash_before_u0000_is_text(client: Client) -> None:
    response = await client.post("/notes", json={"text": "\\u0000"})
    assert await response.json() == {"data": {"text": "\\u0000"}}


async def test_a_missing_body_is_refused_where_one_is_needed(client: Client) -> None:
    assert await refusal(await client.post("/notes")) == (422, "validation_failed")


@pytest.mark.parametrize("announced", [True, False])
async def test_too_large_a_body_is_refused_with_its_length_or_without(
    client: Client, announced: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"x" * 1000

    body = b"x" * 300_000 if announced else chunks()
    headers = {"Content-Type": "application/json"}
    response = await client.post("/notes", data=body, headers=headers)
    assert await refusal(response) == (413, "payload_too_large")


async def test_a_packed_body_is_refused(client: Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    body = gzip.compress(b'{"text":"x"}')
    response = await client.post("/notes", data=body, headers=headers)
    assert await refusal(response) == (415, "unsupported_type")


async def test_a_body_struct_that_lets_unknown_fields_through_is_refused_at_import() -> None:
    class Lax(msgspec.Struct):
        text: str

    with pytest.raises(TypeError, match="forbid_unknown_fields"):
        operation("Lax", tag="test", body=Lax)(who)


# Queries and paths


async def test_a_query_is_read_by_type(client: Client) -> None:
    response = await client.get("/notes?after=12&text=true&exact=true")
    assert await response.json() == {"data": [12, "true", True], "next": None, "oldest": 4}


@pytest.mark.parametrize(
    "query",
    [
        "after=1&after=2", "unknown=1", "after=x", "after=1.0", "after=1e3", "after=%2B1",
        "after=01", "after=-1", "after=9007199254740992", "after=" + "9" * 400, "after=true",
        "text=%00", "text=%FF", "exact=maybe", "%00=1",
    ],
)  # fmt: skip
async def test_a_query_that_is_not_well_formed_is_refused(client: Client, query: str) -> None:
    from yarl import URL

    url = URL(f"{client.make_url('/notes')}?{query}", encoded=True)
    response = await client.session.get(url)
    if query == "text=%FF":  # is no UTF-8, and read as the replacement character
        assert (await response.json())["data"][1] == "�"
        return
    assert await refusal(response) == (422, "validation_failed")


async def test_parameters_are_refused_where_there_are_none(client: Client) -> None:
    assert await refusal(await client.get("/things/1?x=1")) == (422, "validation_failed")


@pytest.mark.parametrize("given", ["1", "9007199254740991"])
async def test_an_id_is_a_number(client: Client, given: str) -> None:
    assert (await (await client.get(f"/things/{given}")).json())["data"] == int(given)


@pytest.mark.parametrize(
    "given", ["0", "-1", "01", "1.0", "1e3", "true", "x", "١", "9007199254740992", "9" * 400]
)
async def test_what_is_no_id_names_nothing(client: Client, given: str) -> None:
    assert await refusal(await client.get(f"/things/{given}")) == (404, "not_found")


# Commands


async def test_a_command_is_made_of_path_body_and_key(client: Client) -> None:
    response = await client.patch(
        EDIT, json={"text": "new"}, headers={**bearer(), "Idempotency-Key": "k-1"}
    )
    assert (await response.json())["data"] == {
        "by": 5, "type": "EditMessage", "id": None, "key": "k-1", "chat_id": 17, "seq": 3,
        "text": "new", "file_ids": None,
    }  # fmt: skip


@pytest.mark.parametrize("field", ["chat_id", "seq", "id", "key", "type"])
async def test_a_body_cannot_set_what_comes_another_way(client: Client, field: str) -> None:
    response = await client.patch(EDIT, json={"text": "new", field: 1}, headers=bearer())
    assert await refusal(response) == (422, "validation_failed")
    assert f"`{field}`" in await response.text()


async def test_a_command_without_a_body_needs_none(client: Client) -> None:
    response = await client.put(f"{EDIT}/reactions/👍", headers=bearer())
    assert (await response.json())["data"]["emoji"] == "👍"


async def test_a_command_without_a_key_field_takes_none(client: Client) -> None:
    response = await client.post(
        "/chats/17/messages",
        json={"client_message_id": UUID, "text": "hi"},
        headers={**bearer(), "Idempotency-Key": "k"},
    )
    assert "key" not in (await response.json())["data"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "ключ", "a\tb"])
async def test_a_key_is_visible_ascii(client: Client, key: str) -> None:
    headers = {**bearer(), "Idempotency-Key": key}
    response = await client.patch(EDIT, json={"text": "x"}, headers=headers)
    assert await refusal(response) == (422, "validation_failed")


async def test_another_name_of_a_route_may_have_other_defaults(client: Client) -> None:
    for path, given, board in (
        ("/chats", {}, False),
        ("/projects", {}, True),
        ("/projects", {"board": False}, False),
    ):
        response = await client.post(path, json={"title": "t", **given}, headers=bearer())
        assert (await response.json())["data"]["board"] is board


def test_a_body_struct_lists_what_a_command_has_besides_its_path() -> None:
    body = body_of(EditMessage, without=("chat_id", "seq"))
    assert body.__struct_fields__ == ("text", "file_ids")
    assert edit.operation.path == {
        name: field.type
        for field in msgspec.structs.fields(EditMessage)
        for name in ({"chat_id": "id", "seq": "seq"}.get(field.name),)
        if name
    }


# Who asks


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x.y.z", "Basic eA==", "Bearer " + "A" * 4000]
)
async def test_without_a_good_token_nobody_is_let_in(client: Client, header: str) -> None:
    response = await client.get("/who", headers={"Authorization": header})
    assert await refusal(response) == (401, "unauthorized")
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_good_token_names_its_owner(client: Client) -> None:
    assert await (await client.get("/who", headers=bearer(7))).json() == {"data": 7}


async def test_a_session_that_is_over_is_not_let_in(client: Client) -> None:
    assert await refusal(await client.get("/who", headers=bearer(9))) == (401, "unauthorized")


async def test_a_token_that_ran_out_says_so(client: Client) -> None:
    old = Tokens(SECRET.encode(), timedelta(minutes=15), lambda: NOW - timedelta(hours=1))
    headers = {"Authorization": f"Bearer {old.access(5, UUID)}"}
    assert await refusal(await client.get("/who", headers=headers)) == (401, TokenExpired.code)


async def test_what_is_for_administrators_is_for_them_alone(client: Client) -> None:
    assert await refusal(await client.get("/rule", headers=bearer(5))) == (403, "forbidden")
    assert await (await client.get("/rule", headers=bearer(1))).json() == {"data": {}}


async def test_a_stranger_learns_nothing_from_a_body(client: Client) -> None:
    assert await refusal(await client.patch(EDIT, data=b"{")) == (401, "unauthorized")


# Every answer


HOSTILE = {
    "no route": ("GET", "/nowhere", 404, "not_found"),
    "no method": ("DELETE", "/notes", 405, "validation_failed"),
    "trace": ("TRACE", "/notes", 405, "validation_failed"),
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
    from ipaddress import ip_network

    trusted = (ip_network("10.0.0.0/24"),)
    assert middlewares.forwarded(peer, "http", sources, schemes, trusted) == expected


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
    from messenger.errors import CATALOGUE
    from messenger.http.answers import refuse

    for kind in CATALOGUE:
        error: DomainError = kind(1) if kind is RateLimited else kind()
        assert refuse(error).status == kind.status
