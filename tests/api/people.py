"""What tests of accounts say to the REST door."""

from typing import Any

from messenger.actors.commands import InviteFirst
from messenger.store.rows import invites

PASSWORD = "correct horse battery"
OPEN = {"REGISTRATION": "open"}


async def data(response: Any) -> Any:
    body = await response.json()
    assert response.status < 300, body
    return body["data"]


async def refusal(response: Any) -> tuple[int, str]:
    return response.status, (await response.json())["error"]["code"]


async def join(client: Any, name: str, **more: Any) -> dict[str, Any]:
    """Register, and return the answer's data."""
    body = {"username": name, "password": PASSWORD, **more}
    return await data(await client.post("/api/v1/auth/register", json=body))


async def sign_in(client: Any, name: str, password: str = PASSWORD, **more: Any) -> Any:
    body = {"login": name, "password": password, **more}
    return await client.post("/api/v1/auth/login", json=body)


async def refresh(client: Any, token: str) -> Any:
    return await client.post("/api/v1/auth/refresh", json={"refresh": token})


async def who(client: Any, signed_in: dict[str, Any]) -> int:
    return (await client.get("/api/v1/me", headers=bearer(signed_in))).status


def bearer(signed_in: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed_in['access']}"}


async def first_code(client: Any) -> str:
    """The code that makes the first administrator."""
    server = client.server
    invite_id = await server.directory.ask_system(InviteFirst())
    assert invite_id is not None
    return invites.code_of(server.settings.secret_key, invite_id)
