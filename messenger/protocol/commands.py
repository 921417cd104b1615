"""Commands of messages and chats, behind both doors; `command` tells what stands on each."""

import hashlib
from typing import Annotated

import msgspec
from msgspec import Meta, field

from messenger.errors import DirectDisabled, Forbidden, NotFound, QuotaExceeded, RateLimited
from messenger.model import Chat, Member, MemberRole, Message, SentMessage
from messenger.protocol.answers import MarkedRead
from messenger.protocol.command import (
    ChatChange,
    ChatCommand,
    Cursor,
    Id,
    MessageChange,
    OptionalKey,
    Route,
    UserChange,
    UserId,
    Uuid,
    weight_of_ids,
)

Text = Annotated[
    str,
    Meta(
        description="Unicode, kept as sent: 1 to `MESSAGE_MAX_LENGTH` characters after trimming;"
        " none are needed beside files.",
        examples=["Привет!"],
    ),
]
ClientMessageId = Annotated[
    Uuid,
    Meta(
        description="A UUID that the sender makes: one message for ever, however often sent.",
        examples=["0b9f6c1e-6d3a-4d0c-9a53-2f1d8a7e4c10"],
    ),
]
FILES_A_MESSAGE = 500
FileIds = Annotated[list[Uuid], Meta(max_length=FILES_A_MESSAGE)]
Emoji = Annotated[str, Meta(description="One emoji.", examples=["👍"])]
OfPeople = Annotated[list[Id], Meta(max_length=1000)]


class Type(ChatCommand, frozen=True, kw_only=True, tag="typing"):
    """Say that you are writing. On the socket it needs no `id`: there is nothing to wait for."""

    route = Route("POST", "/chats/{id}/typing", "chats")


# Messages


class SendMessage(ChatCommand, frozen=True, kw_only=True, tag="message.send"):
    """Post a message. A repeat with the same `client_message_id` stores nothing and gets the
    first answer again, with `duplicate: true`.
    """

    answer = SentMessage
    refusals = (NotFound, RateLimited)
    route = Route("POST", "/chats/{id}/messages", "messages", status=201, repeat_status=200)

    client_message_id: ClientMessageId
    text: Text
    reply_to: Annotated[
        Id | None, Meta(description="The `seq` of the message that is answered.")
    ] = None
    task_id: Annotated[Id | None, Meta(description="The task it belongs to.")] = None
    file_ids: Annotated[FileIds, Meta(description="Uploaded files to attach.")] = field(
        default_factory=list
    )

    def digest(self) -> bytes:
        """The SHA-256 of the message as first sent, which a repeat is compared with."""
        asked = (self.chat_id, self.text, self.reply_to, self.task_id, self.file_ids)
        return hashlib.sha256(msgspec.json.encode(asked)).digest()


class Forwarded(msgspec.Struct, frozen=True):
    """The copies: for each chat as it was named, in the order of the messages."""

    messages: Annotated[list[SentMessage], Meta(description="The copies.")]
    duplicate: Annotated[bool, Meta(description="Whether all of them were posted before.")]


class ForwardMessages(ChatCommand, frozen=True, kw_only=True, tag="message.forward"):
    """Post copies of messages of this chat in others. A copy says where it comes from and
    mentions no one; what becomes of the original does not change it. A task made from a message
    is copied too. A repeat with the same `client_message_id` posts what is missing of it.
    """

    answer = Forwarded
    refusals = (NotFound, QuotaExceeded, RateLimited)
    route = Route("POST", "/chats/{id}/messages/forward", "messages", status=201, repeat_status=200)

    seqs: Annotated[
        list[Id], Meta(min_length=1, max_length=100, description="The `seq` of each message.")
    ]
    to: Annotated[
        list[Id], Meta(min_length=1, max_length=20, description="The chats to post them in.")
    ]
    client_message_id: ClientMessageId

    def weight(self) -> int:
        return len(self.seqs) * len(self.to)

    def digest(self) -> bytes:
        """The SHA-256 of what is asked, which a repeat is compared with."""
        asked = ("forward", self.chat_id, self.seqs, self.to)
        return hashlib.sha256(msgspec.json.encode(asked)).digest()


class EditMessage(MessageChange, frozen=True, kw_only=True, tag="message.edit"):
    """Change the text of your own message."""

    answer = Message
    route = Route("PATCH", "/chats/{id}/messages/{seq}", "messages")

    text: Text
    file_ids: Annotated[
        FileIds | None, Meta(description="The files it has from now on; null leaves them.")
    ] = None


