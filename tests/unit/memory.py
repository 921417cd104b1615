"""A store that is a few dicts: what actors see of PostgreSQL, and none of its SQL.

Every call makes two trips, and what it asks for happens in the one moment between them. Whoever
sets `trip` decides how long a trip takes and whether it fails: on the way out nothing happened,
on the way back everything did and only the caller does not know.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

import msgspec

from messenger import errors
from messenger.actors.chat.board import is_on_board
from messenger.decision import Decision, PreferenceSet
from messenger.model import (
    ChatMembership,
    Event,
    File,
    Identity,
    Invite,
    Me,
    Message,
    NotifySettings,
    SavedSearches,
    SentMessage,
    Task,
    User,
    timestamp,
)
from messenger.storage import (
    Access,
    AskedKey,
    BoardRecord,
    ChatRecord,
    FirstInvite,
    JournalListener,
    Keyed,
    Marking,
    Posting,
    ReactionState,
    Seat,
    Source,
    Storage,
)

from .tables import Tables

P = ParamSpec("P")
T = TypeVar("T")
Way = Literal["out", "back"]
Trip = Callable[[str, Way], Awaitable[None]]
Happening = Callable[[], Awaitable[Any]]


class ConnectionLost(Exception):
    """On the journal's way back: the batch was stored, and is sent again as it was."""


async def away() -> None:
    """What happens while the database is."""
    raise errors.Unavailable


async def lost() -> None:
    raise ConnectionLost


def query(
    method: Callable[Concatenate["Memory", P], T],
) -> Callable[Concatenate["Memory", P], Coroutine[Any, Any, T]]:
    """Make a call of what is done in one moment."""
    name = method.__name__

    async def call(self: "Memory", /, *args: P.args, **kwargs: P.kwargs) -> T:
        await self.trip(name, "out")
        result = method(self, *args, **kwargs)
        await self.trip(name, "back")
        return result

    return call


class Waiting(msgspec.Struct):
    listener: JournalListener
    said: tuple[Any, ...]
    """What the listener hears before the result."""
    act: Callable[[str], Any]


