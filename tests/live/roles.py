"""The people of the table of permissions, and the things they ask about.

One server for many questions: what an answer has changed is made anew before the next
question. Everything is made as it is first needed, by whoever the table says it is of.
"""

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from inspect import isawaitable
from typing import Any

import aiohttp
import msgspec

from messenger.actors.stream import UNKNOWN
from messenger.errors import NotFound
from messenger.jobs.erasing import Erasing
from messenger.model import SYSTEM, Due, FileAbout, Identity
from messenger.protocol import avatars, commands, tasks
from messenger.protocol.accounts import AddUser, CreateInvite, RevokeSessions, UpdateUser
from messenger.store import events
from messenger.store.rows import holds, subscriptions
from messenger.store.rows.subscriptions import Said
from tests.files.pictures import picture, saved
from tests.files.zips import by_explorer
from tests.live.client import Client, JsonSocket
from tests.live.conftest import Stage, make_avatar, upload_picture
from tests.live.permissions import ROLES, Ref
from tests.push.service import Browser

PASSWORD = "correct horse battery"
ALIVE = tuple(role for role in ROLES if role not in ("disabled", "ended", "nobody"))
GUESTS = ("guest", "outsider", "left_out")
OTHERS = ("target", "newcomer", "left_out")
"""They ask nothing: a member, somebody who is in no chat, and a guest in none."""
MEMBERS = (
    "admin",
    "member",
    "assignee",
    "creator",
    "author",
    "guest",
    "removed",
    "target",
    "ended",
)
GROUP, DIRECT = "group", "direct"


class Session:
    """Somebody's signed-in device, and its socket once there is one."""

    def __init__(self, user_id: int, id: str, access: str, refresh: str) -> None:
        self.user_id = user_id
        self.id = id
        self.access = access
        self.refresh = refresh
        self.client: Client | None = None


class World:
    """Everybody, a group, a direct chat, and what is in them."""

    def __init__(self, stage: Stage) -> None:
        self.base = stage.base
        self.server = stage.server
        self.people: dict[str, int] = {}
        self.sessions: dict[str, Session] = {}
        self.numbers = itertools.count()
        self.members = [*MEMBERS, "disabled"]
        self.made: dict[str, dict[str, Any]] = {GROUP: {}, DIRECT: {}}

    async def open(self) -> None:
        self.http = aiohttp.ClientSession(self.base)
        password_hash = await self.server.passwords.hash(PASSWORD)
        # The first of all owns the common chat.
        for name in ("root", *(role for role in ROLES[:-1] if role != "root"), *OTHERS):
            await self._add(name, password_hash)
            await self.sign_in(name)
        await self.find(GROUP, "chat")
        # Nobody adds who is disabled to another chat.
        self.members.remove("disabled")
        await self.say("root", UpdateUser(user_id=self.people["disabled"], disabled=True))
        ended = self.sessions["ended"]
        await self.say("ended", RevokeSessions(user_id=ended.user_id, session_ids=[ended.id]))

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
        """A fresh session; the last one's socket is let go."""
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
            client = Client(self.base, session.access, session.user_id, JsonSocket)
            session.client = await client.connect()
        return session.client

    async def say(self, name: str, command: Any) -> Any:
        """What somebody does whom nothing hinders, past both doors."""
        session, directory = self.sessions[name], self.server.directory
        identity = await directory.identities.identify(session.user_id, session.id)
        return await directory.ask(identity, command)

    def heads(self) -> dict[int, int]:
        """How far every stream is that the server holds."""
        streams = self.server.directory.streams.by_id
        return {id: stream.seq for id, stream in streams.items() if stream.seq != UNKNOWN}

    # What is asked about

    async def fill(self, value: Any, role: str) -> Any:
        """Put what references stand for in their place."""
        match value:
            case Ref():
                own = OWN.get(value)
                if own is None:
                    return await self.find(place_of(role), value)
                found = own(self, role)
                return await found if isawaitable(found) else found
            case dict():
                return {name: await self.fill(each, role) for name, each in value.items()}
            case list():
                return [await self.fill(each, role) for each in value]
        return value

    async def find(self, place: str, what: str) -> Any:
        made = self.made[place]
        if what not in made:
            made[what] = await MAKERS[what](self, place)
        return made[what]

    def spend(self, role: str, *what: str) -> None:
        """What somebody could change is not what it was; more than single things: `what`."""
        made = self.made[place_of(role)]
        for name in made.keys() - ({"chat", "column"} - set(what)):
            del made[name]


