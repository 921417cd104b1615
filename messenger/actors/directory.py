"""Finds actors, starts and unloads them.

Every command of every door comes in through `send` or `ask`; every committed
event goes out through `publish` of `streams`.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Any

from messenger import errors
from messenger.actors.actor import FutureReply, Letter, NoReply, Reply
from messenger.actors.chat import ChatActor
from messenger.actors.chat.membership import EnterDirect, pair
from messenger.actors.chat.tidying import tidy_chats
from messenger.actors.owner import Owner
from messenger.actors.people import People
from messenger.actors.streams import Streams
from messenger.actors.user import UserActor
from messenger.config import Settings
from messenger.model import SYSTEM, SYSTEM_ID, Identity
from messenger.pace import MovingWindow, Pace
from messenger.protocol import accounts, commands, tasks
from messenger.protocol.command import ChatChange, ChatCommand, OrgChange, UserChange
from messenger.storage import Storage

log = logging.getLogger(__name__)

IDLE_AFTER = 120.0
"""Seconds without mail before an actor is unloaded, and a stream nobody reads forgotten."""
TIDIED_WITHIN = 0.3
"""Seconds that an answer waits for somebody's chats; with more of them it goes on behind it."""
REMEMBERED_HOMES = 100_000
"""Tasks and columns whose chat is known without asking; then the memory starts afresh."""


