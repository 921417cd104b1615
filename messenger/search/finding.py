"""A search from its request to its answer: reads the query, asks the index, looks, ranks, pages.

Whatever is answered was a candidate that `visible_chats` let through, and had what is wanted in
its present text.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from messenger.archive.reading import Reading
from messenger.model import Identity
from messenger.model.search import ReadQuery, SearchHit, SearchKind, Snippet
from messenger.rules.moments import checked_moment
from messenger.search import codes, marks, query
from messenger.search.candidates import FIRST, Ask, ask
from messenger.search.days import read_days
from messenger.search.dictionary import Dictionary
from messenger.search.entries import What
from messenger.search.expanding import Wanting, expand
from messenger.search.figures import Figures
from messenger.search.filters import Asker, Sieve, sieve, start_of
from messenger.search.hits import hits_of
from messenger.search.looking import Looking
from messenger.search.marks import Flag, Kind
from messenger.search.matching import Matcher
from messenger.search.paging import (
    BLOCK,
    PHRASE_BLOCK,
    SECONDS,
    SMALL_BLOCK,
    Pages,
    Prepared,
    Scored,
    Wish,
)
from messenger.search.wanted import Found, PageCursor, Wanted
from messenger.search.words import composed, keys_of, words_of
from messenger.store.db import Database
from messenger.store.reads import search as reads
from messenger.store.rows import users

FIRST_PAGE: Final[tuple[tuple[SearchKind, int], ...]] = (
    ("person", 3),
    ("chat", 3),
    ("task", 5),
    ("file", 5),
)
"""What stands before the messages when no kind is asked for, and how many of each."""
WHATS: Final[dict[SearchKind | None, list[int]]] = {
    None: [What.MESSAGE],
    "message": [What.MESSAGE],
    "comment": [What.MESSAGE],
    "task": [What.TASK],
    "file": list(range(What.FILES, 64)),
    "person": [What.PERSON],
    "chat": [What.CHAT],
}
FLAGS: Final[dict[SearchKind, Flag]] = {
    "comment": Flag.COMMENT,
    "task": Flag.TASK,
    "file": Flag.FILE,
    "person": Flag.PERSON,
    "chat": Flag.CHAT,
}


DATED: Final = frozenset({"before", "after", "on", "due"})
"""Operators that ask what day it is where somebody is."""


class Finder:
    """What the door asks."""

    def __init__(self, database: Database, reading: Reading, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.reading = reading
        self.clock = clock
        self.figures = Figures()

    def __repr__(self) -> str:
        return f"<Finder over {self.figures.entries:.0f} entries>"

    async def find(self, identity: Identity, wanted: Wanted) -> Found:
        """Raises ValidationFailed for too long a query, Unavailable when it takes too long."""
        until = monotonic() + SECONDS
        typed = query.read(wanted.q)
        dictionary = Dictionary(self.database)
        instead = wanted.place is not None and wanted.place.instead
        # Neither needs what the other brings.
        (asker, found), wants = await asyncio.gather(
            self._sifted(identity, wanted, typed),
            expand(dictionary, typed, typing=wanted.typing, instead=instead),
        )
        await self.figures.refresh(self.database)

        def prepared_of(wants: list[Wanting]) -> Prepared:
            looking = Looking(self.database, self.reading, identity, wants)
            bare = _is_bare(wanted, typed)
            return Prepared(asker, found, wants, dictionary, looking, bare, until)

        prepared = prepared_of(wants)
        hits, place = await self._answer(prepared, wanted)
        if not hits and place is None and wanted.place is None and not instead:
            # Whether others have such words is no reason: only what this person may read is.
            wants = await expand(dictionary, typed, typing=wanted.typing, instead=True)
            prepared = prepared_of(wants)
            if any(each.replaced for each in wants):
                hits, place = await self._answer(prepared, wanted)
                place = place and msgspec.structs.replace(place, instead=True)
        return Found(hits, place, _told(typed, prepared, hits))

    async def _sifted(
        self, identity: Identity, wanted: Wanted, typed: query.Query
    ) -> tuple[Asker, Sieve]:
        """Who asks, and what filters and parameters ask for."""
        asker = await self._asker(identity, wanted, typed)
        found = await sieve(self.database, asker, wanted.q, typed.operators)
        self._narrow(found, asker, wanted)
        return asker, found

    async def _asker(self, identity: Identity, wanted: Wanted, typed: query.Query) -> Asker:
        chats = await reads.my_chats(self.database, identity.user_id)
        zone = ZoneInfo("UTC")
        if wanted.before or wanted.after or any(each.name in DATED for each in typed.operators):
            me = await users.me(self.database, identity.user_id)
            zone = ZoneInfo(me.time_zone if me else "UTC")
        return Asker(identity, chats, zone, self.clock().astimezone(zone).date())

    def _narrow(self, found: Sieve, asker: Asker, wanted: Wanted) -> None:
        """What the parameters say beside the query."""
        found.kind = wanted.kind or found.kind
        if wanted.chat_id is not None:
            found.every.append(marks.mark(Kind.CHAT, wanted.chat_id))
            found.in_chats = True
            found.impossible |= wanted.chat_id not in asker.chats
        if wanted.sender is not None:
            found.every.append(codes.of_sender(wanted.sender))
        if wanted.after is not None:
            found.since = max(found.since, _moment(wanted.after, asker))
        if wanted.before is not None:
            found.upto = min(found.upto, _moment(wanted.before, asker))

    async def _answer(
        self, prepared: Prepared, wanted: Wanted
    ) -> tuple[list[SearchHit], PageCursor | None]:
        if prepared.is_bare and all(each.negated for each in prepared.wanted):
            return [], None
        kind = prepared.sieve.kind
        begins = wanted.place or PageCursor(self.clock().astimezone(UTC), None, None, None)
        lists: list[tuple[SearchKind | None, int, int]] = [
            (kind, wanted.limit, self._block(prepared))
        ]
        if kind is None and wanted.place is None:
            first = [(each, most, SMALL_BLOCK) for each, most in FIRST_PAGE]
            # People and chats are in no chat, from nobody, and of no day.
            lists = [*(first if prepared.is_bare else first[2:]), *lists]
        wishes = [Wish(*each, self._ask(prepared, each[0])) for each in lists]
        pages = Pages(self.database, self.figures, prepared, wanted)
        wishes = [pages.wished(each) for each in wishes]
        at_once = self._beside(wishes[-1].ask, [each[0] for each in lists[:-1]])
        firsts = await pages.blocks(wishes, begins.upto or FIRST, at_once)
        found: list[Scored] = []
        place: PageCursor | None = None
        for wish, run in zip(wishes, firsts, strict=True):
            place = None
            if run.rows:
                scored, place = await pages.page(wish, begins, run)
                found += scored
        return await hits_of(self.database, found), place

    def _block(self, prepared: Prepared) -> int:
        phrased = (option.phrase for each in prepared.wanted for option in each.options)
        return PHRASE_BLOCK if any(phrased) else BLOCK

    def _beside(self, messages: Ask | None, kinds: Sequence[SearchKind | None]) -> Ask | None:
        """What is asked for all that stands before the messages."""
        if messages is None or not kinds:
            return None
        flags = [marks.flag(FLAGS[kind]) for kind in kinds if kind]
        whats = [what for kind in kinds for what in WHATS[kind]]
        return msgspec.structs.replace(messages, anys=[flags, *messages.anys], whats=whats)

    def _ask(self, prepared: Prepared, kind: SearchKind | None) -> Ask | None:
        every = list(prepared.sieve.every)
        if kind in FLAGS:
            every.append(marks.flag(FLAGS[kind]))
        asked = ask(
            prepared.sieve, prepared.wanted, prepared.dictionary,
            prepared.asker.identity.user_id, WHATS[kind],
        )  # fmt: skip
        if asked is None:
            return None
        none = [*asked.none, marks.flag(Flag.COMMENT)] if kind == "message" else asked.none
        added = [each for each in every if each not in asked.every]
        return Ask(
            asked.user_id, [*asked.every, *added], asked.anys, none, asked.whats, asked.since,
            asked.upto, people=kind == "person", timed=kind not in ("person", "chat"),
            in_chats=prepared.sieve.in_chats,
        )  # fmt: skip


def _is_bare(wanted: Wanted, typed: query.Query) -> bool:
    """Whether nothing but words is asked for."""
    given = (wanted.chat_id, wanted.sender, wanted.before, wanted.after)
    narrowing = [each for each in typed.operators if each.value.strip() and each.name != "type"]
    return not narrowing and all(each is None for each in given)


def _moment(written: str, asker: Asker) -> datetime:
    if len(written) == 10:
        days = read_days(written, asker.today)
        assert days is not None
        return start_of(days.first, asker.zone)
    return checked_moment(written, "moment")


def _told(typed: query.Query, prepared: Prepared, hits: Sequence[SearchHit]) -> ReadQuery:
    words = [atom.text for clause in typed.clauses for atom in clause.atoms if not clause.negated]
    return ReadQuery(
        words=words, filters=prepared.sieve.filters, corrected=_corrected(prepared, hits)
    )


def _corrected(prepared: Prepared, hits: Sequence[SearchHit]) -> str | None:
    """The query's words, with those that were found in the place of others as a text has them.

    Only what is shown is told: other words of the dictionary may be of what one may not read.
    """
    wanted = [each for each in prepared.wanted if not each.negated]
    if not hits or not any(each.replaced for each in wanted):
        return None
    shown = [each for hit in hits[:3] for each in (hit.title, hit.text) if each and each.ranges]
    told = [_as_shown(each, shown) if each.replaced else None for each in wanted]
    if not any(told):
        return None
    return " ".join(word or each.atoms[0].text for word, each in zip(told, wanted, strict=True))


def _as_shown(wanting: Wanting, shown: Sequence[Snippet]) -> str | None:
    """What stands in a text in the place of the typed word, if it is another one."""
    matcher = Matcher([wanting])
    typed = {key for word in words_of(composed(wanting.atoms[0].text)) for key in word.keys}
    for piece in shown:
        found = matcher.match(piece.text)
        if found is not None and found.ranges:
            told = " ".join(piece.text[start:end] for start, end in found.ranges[:1]).lower()
            return None if typed & set(keys_of(told)) else told
    return None
