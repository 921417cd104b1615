"""Commands of a user's own view of a chat: notifications, its place in the list, the draft."""

from typing import Annotated

from msgspec import Meta

from messenger.model import My, NotifyLevel
from messenger.protocol.command import ChatId, Route, UserChange


class SetNotify(UserChange, frozen=True, kw_only=True, tag="notify.set"):
    """Choose what a chat may notify you of."""

    answer = My
    route = Route("PUT", "/chats/{id}/notify", "chats")

    chat_id: ChatId
    level: Annotated[NotifyLevel, Meta(description="Which messages may notify you.")]
    until: Annotated[str | None, Meta(description="Mute until then; null for good.")] = None


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