class DeleteMessage(MessageChange, frozen=True, kw_only=True, tag="message.delete"):
    """Take a message back: its author, or an administrator of the group. A tombstone stays."""

    answer = Message
    route = Route("DELETE", "/chats/{id}/messages/{seq}", "messages")


class PinMessage(MessageChange, frozen=True, kw_only=True, tag="message.pin"):
    """Pin a message for everybody in the chat."""

    answer = Message
    route = Route("PUT", "/chats/{id}/messages/{seq}/pin", "messages")


class UnpinMessage(MessageChange, frozen=True, kw_only=True, tag="message.unpin"):
    """Take a pin away: who set it, or an administrator of the chat; in a direct chat either of
    the two.
    """

    answer = Message
    route = Route("DELETE", "/chats/{id}/messages/{seq}/pin", "messages")


class AddReaction(MessageChange, frozen=True, kw_only=True, tag="reaction.add"):
    """React to a message with an emoji. Twice is once."""

    route = Route("PUT", "/chats/{id}/messages/{seq}/reactions/{emoji}", "messages")

    emoji: Emoji


class RemoveReaction(MessageChange, frozen=True, kw_only=True, tag="reaction.remove"):
    """Take your reaction back."""

    route = Route("DELETE", "/chats/{id}/messages/{seq}/reactions/{emoji}", "messages")

    emoji: Emoji


class MarkRead(ChatCommand, frozen=True, kw_only=True, tag="read.mark"):
    """Move your marks in a chat. They only go forward; a lower number changes nothing."""

    answer = MarkedRead
    route = Route("POST", "/chats/{id}/read", "chats")

    read_seq: Annotated[Cursor | None, Meta(description="Everything up to there is read.")] = None
    received_seq: Annotated[
        Cursor | None, Meta(description="Everything up to there has arrived on a device.")
    ] = None
    # Accepted, though a mark repeats harmlessly.
    key: OptionalKey = None


# Chats and their members


class CreateChat(UserChange, frozen=True, kw_only=True, tag="chat.create"):
    """Make a group. You become its owner."""

    answer = Chat
    route = Route("POST", "/chats", "chats", status=201)

    title: Annotated[str, Meta(description="Its name, up to 200 characters.")]
    member_ids: Annotated[OfPeople, Meta(description="Who is in it besides you.")] = field(
        default_factory=list
    )
    board: Annotated[bool, Meta(description="Whether it has a board.")] = False

    def weight(self) -> int:
        return weight_of_ids(self.member_ids)


class OpenDirect(UserChange, frozen=True, kw_only=True, tag="chat.direct"):
    """Open the direct chat with a person, or with yourself; it is made if need be. The other does
    not see it before the first message.
    """

    answer = Chat
    refusals = (NotFound, Forbidden, DirectDisabled)
    route = Route("POST", "/chats/direct", "chats")

    user_id: UserId


class UpdateChat(ChatChange, frozen=True, kw_only=True, tag="chat.update"):
    """Change a chat's title, or give it a board: its owner and administrators; not in a direct
    chat.
    """

    answer = Chat
    route = Route("PATCH", "/chats/{id}", "chats")

    title: Annotated[str | None, Meta(description="Its new name; null leaves it.")] = None
    board: Annotated[bool | None, Meta(description="Whether it has a board; null leaves it.")] = (
        None
    )


class DeleteChat(ChatChange, frozen=True, kw_only=True, tag="chat.delete"):
    """End a group for everybody: its owner may."""

    answer = Chat
    route = Route("DELETE", "/chats/{id}", "chats")


class AddMembers(ChatChange, frozen=True, kw_only=True, tag="member.add"):
    """Take people into a group: its owner and administrators. Those who are in it already stay
    as they are.
    """

    # Its REST route stands in `http.endpoints.chats`: it answers with the members.
    user_ids: Annotated[OfPeople, Meta(min_length=1, description="The people.")]

    def weight(self) -> int:
        return weight_of_ids(self.user_ids)


class UpdateMember(ChatChange, frozen=True, kw_only=True, tag="member.update"):
    """Give a member another role in the chat. Owners are named by owners, and the last one
    stays.
    """

    answer = Member
    route = Route("PATCH", "/chats/{id}/members/{user_id}", "chats")

    user_id: UserId
    role: Annotated[MemberRole, Meta(description="The role in the chat.")]


class RemoveMember(ChatChange, frozen=True, kw_only=True, tag="member.remove"):
    """Remove a member from a group: its owner and administrators. A member may leave by naming
    themselves, but the last owner hands over first.
    """

    answer = Member
    route = Route("DELETE", "/chats/{id}/members/{user_id}", "chats")

    user_id: UserId