class Memory(Tables):
    """`storage.Storage`, for one loop."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.trip: Trip = self._calm
        self._happenings: dict[tuple[str, Way], list[Happening]] = {}
        self.page = 1000
        self._posts: list[Waiting] = []
        self._marks: list[Waiting] = []
        self._flushing: asyncio.Task[None] | None = None

    async def _calm(self, call: str, way: Way) -> None:
        await asyncio.sleep(0)
        waiting = self._happenings.get((call, way))
        if waiting:
            await waiting.pop(0)()

    def once(self, call: str, way: Way, happening: Happening) -> None:
        """Let something happen on the next such trip: it may wait, act, or raise."""
        self._happenings.setdefault((call, way), []).append(happening)

    def crash(self) -> None:
        """Forget what was on its way: whoever sent it is dead."""
        self._posts, self._marks = [], []
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None

    # The journal

    def post(self, posting: Posting, listener: JournalListener, token: Any, until: float) -> None:
        act = functools.partial(self._store, posting)
        self._posts.append(Waiting(listener, (token, posting), act))
        self._flush_soon()

    def mark(self, marking: Marking, listener: JournalListener, token: Any, until: float) -> None:
        act = functools.partial(
            self._move, marking.chat_id, marking.user_id, marking.read_seq, marking.received_seq
        )
        self._marks.append(Waiting(listener, (token,), act))
        self._flush_soon()

    def _flush_soon(self) -> None:
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().create_task(self._flush())

    async def _flush(self) -> None:
        try:
            while self._posts or self._marks:
                posts, self._posts = self._posts, []
                marks, self._marks = self._marks, []
                results, at = await self._carry([*posts, *marks])
                for listener, own in _by_listener(results[: len(posts)]):
                    listener.stored(own, at)
                for listener, own in _by_listener(results[len(posts) :]):
                    listener.marked(own)
        finally:
            if self._flushing is asyncio.current_task():
                self._flushing = None

    async def _carry(self, batch: list[Waiting]) -> tuple[list[tuple[Waiting, Any]], str]:
        at = timestamp(self.clock())
        try:
            await self.trip("journal", "out")
            results = [(waiting, waiting.act(at)) for waiting in batch]
            try:
                await self.trip("journal", "back")
            except ConnectionLost:
                results = [(waiting, waiting.act(at)) for waiting in batch]
        except errors.Unavailable as error:
            results = [(waiting, error) for waiting in batch]
        return results, at

    # Every other change

    @query
    def commit(self, decision: Decision, at: datetime) -> list[Event]:
        return self.commit_now(decision, at)

    async def commit_alone(
        self, stream: int, decide: Callable[[], Awaitable[Decision]], at: datetime
    ) -> list[Event]:
        """Nobody writes in between: there is one process."""
        return await self.commit(await decide(), at)

    @query
    def new_stream(self, kind: str) -> int:
        return self._new_stream(kind)

    @query
    def new_ids(self, kind: str, count: int) -> list[int]:
        return [next(self.numbers) for _ in range(count)]

    @query
    def uncertain(self) -> bool:
        return False

    @query
    def find_keys(self, keys: Sequence[AskedKey]) -> dict[AskedKey, Keyed]:
        return {key: self.keys[key] for key in keys if key in self.keys}

    @query
    def save_last_seen(self, seen: dict[int, datetime]) -> None:
        self.seen.update(seen)

    # Reads

    @query
    def chat(self, chat_id: int) -> ChatRecord | None:
        chat = self.chats.get(chat_id)
        if chat is None:
            return None
        seats = [
            Seat(m.member, self.people[user_id].username, m.read_seq, m.received_seq)
            for (c, user_id), m in self.members.items() if c == chat_id
        ]  # fmt: skip
        return ChatRecord(chat, seats, self.tops[chat_id].seq)

    @query
    def message(self, chat_id: int, seq: int) -> Message | None:
        return self._message(chat_id, seq)

    @query
    def archived(self, chat_id: int, seq: int) -> Message | None:
        return None

    @query
    def forwardable(
        self, chat_id: int, seqs: Sequence[int]
    ) -> dict[int, tuple[Message, Source | None]]:
        found = {
            seq: self.messages[chat_id, seq] for seq in seqs if (chat_id, seq) in self.messages
        }
        return {seq: (message, self.sources[chat_id, seq]) for seq, message in found.items()}

    @query
    def take_files(
        self, user_id: int, chat_id: int, ids: Sequence[str], at: datetime
    ) -> list[File]:
        found = [self.files[id] for id in ids if id in self.files]
        return [file for file in found if (file.uploader_id, file.chat_id) == (user_id, chat_id)]

    @query
    def copy_files(
        self, user_id: int, chat_id: int, ids: Mapping[str, str], at: datetime
    ) -> list[File]:
        for old, new in ids.items():
            if old in self.files:
                copy = msgspec.structs.replace(
                    self.files[old], id=new, chat_id=chat_id, uploader_id=user_id
                )
                self.files.setdefault(new, copy)
        return [self.files[new] for new in ids.values() if new in self.files]

    @query
    def kept_by(self, user_id: int) -> int:
        return sum(file.size for file in self.files.values() if file.uploader_id == user_id)

    @query
    def reaction_state(
        self, chat_id: int, seq: int, emoji: str, user_id: int
    ) -> ReactionState | None:
        message = self.messages.get((chat_id, seq))
        given = self.reactions.get((chat_id, seq), {})
        kinds = {kind for kind, _ in given}
        return message and ReactionState(
            message.deleted_at is not None, (emoji, user_id) in given, emoji in kinds, len(kinds)
        )  # fmt: skip

    @query
    def board(self, chat_id: int) -> BoardRecord:
        columns = [c for c in self.columns.values() if c.chat_id == chat_id and not c.deleted_at]
        tasks = [t for t in self.tasks.values() if t.chat_id == chat_id]
        tasks = [task for task in tasks if task.deleted_at is None and is_on_board(task)]
        return BoardRecord(
            columns, tasks, {task.id: dict(self.versions["task", task.id]) for task in tasks},
            {column.id: dict(self.versions["column", column.id]) for column in columns},
        )  # fmt: skip

    @query
    def task(self, task_id: int) -> tuple[Task, dict[str, int]] | None:
        task = self.tasks.get(task_id)
        return None if task is None else (task, dict(self.versions["task", task_id]))

    @query
    def chat_of(self, kind: str, id: int) -> int | None:
        found = self.tasks.get(id) if kind == "task" else self.columns.get(id)
        return None if found is None else found.chat_id

    @query
    def sent_message(self, sender_id: int, key: str, digest: str) -> SentMessage | None:
        known, stored = self.sent_keys.get((sender_id, key), ("", None))
        if stored is None or known != digest:
            return None
        return SentMessage(stored.chat_id, stored.seq, stored.n, stored.created_at, key, True)

    @query
    def subject(self, type: str, stream: int, id: int) -> Any:
        return self._subject(type, stream, id)

    @query
    def events(self, stream: int, after: int, upto: int) -> list[Event]:
        rows = [row for row in self.log[stream] if after < row.seq <= upto]
        return [self._event(row) for row in rows[: self.page]]

    @query
    def first(self, stream: int) -> int:
        return self.log[stream][0].seq if self.log[stream] else 0

    @query
    def heads(self, ids: Sequence[int]) -> dict[int, int]:
        return {id: self.tops[id].seq for id in ids if id in self.tops}

    @query
    def moved(self, known: dict[int, int]) -> dict[int, int]:
        return {id: seq for id, seq in self.heads(list(known)).items() if seq > known[id]}

    @query
    def access(self, user_id: int, ids: Sequence[int] | None) -> list[Access]:
        wanted = sorted(self.chats) if ids is None else sorted(ids)
        return [
            Access(id, self.tops[id].seq, self.chats[id].kind)
            for id in wanted if self.readable(user_id, id)
        ]  # fmt: skip

    @query
    def my(self, user_id: int, ids: Sequence[int]) -> dict[int, ChatMembership]:
        found = {id: self._my(user_id, id) for id in ids}
        return {id: my for id, my in found.items() if my is not None}

    @query
    def marks(self, ids: Sequence[int]) -> dict[int, list[tuple[int, int, int]]]:
        present = {id: self._present(id) for id in ids}
        return {
            id: [(m.member.user_id, m.read_seq, m.received_seq) for m in here]
            for id, here in present.items() if 0 < len(here) <= 100
        }  # fmt: skip

    @query
    def duties(self, user_id: int) -> list[int]:
        led = {
            chat for (chat, user), seat in self.members.items()
            if user == user_id and self.readable(user, chat) and seat.member.role == "owner"
            and self.chats[chat].kind != "direct"
        }  # fmt: skip
        owed = {
            task.chat_id for task in self.tasks.values()
            if task.assigned_to == user_id and task.status == "open" and not task.deleted_at
        }  # fmt: skip
        return sorted(led | owed)

    @query
    def direct(self, user_ids: list[int]) -> int | None:
        return next((id for id, chat in self.chats.items() if chat.user_ids == user_ids), None)

    @query
    def users(self, ids: Sequence[int]) -> dict[int, User]:
        return {id: self._subject("user.updated", 0, id) for id in ids if id in self.people}

    @query
    def visible(self, identity: Identity, ids: Sequence[int]) -> list[int]:
        me = identity.user_id
        shared = {me} | {
            user for (chat, user), seat in self.members.items()
            if self.readable(me, chat) and seat.member.left_at is None
        }  # fmt: skip
        known = self.people.keys() if identity.role != "guest" else shared
        return [id for id in sorted(ids) if id in known]

    @query
    def last_seen(self, ids: Sequence[int]) -> dict[int, str | None]:
        return {id: timestamp(self.seen[id]) if id in self.seen else None for id in ids}

    @query
    def me(self, user_id: int) -> Me | None:
        return self.people.get(user_id)

    @query
    def erased(self, user_id: int) -> bool:
        return False

    @query
    def administrators(self) -> int:
        return sum(me.role == "admin" and not me.disabled_at for me in self.people.values())

    @query
    def invite(self, invite_id: str) -> Invite | None:
        return self.invites.get(invite_id)

    @query
    def first_invite(self, now: datetime) -> FirstInvite:
        administered = any(me.role == "admin" and not me.disabled_at for me in self.people.values())
        good = [
            invite.id for invite in self.invites.values()
            if invite.role == "admin" and invite.created_by is None and not invite.revoked_at
            and invite.expires_at > timestamp(now)
        ]  # fmt: skip
        return FirstInvite(administered, good[-1] if good and not administered else None)

    @query
    def preference(self, user_id: int, chat_id: int) -> PreferenceSet:
        chosen = self.preferences.get((user_id, chat_id))
        return chosen or PreferenceSet(user_id=user_id, chat_id=chat_id)

    @query
    def notifications(self, user_id: int) -> NotifySettings:
        return self.notify_settings.get(user_id, NotifySettings())

    @query
    def saved_searches(self, user_id: int) -> SavedSearches:
        return self.kept_searches.get(user_id, SavedSearches())

    @query
    def draft_bytes(self, user_id: int, but: int) -> int:
        return sum(
            len((chosen.draft or "").encode())
            for (user, chat), chosen in self.preferences.items()
            if user == user_id and chat != but and self.readable(user, chat)
        )

    @query
    def sessions(self, user_id: int, but: str | None) -> list[str]:
        return [id for id, listener in self.live.items() if listener == user_id and id != but]

    @query
    def identify(self, session_id: str, now: datetime) -> Identity | None:
        me = self.people.get(self.live.get(session_id, 0))
        if me is None or me.disabled_at is not None:
            return None
        return Identity(
            user_id=me.id, session_id=session_id, username=me.username, role=me.role
        )  # fmt: skip


def _by_listener(
    results: list[tuple[Waiting, Any]],
) -> list[tuple[JournalListener, list[Any]]]:
    listeners = list(dict.fromkeys(waiting.listener for waiting, _ in results))
    return [
        (own, [(*w.said, result) for w, result in results if w.listener is own])
        for own in listeners
    ]


def _is_storage(memory: Memory) -> Storage:
    """Nothing at run time: the type checker holds the model against the interface."""
    return memory
