"""What a user reads of a chat's messages: pages, single ones, reactions, pins.

Each read is of one moment and begins with `reading.within`.
"""

from datetime import datetime
from itertools import groupby
from typing import Annotated, Final, Protocol, cast

import msgspec
from msgspec import Meta

from messenger.errors import NotFound
from messenger.model import Message, Reaction
from messenger.protocol.command import Id
from messenger.rules.emoji import EMOJI_MAX
from messenger.store.db import Connection, Database
from messenger.store.paging import Part
from messenger.store.reads.chats import within
from messenger.store.rows import messages, sources
from messenger.store.rows.reactions import reactors

END: Final = 2**53
"""Past every `seq`."""


class MessagePage(msgspec.Struct, frozen=True):
    """Messages in ascending `seq`, where the page's way goes on, the chat's first `seq`.

    What is up to `archived_seq` is in the archive, but for what stayed.
    """

    messages: list[Message]
    next: int | None
    oldest_seq: int
    archived_seq: int = 0


class PinCursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a list of pins goes on: after the message that was pinned at `at`."""

    at: datetime
    seq: Id


class MessageLink(msgspec.Struct, frozen=True):
    """The chat and the `seq` of a message."""

    chat_id: int
    seq: int


class ForwardedSource(msgspec.Struct, frozen=True):
    """The message that one was forwarded from; null where it is gone, or one may not read it."""

    source: Annotated[
        MessageLink | None, Meta(description="The original; null where it may not be read.")
    ]


class ReactionCursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a list of reactions goes on: after the reaction with this emoji and `rev`."""

    emoji: Annotated[str, Meta(max_length=2 * EMOJI_MAX)]
    rev: Id


class Source(Protocol):
    """Where a page's messages come from: the table alone (`rows.messages`), or the archive, too."""

    async def before(
        self, reader: Connection, chat_id: int, seq: int, limit: int, most: int = ..., /
    ) -> Part[Message]: ...

    async def after(
        self, reader: Connection, chat_id: int, seq: int, limit: int, most: int = ..., /
    ) -> Part[Message]: ...

    async def first_since(self, reader: Connection, chat_id: int, at: datetime, /) -> int: ...


TABLE: Final[Source] = cast("Source", messages)


async def page(
    database: Database,
    user_id: int,
    chat_id: int,
    limit: int,
    *,
    after: int | None = None,
    before: int | None = None,
    around: int | None = None,
    at: datetime | None = None,
    source: Source = TABLE,
) -> MessagePage:
    """A page after, before or around one `seq`, or around a moment; else the latest.

    `next` goes on the way the page goes: before its first message for `before`
    and the latest, else after its last; None where nothing more is that way.
    """

    async def read(connection: Connection) -> MessagePage:
        oldest = (await messages.oldest(connection, [chat_id]))[chat_id]
        middle = around if at is None else await source.first_since(connection, chat_id, at)
        if middle is not None:
            return MessagePage(*await _around(source, connection, chat_id, middle, limit), oldest)
        if after is not None:
            part = await source.after(connection, chat_id, after, limit)
            return MessagePage(part.items, _end(part), oldest)
        below = before if before is not None else END
        part = await source.before(connection, chat_id, below, limit)
        return MessagePage(part.items, part.items[0].seq if part.more else None, oldest)

    return await within(database, user_id, chat_id, read)


def _end(part: Part[Message]) -> int | None:
    """Where a page upwards goes on."""
    return part.items[-1].seq if part.more else None


async def _around(
    source: Source, connection: Connection, chat_id: int, seq: int, limit: int
) -> tuple[list[Message], int | None]:
    """Half of the page lies before `seq`, unless one side has less than its half."""
    half = messages.PAGE_BYTES // 2
    older = (await source.before(connection, chat_id, seq, limit, half)).items
    newer = await source.after(connection, chat_id, seq - 1, limit, half)
    above = len(newer.items) + newer.more
    below = min(len(older), max(limit // 2, limit - above))
    part = Part(newer.items[: limit - below], newer.more or above > limit - below)
    return older[len(older) - below :] + part.items, _end(part)


async def message(database: Database, user_id: int, chat_id: int, seq: int) -> Message:
    async def read(connection: Connection) -> Message:
        found = await messages.by_seq(connection, chat_id, [seq])
        return _one(found, seq)

    return await within(database, user_id, chat_id, read)


async def origin(database: Database, user_id: int, chat_id: int, seq: int) -> MessageLink:
    """What a copy was forwarded from; raises NotFound for what is no copy, or not readable."""

    async def find(connection: Connection) -> MessageLink:
        found = (await sources.forwardable(connection, chat_id, [seq])).get(seq)
        if found is None or found[1] is None:
            raise NotFound("There is no such forwarded message.")
        return MessageLink(found[1].chat_id, found[1].seq)

    return await within(database, user_id, chat_id, find)


def _one(found: dict[int, Message], seq: int) -> Message:
    if seq not in found:
        raise NotFound("There is no such message.")
    return found[seq]


async def reactions(
    database: Database,
    user_id: int,
    chat_id: int,
    seq: int,
    limit: int,
    after: ReactionCursor | None,
) -> tuple[list[Reaction], ReactionCursor | None]:
    """Who reacted, up to `limit` people, and the place of the last if there are more."""

    async def read(connection: Connection) -> tuple[list[Reaction], ReactionCursor | None]:
        _one(await messages.by_seq(connection, chat_id, [seq]), seq)
        place = (after.emoji, after.rev) if after else ("", 0)
        part = await reactors(connection, chat_id, seq, place, limit)
        found = [
            Reaction(emoji, same[0].count, [row.user_id for row in same])
            for emoji, group in groupby(part.items, key=lambda row: str(row.emoji))
            if (same := list(group))
        ]
        last = part.items[-1] if part.more else None
        return found, last and ReactionCursor(last.emoji, last.rev)

    return await within(database, user_id, chat_id, read)


async def pins(
    database: Database, user_id: int, chat_id: int, limit: int, after: PinCursor | None
) -> tuple[list[Message], PinCursor | None]:
    """Pinned messages, the latest pin first, and the place of the last if there are more."""

    async def read(connection: Connection) -> Part[Message]:
        before = (after.at, after.seq) if after else None
        return await messages.pins(connection, chat_id, limit, before)

    part = await within(database, user_id, chat_id, read)
    if not part.more:
        return part.items, None
    last = part.items[-1]
    return part.items, PinCursor(datetime.fromisoformat(str(last.pinned_at)), last.seq)


async def links(
    database: Database, user_id: int, chat_id: int, limit: int, before: int | None
) -> tuple[list[Message], int | None]:
    """Messages that have what looks like an address, the latest first, and where they go on."""

    async def read(connection: Connection) -> Part[Message]:
        return await messages.linking(connection, chat_id, before or END, limit)

    part = await within(database, user_id, chat_id, read)
    return part.items, _end(part)