def place_of(role: str) -> str:
    return DIRECT if role == "partner" else GROUP


def of(place: str, role: str) -> str:
    """Whose something is: in the direct chat, all is the author's."""
    return role if place == GROUP else "author"


async def make_chat(world: World, place: str) -> int:
    if place == DIRECT:
        opened = commands.OpenDirect(user_id=world.people["partner"])
        chat = int((await world.say("author", opened)).id)
        await world.say("author", said(chat))
        return chat
    ids = [world.people[name] for name in world.members]
    made = commands.CreateChat(title="Lobby", member_ids=ids, board=True)
    chat = int((await world.say("owner", made)).id)
    admin, removed = world.people["admin"], world.people["removed"]
    await world.say("owner", commands.UpdateMember(chat_id=chat, user_id=admin, role="admin"))
    await world.say("owner", commands.RemoveMember(chat_id=chat, user_id=removed))
    return chat


def said(chat: int) -> commands.SendMessage:
    key = str(uuid.uuid4())
    return commands.SendMessage(chat_id=chat, client_message_id=key, text="hello")


async def make_message(world: World, place: str) -> int:
    return int((await world.say("author", said(await world.find(place, "chat")))).seq)


async def make_copy(world: World, place: str) -> int:
    """A message that was forwarded within its chat."""
    return await forwarded(world, "author", await world.find(place, "chat"), place)


async def make_owners_copy(world: World, place: str) -> int:
    """A message forwarded from where nobody else reads it."""
    owner = of(place, "owner")
    notes = await world.say(owner, commands.OpenDirect(user_id=world.people[owner]))
    return await forwarded(world, owner, notes.id, place)


async def forwarded(world: World, who: str, source: int, place: str) -> int:
    seq = (await world.say(who, said(source))).seq
    forward = commands.ForwardMessages(
        chat_id=source,
        seqs=[seq],
        to=[await world.find(place, "chat")],
        client_message_id=str(uuid.uuid4()),
    )
    return int((await world.say(who, forward)).messages[0].seq)


async def make_unsent(world: World, place: str) -> str:
    """An upload of the author's that no message has."""
    return await upload(world, place, "author")


async def upload(world: World, place: str, who: str) -> str:
    """Somebody's upload that nothing has; of those who may not upload there, one that is not."""
    chat = await world.find(place, "chat")
    try:
        return await upload_picture(world.server, world.people.get(who, 1), chat)
    except NotFound:
        return str(uuid.uuid4())


async def make_resumable(world: World, place: str) -> str:
    """An upload of the author's that has just begun."""
    chat = await world.find(place, "chat")
    author = world.people["author"]
    return (await world.server.uploads.create(author, chat, "a.txt", 5, FileAbout())).id


async def make_waiting(world: World, place: str) -> str:
    """An archive of the author's that is whole, and not unpacked."""
    chat, content = await world.find(place, "chat"), by_explorer({"a.txt": b"hello"})
    uploads, author = world.server.uploads, world.people["author"]
    upload = await uploads.create(author, chat, "a.zip", len(content), FileAbout(), unpack=True)

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    await uploads.append(upload, 0, chunks())
    return upload.id


async def make_with_file(world: World, place: str) -> int:
    """The author's message with a file."""
    return (await send_file(world, place))[0]


async def make_file(world: World, place: str) -> str:
    return (await send_file(world, place))[1]


async def make_deleted_file(world: World, place: str) -> str:
    """A file whose message is deleted."""
    seq, id = await send_file(world, place)
    chat = await world.find(place, "chat")
    await world.say("author", commands.DeleteMessage(chat_id=chat, seq=seq))
    return id


async def make_edited_out(world: World, place: str) -> str:
    """A file that its message has no longer."""
    seq, id = await send_file(world, place)
    chat = await world.find(place, "chat")
    edited = commands.EditMessage(chat_id=chat, seq=seq, text="without", file_ids=[])
    await world.say("author", edited)
    return id


async def send_file(world: World, place: str) -> tuple[int, str]:
    id = await make_unsent(world, place)
    message = msgspec.structs.replace(said(await world.find(place, "chat")), file_ids=[id])
    return int((await world.say("author", message)).seq), id


async def make_members_avatar(world: World, place: str) -> str:
    return await avatar_of(world, of(place, "target"))


async def make_strangers_avatar(world: World, place: str) -> str:
    return await avatar_of(world, "stranger")


