"""What the index has of words: their numbers, their relatives, those that begin so or are near."""

from collections.abc import Iterable
from typing import Final

from messenger.search.variants import is_near, root
from messenger.search.words import stem
from messenger.store.reads import search_dictionary as reads
from messenger.store.rows.chats import Reader

MOST_BEGINNINGS: Final = 60
MOST_RELATIVES: Final = 20
MOST_SLIPS: Final = 8
MOST_LOOKS: Final = 6
"""Words of one query that slips are looked for of: each takes some milliseconds."""
SHORTEST_SLIP: Final = 4
"""Letters of a word that slips are looked for of: shorter ones are near to everything."""


class Dictionary:
    """What the index has, of one query; the words that were asked for are known after it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        # State: numbers by word, words by root, and by how they begin.
        self.numbers: dict[str, int] = {}
        self._relatives: dict[str, list[str]] = {}
        self._beginnings: dict[str, list[str]] = {}
        self._asked: set[str] = set()
        self._looks = MOST_LOOKS

    async def learn(self, keys: Iterable[str], start: str | None = None) -> None:
        """Look up words and their relatives in one go, and with them what begins so."""
        new = sorted(set(keys) - self._asked)
        if start in self._beginnings:
            start = None
        if not new and start is None:
            return
        self._asked.update(new)
        roots = sorted({root(key) for key in new if root(key) != key or _may_have_relatives(key)})
        begun = [] if start is None else self._beginnings.setdefault(start, [])
        for row in await reads.related(
            self.reader, new, roots, MOST_RELATIVES + 1, start, MOST_BEGINNINGS
        ):
            self.numbers[row.word] = row.id
            if row.begins:
                begun.append(row.word)
                continue
            relatives = self._relatives.setdefault(row.root, [])
            if row.word not in relatives:
                relatives.append(row.word)

    async def beginning(self, start: str) -> list[str]:
        """Words that begin so, the most common first as far as that is known."""
        await self.learn((), start)
        return self._beginnings[start]

    async def near(self, form: str) -> list[str]:
        """Words that a slip makes of this one; the most common first."""
        if not has_slips(form) or not self._looks:
            return []
        self._looks -= 1
        turned = swaps(form)
        await self.learn(turned)
        swapped = [key for key in turned if self.has(key)]
        rows = sorted(await reads.near(self.reader, form), key=lambda row: row.id)
        found = [row for row in rows if row.word.isalpha() and is_near(form, row.word)]
        self.numbers.update({row.word: row.id for row in found[:MOST_SLIPS]})
        return [*swapped, *(row.word for row in found)][:MOST_SLIPS]

    def relatives(self, key: str) -> list[str]:
        return [word for word in self._relatives.get(root(key), []) if word != key][:MOST_RELATIVES]

    def has(self, key: str) -> bool:
        return key in self.numbers


def has_slips(form: str) -> bool:
    """Whether slips are looked for of a word."""
    return len(form) >= SHORTEST_SLIP and not any(each.isdigit() for each in form)


def swaps(form: str) -> list[str]:
    """The keys of a word whose letters changed places, which leaves neither of its halves as it was
    where they are in the middle.
    """
    return [
        stem(form[:place] + form[place + 1] + form[place] + form[place + 2 :])
        for place in range(len(form) - 1)
    ]


def _may_have_relatives(key: str) -> bool:
    return len(key) >= 3 and "а" <= key[0] <= "я"
