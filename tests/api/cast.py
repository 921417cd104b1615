"""Who speaks in tests of the REST door: the server, anybody, and people who are signed in.

Accounts are made through the actors, without passwords: signing in has tests
of its own.
"""

import io
import uuid
from datetime import UTC, datetime, timedelta
from functools import partialmethod
from typing import Any, Protocol

import aiohttp

from messenger.app import Server
from messenger.config import Settings
from messenger.model import SYSTEM
from messenger.protocol.accounts import AddUser
from messenger.store.rows import sessions

HASH = "no password opens this"
Answer = tuple[int, Any]


class MovableServer(Server):
    """A whole server whose clock can be moved on."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        self.ahead = timedelta()
        super().__init__(settings, dsn, lambda: datetime.now(UTC) + self.ahead)

    def advance(self, by: timedelta) -> None:
        self.ahead += by


class Accounts(Protocol):
    async def account(self, name: str, role: Any) -> tuple[int, str]: ...


class Door:
    """Anybody's HTTP client: paths from the root, aiohttp's responses, cookies kept."""

    def __init__(self, server: MovableServer, shared: Accounts | None = None) -> None:
        """`shared` has the accounts of a server that other tests ask, too."""
        self.server = server
        self.shared = shared
        self.session = aiohttp.ClientSession(
            f"http://127.0.0.1:{server.port}", cookie_jar=aiohttp.CookieJar(unsafe=True)
        )

    def request(self, method: str, path: str, **more: Any) -> Any:
        return self.session.request(method, path, **more)

    get = partialmethod(request, "GET")
    post = partialmethod(request, "POST")
    put = partialmethod(request, "PUT")
    patch = partialmethod(request, "PATCH")
    delete = partialmethod(request, "DELETE")


class Person:
    """Somebody who is signed in: paths under the base, `(status, body)` for an answer."""

    def __init__(self, door: Door, user_id: int, access: str) -> None:
        self.door = door
        self.user_id = user_id
        self.access = access

    async def ask(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **query: Any
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self.access}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        async with self.door.request(
            method, f"/api/v1{path}", json=body, params=query, headers=headers
        ) as response:
            return response.status, await response.json()

    async def upload(self, chat: int, *files: tuple[str, bytes], key: str | None = None) -> Answer:
        """Send files, each a name and its bytes, in one request."""
        form = aiohttp.FormData(quote_fields=False)
        for name, content in files:
            form.add_field("file", io.BytesIO(content), filename=name)
        headers = {"Authorization": f"Bearer {self.access}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        async with self.door.post(
            "/api/v1/files", data=form, params={"chat_id": chat}, headers=headers
        ) as response:
            return response.status, await response.json()

    async def download(self, id: str, **headers: str) -> tuple[int, Any, bytes]:
        """Status, headers and bytes of a file."""
        headers = {"Authorization": f"Bearer {self.access}"} | headers
        async with self.door.get(f"/api/v1/files/{id}", headers=headers) as response:
            return response.status, response.headers, await response.read()

    async def get(self, path: str, **query: Any) -> Answer:
        return await self.ask("GET", path, **query)

    post = partialmethod(ask, "POST")
    put = partialmethod(ask, "PUT")
    patch = partialmethod(ask, "PATCH")
    delete = partialmethod(ask, "DELETE")

    # What many tests begin with

    async def group(self, *others: "Person", title: str = "Lobby", **more: Any) -> int:
        body = {"title": title, "member_ids": [other.user_id for other in others], **more}
        return int(ok(await self.post("/chats", body))["id"])

    async def direct(self, other: "Person") -> int:
        return int(ok(await self.post("/chats/direct", {"user_id": other.user_id}))["id"])

    async def send(self, chat: int, text: str = "hi", **more: Any) -> int:
        """Post a message and return its `seq`."""
        body = {"client_message_id": str(uuid.uuid4()), "text": text, **more}
        return int(ok(await self.post(f"/chats/{chat}/messages", body))["seq"])

    async def all_of(self, path: str, **query: Any) -> list[Any]:
        """Every item of a list, page by page."""
        found: list[Any] = []
        while True:
            _, body = await self.get(path, **query)
            found += body["data"]
            if body["next"] is None:
                return found
            query["next"] = body["next"]


async def sign_up(door: Door, name: str, role: Any = "user") -> Person:
    """Make an account and a session; on a shared server, whoever was there before comes again."""
    server = door.server
    if door.shared is None:
        user_id, session_id = await account(server, name, role)
    else:
        user_id, session_id = await door.shared.account(name, role)
    return Person(door, user_id, server.tokens.access(user_id, session_id))


async def account(server: Server, name: str, role: Any) -> tuple[int, str]:
    """Make an account and a session of theirs; the ids of both."""
    command = AddUser(
        username=name,
        display_name=name.title(),
        role=role,
        locale="ru",
        time_zone="Europe/Moscow",
        password_hash=HASH,
    )
    user = await server.directory.ask(SYSTEM, command)
    session_id, now = str(uuid.uuid4()), server.clock()
    await sessions.open_session(
        server.database, session_id, user.id, HASH, "test", now, now + timedelta(days=1)
    )
    return user.id, session_id


def ok(answer: Answer) -> Any:
    """The data of an answer that must be a success."""
    status, body = answer
    assert status < 300, body
    return body["data"]


def refusal(answer: Answer) -> tuple[int, str]:
    """Status and code of an answer that must be a refusal."""
    status, body = answer
    return status, body["error"]["code"]


def ids(chats: list[Any]) -> list[int]:
    return [chat["id"] for chat in chats]


async def org(person: Person) -> int:
    """The id of the common chat."""
    chats = await person.all_of("/chats")
    return next(chat["id"] for chat in chats if chat["kind"] == "org")


async def notebook(person: Person) -> int:
    """The id of somebody's direct chat with themselves."""
    return await person.direct(person)


async def begin(who: Person) -> dict[str, Any]:
    """The first page of the first load."""
    status, body = await who.get("/sync/bootstrap")
    assert status == 200
    return body
