"""A whole server with people who write and search, through the actors and the Finder."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from messenger.app import Server
from messenger.model import SYSTEM, Identity
from messenger.model.search import SearchHit
from messenger.protocol.accounts import AddUser
from messenger.protocol.commands import CreateChat, OpenDirect, SendMessage
from messenger.protocol.tasks import CreateTask
from messenger.search.wanted import Found, Wanted
from messenger.store.rows import sessions
from tests.waiting import PATIENCE

HASH = "no password opens this"
"""Seconds that the index may be behind in a test, on a machine that is busy."""


class Office:
    """The server under test, and its people by name."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.people: dict[str, Identity] = {}

    async def person(self, name: str, shown: str | None = None, role: Any = "user") -> Identity:
        if name not in self.people:
            user = await self.server.directory.ask(
                SYSTEM,
                AddUser(
                    username=name,
                    display_name=shown or name.title(),
                    role=role,
                    locale="ru",
                    time_zone="Europe/Moscow",
                    password_hash=HASH,
                ),
            )
            id, now = str(uuid.uuid4()), datetime.now(UTC)
            await sessions.open_session(
                self.server.database, id, user.id, HASH, "test", now, now + timedelta(days=1)
            )
            self.people[name] = await self.server.directory.identities.identify(user.id, id)
        return self.people[name]

    async def ask(self, name: str, command: Any) -> Any:
        return await self.server.directory.ask(await self.person(name), command)

    async def group(self, title: str, *names: str) -> int:
        people = [(await self.person(name)).user_id for name in names]
        return int((await self.ask(names[0], CreateChat(title=title, member_ids=people[1:]))).id)

    async def direct(self, one: str, other: str) -> int:
        them = (await self.person(other)).user_id
        return int((await self.ask(one, OpenDirect(user_id=them))).id)

    async def say(self, name: str, chat: int, text: str, **more: Any) -> int:
        """The `seq` of a message."""
        key = str(uuid.uuid4())
        command = SendMessage(chat_id=chat, client_message_id=key, text=text, **more)
        return int((await self.ask(name, command)).seq)

    async def task(self, name: str, chat: int, title: str, **more: Any) -> Any:
        return await self.ask(name, CreateTask(chat_id=chat, title=title, **more))

    async def indexed(self) -> None:
        """Wait until the index has all that is committed."""
        async with asyncio.timeout(PATIENCE):
            while self.server.search.indexer.busy:
                await asyncio.sleep(0.01)

    async def find(self, name: str, q: str, **more: Any) -> Found:
        given = {
            "kind": None, "chat_id": None, "sender": None, "before": None, "after": None,
            "order": "best", "typing": False, "limit": 20, "place": None, **more,
        }  # fmt: skip
        return await self.server.search.find(await self.person(name), Wanted(q=q, **given))

    async def hits(self, name: str, q: str, **more: Any) -> list[SearchHit]:
        return (await self.find(name, q, **more)).hits

    async def texts(self, name: str, q: str, **more: Any) -> list[str]:
        """What the messages say that are found, as far as it is shown."""
        hits = await self.hits(name, q, **more)
        return [hit.text.text for hit in hits if hit.text and hit.kind in ("message", "comment")]
