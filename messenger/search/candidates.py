"""Asks the index for the newest entries that may be what is wanted, at a bounded cost.

A word that few entries have is asked for at once. One that a great many have is looked for in the
newest slices of time first, then in more of them, until there is enough: no query reads all that a
common word has.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import ceil
from time import monotonic
from typing import Any, Final, NamedTuple

import msgspec

from messenger import errors
from messenger.search import codes, marks
from messenger.search.dictionary import Dictionary
from messenger.search.entries import NOWHERE, What
from messenger.search.expanding import Option, Wanting
from messenger.search.figures import Figures
from messenger.search.filters import Sieve
from messenger.search.marks import MOST_SLICES, SLICE_SECONDS, Kind
from messenger.store.db import Database, Row
from messenger.store.reads import search as reads
from messenger.store.reads.search import Candidate

DIRECT: Final = 1_500
"""Entries that are fetched and ordered in a few milliseconds."""
WIDER: Final = 5
"""Times as many slices each time that there was not enough in those before."""
TIMES: Final = 3.0
AT_MOST: Final = 20 * DIRECT
"""So many times what is needed, by chance, and so many at most by the cautious guess, are read at
once rather than window by window: two lists of words are sooner compared with each other than with
all that was said in a window; but each entry is a page."""
LEAST_SEEN: Final = 0.01
ROOM: Final = 1.5
"""So many times what is wanted is expected in the first slices: words come in bursts."""
FEW_CHATS: Final = 64
SMALL_PART: Final = 0.25
"""Who may read less than that of everything has their chats asked for in the index as well."""
FIRST_SHARED: Final = chr(codes.WORDS[-1][0])

Bound = tuple[datetime, int, int]
FIRST: Final[Bound] = (datetime(9000, 1, 1, tzinfo=UTC), 0, 0)


class Ask(msgspec.Struct, frozen=True):
    """A statement's parameters that do not change from window to window."""

    user_id: int
    every: list[str]
    anys: list[list[str]]
    none: list[str]
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
        found = [_codes(option, dictionary) for option in wanting.options]
        possible = [each for each in found if each is not None]
        if wanting.negated:
            none += [
                group[0]
                for option, each in zip(wanting.options, found, strict=True)
                if each and len(each) == 1 and not option.phrase
                for group in each
                # What others may share is left to the text.
                if len(group) == 1 and group[0] < FIRST_SHARED
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
    # Whoever says a word twice asks for no less.
    every = list(dict.fromkeys(every))
    return Ask(user_id, every, anys, none, whats, sieve.since, sieve.upto)


def _codes(option: Option, dictionary: Dictionary) -> list[list[str]] | None:
    """The characters of each of its groups; None where one has nothing that is in the index."""
    known = dictionary.numbers
    found = [
        sorted({codes.of_word(known[key]) for key in group if key in known})
        for group in option.groups
    ]
    return found if all(found) else None


def _united(options: Sequence[list[list[str]]]) -> list[list[str]]:
    """One group that has something of each option: the smallest of its groups."""
    if not all(options):
        return []
    return [sorted({each for groups in options for each in min(groups, key=len)})]


class Run(NamedTuple):
    """Candidates, the latest first, and whether there are none after them."""

    rows: list[Candidate]
    ends: bool


async def newest(
    database: Database,
    ask: Ask,
    figures: Figures,
    chats: dict[int, Row],
    upto: Bound,
    most: int,
    until: float,
    ahead: int = 0,
    patterns: Sequence[str] = (),
    sent: int = 0,
) -> Run:
    """The newest entries before a place, at most so many; fewer means that there are no more.

    Of what follows them so many (`ahead`) are told as are met without looking further. Raises
    Unavailable where it is not done by `until` (monotonic). Of each message it is told whether it
    has the `patterns`; the texts of those, and of the first that are to be `sent`, come with them.
    """
    anys = _anys(ask, figures, chats)
    found: list[Candidate] = []
    end = min(upto, (ask.upto, 0, 0))
    if end[0] <= ask.since:
        return Run([], True)
    # People and chats are few, and of no slice of time.
    by_chance, expected = _expected(ask, anys, figures) if ask.timed else (0.0, 0.0)
    # Where the index is asked for chats, all that it tells of is seen.
    in_chats = ask.in_chats or _sees_little(figures, chats)
    seen = 1.0 if in_chats else max(LEAST_SEEN, _part_seen(figures, chats))
    in_slice = seen * by_chance * figures.in_slice / max(1.0, figures.entries)
    # What is only looked through besides is worth no longer window where little is seen of it.
    needed = most if sent else most + ahead / 2
    count = _count(max(needed, seen * (most + ahead / 2)), in_slice)
    if _at_once(needed, in_slice, seen, by_chance, expected):
        expected = 0.0
    quiet = _place(ask, chats) if upto == FIRST else None
    while True:
        if monotonic() > until:
            raise errors.Unavailable()
        slices, since = _window(expected, ask.since, end[0], count, figures.oldest)
        given = _given(ask, anys, slices, since, end, most + ahead - len(found))
        if ask.whats == [What.MESSAGE]:
            rows = await reads.messages_with(
                database, ask.user_id, patterns=patterns, sent=max(0, sent - len(found)), **given
            )
        else:
            user = None if ask.people else ask.user_id
            rows = await reads.candidates(database, user, **given)
        found += rows
        if len(found) >= most or since <= ask.since:
            return Run(found, since <= ask.since and len(rows) < given["limit"])
        end = min(end, (since, 0, 0))
        if rows or quiet is None:
            # By what there was: words that belong together are in more than chance has it.
            in_slice, left = len(rows) / count, figures.part_before(end[0])
            rest = needed - len(found)
            if _at_once(rest, in_slice, seen, by_chance * left, expected * left):
                expected = 0.0
            count = min(max(count, _count(rest, in_slice)), count * WIDER)
            continue
        # Nothing was said in the first slices, or not these words: as many where there was.
        last = await reads.last_said(database, quiet)
        count, quiet = max(min(count * WIDER, MOST_SLICES), count + _slices(last, end[0])), None


async def beside(
    database: Database,
    ask: Ask,
    figures: Figures,
    chats: dict[int, Row],
    upto: Bound,
    most: int,
) -> list[Candidate] | None:
    """What stands before the messages, so many of each kind; None where it may be a great many."""
    anys = _anys(ask, figures, chats)
    if _expected(ask, anys, figures)[1] > DIRECT:
        return None
    end = min(upto, (ask.upto, 0, 0))
    given = _given(ask, anys, None, ask.since, end, most)
    return await reads.beside(database, ask.user_id, **given)


def _anys(ask: Ask, figures: Figures, chats: dict[int, Row]) -> list[list[str]]:
    anys = sorted(ask.anys, key=len)
    if not ask.people and not ask.in_chats and _sees_little(figures, chats):
        anys.insert(0, [marks.mark(Kind.CHAT, id) for id in (*chats, NOWHERE)])
    # One is for the slices of time; what is left out narrows less, and is looked at afterwards.
    return anys[: reads.GROUPS - 1]


def _expected(ask: Ask, anys: Sequence[Sequence[str]], figures: Figures) -> tuple[float, float]:
    return figures.expected([*([each] for each in ask.every), *anys])


def _sees_little(figures: Figures, chats: dict[int, Row]) -> bool:
    return 0 < len(chats) <= FEW_CHATS and _part_seen(figures, chats) < SMALL_PART


def _part_seen(figures: Figures, chats: dict[int, Row]) -> float:
    """The part of all entries that is of these chats, about."""
    seen: int = sum(chat.n for chat in chats.values())
    return min(1.0, seen / max(1.0, figures.entries))


def _at_once(
    needed: float, in_slice: float, seen: float, by_chance: float, expected: float
) -> bool:
    """Whether all the rest is to be read: one window is not enough, and it cannot be much more."""
    is_long = needed > in_slice * MOST_SLICES
    return is_long and by_chance <= TIMES * needed / seen and expected <= AT_MOST


def _count(wanted: float, in_slice: float) -> int:
    """The slices of time that have so many, as many as there are in one of them."""
    return max(1, min(ceil(ROOM * wanted / max(1e-6, in_slice)), MOST_SLICES))


def _window(
    expected: float, since: datetime, end: datetime, count: int, oldest: datetime
) -> tuple[list[str] | None, datetime]:
    """So many slices of time up to a moment, and where they begin; None: all the rest."""
    if expected <= DIRECT or min(end, datetime.now(UTC)) <= oldest:
        return None, since
    slices, begins = marks.slices(min(end, datetime.now(UTC)), count)
    return slices, max(begins, since)


def _place(ask: Ask, chats: dict[int, Row]) -> list[int] | None:
    """The chats that messages are looked for in; None where something else is."""
    if ask.whats != [What.MESSAGE]:
        return None
    if not ask.in_chats:
        return list(chats)
    named = (each for group in (ask.every, *ask.anys) for each in group)
    return [int(each[1:]) for each in named if each[0] == Kind.CHAT and each[1:].isdecimal()]


def _slices(last: datetime | None, end: datetime) -> int:
    """So many slices there are from a moment on."""
    if last is None:
        return 0
    end = min(end, datetime.now(UTC))
    return max(0, ceil((end - last).total_seconds() / SLICE_SECONDS))


def _given(
    ask: Ask,
    anys: Sequence[list[str]],
    slices: list[str] | None,
    since: datetime,
    end: Bound,
    limit: int,
) -> dict[str, Any]:
    """What one statement is given."""
    every, groups = list(ask.every), list(anys)
    if slices is not None:
        if len(slices) == 1:
            every += slices
        else:
            groups.append(slices)
    at, chat, entry = end
    return {f"any{place}": group for place, group in enumerate(groups)} | {
        "every": every or None, "none": ask.none or None, "whats": ask.whats,
        "since": since, "at": at, "chat": chat, "entry": entry, "limit": limit,
    }  # fmt: skip
