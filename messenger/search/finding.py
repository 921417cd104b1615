"""A search from its request to its answer: reads the query, asks the index, looks, ranks, pages.

Whatever is answered was a candidate that `visible_chats` let through, and had what is wanted in
its present text. Candidates come in blocks, the newest first, and are ranked within their block.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from messenger.archive.reading import Reading
from messenger.model import Identity
from messenger.model.search import ReadQuery, SearchHit, SearchKind, Snippet
from messenger.rules.moments import checked_moment
from messenger.search import marks, query
from messenger.search.candidates import FIRST, Ask, Bound, Figures, ask, newest
from messenger.search.days import read_days
from messenger.search.entries import What
from messenger.search.expanding import Dictionary, Wanting, expand
from messenger.search.filters import Asker, Sieve, sieve, start_of
from messenger.search.hits import hits_of
from messenger.search.looking import Looking, Sight
from messenger.search.marks import Flag, Kind
from messenger.search.matching import Matcher
from messenger.search.ranking import score
from messenger.search.wanted import Found, Place, Wanted
from messenger.store.db import Connection, Database, Row
from messenger.store.reads import search as reads
from messenger.store.rows import users

BLOCK: Final = 60
"""Candidates that are looked at and ranked together."""
SMALL_BLOCK: Final = 20
"""The same of what stands before the messages."""
MOST_BLOCKS: Final = 4
"""Blocks that one page is made of; a page may stay short where most candidates are none."""
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

Scored = tuple[float, Sight]


class Prepared(NamedTuple):
    """One query, ready to be asked of the index."""

    asker: Asker
    sieve: Sieve
    wanted: list[Wanting]
    dictionary: Dictionary
    looking: Looking
    is_bare: bool


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
        typed = query.read(wanted.q)
        asker = await self._asker(identity, wanted, typed)
        found = await sieve(self.database, asker, wanted.q, typed.operators)
        self._narrow(found, asker, wanted)
        wants, dictionary = await expand(self.database, typed, typing=wanted.typing)
        looking = Looking(self.database, self.reading, identity, wants)
        prepared = Prepared(asker, found, wants, dictionary, looking, _is_bare(wanted, typed))
        await self.figures.refresh(self.database)
        hits: list[SearchHit] = []
        place: Place | None = None
        if any(not each.negated for each in wants) or not prepared.is_bare:
            hits, place = await self._answer(prepared, wanted)
        return Found(hits, place, _told(typed, prepared, hits))

    async def _asker(self, identity: Identity, wanted: Wanted, typed: query.Query) -> Asker:
        chats = await reads.my_chats(self.database, identity.user_id)
        zone = ZoneInfo("UTC")
        if typed.operators or wanted.before or wanted.after:
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
            found.every.append(marks.mark(Kind.SENDER, wanted.sender))
        if wanted.after is not None:
            found.since = max(found.since, _moment(wanted.after, asker))
        if wanted.before is not None:
            found.upto = min(found.upto, _moment(wanted.before, asker))

    async def _answer(
        self, prepared: Prepared, wanted: Wanted
    ) -> tuple[list[SearchHit], Place | None]:
        kind = prepared.sieve.kind
        begins = wanted.place or Place(self.clock().astimezone(UTC), None, None, None)
        lists: list[tuple[SearchKind | None, int, int]] = [(kind, wanted.limit, BLOCK)]
        if kind is None and wanted.place is None:
            first = [(each, most, SMALL_BLOCK) for each, most in FIRST_PAGE]
            # People and chats are in no chat, from nobody, and of no day.
            lists = [*(first if prepared.is_bare else first[2:]), *lists]
        asks = [self._ask(prepared, each) for each, _, _ in lists]
        blocks = [block for _, _, block in lists]
        firsts = await self._candidates(asks, blocks, prepared, begins.upto or FIRST)
        found: list[Scored] = []
        place: Place | None = None
        for (each, most, block), asked, rows in zip(lists, asks, firsts, strict=True):
            if asked is not None and rows:
                scored, place = await self._page(
                    prepared, wanted, asked, begins, rows, each, most, block
                )
                found += scored
            else:
                place = None
        return await hits_of(self.database, found), place

    async def _page(
        self,
        prepared: Prepared,
        wanted: Wanted,
        asked: Ask,
        place: Place,
        rows: Sequence[Row],
        kind: SearchKind | None,
        most: int,
        block: int,
    ) -> tuple[list[Scored], Place | None]:
        """The best of one kind, block after block, and where it goes on."""
        found: list[Scored] = []
        for count in range(MOST_BLOCKS):
            if count:
                upto = place.upto or FIRST
                [rows] = await self._candidates([asked], [block], prepared, upto)
            sights, looked = await prepared.looking.look(rows)
            scored = self._ranked(sights, kind, wanted, place, prepared)
            room = most - len(found)
            found += scored[:room]
            if len(scored) > room:
                last = found[-1]
                return found, Place(place.now, place.upto, last[0], last[1].key)
            if looked == len(rows) < block or not rows:
                return found, None
            end = rows[looked - 1]
            place = Place(place.now, (end.at, end.chat_id, end.entry), None, None)
            if len(found) == most:
                break
        return found, place

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

    async def _candidates(
        self, asks: Sequence[Ask | None], blocks: Sequence[int], prepared: Prepared, upto: Bound
    ) -> list[list[Row]]:
        """A block of each list, of one moment."""
        figures, chats = self.figures, prepared.asker.chats

        async def work(connection: Connection) -> list[list[Row]]:
            await reads.bounded(connection)
            return [
                await newest(connection, asked, figures, chats, upto, block) if asked else []
                for asked, block in zip(asks, blocks, strict=True)
            ]

        if not any(asks):
            return [[] for _ in asks]
        return await self.database.transact(work, snapshot=True)

    def _ranked(
        self,
        sights: Sequence[Sight],
        kind: SearchKind | None,
        wanted: Wanted,
        place: Place,
        prepared: Prepared,
    ) -> list[Scored]:
        """The sights of a block in their order, below the last one that was shown."""
        me, chats = prepared.asker.identity.user_id, prepared.asker.chats
        # A file that hangs on several messages is told once.
        files: set[str] = set()
        scored: list[Scored] = []
        for sight in sorted(sights, key=lambda each: each.key, reverse=True):
            if sight.file is not None:
                if sight.file.id in files:
                    continue
                files.add(sight.file.id)
            worth = (
                sight.key[0].timestamp()
                if wanted.order == "new"
                else score(sight, place.now, me, chats)
            )
            scored.append((worth, sight))
        scored.sort(key=lambda each: (each[0], each[1].key), reverse=True)
        if place.score is None or place.last is None:
            return scored
        below = (place.score, place.last)
        return [each for each in scored if (each[0], each[1].key) < below]


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
    """The query's words, with those that were found in the place of others as a text has them."""
    wanted = [each for each in prepared.wanted if not each.negated]
    if not hits or not any(each.replaced for each in wanted):
        return None
    shown = [each for hit in hits[:3] for each in (hit.title, hit.text) if each and each.ranges]
    told = []
    for each in wanted:
        told.append(_as_shown(each, shown) if each.replaced else each.atoms[0].text)
    return " ".join(told)


def _as_shown(wanting: Wanting, shown: Sequence[Snippet]) -> str:
    matcher = Matcher([wanting])
    for piece in shown:
        found = matcher.match(piece.text)
        if found is not None and found.ranges:
            return " ".join(piece.text[start:end] for start, end in found.ranges[:1]).lower()
    keys = [max(group, key=lambda key: group[key]) for group in wanting.options[0].groups if group]
    return " ".join(keys)
