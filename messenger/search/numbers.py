"""Numbers of words, as far as they are known, and of subjects the last version."""

from collections.abc import Iterable
from typing import Final

from messenger.model import Chat, Message, Task, User
from messenger.store.db import Connection
from messenger.store.rows import search as rows
from messenger.store.rows import search_words

KNOWN: Final = 20_000
"""Words whose numbers are kept in memory, about 3 MiB; then it begins anew."""

Subject = Message | Task | User | Chat


class Numbers:
    """Numbers of words, by word, as far as they are known."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._version = 0

    async def of(self, connection: Connection, words: Iterable[str]) -> dict[str, int]:
        """Those of all the words; who has none gets one. Under the lock of the index."""
        version = await search_words.version(connection)
        if version != self._version:
            # Words were removed since, and may have other numbers by now.
            self._known.clear()
            self._version = version
        wanted = set(words)
        found = {word: self._known[word] for word in wanted if word in self._known}
        unknown = sorted(wanted - found.keys())
        if unknown:
            more = await rows.numbers(connection, unknown)
            new = [word for word in unknown if word not in more]
            if new:
                from messenger.search.variants import root

                more |= await rows.add_words(connection, {word: root(word) for word in new})
            found |= more
        return found

    def keep(self, found: dict[str, int]) -> None:
        """Remember numbers, once they are stored."""
        if len(self._known) + len(found) > KNOWN:
            self._known.clear()
        self._known |= found


def latest(subjects: Iterable[Subject]) -> list[Subject]:
    """Of each subject the last version."""
    found: dict[object, Subject] = {}
    for subject in subjects:
        match subject:
            case Message():
                key: object = ("message", subject.chat_id, subject.seq)
            case User():
                # Also by what is told to the person alone.
                key = ("user", subject.id)
            case _:
                key = (type(subject).__name__, subject.id)
        if key not in found or subject.rev >= found[key].rev:
            found[key] = subject
    return list(found.values())
