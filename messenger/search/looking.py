"""Looks at candidates: loads what they are of, and keeps those that have what is wanted now.

A candidate is an entry of the index; a `Sight` is what was found of it, with what ranking needs.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from messenger.archive.reading import Reading
from messenger.model import Chat, File, Identity, Message, Task, User
from messenger.search.contents import match_contents
from messenger.search.entries import What, id_of, what_of
from messenger.search.expanding import Wanting
from messenger.search.matching import Match, Matcher
from messenger.search.patterns import of_phrases
from messenger.store.db import Database
from messenger.store.reads import search_texts as reads
from messenger.store.reads.search import Candidate
from messenger.store.rows import attachments, chats, tasks, users

AT_ONCE: Final = 20_000
"""Characters that are looked at in a row: more would keep others from their turn."""
CONTENTS: Final = 4 * 2**20
"""Bytes of the text of files that are read for one block, which ends before more of them."""
MOST_ARCHIVED: Final = 40
"""Candidates of one block that are read from the archive."""
Key = tuple[datetime, int, int]
"""An entry's place in the order of time."""
Placed = tuple[Candidate, File, int | None]
"""A file, where it hangs: at a message or at the task of this id."""


class Sight(msgspec.Struct, frozen=True):
    """One thing that has what is wanted. `text` is what its match has its ranges in."""

    key: Key
    match: Match
    text: str
    title: Match | None = None
    sender: int | None = None
    task_id: int | None = None
    task: Task | None = None
    file: File | None = None
    contents: str | None = None
    user: User | None = None
    chat: Chat | None = None
    archived: bool = False

    @property
    def what(self) -> int:
        return what_of(self.key[2])

    @property
    def id(self) -> int:
        return id_of(self.key[2])


