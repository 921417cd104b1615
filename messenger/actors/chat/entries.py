"""Events of chats and accounts that several changes write alike."""

from collections.abc import Iterable

import msgspec

from messenger.decision import Entry
from messenger.model import Chat, Event, Member, MemberRole, Message, SessionRevoked
from messenger.storage import Posting, Stored


def join_entry(chat_id: int, user_id: int, role: MemberRole, at: str) -> Entry:
    member = Member(chat_id=chat_id, user_id=user_id, role=role, joined_at=at)
    return Entry(stream=chat_id, type="member.joined", subject=user_id, data=member)


def user_entry(chat_id: int, user_id: int, type: str = "chat.joined") -> Entry:
    """The same in the person's own stream; its subject is read back after the writes."""
    return Entry(stream=user_id, type=type, subject=chat_id)


def session_entries(user_id: int, session_ids: Iterable[str]) -> list[Entry]:
    """The end of each of these sessions, in the person's own stream."""
    return [
        Entry(stream=user_id, type="session.revoked", data=SessionRevoked(session_id))
        for session_id in session_ids
    ]


def pair(one: int, other: int) -> list[int]:
    """The unique key of a direct chat: both ids in order; one id alone for the notebook."""
    return sorted({one, other})


def direct_entries(chat_id: int, opener: int, other: int, at: str) -> list[Entry]:
    """A new direct chat: its maker alone is in it until a message is sent."""
    chat = Chat(
        id=chat_id,
        kind="direct",
        user_ids=pair(opener, other),
        created_by=opener,
        created_at=at,
        updated_at=at,
    )
    return [
        Entry(stream=chat_id, type="chat.created", subject=chat_id, data=chat, by=opener),
        msgspec.structs.replace(join_entry(chat_id, opener, "member", at), by=opener),
        msgspec.structs.replace(user_entry(chat_id, opener), by=opener),
    ]


def created(posting: Posting, stored: Stored, at: str) -> Event:
    """The event of a message that is stored."""
    message = Message(
        chat_id=stored.chat_id,
        seq=stored.seq,
        n=stored.n,
        sender_id=posting.sender_id,
        client_message_id=posting.client_message_id,
        text=posting.text,
        reply_to=posting.reply_to,
        files=posting.files,
        mentions=posting.mentions,
        mentions_all=posting.mentions_all,
        task_id=posting.task_id,
        created_at=stored.created_at,
        rev=stored.seq,
        forwarded_from=posting.source.forwarded_from if posting.source is not None else None,
    )
    return Event("message.created", stored.chat_id, stored.seq, at, posting.sender_id, message)
