"""A small application to test the plumbing on: no database, no actors, every kind of operation."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestClient
from msgspec import Meta

from messenger import config
from messenger.auth import Tokens
from messenger.errors import RateLimited, Unauthorized, Unavailable
from messenger.http.plumbing import keys, middlewares
from messenger.http.plumbing.operation import Input, operation, with_defaults
from messenger.http.plumbing.requests import path_id
from messenger.http.plumbing.responses import Page
from messenger.model import Identity
from messenger.protocol.commands import AddReaction, CreateChat, EditMessage, SendMessage
from messenger.store.db import Database
from messenger.store.trail import Trail

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SECRET = "s" * 32
UUID = "0b5f5c1e-8f0a-4f5e-9c51-1f1f5e2b7a10"
EDIT = "/chats/17/messages/3"

Client = TestClient[web.Request, web.Application]


class Note(Input, frozen=True, kw_only=True):
    text: Annotated[str, Meta(max_length=1000)]
    tags: list[str] | None = None


class Find(Input, frozen=True, kw_only=True):
    after: Annotated[int, Meta(ge=0, lt=2**53)] = 0
    text: str = ""
    exact: bool = False


class Identities:
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


def tokens(at: datetime = NOW) -> Tokens:
    return Tokens(SECRET.encode(), timedelta(minutes=15), lambda: at)


async def open_client(aiohttp_client: Any, data_dir: Path, **environ: str) -> Client:
    app = web.Application(middlewares=middlewares.STACK)
    app[keys.SETTINGS] = config.load({"SECRET_KEY": SECRET, "DATA_DIR": str(data_dir), **environ})
    app[keys.TOKENS] = tokens()
    app[keys.IDENTITIES] = Identities()  # type: ignore[misc]
    app[keys.DIRECTORY] = Directory()  # type: ignore[misc]
    app[keys.TRAIL] = Trail(Database(""), lambda: NOW)
    app.on_response_prepare.append(middlewares.set_headers)
    for method, path, endpoint in ROUTES:
        app.router.add_route(method, path, endpoint)
    client: Client = await aiohttp_client(app)
    return client


def bearer(user_id: int = 5) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens().access(user_id, UUID)}"}


async def refusal(response: Any) -> tuple[int, str]:
    error = (await response.json())["error"]
    assert error["message"]
    return response.status, error["code"]
