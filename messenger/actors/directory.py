"""Finds actors, starts and unloads them.

Every command of every door comes in through `send` or `ask`; every committed
event goes out through `publish` of `streams`.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from time import monotonic
from typing import Any, Literal

from messenger import errors
from messenger.actors.actor import Envelope, FutureReply, NoReply, Reply
from messenger.actors.chat.actor import ChatActor
from messenger.actors.chat.entries import pair
from messenger.actors.commands import EnterDirect, Tidy
from messenger.actors.context import ActorContext
from messenger.actors.identities import Identities
from messenger.actors.presence import Presence
from messenger.actors.stream import Stream
from messenger.actors.stream_actor import StreamActor
from messenger.actors.streams import Streams
from messenger.actors.user import UserActor
from messenger.config import Settings
from messenger.model import SYSTEM, Identity
from messenger.place import leave
from messenger.protocol import accounts, commands, tasks
from messenger.protocol.command import ChatChange, ChatCommand, OrgChange, UserChange
from messenger.storage import Storage

log = logging.getLogger(__name__)

IDLE_AFTER = 120.0
"""Seconds without mail before an actor is unloaded, and a stream without readers forgotten."""
TIDIED_WITHIN = 0.3
"""Seconds that an answer waits until a person's chats are tidied; the rest follows later."""
REMEMBERED_CHATS = 100_000
"""Tasks and columns whose chat is known without asking; then the memory starts afresh."""
CHATS_AT_ONCE = 3
"""Of one person, that are tidied; half of the connections stay for other work."""


