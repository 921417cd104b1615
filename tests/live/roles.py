"""The people of the table of permissions, and the things they are asked about.

One server for many questions: a thing that was changed is made anew before the next one, and a
refused question changes nothing, which `heads` shows.
"""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from messenger.actors.stream import UNKNOWN
from messenger.model import SYSTEM, Identity
from messenger.protocol import commands, tasks
from messenger.protocol.accounts import AddUser, RevokeSessions, UpdateUser
from tests.live.client import Client
from tests.live.conftest import Stage
from tests.live.permissions import DEAD, ROLES, Ref

PASSWORD = "correct horse battery"
GUESTS = ("guest", "outsider", "left_out")
OTHERS = ("target", "newcomer", "left_out")
"""People who ask nothing: a member, and two of whom one is a guest who are in no chat."""
MEMBERS = ("admin", "member", "assignee", "creator", "author", "guest", "removed", "target")
GROUP, DIRECT = "group", "direct"


class Session:
    """One role, signed in."""

    def __init__(self, user_id: int, id: str, access: str, refresh: str) -> None:
        self.user_id = user_id
        self.id = id
        self.access = access
        self.refresh = refresh
        self.client: Client | None = None


class World:
    """Everybody, a group, a direct chat, and what is in them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.server = stage.server
        self.people: dict[str, int] = {}
        self.sessions: dict[str, Session] = {}
        self.made: dict[str, dict[str, Any]] = {GROUP: {}, DIRECT: {}}

    async def open(self) -> None:
        self.http = aiohttp.ClientSession(self.stage.base)
        password_hash = await self.server.passwords.hash(PASSWORD)
        # The first of all owns the common chat.
        for name in ("root", *ROLES[:-1], *OTHERS):
            if name not in self.people:
                await self._add(name, password_hash)
        for name in (*ROLES[:-1], *OTHERS):
            await self.sign_in(name)
        await self.find(GROUP, "chat")
        await self._say("root", UpdateUser(user_id=self.people["disabled"], disabled=True))
        ended = self.sessions["ended"]
        await self._say("ended", RevokeSessions(user_id=ended.user_id, session_ids=[ended.id]))

    async def close(self) -> None:
        for session in self.sessions.values():
            if session.client is not None:
                await session.client.disconnect()
        await self.http.close()

    async def _add(self, name: str, password_hash: str) -> None:
        command = AddUser(
            username=name,
            display_name=name.title(),
            role="admin" if name == "root" else "guest" if name in GUESTS else "user",
            locale="en",
            time_zone="UTC",
            password_hash=password_hash,
        )
        self.people[name] = (await self.server.directory.ask(SYSTEM, command)).id

    async def sign_in(self, name: str) -> None:
        """A fresh session; whatever became of the last one."""
        old = self.sessions.get(name)
        if old is not None and old.client is not None:
            await old.client.disconnect()
        given = {"login": name, "password": PASSWORD}
        async with self.http.post("/api/v1/auth/login", json=given) as answer:
            data = (await answer.json())["data"]
        id = self.server.tokens.read_access(data["access"]).session_id
        self.sessions[name] = Session(data["user"]["id"], id, data["access"], data["refresh"])

    async def client(self, name: str) -> Client:
        """The socket of somebody who is signed in."""
        session = self.sessions[name]
        if session.client is None:
            session.client = await self.stage.connect(session.access, session.user_id)
        return session.client

    def heads(self) -> dict[int, int]:
        """How far every stream is that anybody holds."""
        streams = self.server.directory.streams
        return {id: stream.seq for id, stream in streams.items() if stream.seq != UNKNOWN}

    async def _say(self, name: str, command: Any) -> Any:
        session = self.sessions[name]
        people = self.server.directory.people
        identity: Identity = await people.identify(session.user_id, session.id)
        return await self.server.directory.ask(identity, command)

    # What is asked about

    async def fill(self, value: Any, role: str) -> Any:
        """Put what they stand for in the place of references."""
        match value:
            case Ref():
                return await self.find(DIRECT if role == "partner" else GROUP, value, role)
            case dict():
                return {name: await self.fill(each, role) for name, each in value.items()}
            case list():
                return [await self.fill(each, role) for each in value]
        return value

    async def find(self, place: str, what: str, role: str = "") -> Any:
        if what in OWN:
            return OWN[what](self, role)
        if what in FIXED:
            return FIXED[what](self)
        made = self.made[place]
        if what not in made:
            made[what] = await MAKERS[what](self, place)
        return made[what]

    def used(self, role: str, whole_chat: bool) -> None:
        """What was there has been changed; a direct chat cannot be."""
        place = DIRECT if role == "partner" else GROUP
        chat = self.made[place].get("chat")
        self.made[place] = {} if chat is None or whole_chat else {"chat": chat}


def held_by(place: str, role: str) -> str:
    """In the direct chat all is the author's, for the other one to be judged by."""
    return role if place == GROUP else "author"


async def _chat(world: World, place: str) -> int:
    if place == DIRECT:
        opened = commands.OpenDirect(user_id=world.people["partner"])
        chat = (await world._say("author", opened)).id
        await world._say("author", a_message(chat))
        return int(chat)
    # Who is disabled is in the first group alone: nobody adds them to another.
    names = [*MEMBERS, "ended", "disabled"] if "disabled" in world.active else [*MEMBERS, "ended"]
    ids = [world.people[name] for name in names]
    made = commands.CreateChat(title="Lobby", member_ids=ids, board=True)
    chat = (await world._say("owner", made)).id
    admin = commands.UpdateMember(chat_id=chat, user_id=world.people["admin"], role="admin")
    await world._say("owner", admin)
    gone = commands.RemoveMember(chat_id=chat, user_id=world.people["removed"])
    await world._say("owner", gone)
    return int(chat)


def a_message(chat: int) -> commands.SendMessage:
    key = str(uuid.uuid4())
    return commands.SendMessage(chat_id=chat, client_message_id=key, text="hello")
