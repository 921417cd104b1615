"""What the store gives and takes besides the contract's own objects, and how it refuses."""

import msgspec

from messenger import errors
from messenger.model import Chat, Column, File, Member, Task
from messenger.model.messages import ForwardedFrom


class Duplicate(Exception):
    """A unique row exists already; `constraint` says which."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class StaleHead(Exception):
    """The stream went on since the decision was made; decide anew."""


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
    """A chat's columns and the tasks on its board; at which version each field changed, by id.

    On the board is what is open, and what is done and still in a column.
    """

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
    """A chat that a user may read, and its head."""

    id: int
    seq: int
    kind: str


class Source(msgspec.Struct, frozen=True):
    """A message that is forwarded, and what its copies say of it."""

    chat_id: int
    seq: int
    forwarded_from: ForwardedFrom


class Posting(msgspec.Struct, frozen=True, gc=False):
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
    files: list[File] = []
    head: int = 0
    """Up to where the chat was known when this was allowed."""


class Marking(msgspec.Struct, frozen=True, gc=False):
    """How far a member has read and received by now, as `seq`; 0 where nothing is said of it."""

    chat_id: int
    user_id: int
    read_seq: int
    received_seq: int


class Stored(msgspec.Struct, frozen=True, gc=False):
    """Where a message stands, as of the first time it was sent."""

    chat_id: int
    seq: int
    n: int
    created_at: str
    duplicate: bool


class Marked(msgspec.Struct, frozen=True, gc=False):
    """How far a member has read and received; `read_n` counts messages alone."""

    chat_id: int
    user_id: int
    read_seq: int
    received_seq: int
    read_n: int


AskedKey = tuple[int, str]
"""A user's id and one of their request keys."""


class Keyed(msgspec.Struct, frozen=True):
    """What a request key was used for, and (event type, stream, subject) to answer with."""

    digest: bytes
    subject: tuple[str, int, int] | None


class FirstInvite(msgspec.Struct, frozen=True):
    """Whether there is an administrator, and the good invitation that makes the first one."""

    administered: bool
    invite_id: str | None
