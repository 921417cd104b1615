"""The server that pages are of, and how things happen there without a browser."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from messenger import config
from messenger.app import Server
from messenger.http.plumbing import cookies
from messenger.model import SYSTEM, Identity
from messenger.outgoing.requests import Outgoing
from messenger.protocol.accounts import AddUser, UpdateUser
from messenger.protocol.commands import CreateChat, SendMessage
from messenger.store.rows import sessions, users

PASSWORD = "correct horse battery"


class Person(msgspec.Struct, frozen=True):
    name: str
    identity: Identity

    @property
    def user_id(self) -> int:
        return self.identity.user_id


class Company:
    """The server under test, and who works there."""

    def __init__(
        self, dsn: str, settings: dict[str, str], outgoing: Callable[[], Outgoing] = Outgoing
    ) -> None:
        self.dsn = dsn
        self.outgoing = outgoing
        self.settings = settings
        self.people: dict[str, Person] = {}

    async def start(self) -> None:
        self.server = Server(config.load(self.settings), self.dsn, outgoing=self.outgoing)
        # Half of a start is to open connections.
        self.server.database.size = 3
        await self.server.start()
        # The same address after a restart: the browser comes back to it.
        self.settings["PORT"] = str(self.server.port)

    async def stop(self) -> None:
        if self.server.ready:
            await self.server.stop()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    async def hire(self, *names: str, role: Any = "user") -> list[Person]:
        """Make accounts; who is there already stays as they are."""
        for name in names:
            if name not in self.people:
                self.people[name] = await self._account(name, role)
        return [self.people[name] for name in names]

    async def _account(self, name: str, role: Any) -> Person:
        server = self.server
        hashed = await server.passwords.hash(PASSWORD)
        command = AddUser(
            username=name,
            display_name=name.title(),
            role=role,
            locale="en",
            time_zone="Europe/Moscow",
            password_hash=hashed,
        )
        user = await server.directory.ask(SYSTEM, command)
        session, _ = await self._open_session(user.id, hashed)
        return Person(name, await server.directory.identities.identify(user.id, session))

    async def _open_session(self, user_id: int, hashed: str) -> tuple[str, str]:
        """A signed-in device: the session's id and its refresh token."""
        server = self.server
        session, now = str(uuid.uuid4()), datetime.now(UTC)
        until = now + timedelta(days=1)
        opened = await sessions.open_session(
            server.database, session, user_id, hashed, "test", now, until
        )
        assert opened
        return session, server.tokens.refresh(user_id, session, 0, now, until)

    async def device(self, person: Person, locale: str) -> tuple[dict[str, Any], str]:
        """What a browser holds after a sign-in: its cookie, and as JSON the account it remembers.

        The account's language goes before the browser's own.
        """
        found = await users.by_login(self.server.database, person.name)
        assert found is not None
        assert found.password_hash is not None
        _, token = await self._open_session(person.user_id, found.password_hash)
        me = await users.me(self.server.database, person.user_id)
        assert me is not None
        if me.locale != locale:
            await self.ask(person, UpdateUser(user_id=person.user_id, locale=locale))
            me = msgspec.structs.replace(me, locale=locale)
        cookie = {"name": cookies.NAME, "value": token, "domain": "127.0.0.1", "path": "/"}
        account = msgspec.json.encode(me).decode()
        return {**cookie, "httpOnly": True, "sameSite": "Strict"}, account

    async def ask(self, person: Person, command: Any) -> Any:
        return await self.server.directory.ask(person.identity, command)

    async def group(self, *people: Person, title: str, board: bool = False) -> int:
        """A group; the first named owns it."""
        others = [person.user_id for person in people[1:]]
        made = CreateChat(title=title, member_ids=others, board=board)
        return int((await self.ask(people[0], made)).id)

    async def send(self, person: Person, chat_id: int, text: str) -> int:
        key = str(uuid.uuid4())
        command = SendMessage(chat_id=chat_id, client_message_id=key, text=text)
        return int((await self.ask(person, command)).seq)
