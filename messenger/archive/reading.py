"""Messages across the line: what the table has, then what the archive has of the same chat.

The table counts for more: what is in both was changed since it was archived, or is just being
removed. A page is read in one snapshot, with the index of parts, so nothing moves meanwhile.
"""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from messenger.archive import blocks
from messenger.archive.format import Line, message_of, reactions_of
from messenger.archive.vault import Vault
from messenger.errors import NotFound, Unavailable
from messenger.model import Message, Reaction
from messenger.storage import Source as Origin
from messenger.store.db import Connection, Database
from messenger.store.paging import Part
from messenger.store.reads import messages as message_reads
from messenger.store.reads.chats import within
from messenger.store.reads.messages import (
    ForwardedSource,
    MessageLink,
    MessagePage,
    ReactionCursor,
)
from messenger.store.rows import archive, attachments, messages
from messenger.store.rows.message_columns import FILE_BYTES
from messenger.store.rows.messages import PAGE_BYTES

T = TypeVar("T")

AT_ONCE: Final = 4
"""Pages read from the archive at once: a slow bucket must not hold all connections."""
TRIES: Final = 3


class Reading:
    """Both places as one: a `Source` of pages, and single messages."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self._turn = asyncio.Semaphore(AT_ONCE)

    def __repr__(self) -> str:
        return f"<Reading {self.vault!r}>"

    # Pages

    async def page(
        self,
        user_id: int,
        chat_id: int,
        limit: int,
        *,
        after: int | None = None,
        before: int | None = None,
        around: int | None = None,
        at: datetime | None = None,
    ) -> MessagePage:
        """As `store.reads.messages.page`, and on from there in the archive."""

        async def read(source: message_reads.Source) -> MessagePage:
            return await message_reads.page(
                self.database, user_id, chat_id, limit,
                after=after, before=before, around=around, at=at, source=source,
            )  # fmt: skip

        line = await archive.line(self.database, chat_id)
        begins = min(each for each in (after, before, around, line + 1) if each is not None)
        page = await read(message_reads.TABLE) if begins > line else None
        if page is None or (line and not _is_whole(page, line, limit, after)):
            page = await self.slowly(lambda: read(self))
        return msgspec.structs.replace(page, archived_seq=line)

    async def before(
        self, reader: Connection, chat_id: int, seq: int, limit: int, most: int = PAGE_BYTES
    ) -> Part[Message]:
        """The nearest messages before `seq`, in ascending order."""
        live = await messages.before(reader, chat_id, seq, limit, most)
        floor = live.items[0].seq if live.more else 0
        lines, more = await self._below(reader, chat_id, floor, seq, limit)
        found = await self.joined(reader, chat_id, lines, live.items)
        page = held(found[::-1], limit, most, live.more or more)
        page.items.reverse()
        return page

    async def _below(
        self, reader: Connection, chat_id: int, floor: int, seq: int, limit: int
    ) -> tuple[list[Line], bool]:
        """The nearest lines of the archive between two numbers, and whether there may be more."""
        for asked in archive.ASKED:
            parts = await archive.parts_between(reader, chat_id, floor, seq, asked, down=True)
            lines: list[Line] = []
            for part in parts:
                if len(lines) > limit and part.last_seq < lines[limit].seq:
                    break
                lines += await blocks.below(self.vault, part, seq, limit + 1)
                lines.sort(key=lambda line: -line.seq)
            if len(parts) < asked:
                break
            # Parts that were not asked for end before this one does, and may begin anywhere.
            sure = [line for line in lines if line.seq > parts[-1].last_seq]
            lines = sure or lines
            if len(sure) > limit:
                break
        return [line for line in lines[: limit + 1] if line.seq > floor], len(parts) == asked

    async def after(
        self, reader: Connection, chat_id: int, seq: int, limit: int, most: int = PAGE_BYTES
    ) -> Part[Message]:
        """The nearest messages after `seq`, in ascending order."""
        live = await messages.after(reader, chat_id, seq, limit, most)
        ceiling = live.items[-1].seq if live.more else message_reads.END
        lines, more = await self._above(reader, chat_id, seq, ceiling, limit)
        found = await self.joined(reader, chat_id, lines, live.items)
        return held(found, limit, most, live.more or more)

    async def _above(
        self, reader: Connection, chat_id: int, seq: int, ceiling: int, limit: int
    ) -> tuple[list[Line], bool]:
        """The same, upwards."""
        for asked in archive.ASKED:
            parts = await archive.parts_between(reader, chat_id, seq, ceiling, asked, down=False)
            lines: list[Line] = []
            for part in parts:
                if len(lines) > limit and part.first_seq > lines[limit].seq:
                    break
                lines += await blocks.above(self.vault, part, seq, limit + 1)
                lines.sort(key=lambda line: line.seq)
            if len(parts) < asked:
                break
            sure = [line for line in lines if line.seq < parts[-1].first_seq]
            lines = sure or lines
            if len(sure) > limit:
                break
        return [line for line in lines[: limit + 1] if line.seq < ceiling], len(parts) == asked

    async def first_since(self, reader: Connection, chat_id: int, at: datetime) -> int:
        """The `seq` of the first message from a moment on; past the last one when there is none."""
        part = await archive.part_since(reader, chat_id, at)
        seq = part and await blocks.since(self.vault, part, at)
        return seq or await messages.first_since(reader, chat_id, at)

    # Single messages

    async def message(self, user_id: int, chat_id: int, seq: int) -> Message:
        try:
            return await message_reads.message(self.database, user_id, chat_id, seq)
        except NotFound:
            return (await self._seen(user_id, chat_id, seq))[0]

    async def reactions(
        self, user_id: int, chat_id: int, seq: int, limit: int, after: ReactionCursor | None
    ) -> tuple[list[Reaction], ReactionCursor | None]:
        try:
            return await message_reads.reactions(self.database, user_id, chat_id, seq, limit, after)
        except NotFound:
            _, line = await self._seen(user_id, chat_id, seq)
        assert line.message is not None
        given = sorted(line.message.reactions or [], key=lambda each: (each[0], each[2]))
        place = (after.emoji, after.rev) if after else ("", 0)
        rest = [each for each in given if (each[0], each[2]) > place]
        counts = {reaction.emoji: reaction.count for reaction in reactions_of(line.message)}
        shown: dict[str, list[int]] = {}
        for emoji, user, _ in rest[:limit]:
            shown.setdefault(emoji, []).append(user)
        found = [Reaction(emoji, counts[emoji], users) for emoji, users in shown.items()]
        last = rest[limit - 1] if len(rest) > limit else None
        return found, last and ReactionCursor(last[0], last[2])

    async def source(self, user_id: int, chat_id: int, seq: int) -> ForwardedSource:
        """The message a copy was forwarded from; both it and the copy may be archived.

        Raises NotFound for what is no copy, or none that the user may read.
        """
        origin = await self._origin(user_id, chat_id, seq)
        try:
            original = await self.message(user_id, origin.chat_id, origin.seq)
        except NotFound:
            return ForwardedSource(None)
        return ForwardedSource(None if original.deleted_at else origin)

    async def _origin(self, user_id: int, chat_id: int, seq: int) -> MessageLink:
        try:
            return await message_reads.origin(self.database, user_id, chat_id, seq)
        except NotFound:
            await self.message(user_id, chat_id, seq)
        found = (await self.forwardable(chat_id, [seq])).get(seq)
        if found is None or found[1] is None:
            raise NotFound("There is no such forwarded message.")
        return MessageLink(found[1].chat_id, found[1].seq)

    # For actors, who know their members

    async def archived(self, chat_id: int, seq: int) -> Message | None:
        """A message that the table does not have any more."""
        return (await self._lines(chat_id, [seq])).get(seq, (None, None))[0]

    async def forwardable(
        self, chat_id: int, seqs: Sequence[int]
    ) -> dict[int, tuple[Message, Origin | None]]:
        """Archived messages with what they were forwarded from, if they were."""
        found: dict[int, tuple[Message, Origin | None]] = {}
        for seq, (message, line) in (await self._lines(chat_id, seqs)).items():
            archived, origin = line.message, None
            assert archived is not None
            if archived.forwarded_from and archived.source_chat_id and archived.source_seq:
                origin = Origin(
                    archived.source_chat_id, archived.source_seq, archived.forwarded_from
                )
            found[seq] = message, origin
        return found

    async def _lines(self, chat_id: int, seqs: Sequence[int]) -> dict[int, tuple[Message, Line]]:
        async def work(connection: Connection) -> dict[int, tuple[Message, Line]]:
            return {
                seq: found
                for seq in seqs
                if (found := await self._at(connection, chat_id, seq)) is not None
            }

        if not await archive.line(self.database, chat_id):
            return {}
        return await self.slowly(lambda: self.database.transact(work, snapshot=True))

    async def _seen(self, user_id: int, chat_id: int, seq: int) -> tuple[Message, Line]:
        """A message of the archive that a user may read; raises NotFound."""

        async def read(connection: Connection) -> tuple[Message, Line]:
            found = await self._at(connection, chat_id, seq)
            if found is None:
                raise NotFound("There is no such message.")
            return found

        return await self.slowly(lambda: within(self.database, user_id, chat_id, read))

    async def _at(self, reader: Connection, chat_id: int, seq: int) -> tuple[Message, Line] | None:
        if (await messages.by_seq(reader, chat_id, [seq])).get(seq) is not None:
            return None
        for part in await archive.parts_between(
            reader, chat_id, seq - 1, seq + 1, archive.MOST, down=True
        ):
            for line in await blocks.above(self.vault, part, seq - 1, 1):
                if line.seq == seq:
                    [message] = await self.joined(reader, chat_id, [line], [])
                    return message, line
        return None

    # For lists that go on in the archive

    async def joined(
        self, reader: Connection, chat_id: int, lines: list[Line], live: list[Message]
    ) -> list[Message]:
        """Lines and rows as messages by `seq`; where there are both, the row."""
        there = {message.seq for message in live}
        lines = [line for line in lines if line.seq not in there]
        keys = [(chat_id, line.seq) for line in lines if line.message and line.message.files]
        files = await attachments.of_messages(reader, keys)
        archived = [message_of(chat_id, line, files.get((chat_id, line.seq), [])) for line in lines]
        return sorted([*archived, *live], key=lambda message: message.seq)

    async def slowly(self, read: Callable[[], Awaitable[T]]) -> T:
        """Read in turn; again when a part was just written anew under another name."""
        async with self._turn:
            for _ in range(TRIES):
                try:
                    return await read()
                except FileNotFoundError:
                    continue
                except (zlib.error, msgspec.DecodeError) as error:
                    raise Unavailable(
                        "A part of the archive is damaged; tell an administrator."
                    ) from error
        raise Unavailable("A part of the archive is missing; tell an administrator.")


def _is_whole(page: MessagePage, line: int, limit: int, after: int | None) -> bool:
    """Whether a page of the table would be the same with the archive."""
    if after is not None:
        return after >= line
    full = page.next is not None or len(page.messages) >= limit
    return full and page.messages[0].seq > line


def held(found: list[Message], limit: int, most: int, more: bool) -> Part[Message]:
    """As many as one page holds, in their order."""
    items: list[Message] = []
    size = 0
    for message in found:
        if len(items) == limit or (items and size > most):
            return Part(items, True)
        size += 400 + len(message.text.encode()) + FILE_BYTES * len(message.files)
        items.append(message)
    return Part(items, more)
