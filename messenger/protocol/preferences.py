"""Commands of a user's own view of a chat: notifications, its place in the list, the draft."""

from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType

from messenger.errors import NotFound
from messenger.model import (
    Cause,
    KeptSearch,
    My,
    NotifyLevel,
    NotifySettings,
    QuietHours,
    SavedSearches,
    Telling,
)
from messenger.model.notifications import Digest, Keywords
from messenger.protocol.command import ChatId, Id, Route, UserChange, Uuid

MOST_MINUTES: Final = 7 * 24 * 60
"""A reminder waits for a week at the most."""


class SetNotify(UserChange, frozen=True, kw_only=True, tag="notify.set"):
    """Choose what a chat may notify you of."""

    answer = My
    route = Route("PUT", "/chats/{id}/notify", "chats")

    chat_id: ChatId
    level: Annotated[NotifyLevel, Meta(description="Which messages may notify you.")]
    until: Annotated[str | None, Meta(description="Mute until then; null for good.")] = None


class SetNotifications(UserChange, frozen=True, kw_only=True, tag="notifications.set"):
    """Choose what may notify you, in all chats. What is left out stays as it is."""

    answer = NotifySettings
    route = Route("PATCH", "/users/me/notifications", "users")

    causes: Annotated[
        dict[Cause, Telling] | UnsetType, Meta(description="Those that are to change.")
    ] = UNSET
    keywords: Annotated[
        Keywords | UnsetType, Meta(description="Words that notify you wherever they are written.")
    ] = UNSET
    quiet: Annotated[
        QuietHours | UnsetType | None, Meta(description="When nothing notifies you.")
    ] = UNSET
    until: Annotated[
        str | UnsetType | None, Meta(description="Nothing notifies you before then.")
    ] = UNSET
    hide_text: Annotated[
        bool | UnsetType, Meta(description="Whether notifications leave out what was written.")
    ] = UNSET
    mail_digest: Annotated[
        Digest | UnsetType,
        Meta(description="After how long away you are mailed what you missed."),
    ] = UNSET
    mail_weekly: Annotated[
        bool | UnsetType, Meta(description="Whether you are mailed your tasks on Mondays.")
    ] = UNSET


class SetSearches(UserChange, frozen=True, kw_only=True, tag="searches.set"):
    """Keep searches and views of tasks under names, or remove them. What is left out stays as it
    is.
    """

    answer = SavedSearches
    route = Route("PATCH", "/users/me/searches", "users")

    searches: Annotated[
        dict[Uuid, KeptSearch | None],
        Meta(min_length=1, max_length=100, description="By id; null removes one."),
    ]


class SetListing(UserChange, frozen=True, kw_only=True, tag="listing.set"):
    """Keep a chat at the top of your list, or show it as unread. What is left out stays as it
    is.
    """

    answer = My
    route = Route("PATCH", "/chats/{id}/listing", "chats")

    chat_id: ChatId
    pinned: Annotated[bool | None, Meta(description="Whether it stays above the others.")] = None
    unread: Annotated[bool | None, Meta(description="Whether it is shown as unread.")] = None


class SetDraft(UserChange, frozen=True, kw_only=True, tag="draft.set"):
    """Keep an unfinished message for your other devices. An empty text removes it."""

    route = Route("PUT", "/chats/{id}/draft", "chats")

    chat_id: ChatId
    text: Annotated[str, Meta(description="The unfinished message.")]


class Snooze(UserChange, frozen=True, kw_only=True, tag="task.snooze"):
    """Be reminded of a task of yours once more, some minutes from now."""

    refusals = (NotFound,)
    route = Route("POST", "/tasks/{id}/snooze", "tasks")

    task_id: Annotated[Id, Meta(description="The task; a reminder of it must have come.")]
    minutes: Annotated[int, Meta(ge=1, le=MOST_MINUTES, description="How long it is to wait.")] = 60
