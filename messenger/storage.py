"""What actors need of a store, and no more: the seam where a model can stand in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from messenger import errors
from messenger.decision import Decision, PreferenceSet
from messenger.model import (
    Chat,
    ChatMembership,
    Column,
    Event,
    Identity,
    Me,
    Member,
    Message,
    SentMessage,
    Task,
    User,
)
from messenger.model.messages import ForwardedFrom


class Duplicate(Exception):
    """A unique row exists already; `constraint` says which."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class StaleHead(Exception):
    """Somebody else wrote to the stream since the decision was made; decide anew."""


class NotStored(errors.Unavailable):
    """The server cannot keep up right now; try again shortly."""

    # Unlike its parent this leaves no doubt: nothing of it was or will be stored.


class Seat(msgspec.Struct):
    """A member as their chat's actor holds them, with how far they have come."""

    member: Member
    username: str
    read_seq: int = 0
    received_seq: int = 0

    @property
    def present(self) -> bool:
        return self.member.left_at is None


class ChatRecord(msgspec.Struct):
    """A chat as it is stored, read at one moment."""

    chat: Chat
    seats: list[Seat]
    seq: int


class BoardRecord(msgspec.Struct):
    """A chat's columns and live tasks, with the version each field last changed at, by id."""

    columns: list[Column]
    tasks: list[Task]
    task_versions: dict[int, dict[str, int]]
    column_versions: dict[int, dict[str, int]]


class ReactionState(msgspec.Struct, frozen=True):
    """What a reaction meets: whether it was given, and how many kinds of emoji there are."""

    deleted: bool
    given: bool
    known: bool
    kinds: int


class Access(msgspec.Struct, frozen=True):
    """A stream somebody may read, and its head."""

    id: int
    seq: int
    kind: str


class Source(msgspec.Struct, frozen=True):
    """A message that is forwarded, and what its copies say of it."""

    chat_id: int
    seq: int
    forwarded_from: ForwardedFrom


class Posting(msgspec.Struct, frozen=True):
    """A message on its way into the log; `digest` is that of the command, in hex."""

    chat_id: int
    sender_id: int
    client_message_id: str
    digest: str
    text: str
    reply_to: int | None
    task_id: int | None
    mentions: list[int]
    mentions_all: bool
    source: Source | None = None


class Stored(msgspec.Struct, frozen=True):
    """Where a message stands, as of the first time it was sent."""

    chat_id: int
    seq: int
    n: int
    created_at: str
    duplicate: bool


class Marked(msgspec.Struct, frozen=True):
    """How far a member has come."""

    chat_id: int
    user_id: int
    read_seq: int
    received_seq: int
    read_n: int


AskedKey = tuple[int, str]
"""Whose request key, and which."""


class Keyed(msgspec.Struct, frozen=True):
    """What a request key was used for, and (event type, stream, subject) to answer with."""

    digest: bytes
    subject: tuple[str, int, int] | None


class JournalListener(Protocol):
    """Whoever posts hears of it here, once per commit, in `seq` order."""

    def stored(self, results: list[tuple[Any, Stored | Exception]], at: str) -> None: ...
    def marked(self, results: list[tuple[Any, Marked | Exception]]) -> None: ...


class Storage(Protocol):
    """The store as actors see it. Every method may raise `Unavailable`."""

    # The journal: returns at once, answers through the listener, by `until` (monotonic) at last.

    def post(
        self, posting: Posting, listener: JournalListener, token: Any, until: float
    ) -> None: ...
    def mark(
        self,
        chat_id: int,
        user_id: int,
        read: int,
        received: int,
        listener: JournalListener,
        token: Any,
        until: float,
    ) -> None: ...

    # Everything else that changes: one transaction.

    async def commit(self, decision: Decision, at: datetime) -> list[Event]:
        """Number, save and log; raises Duplicate or StaleHead."""
        ...

    async def new_stream(self, kind: str) -> int: ...
    async def new_ids(self, kind: str, count: int) -> list[int]:
        """Fresh ids of a `task` or `column`, or `number`s of tasks; gaps are fine."""
        ...

    async def uncertain(self) -> bool:
        """Whether something may still be stored whose outcome nobody was told."""
        ...

    async def find_keys(self, keys: Sequence[AskedKey]) -> dict[AskedKey, Keyed]: ...
    async def saw(self, seen: dict[int, datetime]) -> None: ...

    # Reads

    async def chat(self, chat_id: int) -> ChatRecord | None: ...
    async def message(self, chat_id: int, seq: int) -> Message | None: ...
    async def forwardable(
        self, chat_id: int, seqs: Sequence[int]
    ) -> dict[int, tuple[Message, Source | None]]:
        """Messages by `seq`, each with what it was forwarded from, if it was."""
        ...

    async def reaction_state(
        self, chat_id: int, seq: int, emoji: str, user_id: int
    ) -> ReactionState | None: ...
    async def board(self, chat_id: int) -> BoardRecord: ...
    async def task(self, task_id: int) -> tuple[Task, dict[str, int]] | None: ...
    async def chat_of(self, kind: str, id: int) -> int | None:
        """The chat that a `task` or a `column` lives in."""
        ...

    async def sent(self, sender_id: int, key: str, digest: str) -> SentMessage | None: ...
    async def subject(self, type: str, stream: int, id: int) -> Any: ...
    async def events(self, stream: int, after: int, upto: int) -> list[Event]: ...
    async def first(self, stream: int) -> int: ...
    async def heads(self, ids: Sequence[int]) -> dict[int, int]: ...
    async def access(self, user_id: int, ids: Sequence[int] | None) -> list[Access]: ...
    async def my(self, user_id: int, ids: Sequence[int]) -> dict[int, ChatMembership]: ...
    async def marks(self, ids: Sequence[int]) -> dict[int, list[tuple[int, int, int]]]: ...
    async def duties(self, user_id: int) -> list[int]:
        """The chats that somebody leads, or has open tasks in."""
        ...

    async def direct(self, user_ids: list[int]) -> int | None: ...
    async def users(self, ids: Sequence[int]) -> dict[int, User]: ...
    async def visible(self, identity: Identity, ids: Sequence[int]) -> list[int]: ...
    async def last_seen(self, ids: Sequence[int]) -> dict[int, str | None]: ...
    async def me(self, user_id: int) -> Me | None: ...
    async def administrators(self) -> int: ...
    async def preference(self, user_id: int, chat_id: int) -> PreferenceSet: ...
    async def drafted(self, user_id: int, but: int) -> int:
        """Bytes of somebody's drafts in the chats they are in, but one."""
        ...

    async def sessions(self, user_id: int, but: str | None) -> list[str]: ...
    async def identify(self, session_id: str, now: datetime) -> Identity | None: ...
