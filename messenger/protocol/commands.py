"""What clients may ask, one Struct a command: the same set behind both doors.

The WebSocket decodes a frame straight into one of these; REST fills the same
Struct from path and body. `id` belongs to the socket's answer and `key` is the
idempotency key (the REST header `Idempotency-Key`); neither is part of what is
asked. New fields get defaults and go last.
"""

import hashlib
from typing import Annotated

import msgspec
from msgspec import Meta

from messenger.model import MemberRole, NotifyLevel

Id = Annotated[int, Meta(ge=1, lt=2**53)]
"""Ids and `seq` stay below 2^53: JavaScript reads every number as a double."""
Cursor = Annotated[int, Meta(ge=0, lt=2**53)]
Uuid = Annotated[
    str,
    # The length as well: `$` alone would let a line feed follow.
    Meta(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", min_length=36, max_length=36),
]
Key = Annotated[str, Meta(min_length=1, max_length=128, pattern="^[!-~]+$")]
Epoch = Annotated[int, Meta(ge=0, lt=2**53)]


AnswerId = Annotated[int, Meta(ge=-(2**53), le=2**53)] | Annotated[str, Meta(max_length=128)]


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frame from a client; `id` comes back in its `ack` or `error`."""

    id: AnswerId | None = None


class Change(Command, frozen=True, kw_only=True):
    """A command that changes something stored, once per `key`."""

    key: Key | None = None

    def digest(self) -> bytes:
        """The SHA-256 of what is asked; a repeat under one key must have the same."""
        asked = msgspec.structs.replace(self, id=None, key=None)
        return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).digest()


class ChatChange(Change, frozen=True, kw_only=True):
    """A change of one chat, decided by that chat's actor."""

    chat_id: Id


# The connection itself


class Auth(Command, frozen=True, kw_only=True, tag="auth"):
    token: str


class Subscribe(Command, frozen=True, kw_only=True, tag="subscribe"):
    streams: list[tuple[Id, Cursor | None]] | None = None
    all: bool = False
    cursors: list[tuple[Id, Cursor]] | None = None
    epoch: Epoch | None = None


class Unsubscribe(Command, frozen=True, kw_only=True, tag="unsubscribe"):
    streams: list[Id]


class Ping(Command, frozen=True, kw_only=True, tag="ping"):
    pass


class WatchPresence(Command, frozen=True, kw_only=True, tag="presence.watch"):
    user_ids: Annotated[list[Id], Meta(max_length=200)]


class Type(Command, frozen=True, kw_only=True, tag="typing"):
    chat_id: Id


# Messages


class SendMessage(Command, frozen=True, kw_only=True, tag="message.send"):
    """Post a message; `client_message_id` makes it one message for ever."""

    chat_id: Id
    client_message_id: Uuid
    text: str
    reply_to: Id | None = None
    task_id: Id | None = None
    file_ids: Annotated[list[Uuid], Meta(max_length=20)] = []

    def digest(self) -> bytes:
        """The SHA-256 of the message as first sent, which a repeat is compared with."""
        asked = (self.chat_id, self.text, self.reply_to, self.task_id, self.file_ids)
        return hashlib.sha256(msgspec.json.encode(asked)).digest()


class EditMessage(ChatChange, frozen=True, kw_only=True, tag="message.edit"):
    seq: Id
    text: str
    file_ids: Annotated[list[Uuid], Meta(max_length=20)] | None = None


class DeleteMessage(ChatChange, frozen=True, kw_only=True, tag="message.delete"):
    seq: Id


class PinMessage(ChatChange, frozen=True, kw_only=True, tag="message.pin"):
    seq: Id


class UnpinMessage(ChatChange, frozen=True, kw_only=True, tag="message.unpin"):
    seq: Id


class AddReaction(ChatChange, frozen=True, kw_only=True, tag="reaction.add"):
    seq: Id
    emoji: str


class RemoveReaction(ChatChange, frozen=True, kw_only=True, tag="reaction.remove"):
    seq: Id
    emoji: str


class MarkRead(Command, frozen=True, kw_only=True, tag="read.mark"):
    """Move one's marks forward; `key` is accepted though marks repeat harmlessly."""

    chat_id: Id
    read_seq: Cursor | None = None
    received_seq: Cursor | None = None
    key: Key | None = None


# Chats and their members


class CreateChat(Change, frozen=True, kw_only=True, tag="chat.create"):
    title: str
    member_ids: Annotated[list[Id], Meta(max_length=1000)] = []
    board: bool = False


class OpenDirect(Change, frozen=True, kw_only=True, tag="chat.direct"):
    user_id: Id


class UpdateChat(ChatChange, frozen=True, kw_only=True, tag="chat.update"):
    title: str | None = None
    board: bool | None = None


class DeleteChat(ChatChange, frozen=True, kw_only=True, tag="chat.delete"):
    pass


class AddMembers(ChatChange, frozen=True, kw_only=True, tag="member.add"):
    user_ids: Annotated[list[Id], Meta(min_length=1, max_length=1000)]


class UpdateMember(ChatChange, frozen=True, kw_only=True, tag="member.update"):
    user_id: Id
    role: MemberRole


class RemoveMember(ChatChange, frozen=True, kw_only=True, tag="member.remove"):
    """Remove somebody, or leave when `user_id` is one's own."""

    user_id: Id


# One's own view of a chat


class SetNotify(Change, frozen=True, kw_only=True, tag="notify.set"):
    chat_id: Id
    level: NotifyLevel
    until: str | None = None


class SetListing(Change, frozen=True, kw_only=True, tag="listing.set"):
    """What is left out stays as it is."""

    chat_id: Id
    pinned: bool | None = None
    unread: bool | None = None


class SetDraft(Change, frozen=True, kw_only=True, tag="draft.set"):
    chat_id: Id
    text: str