class Directory(Streams):
    """All streams and actors of this process."""

    def __init__(
        self,
        store: Storage,
        settings: Settings,
        clock: Callable[[], datetime],
        org_id: int,
        epoch: int,
    ) -> None:
        super().__init__(store, People(store, clock))
        self.settings = settings
        self.clock = clock
        self.org_id = org_id
        self.epoch = epoch
        # State: actors by id, and what is known without asking.
        self.chats: dict[int, ChatActor] = {}
        self.users: dict[int, UserActor] = {}
        self.usernames: dict[int, str] = {}
        self.homes: dict[tuple[str, int], int] = {}
        # Messages by chat and person, and every other change by person.
        self.sends = MovingWindow(settings.message_rate_limit[1])
        self.writes = Pace(settings.write_rate_limit)

    def __repr__(self) -> str:
        return f"<Directory {len(self.actors)} actors, {len(self.streams)} streams>"

    @property
    def waiting(self) -> int:
        """Letters in all mailboxes together."""
        return sum(actor.waiting for actor in self.actors)

    # In: commands

    def send(self, identity: Identity, command: Any, reply: Reply) -> None:
        """Bring a command to its actor; the reply is called sooner or later, exactly once."""
        letter = Letter(identity, command, reply)
        if isinstance(command, OF_A_CHAT):
            self.chat(command.chat_id).tell(letter)
        elif isinstance(command, commands.OpenDirect):
            self.spawn(self._open_direct(letter))
        elif isinstance(command, UserChange):
            self.user(command.owner_id(identity.user_id)).tell(letter)
        elif isinstance(command, accounts.UpdateUser) and leaves_seats(command):
            self.spawn(self._change_account(letter))
        elif isinstance(command, OrgChange):
            self.chat(self.org_id).tell(letter)
        else:
            chat_id = self._chat_of(command)
            if chat_id is None:
                self.spawn(self._find_home(letter))
            else:
                self.chat(chat_id).tell(letter)

    async def ask(self, identity: Identity, command: Any) -> Any:
        """The same, awaited; raises what the actor refuses with."""
        reply = FutureReply()
        self.send(identity, command, reply)
        return await reply.future

    async def ask_system(self, command: Any) -> Any:
        """The same in the name of the server."""
        return await self.ask(SYSTEM, command)

    def _chat_of(self, command: Any) -> int | None:
        """The chat a command is for; None while nobody has looked up where its task lives."""
        match command:
            case tasks.CreateTask(chat_id=chat_id):
                return chat_id or self.org_id
            case tasks.TaskChange(task_id=id):
                return self.homes.get(("task", id))
            case tasks.ColumnChange(column_id=id):
                return self.homes.get(("column", id))
        raise TypeError(f"no actor takes {command!r}")

    async def _find_home(self, letter: Letter) -> None:
        """A task or column never changes its chat, so where it lives is looked up once."""
        command = letter.command
        if isinstance(command, tasks.TaskChange):
            kind, id = "task", command.task_id
        else:
            kind, id = "column", command.column_id
        try:
            chat_id = await self.store.chat_of(kind, id)
            if chat_id is None:
                raise errors.NotFound()
            if len(self.homes) >= REMEMBERED_HOMES:
                self.homes.clear()
            self.homes[kind, id] = chat_id
            self.chat(chat_id).tell(letter)
        except errors.DomainError as error:
            letter.reply.refuse(error)

    async def _open_direct(self, letter: Letter) -> None:
        """Both pressing "message" at once get the same chat: the pair of ids is unique."""
        command: commands.OpenDirect = letter.command
        who = letter.identity
        try:
            for _ in range(2):
                found = await self.store.direct(pair(who.user_id, command.user_id))
                if found is not None:
                    enter = EnterDirect(chat_id=found, key=command.key, asked=command.digest())
                    self.chat(found).tell(Letter(who, enter, letter.reply))
                    return
                made = FutureReply()
                self.user(who.user_id).tell(Letter(who, command, made))
                try:
                    letter.reply.answer(await made.future)
                    return
                except errors.AlreadyExists:
                    continue
            letter.reply.refuse(errors.Unavailable())
        except errors.DomainError as error:
            letter.reply.refuse(error)

    async def _change_account(self, letter: Letter) -> None:
        """Who loses access, or a role, leaves their chats in order; the answer waits a little."""
        command: accounts.UpdateUser = letter.command
        try:
            asked = FutureReply()
            self.chat(self.org_id).tell(Letter(letter.identity, command, asked))
            changed = await asked.future
        except errors.DomainError as error:
            letter.reply.refuse(error)
            return
        # Should we be killed meanwhile, `jobs.tidying` finds what is left.
        await asyncio.wait([self.spawn(tidy_chats(self, command.user_id))], timeout=TIDIED_WITHIN)
        letter.reply.answer(changed)

    def typing(self, identity: Identity, chat_id: int) -> None:
        """A plain call where the chat is loaded; it is nothing to wait for."""
        actor = self.chats.get(chat_id)
        if actor is not None and actor.loaded:
            actor.type(identity)
        else:
            self.send(identity, commands.Type(chat_id=chat_id), NoReply())

    def answer_my(self, letter: Letter) -> None:
        """Answer a mark with one's own state of the chat, read outside of any turn."""
        self.spawn(self._answer_my(letter))

    async def _answer_my(self, letter: Letter) -> None:
        chat_id = letter.command.chat_id
        try:
            found = await self.store.my(letter.identity.user_id, [chat_id])
        except errors.DomainError as error:
            letter.reply.refuse(error)
            return
        mine = found.get(chat_id)
        letter.reply.answer({"my": mine and mine.my()})

    def check_pace(self, letter: Letter) -> None:
        """Count a change against its maker's rate; raises RateLimited.

        Drafts have a place of their own: what is being written must not keep one from acting.
        Ending sessions is never refused.
        """
        user_id, command = letter.identity.user_id, letter.command
        if user_id == SYSTEM_ID or isinstance(command, ALWAYS):
            return
        drafting = isinstance(command, commands.SetDraft)
        self.writes.check((drafting, user_id), command.weight())

    # Streams and actors by id

    @property
    def actors(self) -> list[Owner]:
        return [*self.chats.values(), *self.users.values()]

    def chat(self, id: int) -> ChatActor:
        actor = self.chats.get(id)
        if actor is None:
            if self.closing:
                raise errors.Unavailable()
            # In the map before it is loaded: two askers cannot load it twice.
            actor = self.chats[id] = ChatActor(id, self)
        return actor

    def user(self, id: int) -> UserActor:
        actor = self.users.get(id)
        if actor is None:
            if self.closing:
                raise errors.Unavailable()
            actor = self.users[id] = UserActor(id, self)
        return actor

    def reload(self, id: int) -> None:
        for actor in (self.chats.get(id), self.users.get(id)):
            if actor is not None:
                actor.reload()

    def forget(self, actor: Owner) -> None:
        """Let go of an actor whose chat or person does not exist, and of its stream."""
        for actors in (self.chats, self.users):
            if actors.get(actor.id) is actor:
                del actors[actor.id]
        stream = self.streams.get(actor.id)
        held = actor.id in self.chats or actor.id in self.users
        if stream is not None and stream.deserted and not stream.held and not held:
            del self.streams[actor.id]

    # Life

    def unload(self) -> None:
        """Forget idle actors, and streams that nobody reads; called now and then."""
        before = monotonic() - IDLE_AFTER
        for actors in (self.chats, self.users):
            for id, actor in list(actors.items()):
                if actor.idle and actor.used < before:
                    del actors[id]
        for id, stream in list(self.streams.items()):
            held = id in self.chats or id in self.users
            if stream.deserted and not stream.held and stream.used < before and not held:
                del self.streams[id]

    async def settled(self) -> None:
        """Return when what was begun is done, also what nobody waited for."""
        while self.tasks:
            await asyncio.wait(self.tasks)

    async def close(self) -> None:
        """Take no more commands; return when every actor has done what it took on."""
        self.closing = True
        await asyncio.gather(*(actor.stop() for actor in self.actors))
        await self.settled()
        await self.people.keep()


ALWAYS = (accounts.RevokeSessions, accounts.SetPassword, EnterDirect)
"""What is no growth, and must not wait."""
OF_A_CHAT = (ChatCommand, ChatChange)
"""What names the chat whose actor takes it."""


def leaves_seats(command: accounts.UpdateUser) -> bool:
    return command.disabled is True or command.role in ("user", "guest")