async def make_replaced_avatar(world: World, place: str) -> str:
    first = await avatar_of(world, of(place, "target"), 9)
    await avatar_of(world, of(place, "target"))
    return first


def square_of(side: int) -> bytes:
    return saved(picture(side, side), "PNG")


async def avatar_of(world: World, name: str, side: int = 8) -> str:
    user_id = world.people[name]
    url = await make_avatar(world.server, user_id, user_id, square_of(side))
    await world.say(name, UpdateUser(user_id=user_id, avatar_url=url))
    return url.rpartition("/")[2]


async def make_groups_avatar(world: World, place: str) -> str:
    """The group's, for whoever asks: a direct chat has none."""
    chat = await world.find(GROUP, "chat")
    url = await make_avatar(world.server, chat, world.people["owner"], square_of(8))
    await world.say("owner", avatars.SetChatAvatar(chat_id=chat, avatar_url=url))
    return url.rpartition("/")[2]


async def make_pinned(world: World, place: str) -> int:
    chat, seq = await world.find(place, "chat"), await make_message(world, place)
    await world.say("author", commands.PinMessage(chat_id=chat, seq=seq))
    return seq


async def make_task(world: World, place: str) -> int:
    new = tasks.CreateTask(
        chat_id=await world.find(place, "chat"),
        title="one",
        # The newest is due first: it is on the first page of every list.
        due=Due(date=str(date(2100, 1, 1) - timedelta(days=next(world.numbers)))),
        assigned_to=world.people[of(place, "assignee")],
    )
    return int((await world.say(of(place, "creator"), new)).id)


async def make_placed(world: World, place: str) -> int:
    """A task that stands on the board."""
    task, column = await make_task(world, place), await world.find(place, "column")
    await world.say(of(place, "owner"), tasks.MoveTask(task_id=task, column_id=column))
    return task


async def make_done(world: World, place: str) -> int:
    task = await make_task(world, place)
    await world.say(of(place, "creator"), tasks.UpdateTask(task_id=task, status="done"))
    return task


async def make_task_with_file(world: World, place: str) -> int:
    """A task with a file, which is `task_file`."""
    task, creator = await make_task(world, place), of(place, "creator")
    id = world.made[place]["task_file"] = await upload(world, place, creator)
    await world.say(creator, tasks.AttachFiles(task_id=task, file_ids=[id]))
    return task


async def make_task_file(world: World, place: str) -> str:
    await world.find(place, "task_with_file")
    return str(world.made[place]["task_file"])


async def make_gone_task_file(world: World, place: str) -> str:
    """A file whose task is deleted."""
    file, task = await make_task_file(world, place), world.made[place].pop("task_with_file")
    await world.say(of(place, "creator"), tasks.DeleteTask(task_id=task))
    return str(world.made[place].pop("task_file", file))


async def make_taken_off(world: World, place: str) -> str:
    """A file that its task has no longer."""
    file, task = await make_task_file(world, place), world.made[place].pop("task_with_file")
    await world.say(of(place, "creator"), tasks.DetachFile(task_id=task, file_id=file))
    return str(world.made[place].pop("task_file", file))


async def subscribe(world: World, name: str) -> str:
    """A device of somebody's, at a push service that is nowhere."""
    session = world.sessions[name]
    browser = Browser(uuid.uuid4().hex, "https://push.invalid")
    said = Said(endpoint=browser.endpoint, user_agent="test", locale="ru", **browser.keys())
    id, _ = await subscriptions.put(
        world.server.database,
        str(uuid.uuid4()),
        session.user_id,
        session.id,
        world.server.push.vapid.key_id,
        said,
        world.server.clock(),
    )
    return id


async def tested(world: World, name: str) -> str:
    """A test that was sent to one of somebody's devices."""
    test_id = str(uuid.uuid4())
    await subscriptions.tested(world.server.database, await subscribe(world, name), test_id)
    return test_id


def asker(world: World, role: str) -> str:
    return role if role in world.sessions else "target"


async def make_column(world: World, place: str) -> int:
    """The first of two, so that there is a place to move it to."""
    owner, chat = of(place, "owner"), await world.find(place, "chat")
    first = await world.say(owner, tasks.CreateColumn(chat_id=chat, title="First"))
    await world.say(owner, tasks.CreateColumn(chat_id=chat, title="Second"))
    return int(first.id)


async def make_invite(world: World, place: str) -> str:
    invite = await world.say("root", CreateInvite())
    return str(invite.id)


