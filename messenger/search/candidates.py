"""Asks the index for the newest entries that may be what is wanted, at a bounded cost.

A word that few entries have is asked for at once. One that a great many have is looked for in the
newest slices of time first, then in more of them, until there is enough: no query reads all that a
common word has.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final

import msgspec

from messenger.search import marks
from messenger.search.expanding import Dictionary, Option, Wanting
from messenger.search.filters import Sieve
from messenger.search.marks import SLICE_SECONDS, Kind
from messenger.store.db import Connection, Database, Row
from messenger.store.reads import search as reads

DIRECT: Final = 1_500
"""Entries that are fetched and ordered in a few milliseconds."""
WINDOWS: Final = (2, 12, 60, 300)
"""Slices of time, of four hours each: then the rest."""
FEW_CHATS: Final = 64
SMALL_PART: Final = 0.25
"""Who may read less than that of everything has their chats asked for in the index as well."""
RARE: Final = 0.0005
"""The part of all entries that has a word that is not among the common ones, at most about."""
FRESH: Final = 300.0
"""Seconds that the figures of the index are kept."""

Bound = tuple[datetime, int, int]
FIRST: Final[Bound] = (datetime(9000, 1, 1, tzinfo=UTC), 0, 0)


class Figures:
    """How common words are, as PostgreSQL's statistics have it; read now and then."""

    def __init__(self) -> None:
        self.entries = 0.0
        self.parts: dict[int, float] = {}
        self._read_at = -FRESH

    async def refresh(self, database: Database) -> None:
        if monotonic() - self._read_at < FRESH:
            return
        row = await database.fetch_one(reads.FIGURES)
        self._read_at = monotonic()
        if row is not None:
            self.entries = max(0.0, row.entries)
            # What follows the parts of the words are their least, their most, and that of null.
            self.parts = dict(zip(row.words or (), row.parts or (), strict=False))

    def expected(self, groups: Sequence[Sequence[int]]) -> float:
        """Entries that have one of each group, at most about."""
        parts = [sum(self.parts.get(each, RARE) for each in group) for group in groups]
        return self.entries * min([1.0, *parts])


class Ask(msgspec.Struct, frozen=True):
    """A statement's parameters that do not change from window to window."""

    user_id: int
    every: list[int]
    anys: list[list[int]]
    none: list[int]
    whats: list[int]
    since: datetime
    upto: datetime
    people: bool = False
    timed: bool = True
    in_chats: bool = False


def ask(
    sieve: Sieve, wanted: Sequence[Wanting], dictionary: Dictionary, user_id: int, whats: list[int]
) -> Ask | None:
    """What the index is asked for; None where it cannot have it. More may come than is wanted."""
    every, anys = list(sieve.every), [list(each) for each in sieve.anys]
    none = list(sieve.none)
    for wanting in wanted:
        numbers = [_numbers(option, dictionary) for option in wanting.options]
        possible = [each for each in numbers if each is not None]
        if wanting.negated:
            none += [
                group[0]
                for option, each in zip(wanting.options, numbers, strict=True)
                if each and len(each) == 1 and len(each[0]) == 1 and not option.phrase
                for group in each
            ]
            continue
        if not possible:
            return None
        for group in possible[0] if len(possible) == 1 else _united(possible):
            if len(group) == 1:
                every += group
            else:
                anys.append(group)
    if sieve.impossible:
        return None
    return Ask(user_id, every, anys, none, whats, sieve.since, sieve.upto)


def _numbers(option: Option, dictionary: Dictionary) -> list[list[int]] | None:
    """The numbers of each of its groups; None where one has nothing that is in the index."""
    known = dictionary.numbers
    found = [sorted({known[key] for key in group if key in known}) for group in option.groups]
    return found if all(found) else None


def _united(options: Sequence[list[list[int]]]) -> list[list[int]]:
    """One group that has something of each option: the smallest of its groups."""
    if not all(options):
        return []
    return [sorted({each for groups in options for each in min(groups, key=len)})]


async def newest(
    connection: Connection,
    ask: Ask,
    figures: Figures,
    chats: dict[int, Row],
    upto: Bound,
    most: int,
) -> list[Row]:
    """The newest entries before a place, at most so many; fewer means that there are no more."""
    anys = sorted(ask.anys, key=len)
    if not ask.people and not ask.in_chats and _sees_little(figures, chats):
        anys.insert(0, [marks.mark(Kind.CHAT, id) for id in chats])
    # One is for the slices of time; what is left out narrows less, and is looked at afterwards.
    anys = anys[: reads.GROUPS - 1]
    groups = [*([each] for each in ask.every), *anys]
    found: list[Row] = []
    end = min(upto, (ask.upto, 0, 0))
    # People and chats are few, and of no slice of time.
    expected = figures.expected(groups) if ask.timed else 0.0
    for slices, since in _windows(expected, ask.since, end[0]):
        rows = await _fetch(connection, ask, anys, slices, since, end, most - len(found))
        found += rows
        if len(found) == most:
            break
        end = min(end, (since, 0, 0))
    return found


def _sees_little(figures: Figures, chats: dict[int, Row]) -> bool:
    seen = sum(chat.n for chat in chats.values())
    return 0 < len(chats) <= FEW_CHATS and seen < SMALL_PART * figures.entries


def _windows(
    expected: float, since: datetime, end: datetime
) -> Iterator[tuple[list[int] | None, datetime]]:
    """Slices of time, the newest first, and where each lot of them begins; None: all the rest."""
    if expected > DIRECT:
        last = marks.number_of_slice(min(end, datetime.now(UTC)))
        for count in WINDOWS:
            first = last - count + 1
            begins = datetime.fromtimestamp(first * SLICE_SECONDS, UTC)
            if begins <= since:
                break
            yield [marks.mark(Kind.SLICE, each) for each in range(first, last + 1)], begins
            last = first - 1
    yield None, since


async def _fetch(
    connection: Connection,
    ask: Ask,
    anys: Sequence[list[int]],
    slices: list[int] | None,
    since: datetime,
    end: Bound,
    limit: int,
) -> list[Row]:
    every, groups = list(ask.every), list(anys)
    if slices is not None:
        if len(slices) == 1:
            every += slices
        else:
            groups.append(slices)
    given: dict[str, Any] = {f"any{place}": group for place, group in enumerate(groups)}
    at, chat, entry = end
    given |= {
        "every": every or None, "none": ask.none or None, "whats": ask.whats, "since": since,
        "at": at, "chat": chat, "entry": entry, "limit": limit,
    }  # fmt: skip
    if ask.people:
        return await reads.people(connection, **given)
    return await reads.candidates(connection, ask.user_id, **given)