class Looking:
    """Of one query: what is wanted, and where it is read from."""

    def __init__(
        self, database: Database, reading: Reading, identity: Identity, wanted: Sequence[Wanting]
    ) -> None:
        self.database = database
        self.reading = reading
        self.identity = identity
        self.wanted = wanted
        self.matcher = Matcher(wanted)
        self.phrases = of_phrases(wanted)

    async def look(self, rows: Sequence[Candidate]) -> tuple[list[Sight], int]:
        """What of the candidates is found, and how many of them were looked at, from the first."""
        found: list[Sight] = []
        by_what: dict[str, list[Candidate]] = defaultdict(list)
        for row in rows:
            by_what[_group(what_of(row.entry))].append(row)
        looked = len(rows)
        if by_what["messages"]:
            more, left = await self._messages(by_what["messages"])
            found += more
            looked -= left
        files = await self._files(by_what["files"]) + await self._task_files(by_what["task files"])
        if files:
            more, end = await self._placed_files(sorted(files, key=_newest, reverse=True))
            found += more
            if end is not None:
                looked = sum(_key(row) > _key(end) for row in rows)
        for group, look in (
            ("tasks", self._tasks), ("people", self._people), ("chats", self._chats),
        ):  # fmt: skip
            if by_what[group]:
                found += await look(by_what[group])
        return found, looked

    async def _messages(self, rows: Sequence[Candidate]) -> tuple[list[Sight], int]:
        keys = [(row.chat_id, id_of(row.entry)) for row in rows]
        live = await self._live(rows)
        away = [
            place
            for place, key in enumerate(keys)
            if self._may_have(rows[place]) and key not in live
        ]
        # Reading the archive takes its time: the block ends before it takes too much.
        end = away[MOST_ARCHIVED] if len(away) > MOST_ARCHIVED else len(rows)
        archived = await self._archived([keys[place] for place in away if place < end])
        found, count = [], 0
        for row, key in zip(rows[:end], keys, strict=False):
            message: Any = live.get(key) or archived.get(key)
            if message is None or (key in archived and archived[key].deleted_at is not None):
                continue
            count += len(message.text)
            if count > AT_ONCE:
                count = 0
                await asyncio.sleep(0)
            seen = self.matcher.match(message.text)
            if seen is not None:
                found.append(
                    Sight(
                        key=_key(row),
                        match=seen,
                        text=message.text,
                        sender=message.sender_id,
                        task_id=message.task_id,
                        archived=key not in live,
                    )
                )
        return found, len(rows) - end

    async def _live(self, rows: Sequence[Candidate]) -> dict[tuple[int, int], Any]:
        """Messages of the table that may have what is wanted."""
        live: dict[tuple[int, int], Any] = {}
        unread = []
        for row in filter(self._may_have, rows):
            key = row.chat_id, id_of(row.entry)
            message = row.message
            if message is None or (message.text is None and message.sender_id is not None):
                unread.append(key)
            elif message.text is not None:
                live[key] = message
        if unread:
            live |= await reads.messages_of(self.database, unread)
        return live

    def _may_have(self, row: Candidate) -> bool:
        """PostgreSQL has looked for phrases; what it did not find in the table may be archived."""
        return not self.phrases or row.has is not False

    async def _archived(self, keys: Sequence[tuple[int, int]]) -> dict[Any, Message]:
        by_chat: dict[int, list[int]] = defaultdict(list)
        for chat, seq in keys:
            by_chat[chat].append(seq)
        return {
            (chat, seq): message
            for chat, seqs in by_chat.items()
            for seq, (message, _) in (await self.reading.forwardable(chat, seqs)).items()
        }

    async def _tasks(self, rows: Sequence[Candidate]) -> list[Sight]:
        loaded = await tasks.by_ids(self.database, [id_of(row.entry) for row in rows])
        found = []
        for row in rows:
            task = loaded.get(id_of(row.entry))
            if task is None or task.deleted_at is not None or task.chat_id != row.chat_id:
                continue
            text = text_of(task)
            seen = self.matcher.match(f"#{task.number}\n{task.title}\n{text}")
            if seen is not None:
                shift = len(f"#{task.number}\n{task.title}\n")
                below = msgspec.structs.replace(
                    seen,
                    ranges=[(s - shift, e - shift) for s, e in seen.ranges if s >= shift],
                )
                title = msgspec.structs.replace(
                    seen, ranges=_within(seen.ranges, len(f"#{task.number}\n"), shift - 1)
                )
                found.append(
                    Sight(_key(row), below, text, title=title, sender=task.creator, task=task)
                )
        return found

    async def _files(self, rows: Sequence[Candidate]) -> list[Placed]:
        if not rows:
            return []
        keys = sorted({(row.chat_id, id_of(row.entry)) for row in rows})
        attached = await attachments.of_messages(self.database, keys)
        placed: list[Placed] = []
        for row in rows:
            files = attached.get((row.chat_id, id_of(row.entry)), [])
            place = what_of(row.entry) - What.FILES
            if place < len(files):
                placed.append((row, files[place], None))
        return placed

    async def _task_files(self, rows: Sequence[Candidate]) -> list[Placed]:
        if not rows:
            return []
        loaded = await tasks.by_ids(self.database, [id_of(row.entry) for row in rows])
        placed: list[Placed] = []
        for row in rows:
            task = loaded.get(id_of(row.entry))
            place = what_of(row.entry) - What.TASK_FILES
            is_there = task and task.deleted_at is None and task.chat_id == row.chat_id
            if task and is_there and place < len(task.files):
                placed.append((row, task.files[place], task.id))
        return placed

    async def _placed_files(self, placed: Sequence[Placed]) -> tuple[list[Sight], Candidate | None]:
        """Files by name, else by their text; and from which one on they were left."""
        seen = [self.matcher.match(f"{file.name}\n{file.folder or ''}") for _, file, _ in placed]
        unnamed = [file.id for (_, file, _), each in zip(placed, seen, strict=True) if each is None]
        texts = await reads.texts(self.database, unnamed, CONTENTS) if unnamed else {}
        found: list[Sight] = []
        for (row, file, task_id), named in zip(placed, seen, strict=True):
            inside = None
            if named is None and file.id in texts:
                text = texts[file.id]
                if text is None:
                    return found, row
                inside = await match_contents(f"{file.name}\n{text}", self.wanted)
            if named is None and inside is None:
                continue
            name = named or Match(inside[1].worth, 0.0, 0.0, []) if inside else named
            assert name is not None
            found.append(
                Sight(
                    key=_key(row),
                    match=inside[1] if inside else Match(name.worth, name.near, name.part, []),
                    text=inside[0] if inside else "",
                    title=msgspec.structs.replace(
                        name, ranges=_within(name.ranges, 0, len(file.name))
                    ),
                    sender=file.uploader_id,
                    task_id=task_id,
                    file=file,
                )
            )
        return found, None

    async def _people(self, rows: Sequence[Candidate]) -> list[Sight]:
        ids = [id_of(row.entry) for row in rows]
        seen = {user.id: user for user in await users.seen(self.database, self.identity, ids)}
        found = []
        for row in rows:
            user = seen.get(id_of(row.entry))
            if user is None or user.disabled_at is not None:
                continue
            named = self.matcher.match(f"{user.display_name}\n{user.username}")
            if named is not None:
                title = _within(named.ranges, 0, len(user.display_name))
                found.append(
                    Sight(
                        _key(row), named, user.display_name, user=user,
                        title=msgspec.structs.replace(named, ranges=title),
                    )
                )  # fmt: skip
        return found

    async def _chats(self, rows: Sequence[Candidate]) -> list[Sight]:
        loaded = await chats.find(self.database, [row.chat_id for row in rows])
        found = []
        for row in rows:
            chat = loaded.get(row.chat_id)
            if chat is None or chat.deleted_at is not None or not chat.title:
                continue
            named = self.matcher.match(chat.title)
            if named is not None:
                found.append(Sight(_key(row), named, chat.title, title=named, chat=chat))
        return found


def text_of(task: Task) -> str:
    """What a task says below its title."""
    parts = [task.description, *task.labels, *(item.text for item in task.checklist)]
    return "\n".join(filter(None, parts))


def _group(what: int) -> str:
    if what >= What.TASK_FILES:
        return "task files"
    if what >= What.FILES:
        return "files"
    return ("messages", "tasks", "people", "chats")[what]


def _newest(placed: Placed) -> Key:
    return _key(placed[0])


def _key(row: Candidate) -> Key:
    return row.at, row.chat_id, row.entry


def _within(ranges: list[tuple[int, int]], first: int, last: int) -> list[tuple[int, int]]:
    return [(start - first, end - first) for start, end in ranges if first <= start and end <= last]
