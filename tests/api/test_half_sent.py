"""A request whose body is still on its way while its sender loses their rights."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa

from messenger.model import SYSTEM
from messenger.protocol.accounts import RevokeSessions, UpdateUser
from messenger.store.statements import Prepared
from tests.api.cast import Door, Person, sign_up

PASSWORD = "an old good password"
KNOWN = Prepared(sa.text("update users set password_hash = :hash where id = :id"))
HASH_OF = Prepared(sa.text("select password_hash from users where id = :id"))
Loss = Callable[[Door, int], Awaitable[Any]]


async def disabled(door: Door, user_id: int) -> None:
    await door.server.directory.ask(SYSTEM, UpdateUser(user_id=user_id, disabled=True))


async def demoted(door: Door, user_id: int) -> None:
    await door.server.directory.ask(SYSTEM, UpdateUser(user_id=user_id, role="user"))


async def revoked(door: Door, user_id: int) -> None:
    server = door.server
    ids = await server.store.sessions(user_id, None)
    await server.directory.ask(SYSTEM, RevokeSessions(user_id=user_id, session_ids=ids))


async def forgotten_and_demoted(door: Door, user_id: int) -> None:
    """The bus was lost: identities without a socket are looked up anew."""
    await door.server.directory.identities.recheck()
    await demoted(door, user_id)


async def send_in_two(
    who: Person, method: str, path: str, body: Any, between: Callable[[], Awaitable[Any]]
) -> int:
    """Send half of a request, let something happen, send the rest; return the status."""
    server = who.door.server
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    raw = json.dumps(body).encode()
    head = (
        f"{method} /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Authorization: Bearer {who.access}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(raw)}\r\n\r\n"
    )
    writer.write(head.encode() + raw[:3])
    await writer.drain()
    # The server has met its sender once another request of theirs was answered.
    await who.get("/me")
    await asyncio.sleep(0.05)
    await between()
    writer.write(raw[3:])
    status = int((await reader.readline()).split()[1])
    writer.close()
    return status


LOST = [(disabled, 401), (revoked, 401), (demoted, 403), (forgotten_and_demoted, 403)]


@pytest.mark.parametrize(("lose", "status"), LOST, ids=lambda each: getattr(each, "__name__", ""))
@pytest.mark.parametrize("what", ["add", "enable", "invite", "name"])
async def test_what_an_administrator_asked_half_is_not_done_once_they_are_none(
    door: Door, admin: Person, what: str, lose: Loss, status: int
) -> None:
    eve = await sign_up(door, "eve", "admin")
    method, path, body = {
        "add": ("POST", "/admin/users", {"username": "mallory", "role": "admin"}),
        "enable": ("PATCH", f"/admin/users/{eve.user_id}", {"disabled": False, "role": "admin"}),
        "invite": ("POST", "/admin/invites", {"role": "admin"}),
        "name": ("PATCH", "/admin/organisation", {"name": "Eve's"}),
    }[what]
    said = await send_in_two(eve, method, path, body, lambda: lose(door, eve.user_id))
    assert said == status
    _, trail = await admin.get("/admin/audit")
    told = [entry["action"] for entry in trail["data"] if entry["by"] == eve.user_id]
    assert set(told) <= {"session.open", "access.refuse"}


@pytest.mark.parametrize("lose", [disabled, revoked])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/chats", {"title": "Mine"}),
        ("POST", "/auth/password", {"old": PASSWORD, "new": "another good password"}),
        ("POST", "/users/batch", {"ids": [1]}),
        ("POST", "/sync/changes", {"all": True}),
        ("PATCH", "/users/me", {"display_name": "Eve"}),
    ],
)
async def test_what_somebody_asked_half_is_not_answered_once_they_are_out(
    door: Door, admin: Person, lose: Loss, method: str, path: str, body: Any
) -> None:
    eve = await sign_up(door, "eve")
    hashed = await door.server.passwords.hash(PASSWORD)
    await door.server.database.fetch(KNOWN, id=eve.user_id, hash=hashed)
    assert await send_in_two(eve, method, path, body, lambda: lose(door, eve.user_id)) == 401
    row = await door.server.database.fetch_one(HASH_OF, id=eve.user_id)
    assert row is not None
    assert row.password_hash == hashed
