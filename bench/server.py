"""What is measured: `messenger serve` with its own PostgreSQL, durable, and the people in it.

The rate limits are there, as in use, but too high to be met; passwords are cheap, for they are not
what is measured.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import aiohttp
import msgspec

from bench.child import Child, free_port, inherited
from bench.client import Fault

PASSWORD = "correct horse battery staple"
WEBSOCKET = "/api/v1/ws"
REGISTERING_AT_ONCE = 8

SETTINGS = {
    "HOST": "127.0.0.1",
    "REGISTRATION": "open",
    "BCRYPT_ROUNDS": "4",
    "ACCESS_TOKEN_EXPIRE_MINUTES": "120",
    "AUTH_RATE_LIMIT_MAX_REQUESTS": "1000000",
    "MESSAGE_RATE_LIMIT": "1000000/10s",
    "WRITE_RATE_LIMIT": "1000000/10s",
    "WS_RATE_LIMIT_MAX_COMMANDS": "10000000",
    "FILE_MAX_BYTES": "200 MiB",
    "LOG_LEVEL": "warning",
}


class Account(msgspec.Struct, frozen=True):
    """Somebody who is signed in."""

    id: int
    username: str
    token: str


class Server(Child):
    """The messenger on a data directory of its own."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        port = free_port()
        environment = inherited() | SETTINGS | {"DATA_DIR": str(data_dir), "PORT": str(port)}
        command = [sys.executable, "-P", "-m", "messenger", "serve"]
        super().__init__(command, environment, port, data_dir / "server.log")


class Api:
    """The REST door, for what must be there before a measure."""

    def __init__(self, port: int) -> None:
        # The server is started anew between measures, and a connection that was kept is then dead.
        connector = aiohttp.TCPConnector(force_close=True)
        self._session = aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def post(self, path: str, token: str | None = None, **body: Any) -> Any:
        """Post and return the `data` of the answer; raises Fault with a refusal's words."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with self._session.post(f"/api/v1{path}", json=body, headers=headers) as answer:
            text = await answer.text()
            if answer.status >= 300:
                raise Fault(f"POST {path} was answered with {answer.status}: {text[:300]}")
            return msgspec.json.decode(text)["data"]

    async def register(self, usernames: Sequence[str]) -> list[Account]:
        """Sign people up, a few at a time; in the order of the names."""
        gate = asyncio.Semaphore(REGISTERING_AT_ONCE)
        return list(await asyncio.gather(*(self._register(name, gate) for name in usernames)))

    async def _register(self, username: str, gate: asyncio.Semaphore) -> Account:
        async with gate:
            answer = await self.post("/auth/register", username=username, password=PASSWORD)
        return Account(answer["user"]["id"], username, answer["access"])

    async def group(self, title: str, people: Sequence[Account]) -> int:
        """Make a chat of these people, owned by the first of them."""
        others = [each.id for each in people[1:]]
        made = await self.post("/chats", people[0].token, title=title, member_ids=others)
        chat_id: int = made["id"]
        return chat_id

    async def direct(self, first: Account, second: Account) -> int:
        """Make the chat of two; it is hidden from the second until something is said in it."""
        made = await self.post("/chats/direct", first.token, user_id=second.id)
        chat_id: int = made["id"]
        await self.post(
            f"/chats/{chat_id}/messages",
            first.token,
            client_message_id=f"00000000-0000-4000-8000-{chat_id:012x}",
            text="hello",
        )
        return chat_id
