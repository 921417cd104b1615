"""Chats, who is in them, and what a member may know and choose of a chat."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from messenger.model.subject import Subject

ChatKind = Literal["direct", "group", "org"]
MemberRole = Literal["owner", "admin", "member"]
NotifyLevel = Literal["all", "mentions", "none"]


class Chat(Subject, frozen=True, kw_only=True):
    id: Annotated[int, Meta(description="The chat, and the id of its stream.")]
    kind: ChatKind
    title: str | None = None
    board: bool = False
    user_ids: Annotated[
        list[int] | None,
        Meta(description="The people of a direct chat; one in the notebook. Else null."),
    ] = None
    created_by: int | None = None
    created_at: str
    updated_at: str
    deleted_at: str | None = None
    rev: int = 0
    avatar_url: str | None = None


class Member(Subject, frozen=True, kw_only=True):
    chat_id: int
    user_id: int
    role: MemberRole
    joined_at: str
    left_at: str | None = None
    rev: int = 0


class My(msgspec.Struct, frozen=True, kw_only=True):
    """A member's own view of a chat; only that member gets it."""

    chat_id: int
    role: MemberRole
    joined_at: str
    left_at: str | None = None
    read_seq: int
    received_seq: int
    read_n: int
    unread: int
    mentions: Annotated[
        int, Meta(description="How many of the unread mention you; exact up to 1,000.")
    ]
    notify: NotifyLevel
    muted_until: str | None = None
    draft: str | None = None
    pinned_at: Annotated[
        str | None,
        Meta(description="When you pinned the chat in your list; the latest pin is the first."),
    ] = None
    marked_unread: bool = False


class ChatMembership(My, frozen=True, kw_only=True):
    """`my` with the chat's `seq`: what `chat.joined` and `chat.left` carry."""

    seq: Annotated[int, Meta(description="Where the chat's stream stands.")]

    def my(self) -> My:
        """The same without the `seq`."""
        return My(**{name: getattr(self, name) for name in My.__struct_fields__})
