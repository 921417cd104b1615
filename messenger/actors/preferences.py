"""A person's own settings: what may notify them, and of a chat its draft and place in the list."""

from datetime import datetime
from typing import Final

import msgspec
from msgspec import UNSET

from messenger import errors
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts
from messenger.decision import (
    Answer,
    Decision,
    Entry,
    NotificationsSet,
    PreferenceSet,
    SearchesSet,
)
from messenger.model import Identity, NotifySettings, SavedSearch, SavedSearches, timestamp
from messenger.protocol.preferences import (
    SetDraft,
    SetListing,
    SetNotifications,
    SetNotify,
    SetSearches,
)
from messenger.rules import text as texts
from messenger.rules.moments import checked_moment
from messenger.rules.notify import kept_keywords

SEARCHES_MAX: Final = 100
NAME_MAX: Final = 100


class PreferenceFacts(Facts, frozen=True):
    """The settings as they are, and the bytes of the person's drafts in their other chats."""

    preference: PreferenceSet
    drafted: int = 0


async def load(
    context: ActorContext,
    user_id: int,
    who: Identity,
    command: SetNotify | SetListing | SetDraft,
) -> PreferenceFacts:
    """Raises NotFound where the person is not a member."""
    if not await context.store.access(user_id, [command.chat_id]):
        raise errors.NotFound()
    preference = await context.store.preference(user_id, command.chat_id)
    return PreferenceFacts(who, context.settings, preference)


def set_notify(user_id: int, facts: PreferenceFacts, command: SetNotify, at: datetime) -> Decision:
    until = None
    if command.until is not None:
        until = timestamp(checked_moment(command.until, "until"))
    return change(facts, "notify.changed", notify=command.level, muted_until=until)


def set_listing(
    user_id: int, facts: PreferenceFacts, command: SetListing, at: datetime
) -> Decision:
    """Pin a chat or mark it as unread; pinned again, it keeps its place among the pinned ones."""
    chosen = facts.preference
    pinned_at = chosen.pinned_at
    if command.pinned is not None:
        pinned_at = (pinned_at or timestamp(at)) if command.pinned else None
    unread = chosen.marked_unread if command.unread is None else command.unread
    return change(facts, "listing.changed", pinned_at=pinned_at, marked_unread=unread)


async def load_draft(
    context: ActorContext, user_id: int, who: Identity, command: SetDraft
) -> PreferenceFacts:
    facts = await load(context, user_id, who, command)
    if not command.text.strip():
        return facts
    drafted = await context.store.draft_bytes(user_id, command.chat_id)
    return msgspec.structs.replace(facts, drafted=drafted)


def set_draft(user_id: int, facts: PreferenceFacts, command: SetDraft, at: datetime) -> Decision:
    texts.check_draft(command.text, facts.settings.message_max_length)
    draft = command.text if command.text.strip() else None
    if draft == facts.preference.draft:
        return Decision()
    if draft is not None:
        texts.check_drafts(draft, facts.drafted)
    return msgspec.structs.replace(change(facts, "draft.changed", draft=draft), answer=Answer())


def change(facts: PreferenceFacts, type: str, **fields: object) -> Decision:
    """The decision that these settings become others; the answer is the chat as it then is."""
    write = msgspec.structs.replace(facts.preference, **fields)
    entry = Entry(stream=write.user_id, type=type, subject=write.chat_id)
    return Decision(by=write.user_id, entries=[entry], writes=[write], answer=Answer.of(entry))


class NotificationFacts(Facts, frozen=True):
    """What may notify the person as it is."""

    chosen: NotifySettings


async def load_notifications(
    context: ActorContext, user_id: int, who: Identity, command: SetNotifications
) -> NotificationFacts:
    return NotificationFacts(who, context.settings, await context.store.notifications(user_id))


def set_notifications(
    user_id: int, facts: NotificationFacts, command: SetNotifications, at: datetime
) -> Decision:
    given = {
        name: value
        for name in NotifySettings.__struct_fields__
        if (value := getattr(command, name)) is not UNSET
    }
    if "causes" in given:
        given["causes"] = {**facts.chosen.causes, **given["causes"]}
    if "keywords" in given:
        given["keywords"] = kept_keywords(given["keywords"])
    if given.get("until") is not None:
        given["until"] = timestamp(checked_moment(given["until"], "until"))
    settings = msgspec.structs.replace(facts.chosen, **given)
    entry = Entry(stream=user_id, type="notifications.changed", subject=user_id)
    write = NotificationsSet(user_id=user_id, settings=settings)
    return Decision(by=user_id, entries=[entry], writes=[write], answer=Answer.of(entry))


class SearchFacts(Facts, frozen=True):
    """The searches that the person keeps."""

    kept: SavedSearches


async def load_searches(
    context: ActorContext, user_id: int, who: Identity, command: SetSearches
) -> SearchFacts:
    return SearchFacts(who, context.settings, await context.store.saved_searches(user_id))


def set_searches(user_id: int, facts: SearchFacts, command: SetSearches, at: datetime) -> Decision:
    kept = dict(facts.kept.searches)
    for id, search in command.searches.items():
        if search is None:
            kept.pop(id, None)
            continue
        texts.check_text(search.name, NAME_MAX, "name")
        texts.check_line(search.name.strip(), "name")
        texts.check_characters(search.q, "q")
        kept[id] = SavedSearch(id=id, of=search.of, name=search.name.strip(), q=search.q.strip())
    if len(kept) > SEARCHES_MAX:
        raise errors.ValidationFailed(
            f"You keep {SEARCHES_MAX} searches already; remove one first.",
            field="searches",
            limit=SEARCHES_MAX,
        )
    entry = Entry(stream=user_id, type="searches.changed", subject=user_id)
    write = SearchesSet(user_id=user_id, searches=SavedSearches(kept))
    return Decision(by=user_id, entries=[entry], writes=[write], answer=Answer.of(entry))


DECIDERS: Deciders = {
    SetSearches: Decider(load_searches, set_searches),
    SetNotifications: Decider(load_notifications, set_notifications),
    SetNotify: Decider(load, set_notify),
    SetListing: Decider(load, set_listing),
    SetDraft: Decider(load_draft, set_draft),
}
