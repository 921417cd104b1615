"""The subjects of events, by their data: how they are saved with an event, and loaded with it.

`protocol.event_types` says which type of event carries which data. Data that the log itself keeps
has no loader; what a decision writes beside its entries (`decision.Write`) has no saver.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from messenger.decision import Entry
from messenger.model import (
    Chat,
    ChatMembership,
    Column,
    Me,
    Member,
    Message,
    My,
    NotifySettings,
    ReactionChange,
    SavedSearches,
    Task,
    User,
)
from messenger.protocol.event_types import EVENT_TYPES
from messenger.store.db import Connection
from messenger.store.rows import (
    chats,
    members,
    messages,
    reactions,
    saved_searches,
    tasks,
    users,
)
from messenger.store.rows.chats import Reader

Numbered = tuple[int, Entry]
"""An entry and its `seq`."""
Loader = Callable[[Reader, int, Sequence[int]], Awaitable[dict[int, Any]]]
"""Takes a stream and subjects' ids in it; returns the present subjects by id."""
Saver = Callable[[Connection, Sequence[Numbered]], Awaitable[None]]
"""Saves entries of one type, each of another subject."""


async def load(reader: Reader, stream: int, type: str, ids: Sequence[int]) -> dict[int, Any]:
    """The subjects of events of one type, as they stand now."""
    return await LOADERS[EVENT_TYPES[type].data](reader, stream, ids)


async def save(connection: Connection, numbered: Sequence[Numbered]) -> None:
    """Save the subjects of entries of one type."""
    saver = SAVERS.get(EVENT_TYPES[numbered[0][1].type].data)
    if saver is not None:
        await saver(connection, numbered)


async def _load_chats(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return await chats.find(reader, ids)


async def _load_users(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return {user.id: user for user in await users.by_ids(reader, ids)}


async def _load_tasks(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return await tasks.by_ids(reader, ids)


async def _load_columns(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return await tasks.columns_by_ids(reader, ids)


async def _load_my(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    found = await chats.my(reader, stream, ids)
    return {id: membership.my() for id, membership in found.items()}


async def _load_me(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    me = await users.me(reader, stream)
    return {stream: me} if me else {}


async def _load_notifications(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return {stream: await users.notifications(reader, stream)}


async def _load_searches(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return {stream: await saved_searches.kept(reader, stream)}


LOADERS: dict[type[msgspec.Struct], Loader] = {
    Message: messages.by_seq,
    Chat: _load_chats,
    Member: members.members_of,
    User: _load_users,
    Task: _load_tasks,
    Column: _load_columns,
    ChatMembership: chats.my,
    My: _load_my,
    Me: _load_me,
    NotifySettings: _load_notifications,
    SavedSearches: _load_searches,
}


def _with_data(save: Callable[[Connection, Sequence[Any]], Awaitable[None]]) -> Saver:
    async def saver(connection: Connection, numbered: Sequence[Numbered]) -> None:
        await save(connection, [entry.data for _, entry in numbered])

    return saver


def _with_entries(save: Callable[[Connection, Sequence[Entry]], Awaitable[None]]) -> Saver:
    async def saver(connection: Connection, numbered: Sequence[Numbered]) -> None:
        await save(connection, [entry for _, entry in numbered])

    return saver


async def _save_reactions(connection: Connection, numbered: Sequence[Numbered]) -> None:
    for seq, entry in numbered:
        await reactions.react(connection, entry.data, seq, entry.type == "reaction.added")


SAVERS: dict[type[msgspec.Struct], Saver] = {
    Message: _with_data(messages.save),
    ReactionChange: _save_reactions,
    Chat: _with_data(chats.save),
    Member: _with_data(members.save_members),
    User: _with_data(users.save),
    Task: _with_entries(tasks.save),
    Column: _with_entries(tasks.save_columns),
}
