"""The event types: each one's data, its stream, what it means for open sockets, its sentence.

The only list of them: the documents, the store's loaders and savers (`store.subjects`, by `data`),
the actors' effects (`actors.streams`) and the agreement test go by it.
"""

from enum import Enum, auto
from typing import Final

import msgspec

from messenger.model import (
    Chat,
    ChatMembership,
    Column,
    ExportReady,
    Me,
    Member,
    Message,
    My,
    NotifySettings,
    ReactionChange,
    SavedSearches,
    SessionRevoked,
    Task,
    TaskReminder,
    User,
)

KEPT_IN_LOG: Final = frozenset({ExportReady, ReactionChange, SessionRevoked, TaskReminder})
"""Data that the log itself keeps, because no table has it; other data is read from its table."""


class Effect(Enum):
    """What the publication of an event does besides delivering it."""

    NONE = auto()
    FOLLOW_CHAT = auto()
    """The user's sockets that follow everything follow the chat that was joined."""
    END_MEMBER = auto()
    """The member's sockets stop hearing the chat; what they may know of users is checked again."""
    END_CHAT = auto()
    """All sockets stop hearing the chat; what guests may know of users is checked again."""
    UPDATE_USER = auto()
    """The user's sessions have the new role and name; a disabled user's sockets are closed."""
    END_SESSION = auto()
    """The session's sockets are closed."""


Data = type[msgspec.Struct]


class EventType(msgspec.Struct, frozen=True):
    """One type of event. `data` is its whole subject, as it stands when delivered."""

    type: str
    data: Data
    sentence: str
    effect: Effect = Effect.NONE


PLAIN: Final = "message.created"
"""The event that changes nothing an actor knows: where others wrote it alone, none reloads."""

_OF_CHATS: Final = (
    EventType("message.created", Message, "A message was posted."),
    EventType("message.edited", Message, "The author changed the text."),
    EventType(
        "message.updated",
        Message,
        "Its task or its files changed; the author did not edit it.",
    ),
    EventType("message.deleted", Message, "A message was taken back. What is left is a tombstone."),
    EventType("message.pinned", Message, "A message was pinned."),
    EventType("message.unpinned", Message, "A pin was taken away."),
    EventType("reaction.added", ReactionChange, "A reaction was added."),
    EventType("reaction.removed", ReactionChange, "A reaction was taken back."),
    EventType("chat.created", Chat, "The chat was made: the first event of its stream."),
    EventType("chat.updated", Chat, "Its title or its board changed."),
    EventType(
        "chat.deleted",
        Chat,
        "The chat is over. `subscription.ended` follows.",
        Effect.END_CHAT,
    ),
    EventType("member.joined", Member, "A person is in the chat from now on."),
    EventType("member.updated", Member, "A member's role in the chat changed."),
    EventType("member.left", Member, "A person is no longer in the chat.", Effect.END_MEMBER),
    EventType("task.created", Task, "A task was made."),
    EventType("task.updated", Task, "A task changed."),
    EventType("task.moved", Task, "A card stands in another place."),
    EventType("task.deleted", Task, "A task was deleted. What is left is a tombstone."),
    EventType("column.created", Column, "The board has a new column."),
    EventType("column.updated", Column, "A column changed."),
    EventType("column.moved", Column, "A column stands in another place."),
    EventType("column.deleted", Column, "A column is gone. What is left is a tombstone."),
    EventType("user.joined", User, "A new person is in the organisation. Only in the `org` chat."),
    EventType(
        "user.updated",
        User,
        "A person's name, avatar or role changed, or the account was disabled or enabled. Only in"
        " the `org` chat.",
        Effect.UPDATE_USER,
    ),
)
_OF_USERS: Final = (
    EventType(
        "chat.joined",
        ChatMembership,
        "You are in a chat from now on. Live events come by themselves after `subscribe` with"
        " `all`; what was before comes with the chat's snapshot.",
        Effect.FOLLOW_CHAT,
    ),
    EventType("chat.left", ChatMembership, "You are no longer in a chat."),
    EventType("notifications.changed", NotifySettings, "You chose what may notify you."),
    EventType("searches.changed", SavedSearches, "You kept a search, or removed one."),
    EventType("notify.changed", My, "You chose what a chat may notify you of."),
    EventType(
        "listing.changed",
        My,
        "You pinned a chat in your list, marked it as unread, or took that back.",
    ),
    EventType("draft.changed", My, "Your unfinished message in a chat changed."),
    EventType("settings.changed", Me, "Your own account changed, its private part included."),
    EventType("task.reminder", TaskReminder, "A task of yours is due soon, now, or overdue."),
    EventType("export.ready", ExportReady, "What you asked to take along can be fetched."),
    EventType(
        "session.revoked",
        SessionRevoked,
        "One of your sessions is over. Its sockets are closed with 4401.",
        Effect.END_SESSION,
    ),
)

EVENT_TYPES: Final = {each.type: each for each in (*_OF_CHATS, *_OF_USERS)}
WITHOUT_EFFECT: Final = frozenset(
    each.type for each in EVENT_TYPES.values() if each.effect is Effect.NONE
)
CHAT_EVENTS: Final = {each.type: each.data for each in _OF_CHATS}
USER_EVENTS: Final = {each.type: each.data for each in _OF_USERS}


def is_kept_in_log(type: str) -> bool:
    """Whether the log itself keeps the data of such events."""
    return EVENT_TYPES[type].data in KEPT_IN_LOG
