"""Writes subjects into the index: characters for their words, a row for each of their entries.

What is written is the subject as it stood when it was read; `rev` sees that nothing older takes
the place of something newer, and whoever reads subjects beside the consumer of the log does it
under the same lock (`store.rows.search.lock`).
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from messenger.search import codes
from messenger.search.entries import Entry, Removal, changes
from messenger.search.numbers import Numbers, Subject
from messenger.store.db import Connection
from messenger.store.rows import search as rows
from messenger.store.rows.search import EntryRow, RangeRow, UnreadRow

AT_ONCE: Final = 25
"""Subjects that are read in a row: more would keep others from their turn."""


class Batch:
    """Entries and removals of subjects, each once."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.removals: list[Removal] = []

    async def put(self, subjects: Sequence[Subject]) -> None:
        """Read subjects, each at most once; gives way to others in between."""
        for place in range(0, len(subjects), AT_ONCE):
            for subject in subjects[place : place + AT_ONCE]:
                for change in changes(subject):
                    if isinstance(change, Entry):
                        self.entries.append(change)
                    else:
                        self.removals.append(change)
            await asyncio.sleep(0)

    async def write(self, connection: Connection, numbers: Numbers) -> dict[str, int]:
        """Write all of it; the numbers that were used, to be kept once it is committed."""
        found = await numbers.of(connection, {key for each in self.entries for key in each.keys})
        await rows.remove(connection, [_range_row(each) for each in self.removals])
        await rows.save(connection, [_entry_row(each, found) for each in self.entries])
        await rows.queue(connection, [_unread(each) for each in self.entries if each.file])
        return found


def _range_row(removal: Removal) -> RangeRow:
    return RangeRow(removal.chat_id, removal.first, removal.last, removal.rev)


def _entry_row(entry: Entry, numbers: dict[str, int]) -> EntryRow:
    words = map(codes.of_word, map(numbers.__getitem__, entry.keys))
    return EntryRow(
        entry.chat_id,
        entry.number,
        rows.in_ms(entry.at),
        entry.rev,
        "".join([*(each for each in entry.marks if len(each) == 1), *words]),
        " ".join([each for each in entry.marks if len(each) > 1]) or None,
    )


def _unread(entry: Entry) -> UnreadRow:
    assert entry.file is not None
    return UnreadRow(entry.file, entry.chat_id, entry.number, entry.rev)
