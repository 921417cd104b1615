"""Events of chats and accounts that several changes write alike."""

from collections.abc import Iterable

import msgspec

from messenger.decision import Entry
from messenger.model import Chat, Member, MemberRole, SessionRevoked


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
