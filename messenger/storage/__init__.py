"""What actors need of a store, and no more: the seam where a model can stand in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

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
)
from messenger.storage.records import Access as Access
from messenger.storage.records import AskedKey as AskedKey
from messenger.storage.records import BoardRecord as BoardRecord
from messenger.storage.records import ChatRecord as ChatRecord
from messenger.storage.records import Duplicate as Duplicate
from messenger.storage.records import FirstInvite as FirstInvite
from messenger.storage.records import Keyed as Keyed
from messenger.storage.records import Marked as Marked
from messenger.storage.records import Marking as Marking
from messenger.storage.records import NotStored as NotStored
from messenger.storage.records import Posting as Posting
from messenger.storage.records import ReactionState as ReactionState
from messenger.storage.records import Seat as Seat
from messenger.storage.records import Source as Source
from messenger.storage.records import StaleHead as StaleHead
from messenger.storage.records import Stored as Stored


class JournalListener(Protocol):
    """Hears what became of its posts and marks: each token once, in `seq` order."""

    def stored(self, results: list[tuple[Any, Posting, Stored | Exception]], at: str) -> None:
        """Of the posts of one commit, made at the moment `at` (RFC 3339): token, post, result."""

    def marked(self, results: list[tuple[Any, Marked | Exception]]) -> None: ...


class Storage(Protocol):
    """The store as actors see it. Every method may raise `Unavailable`.

    `tests/store/test_storage_*.py` holds every implementation to what is said here. Ids that
    are not there are left out of the answer, or answered with None, unless it says otherwise.
    """

    # The journal: returns at once, answers through the listener

    def post(self, posting: Posting, listener: JournalListener, token: Any, until: float) -> None:
        """Store a message; the listener hears of it with `token`.

        With `until` (seconds, as `time.monotonic` counts) passed, it hears `NotStored`, or
        `Unavailable` when the message may be stored even so. Else `Stored`, `NotFound` (no such
        chat) or `IdempotencyMismatch` (the key was used for another command). Sending also moves
        the sender's marks to the message.
        """

    def mark(self, marking: Marking, listener: JournalListener, token: Any, until: float) -> None:
        """Move a member's marks forward; a lower one changes nothing.

        What is read is received, too. The listener hears `Marked` with the marks as they now
        are, or `NotFound` for who was never a member; `until` is as in `post`.
        """

    # Everything else that changes: one transaction

    async def commit(self, decision: Decision, at: datetime) -> list[Event]:
        """Number, save and log all of a decision or nothing; return its events in its order.

        Raises `StaleHead` when the stream of its `head` went on since, and `Duplicate` when one
        of its keys, a user name, an e-mail address or a direct chat's pair is taken.
        """

    async def commit_alone(
        self, stream: int, decide: Callable[[], Awaitable[Decision]], at: datetime
    ) -> list[Event]:
        """The same of what is decided while nobody else can write to a stream. `decide` may be
        asked more than once, and whatever it raises is raised."""

    async def new_stream(self, kind: Literal["chat", "user"]) -> int:
        """A fresh stream's id, which is the chat's or user's own. Its `seq` is 0."""

    async def new_ids(self, kind: Literal["task", "column", "number"], count: int) -> list[int]:
        """Fresh ids of tasks or columns, or numbers of tasks; gaps between them are fine."""

    async def uncertain(self) -> bool:
        """Whether something may still be stored whose outcome is unknown to its asker."""

    async def save_last_seen(self, seen: dict[int, datetime]) -> None:
        """Note when users were last here, by id; an earlier moment replaces a later one."""

    # Keys and the log

    async def find_keys(self, keys: Sequence[AskedKey]) -> dict[AskedKey, Keyed]:
        """What these request keys were used for, of those that were."""

    async def sent_message(self, sender_id: int, key: str, digest: str) -> SentMessage | None:
        """The answer to a message sent with this `client_message_id`, as of a repeat.

        None also where the SHA-256 of the command (`digest`, in hex) is another.
        """

    async def subject(self, type: str, stream: int, id: int) -> Any:
        """The subject of an event of this type, as it now stands.

        `id` is a message's `seq`, or the id of what the event is about.
        """

    async def events(self, stream: int, after: int, upto: int) -> list[Event]:
        """Events with `after < seq <= upto` and their subjects as they now stand, by `seq`.

        A page ends after 1000 events or about 256 KiB, but has one event at least.
        """

    async def first(self, stream: int) -> int:
        """The `seq` of the oldest event that is kept; 0, or beyond the head, where none is."""

    async def heads(self, ids: Sequence[int]) -> dict[int, int]:
        """The last `seq` of streams, by their ids."""

    async def changed(self, stream: int) -> int:
        """The last `seq` of a stream that is no plain message; 0 where there is none."""

    async def moved(self, known: dict[int, int]) -> dict[int, int]:
        """The same of those streams that are past what is `known` of them."""

    # Chats

    async def chat(self, chat_id: int) -> ChatRecord | None:
        """A chat with all present and former members, read at one moment."""

    async def direct(self, user_ids: list[int]) -> int | None:
        """The direct chat of a pair of users in ascending order; the notebook of a single one."""

    async def access(self, user_id: int, ids: Sequence[int] | None) -> list[Access]:
        """The chats a user may read, by id: of these, or with None all. Deleted chats are not."""

    async def my(self, user_id: int, ids: Sequence[int]) -> dict[int, ChatMembership]:
        """A user's present and former memberships, by chat; of a former one nothing is unread."""

    async def marks(self, ids: Sequence[int]) -> dict[int, list[tuple[int, int, int]]]:
        """(user id, read seq, received seq) of the present members, by chat and user id.

        Chats with more than 100 members are left out.
        """

    async def duties(self, user_id: int) -> list[int]:
        """The chats, by id, that a user owns or has open tasks in; no direct ones are owned."""

    async def invite(self, invite_id: str) -> Invite | None:
        """An invitation, good or not."""
        ...

    async def first_invite(self, now: datetime) -> FirstInvite: ...

    async def preference(self, user_id: int, chat_id: int) -> PreferenceSet:
        """What a user has chosen for a chat; the defaults where they never chose."""

    async def notifications(self, user_id: int) -> NotifySettings:
        """What may notify a user; the defaults where they never chose."""
        ...

    async def saved_searches(self, user_id: int) -> SavedSearches:
        """The searches that a user keeps."""
        ...

    async def draft_bytes(self, user_id: int, but: int) -> int:
        """Bytes (UTF-8) of a user's drafts in the chats they may read, but one."""

    # Messages

    async def message(self, chat_id: int, seq: int) -> Message | None:
        """A message with its reactions; deleted ones are there without their text."""

    async def archived(self, chat_id: int, seq: int) -> Message | None:
        """A message that was archived: it can be deleted, and nothing else."""

    async def forwardable(
        self, chat_id: int, seqs: Sequence[int]
    ) -> dict[int, tuple[Message, Source | None]]:
        """Messages by `seq`, without reactions, each with what it was forwarded from, if it was."""

    async def reaction_state(
        self, chat_id: int, seq: int, emoji: str, user_id: int
    ) -> ReactionState | None:
        """What one user's reaction with one emoji would meet; None where no message is."""

    async def take_files(
        self, user_id: int, chat_id: int, ids: Sequence[str], at: datetime
    ) -> list[File]:
        """Those of these that a user has uploaded to a chat, in this order.

        They are kept for the message that is about to name them.
        """

    async def copy_files(
        self, user_id: int, chat_id: int, ids: Mapping[str, str], at: datetime
    ) -> list[File]:
        """Files of another chat as a user's own in this one, by old and new id, in this order.

        A repeat finds the copies that are there.
        """

    async def kept_by(self, user_id: int) -> int:
        """Bytes of the files and avatars that somebody has uploaded, or copied by forwarding."""

    # Boards and tasks

    async def board(self, chat_id: int) -> BoardRecord:
        """A chat's columns by position and its tasks that are neither deleted nor archived."""

    async def task(self, task_id: int) -> tuple[Task, dict[str, int]] | None:
        """A task, deleted or not, and the version at which each field last changed."""

    async def chat_of(self, kind: Literal["task", "column"], id: int) -> int | None:
        """The chat that a task or a column is in."""

    # Users and sessions

    async def users(self, ids: Sequence[int]) -> dict[int, User]:
        """The public part of accounts, disabled ones included, by id."""

    async def me(self, user_id: int) -> Me | None:
        """An account with its private part."""

    async def visible(self, identity: Identity, ids: Sequence[int]) -> list[int]:
        """Those of these users that a user may know of, ascending.

        A guest knows themselves and the present members of their chats.
        """

    async def last_seen(self, ids: Sequence[int]) -> dict[int, str | None]:
        """When users were last here, by id; None for who never was."""

    async def erased(self, user_id: int) -> bool:
        """Whether a person was erased, or is being erased."""

    async def administrators(self) -> int:
        """How many administrators there are that are not disabled."""

    async def sessions(self, user_id: int, but: str | None) -> list[str]:
        """Ids of a user's sessions that are not revoked, expired ones too, but one."""

    async def identify(self, session_id: str, now: datetime) -> Identity | None:
        """Who a session is; None when it is revoked, expired, or its user disabled."""
