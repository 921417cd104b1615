"""The things people talk about, as they travel: users, chats, members, messages.

The same Struct is what a decision returns, what an event carries, what REST
answers and what the generated documents describe. Times are RFC 3339 strings
in UTC with three decimals and ids of sessions and messages' keys are lower-case
UUID strings, because both subprotocols carry plain strings. No I/O, no rules.
"""

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

Role = Literal["admin", "user", "guest"]
MemberRole = Literal["owner", "admin", "member"]
ChatKind = Literal["direct", "group", "org"]
NotifyLevel = Literal["all", "mentions", "none"]
TaskStatus = Literal["open", "done"]
ReminderKind = Literal["tomorrow", "now", "overdue"]


FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def timestamp(moment: datetime) -> str:
    """Write a moment as the contract has it: UTC, exactly three decimals, Z.

    Whatever it is: at the ends of the calendar, the last moment that has a name.
    """
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = FIRST if moment.year == 1 else LAST
    # Not strftime, which leaves out the zeros of a year before 1000.
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What an event of a chat carries; its `rev` is the `seq` of its last change."""


class User(Subject, frozen=True, kw_only=True):
    id: int
    username: str
    display_name: str
    avatar_url: str | None = None
    role: Role
    created_at: str
    disabled_at: str | None = None
    rev: int = 0


class Me(User, frozen=True, kw_only=True):
    """A user as the person and administrators see them."""

    email: str | None = None
    locale: str
    time_zone: str


class Chat(Subject, frozen=True, kw_only=True):
    id: int
    kind: ChatKind
    title: str | None = None
    board: bool = False
    user_ids: list[int] | None = None
    created_by: int | None = None
    created_at: str
    updated_at: str
    deleted_at: str | None = None
    rev: int = 0


class Member(Subject, frozen=True, kw_only=True):
    chat_id: int
    user_id: int
    role: MemberRole
    joined_at: str
    left_at: str | None = None
    rev: int = 0


class My(msgspec.Struct, frozen=True, kw_only=True):
    """One's own membership of a chat, with what only oneself may know."""

    chat_id: int
    role: MemberRole
    joined_at: str
    left_at: str | None = None
    read_seq: int
    received_seq: int
    read_n: int
    unread: int
    mentions: int
    notify: NotifyLevel
    muted_until: str | None = None
    draft: str | None = None
    pinned_at: str | None = None
    marked_unread: bool = False


class ChatMembership(My, frozen=True, kw_only=True):
    """`my` with the chat's `seq`: what `chat.joined` and `chat.left` carry."""

    seq: int

    def my(self) -> My:
        """The same without the `seq`."""
        return My(**{name: getattr(self, name) for name in My.__struct_fields__})


class Reaction(msgspec.Struct, frozen=True):
    """All reactions of one emoji; `user_ids` are the first 20 who gave it."""

    emoji: str
    count: int
    user_ids: list[int]


class ReactionChange(msgspec.Struct, frozen=True, kw_only=True):
    """One person's reaction, as `reaction.added` and `reaction.removed` carry it."""

    chat_id: int
    seq: int
    emoji: str
    user_id: int


class File(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    chat_id: int
    uploader_id: int
    name: str
    mime: str
    size: int
    width: int | None = None
    height: int | None = None
    preview: bool = False
    created_at: str


class Message(Subject, frozen=True, kw_only=True):
    chat_id: int
    seq: int
    n: int
    sender_id: int
    client_message_id: str
    text: str
    reply_to: int | None = None
    files: list[File] = []
    reactions: list[Reaction] = []
    mentions: list[int] = []
    mentions_all: bool = False
    task_id: int | None = None
    pinned_at: str | None = None
    pinned_by: int | None = None
    created_at: str
    edited_at: str | None = None
    deleted_at: str | None = None
    rev: int = 0


class Due(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """When a task is due: `{date}`, or `{at, zone}`, a moment and the zone it was meant in."""

    date: str | None = None
    at: str | None = None
    zone: str | None = None


class ChecklistItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    text: str
    done: bool = False


class Column(Subject, frozen=True, kw_only=True):
    """A column of a chat's board; `limit` is how many cards it should hold at the most."""

    id: int
    chat_id: int
    title: str
    position: str
    is_done: bool = False
    limit: int | None = None
    version: int
    deleted_at: str | None = None
    rev: int = 0


class Task(Subject, frozen=True, kw_only=True):
    """A task; with a column, a card. `position` is compared byte by byte within the column."""

    id: int
    number: int
    chat_id: int
    column_id: int | None = None
    position: str | None = None
    title: str
    description: str = ""
    status: TaskStatus = "open"
    assigned_to: int | None = None
    creator: int
    due: Due | None = None
    labels: list[str] = []
    checklist: list[ChecklistItem] = []
    source_seq: int | None = None
    version: int
    created_at: str
    updated_at: str
    closed_at: str | None = None
    archived_at: str | None = None
    deleted_at: str | None = None
    rev: int = 0


class FieldChange(msgspec.Struct, frozen=True):
    """One field of a task, before and after."""

    field: str
    old: Any
    new: Any


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Who changed what of a task, and when; `seq` is the event's in the chat's stream."""

    seq: int
    at: str
    by: int | None
    type: str
    changes: list[FieldChange]


class TaskReminder(msgspec.Struct, frozen=True, kw_only=True):
    """A task of one's own is due tomorrow, due now, or overdue."""

    chat_id: int
    task_id: int
    kind: ReminderKind


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A chat's columns and the cards on them, in order, at `seq`; `tasks_next` as in snapshots."""

    columns: list[Column]
    tasks: list[Task]
    seq: int
    tasks_next: int | None = None


class TaskCount(msgspec.Struct, frozen=True, kw_only=True):
    """How one person stands; `done` counts this week, which begins on Monday."""

    user_id: int | None
    open: int
    overdue: int
    done: int


class SentMessage(msgspec.Struct, frozen=True):
    """What the sender of a message gets back, the same for every repeat."""

    chat_id: int
    seq: int
    n: int
    created_at: str
    client_message_id: str
    duplicate: bool


class Session(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    device: str
    created_at: str
    last_used_at: str
    expires_at: str
    current: bool = False


class SessionRevoked(msgspec.Struct, frozen=True):
    session_id: str


class Presence(msgspec.Struct, frozen=True):
    id: int
    online: bool
    last_seen_at: str | None = None


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One chat, read in one transaction at `seq`.

    With `tasks_next` there are more tasks: `GET /chats/{id}/tasks?after=` that.
    """

    chat: Chat
    my: My
    members: list[Member]
    messages: list[Message]
    pins: list[Message]
    columns: list[Column]
    tasks: list[Task]
    marks: list[tuple[int, int, int]]
    seq: int
    n: int
    oldest_seq: int
    epoch: int
    tasks_next: int | None = None


class Event(msgspec.Struct, frozen=True):
    """One change in a stream: the envelope everything travels in."""

    type: str
    stream: int
    seq: int
    at: str
    by: int | None
    data: Any


class Identity(msgspec.Struct):
    """Who acts, as the server knows them now; never what a token claimed.

    One object per session, kept current for as long as the session lives, so
    that a command in flight sees a changed role or a disabled account.
    """

    user_id: int
    session_id: str
    username: str
    role: Role
    disabled: bool = False
    revoked: bool = False
    must_change_password: bool = False


SYSTEM_ID = 0
SYSTEM = Identity(user_id=SYSTEM_ID, session_id="", username="", role="admin")
"""The server itself: registrations and the command line act in its name (`by` is null)."""
