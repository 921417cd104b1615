"""Finds actors, starts and unloads them, and lets events out.

Every command of every door comes in through `send` or `ask`; every committed
event goes out through `publish`, which also makes true what an event means for
open sockets: who left stops hearing, who was disabled is cut off.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from time import monotonic
from typing import Any

from messenger import errors
from messenger.actors.actor import FutureReply, Letter, NoReply, Reply
from messenger.actors.chat import CHANGES, ChatActor
from messenger.actors.chat.membership import EnterDirect
from messenger.actors.owner import Owner
from messenger.actors.people import People, Person, Socket
from messenger.actors.stream import UNKNOWN, Stream
from messenger.actors.user import DECISIONS, UserActor, pair
from messenger.config import Settings
from messenger.model import Event, Identity
from messenger.protocol import accounts, commands, tasks
from messenger.storage import Storage

log = logging.getLogger(__name__)

IDLE_AFTER = 120.0
"""Seconds without mail before an actor is unloaded, and a stream nobody reads forgotten."""
PATIENCE = 0.01
"""Seconds a hole in a stream may close by itself before the log is read."""

REMEMBERED_HOMES = 100_000
"""Tasks and columns whose chat is known without asking; then the memory starts afresh."""

PLAIN = frozenset({"message", "reaction", "task", "column"})
"""Families of events that mean nothing beyond themselves."""


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
        self.people = People(store, clock)
        self.people.acquainted = self.acquainted  # type: ignore[method-assign]
        # State: streams and actors by id, streams being read from the log, running tasks.
        self.streams: dict[int, Stream] = {}
        self.chats: dict[int, ChatActor] = {}
        self.users: dict[int, UserActor] = {}
        self.usernames: dict[int, str] = {}
        self.homes: dict[tuple[str, int], int] = {}
        self.behind: set[int] = set()
        self.tasks: set[asyncio.Task[Any]] = set()
        self.closing = False

    def __repr__(self) -> str:
        return f"<Directory {len(self.actors)} actors, {len(self.streams)} streams>"

    @property
    def waiting(self) -> int:
        """Letters in all mailboxes together."""
        return sum(actor.waiting for actor in self.actors)

    # In: commands

    def send(self, identity: Identity, command: Any, reply: Reply) -> None:
        """Bring a command to its actor; the reply is called sooner or later, exactly once."""
        kind = type(command)
        if isinstance(command, commands.OpenDirect):
            self.spawn(self._open_direct(Letter(identity, command, reply)))
        elif kind in DECISIONS:
            self.user(getattr(command, "user_id", identity.user_id)).tell(
                Letter(identity, command, reply)
            )
        elif kind in (accounts.AddUser, accounts.UpdateUser):
            self.chat(self.org_id).tell(Letter(identity, command, reply))
        elif kind in CHATTY:
            chat_id = self._home(command)
            if chat_id is None:
                self.spawn(self._find_home(Letter(identity, command, reply)))
            else:
                self.chat(chat_id).tell(Letter(identity, command, reply))
        else:
            raise TypeError(f"no actor takes {command!r}")

    async def ask(self, identity: Identity, command: Any) -> Any:
        """The same, awaited; raises what the actor refuses with."""
        reply = FutureReply()
        self.send(identity, command, reply)
        return await reply.future

    def _home(self, command: Any) -> int | None:
        """The chat a command is for; None while nobody has looked up where its task lives."""
        match command:
            case tasks.CreateTask(chat_id=chat_id):
                return chat_id or self.org_id
            case tasks.TaskChange(task_id=id):
                return self.homes.get(("task", id))
            case tasks.ColumnChange(column_id=id):
                return self.homes.get(("column", id))
        return int(command.chat_id)

    async def _find_home(self, letter: Letter) -> None:
        """A task or column never changes its chat, so where it lives is looked up once."""
        command = letter.command
        if isinstance(command, tasks.TaskChange):
            kind, id = "task", command.task_id
        else:
            kind, id = "column", command.column_id
        try:
            chat_id = await self.store.home(kind, id)
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

    # Streams and actors by id

    def stream(self, id: int) -> Stream:
        stream = self.streams.get(id)
        if stream is None:
            stream = self.streams[id] = Stream(id, self._read_on)
        return stream

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

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a task of the directory failed", exc_info=task.exception())

    # Out: events

    def publish(self, events: list[Event]) -> None:
        """Let committed events out, each stream's in `seq` order."""
        start = 0
        for end in range(1, len(events) + 1):
            if end == len(events) or events[end].stream != events[start].stream:
                self._publish(events[start].stream, events[start:end])
                start = end

    def _publish(self, stream_id: int, run: list[Event]) -> None:
        stream = self.streams.get(stream_id)
        if stream is None:
            # Nobody reads it and no actor holds it; what it means is true all the same.
            stream = Stream(stream_id, self._read_on)
            stream.start(run[0].seq - 1)
        if stream.seq == UNKNOWN:
            # Somebody is about to read it and hears of this soon; what it means is true now.
            for event in run:
                self._before(stream, event)
                self._after(stream, event)
        ready = stream.accept(run)
        if not ready:
            return
        if all(event.type.partition(".")[0] in PLAIN for event in ready):
            stream.deliver(ready)
            return
        for event in ready:
            self._before(stream, event)
            stream.deliver([event])
            self._after(stream, event)

    def _before(self, stream: Stream, event: Event) -> None:
        if event.type == "member.left":
            # All of the person's sockets, for one may just be about to subscribe.
            for socket in self.people.sockets(event.data.user_id):
                stream.discard(socket)
                socket.ended(stream.id)
        elif event.type == "user.updated":
            self.people.changed(event.data)

    def _after(self, stream: Stream, event: Event) -> None:
        if event.type == "chat.joined" and event.data.left_at is None:
            joined = self.stream(event.data.chat_id)
            joined.start(event.data.seq)
            for socket in self.people.sockets(stream.id):
                if socket.everything:
                    socket.join(joined.id, joined.seq)
        elif event.type == "chat.deleted":
            stream.over = True
            for readers in stream.subscribers.values():
                for reader in list(readers):
                    stream.discard(reader)
                    reader.ended(stream.id)
        elif event.type == "session.revoked":
            self.people.revoked(stream.id, event.data.session_id)

    # What others wrote

    def learn(self, stream_id: int, first: int, seq: int) -> None:
        """Others wrote `first` to `seq` of a stream: its actor reloads, its readers get them."""
        stream = self.streams.get(stream_id)
        if stream is None:
            # What it means for sockets (a disabled user, a closed session) counts all the same.
            stream = self.stream(stream_id)
            stream.start(first - 1)
        elif seq <= stream.known:
            return
        for actor in (self.chats.get(stream_id), self.users.get(stream_id)):
            if actor is not None:
                actor.reload()
        stream.learn(seq)

    def doubt(self, ids: Iterable[int]) -> None:
        """An outcome is unknown: look where these streams stand, and publish from there."""
        self.spawn(self._look(list(ids)))

    async def _look(self, ids: list[int]) -> None:
        for wait in (0.0, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0):
            await asyncio.sleep(wait)
            try:
                heads = await self.store.heads(ids)
            except errors.Unavailable:
                continue
            for id, seq in heads.items():
                self.learn(id, seq, seq)
            return

    async def look_everywhere(self) -> None:
        """After losing touch with the database or the bus: every stream may be behind."""
        await self._look([id for id, stream in self.streams.items() if stream.seq != UNKNOWN])
        await self.people.recheck()

    def _read_on(self, stream: Stream) -> None:
        if stream.id not in self.behind:
            self.behind.add(stream.id)
            self.spawn(self._catch_up(stream))

    async def _catch_up(self, stream: Stream) -> None:
        """Close a hole from the log, if it does not close by itself."""
        try:
            await asyncio.sleep(PATIENCE)
            while (upto := max([stream.known, *stream.early])) > stream.seq:
                try:
                    events = await self.store.events(stream.id, stream.seq, upto)
                except errors.Unavailable:
                    await asyncio.sleep(0.2)
                    continue
                fresh = [event for event in events if event.seq > stream.seq]
                if not fresh and not events:
                    log.error("%r: the log ends before %d", stream, upto)
                    return
                if fresh:
                    for actor in (self.chats.get(stream.id), self.users.get(stream.id)):
                        if actor is not None:
                            actor.reload()
                    self._publish(stream.id, fresh)
        finally:
            self.behind.discard(stream.id)

    def acquainted(self, person: Person) -> set[Socket]:
        """The sockets of those who share a direct chat with somebody."""
        known: set[Socket] = set()
        for stream_id in person.directs:
            stream = self.streams.get(stream_id)
            if stream is not None:
                for readers in stream.subscribers.values():
                    known |= readers  # type: ignore[arg-type]
        return {socket for socket in known if socket.identity.user_id != person.id}

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

    async def close(self) -> None:
        """Take no more commands; return when every actor has done what it took on."""
        self.closing = True
        await asyncio.gather(*(actor.stop() for actor in self.actors))
        while self.tasks:
            await asyncio.wait(self.tasks)
        await self.people.keep()


CHATTY = frozenset({commands.SendMessage, commands.MarkRead, commands.Type, *CHANGES})