class Directory:
    """All streams and actors of this process."""

    def __init__(
        self,
        store: Storage,
        settings: Settings,
        clock: Callable[[], datetime],
        org_id: int,
        epoch: int,
    ) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock
        self.org_id = org_id
        self.epoch = epoch
        by_id: dict[int, Stream] = {}
        self.presence = Presence(store, clock, by_id)
        self.identities = Identities(store, clock, self.presence)
        self.streams = Streams(store, self.presence, self.identities, by_id, self.reload)
        self.context = ActorContext(
            store,
            self.streams,
            self.identities,
            settings,
            clock,
            self.ask,
            self._follow_up,
            self.forget,
        )
        # State: actors by id, and the chats of tasks and columns, by kind and id.
        self.chats: dict[int, ChatActor] = {}
        self.users: dict[int, UserActor] = {}
        self.chat_ids: dict[tuple[str, int], int] = {}

    def __repr__(self) -> str:
        return f"<Directory {len(self.actors)} actors, {len(self.streams.by_id)} streams>"

    @property
    def waiting(self) -> int:
        """Envelopes in all mailboxes together."""
        return sum(actor.waiting for actor in self.actors)

    # In: commands

    def send(self, identity: Identity, command: Any, reply: Reply) -> None:
        """Bring a command to its actor; the reply is called sooner or later, exactly once."""
        envelope = Envelope(identity, command, reply)
        if isinstance(command, OF_A_CHAT):
            self.chat(command.chat_id).tell(envelope)
        elif isinstance(command, commands.OpenDirect):
            self.streams.spawn(self._open_direct(envelope))
        elif isinstance(command, UserChange):
            self.user(command.owner_id(identity.user_id)).tell(envelope)
        elif isinstance(command, accounts.UpdateUser) and leaves_seats(command):
            self.streams.spawn(self._change_account(envelope))
        elif isinstance(command, OrgChange):
            self.chat(self.org_id).tell(envelope)
        else:
            chat_id = self._chat_of(command)
            if chat_id is None:
                self.streams.spawn(self._find_chat(envelope))
            else:
                self.chat(chat_id).tell(envelope)

    async def ask(self, identity: Identity, command: Any) -> Any:
        """The same, awaited; raises what the actor refuses with."""
        reply = FutureReply()
        self.send(identity, command, reply)
        return await reply.future

    async def ask_system(self, command: Any) -> Any:
        """The same in the name of the server."""
        return await self.ask(SYSTEM, command)

    def _chat_of(self, command: Any) -> int | None:
        """The chat a command is for; None until it was looked up where its task lives."""
        match command:
            case tasks.CreateTask(chat_id=chat_id):
                return chat_id or self.org_id
            case tasks.TaskChange(task_id=id):
                return self.chat_ids.get(("task", id))
            case tasks.ColumnChange(column_id=id):
                return self.chat_ids.get(("column", id))
        raise TypeError(f"no actor takes {command!r}")

    async def _find_chat(self, envelope: Envelope) -> None:
        """A task or column never changes its chat, so where it lives is looked up once."""
        command = envelope.command
        kind: Literal["task", "column"]
        if isinstance(command, tasks.TaskChange):
            kind, id = "task", command.task_id
        else:
            kind, id = "column", command.column_id
        try:
            chat_id = await self.store.chat_of(kind, id)
            if chat_id is None:
                raise errors.NotFound()
            if len(self.chat_ids) >= REMEMBERED_CHATS:
                self.chat_ids.clear()
            self.chat_ids[kind, id] = chat_id
            self.chat(chat_id).tell(envelope)
        except errors.DomainError as error:
            envelope.reply.refuse(error)

    async def _open_direct(self, envelope: Envelope) -> None:
        """Both pressing "message" at once get the same chat: the pair of ids is unique."""
        command: commands.OpenDirect = envelope.command
        who = envelope.identity
        try:
            for _ in range(2):
                found = await self.store.direct(pair(who.user_id, command.user_id))
                if found is not None:
                    enter = EnterDirect(chat_id=found, key=command.key, asked=command.digest())
                    self.chat(found).tell(Envelope(who, enter, envelope.reply))
                    return
                opened = FutureReply()
                self.user(who.user_id).tell(Envelope(who, command, opened))
                try:
                    envelope.reply.answer(await opened.future)
                    return
                except errors.AlreadyExists:
                    continue
            envelope.reply.refuse(errors.Unavailable())
        except errors.DomainError as error:
            envelope.reply.refuse(error)

    async def _change_account(self, envelope: Envelope) -> None:
        """Change an account; the chats of people who lose access or a role are tidied, too."""
        command: accounts.UpdateUser = envelope.command
        try:
            changed = FutureReply()
            self.chat(self.org_id).tell(Envelope(envelope.identity, command, changed))
            user = await changed.future
        except errors.DomainError as error:
            envelope.reply.refuse(error)
            return
        # Should we be killed meanwhile, `jobs.tidying` finds what is left.
        await asyncio.wait(
            [self.streams.spawn(self.tidy_chats(command.user_id))], timeout=TIDIED_WITHIN
        )
        envelope.reply.answer(user)

    def typing(self, identity: Identity, chat_id: int) -> None:
        """A plain call where the chat is loaded; it is nothing to wait for."""
        actor = self.chats.get(chat_id)
        if actor is not None and actor.loaded:
            actor.type(identity)
        else:
            self.send(identity, commands.Type(chat_id=chat_id), NoReply())

    def _follow_up(self, command: Any) -> None:
        """Have a command carried out in the name of the server; returns at once."""
        self.streams.spawn(self._ask_until_done(command))

    async def _ask_until_done(self, command: Any) -> None:
        """One that is answered with True has more to do."""
        leave()
        try:
            while await self.ask_system(command):
                pass
        except errors.DomainError:
            log.warning("%r was not followed up", command)

    async def tidy_chats(self, user_id: int) -> None:
        """Have all chats of a user hand over what the user owned and was to do there."""
        leave()
        try:
            duties = await self.store.duties(user_id)
            chat_ids = iter({self.org_id: 0, **dict.fromkeys(duties)})
            await asyncio.gather(
                *(self._tidy_each(chat_ids, user_id) for _ in range(CHATS_AT_ONCE))
            )
        except errors.DomainError:
            log.warning("the chats of user %d wait to be tidied", user_id)

    async def _tidy_each(self, chat_ids: Iterator[int], user_id: int) -> None:
        for chat_id in chat_ids:
            try:
                while await self.ask_system(Tidy(chat_id=chat_id, user_id=user_id)):
                    pass
            except errors.NotFound:
                continue

    # Streams and actors by id

    @property
    def actors(self) -> list[StreamActor]:
        return [*self.chats.values(), *self.users.values()]

    def chat(self, id: int) -> ChatActor:
        actor = self.chats.get(id)
        if actor is None:
            if self.streams.closing:
                raise errors.Unavailable()
            # In the map before it is loaded: two askers cannot load it twice.
            actor = self.chats[id] = ChatActor(id, self.context)
        return actor

    def user(self, id: int) -> UserActor:
        actor = self.users.get(id)
        if actor is None:
            if self.streams.closing:
                raise errors.Unavailable()
            actor = self.users[id] = UserActor(id, self.context)
        return actor

    def reload(self, id: int) -> None:
        for actor in (self.chats.get(id), self.users.get(id)):
            if actor is not None:
                actor.reload()

    def forget(self, actor: StreamActor) -> None:
        """Let go of an actor whose chat or person does not exist, and of its stream."""
        for actors in (self.chats, self.users):
            if actors.get(actor.id) is actor:
                del actors[actor.id]
        stream = self.streams.by_id.get(actor.id)
        held = actor.id in self.chats or actor.id in self.users
        if stream is not None and stream.deserted and not stream.held and not held:
            del self.streams.by_id[actor.id]

    # Life

    def unload(self) -> None:
        """Forget idle actors, and streams without readers; called now and then."""
        before = monotonic() - IDLE_AFTER
        for actors in (self.chats, self.users):
            for id, actor in list(actors.items()):
                if actor.idle and actor.used < before:
                    del actors[id]
        for id, stream in list(self.streams.by_id.items()):
            held = id in self.chats or id in self.users
            if stream.deserted and not stream.held and stream.used < before and not held:
                del self.streams.by_id[id]

    async def drain(self) -> None:
        """Return when what was begun is done, follow-ups too."""
        while self.streams.tasks:
            await asyncio.wait(self.streams.tasks)

    async def close(self) -> None:
        """Take no more commands; return when every actor has done what it took on."""
        self.streams.closing = True
        await asyncio.gather(*(actor.stop() for actor in self.actors))
        await self.drain()
        await self.presence.keep()


OF_A_CHAT = (ChatCommand, ChatChange)
"""What names the chat whose actor takes it."""


def leaves_seats(command: accounts.UpdateUser) -> bool:
    return command.disabled is True or command.role in ("user", "guest")