async def make_hold(world: World, place: str) -> str:
    server, user_id = world.server, world.people["newcomer"]
    at = datetime.now(UTC)
    made = await holds.place(server.database, user_id=user_id, reason="case", by=None, at=at)
    return made.id


async def make_erased(world: World, place: str) -> int:
    server = world.server
    name = f"e{uuid.uuid4().hex[:12]}"
    asked = AddUser(username=name, display_name=name, locale="en", time_zone="UTC")
    user = await server.directory.ask(SYSTEM, asked)
    erasing = Erasing(server.database, server.directory, "en", server.clock)
    await erasing.begin(user.id, "keep", None)
    await erasing.work()
    # It is heard of as of what another process writes.
    org_id = server.directory.org_id
    head = (await events.heads(server.database, [org_id]))[org_id]
    while server.directory.streams.stream(org_id).seq < head:
        await asyncio.sleep(0.01)
    return int(user.id)


async def make_leaderless(world: World, place: str) -> int:
    """A group of one, whose account is disabled since."""
    directory, name = world.server.directory, f"l{uuid.uuid4().hex[:12]}"
    asked = AddUser(username=name, display_name=name, locale="en", time_zone="UTC")
    user = await directory.ask(SYSTEM, asked)
    who = Identity(user_id=user.id, session_id=str(uuid.uuid4()), username=name, role="user")
    chat = await directory.ask(who, commands.CreateChat(title="Left"))
    await directory.ask(SYSTEM, UpdateUser(user_id=user.id, disabled=True))
    return int(chat.id)


async def make_cursor(world: World, place: str) -> str:
    return f"{await world.find(place, 'chat')}:0"


def named(name: str) -> Callable[[World, str], Awaitable[int]]:
    """Somebody of the group; in the direct chat its author."""

    async def find(world: World, place: str) -> int:
        return world.people[of(place, name)]

    return find


MAKERS: dict[str, Callable[[World, str], Awaitable[Any]]] = {
    "leaderless": make_leaderless,
    "chat": make_chat,
    "message": make_message,
    "pinned": make_pinned,
    "copy": make_copy,
    "owners_copy": make_owners_copy,
    "file": make_file,
    "resumable_file": make_resumable,
    "waiting_file": make_waiting,
    "unsent_file": make_unsent,
    "deleted_file": make_deleted_file,
    "edited_out_file": make_edited_out,
    "members_avatar": make_members_avatar,
    "strangers_avatar": make_strangers_avatar,
    "replaced_avatar": make_replaced_avatar,
    "groups_avatar": make_groups_avatar,
    "message_with_file": make_with_file,
    "task": make_task,
    "placed_task": make_placed,
    "done_task": make_done,
    "task_with_file": make_task_with_file,
    "task_file": make_task_file,
    "gone_task_file": make_gone_task_file,
    "taken_off_file": make_taken_off,
    "column": make_column,
    "cursor": make_cursor,
    "invite": make_invite,
    "hold": make_hold,
    "erased": make_erased,
    "target": named("target"),
    "assigned": named("assignee"),
    "leader": named("owner"),
}
OWN: dict[str, Callable[[World, str], Any]] = {
    "self": lambda world, role: world.people.get(role, 1),
    "access": lambda world, role: world.sessions[role].access if role in world.sessions else "x",
    "refresh": lambda world, role: world.sessions[role].refresh if role in world.sessions else "x",
    "own_session": lambda world, role: world.sessions.get(role, world.sessions["target"]).id,
    "session": lambda world, role: world.sessions["target"].id,
    "org": lambda world, role: world.server.directory.org_id,
    "newcomers_session": lambda world, role: world.sessions["newcomer"].id,
    "newcomer": lambda world, role: world.people["newcomer"],
    "stranger": lambda world, role: world.people["stranger"],
    "left_out": lambda world, role: world.people["left_out"],
    "password": lambda world, role: PASSWORD,
    "own_upload": lambda world, role: upload(world, place_of(role), role),
    "key": lambda world, role: str(uuid.uuid4()),
    "vapid": lambda world, role: world.server.push.vapid.public,
    "browser": lambda world, role: Browser("phone", "").keys(),
    "endpoint": lambda world, role: f"https://push.invalid/{uuid.uuid4()}",
    "own_device": lambda world, role: subscribe(world, asker(world, role)),
    "device": lambda world, role: subscribe(world, "target"),
    "own_test": lambda world, role: tested(world, asker(world, role)),
    "test": lambda world, role: tested(world, "target"),
    "name": lambda world, role: f"n{uuid.uuid4().hex[:12]}",
}
