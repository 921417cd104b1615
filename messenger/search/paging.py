"""Pages of what was found: candidates in blocks, the newest first, ranked within their block.

A page needs nothing kept of the one before: a block is asked for and ranked anew, and what was
shown of it stands above the last one shown. The first page looks for what is as typed in older
blocks, too, so that it is not below what is only new.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from messenger.model.search import SearchKind
from messenger.search import candidates
from messenger.search.candidates import FIRST, Ask, Bound, Run
from messenger.search.dictionary import Dictionary
from messenger.search.entries import What, what_of
from messenger.search.expanding import Wanting
from messenger.search.figures import Figures
from messenger.search.filters import Asker, Sieve
from messenger.search.looking import Looking, Sight
from messenger.search.patterns import of_words
from messenger.search.ranking import score
from messenger.search.wanted import MOST_ABOVE, PageCursor, Wanted
from messenger.search.words import composed, words_of
from messenger.store.db import Database
from messenger.store.reads.search import Candidate

BLOCK: Final = 60
"""Candidates that are looked at and ranked together."""
SMALL_BLOCK: Final = 20
"""The same of what stands before the messages."""
PHRASE_BLOCK: Final = 240
"""The same of a phrase: few of those that have its words have them side by side."""
MOST_BLOCKS: Final = 4
"""Blocks that one page is made of; a page may stay short where most candidates are none."""
AS_TYPED: Final = 3
"""So many of a first block are enough: nothing is looked for in older ones."""
OLDER: Final = 240
"""Candidates after the first block whose texts are looked through for what was typed."""
OLDER_FOUND: Final = 2 * MOST_ABOVE
"""Of them so many are read, the latest ones."""
SECONDS: Final = 2.0
"""Until a search is given up; a statement that runs by then ends by its own limit."""
BESIDE: Final[dict[What, SearchKind]] = {
    What.TASK: "task",
    What.PERSON: "person",
    What.CHAT: "chat",
}
OF_MESSAGES: Final = (None, "message", "comment")

Scored = tuple[float, Sight]


class Prepared(NamedTuple):
    """One query, ready to be asked of the index."""

    asker: Asker
    sieve: Sieve
    wanted: list[Wanting]
    dictionary: Dictionary
    looking: Looking
    is_bare: bool
    until: float


class Wish(NamedTuple):
    """A list that is asked for: of which kind, how many, how the index is asked.

    `ahead`: candidates after the first block, which come with it to be looked through. `patterns`:
    what PostgreSQL looks for in the text of each. `sent`: the texts of so many come along anyway.
    """

    kind: SearchKind | None
    most: int
    block: int
    ask: Ask | None
    ahead: int = 0
    patterns: Sequence[str] = ()
    sent: int = 0


class Pages:
    """Of one query."""

    def __init__(
        self, database: Database, figures: Figures, prepared: Prepared, wanted: Wanted
    ) -> None:
        self.database = database
        self.figures = figures
        self.prepared = prepared
        self.wanted = wanted

    async def blocks(
        self, wishes: Sequence[Wish], upto: Bound, beside: Ask | None = None
    ) -> list[Run]:
        """A block of each list. `beside`: all but the last are asked for at once."""
        if beside is None:
            return [await self._newest(wish, upto) for wish in wishes]
        at_once, last = await asyncio.gather(
            candidates.beside(
                self.database, beside, self.figures, self.prepared.asker.chats, upto, SMALL_BLOCK
            ),
            self._newest(wishes[-1], upto),
        )
        first = [
            await self._newest(wish, upto)
            if at_once is None
            else Run([each for each in at_once if kind_of(each) == wish.kind], False)
            for wish in wishes[:-1]
        ]
        return [*first, last]

    async def _newest(self, wish: Wish, upto: Bound) -> Run:
        if wish.ask is None:
            return Run([], True)
        return await candidates.newest(
            self.database, wish.ask, self.figures, self.prepared.asker.chats, upto, wish.block,
            self.prepared.until, wish.ahead, wish.patterns, wish.sent,
        )  # fmt: skip

    async def page(
        self, wish: Wish, place: PageCursor, first: Run
    ) -> tuple[list[Scored], PageCursor | None]:
        """The best of one kind, block after block, and where it goes on."""
        found: list[Scored] = []
        rows, ahead = first.rows[: wish.block], Run(first.rows[wish.block :], first.ends)
        if place.upto is None:
            # What arrives later is in no block.
            newest_of_all = rows[0]
            upto = (newest_of_all.at, newest_of_all.chat_id, newest_of_all.entry + 1)
            place = msgspec.structs.replace(place, upto=upto)
        for count in range(MOST_BLOCKS):
            if count:
                rows, ahead = await self._block(wish, place, ahead, MOST_BLOCKS - count)
            sights, looked = await self.prepared.looking.look(rows)
            if self.wanted.place is None and not count:
                sights += await self._older(wish, rows, ahead.rows, sights)
                if ahead.rows and not self.prepared.looking.phrases:
                    ahead = Run([], False)
            ahead = Run([*rows[looked:], *ahead.rows], ahead.ends)
            scored = self._ranked(sights, wish.kind, place)
            room = wish.most - len(found)
            found += scored[:room]
            above = _shown_of_older(rows, scored[:room]) if not count else []
            place = msgspec.structs.replace(place, above=[*place.above, *above][:MOST_ABOVE])
            if len(scored) > room:
                worth, sight = found[-1]
                return found, msgspec.structs.replace(place, score=worth, last=sight.key)
            if looked == len(rows) < wish.block or not rows:
                return found, None
            place = _after(place, rows[looked - 1])
            if len(found) == wish.most:
                break
        return found, place

    async def _block(
        self, wish: Wish, place: PageCursor, ahead: Run, left: int
    ) -> tuple[list[Candidate], Run]:
        """The next one, of what came with those before as far as it goes; and what is after it."""
        rows, ends = ahead
        if len(rows) < wish.block and not ends:
            upto = place.upto or FIRST
            if rows:
                upto = (rows[-1].at, rows[-1].chat_id, rows[-1].entry)
            phrases = self.prepared.looking.phrases
            more = left * wish.block if phrases else wish.block
            block = wish.block - len(rows)
            asked = wish._replace(
                block=block, ahead=more - wish.block, patterns=phrases, sent=min(wish.sent, block)
            )
            [run] = await self.blocks([asked], upto)
            rows, ends = [*rows, *run.rows], run.ends
        return rows[: wish.block], Run(rows[wish.block :], ends)

    def wished(self, wish: Wish) -> Wish:
        """With what is to come along with its first block, and what is looked for in the texts."""
        phrases = self.prepared.looking.phrases
        if phrases:
            # Few of them have it: what the first block needs is in those after it as well.
            return wish._replace(ahead=wish.block * (MOST_BLOCKS - 1), patterns=phrases)
        if wish.kind not in OF_MESSAGES:
            return wish
        wish = wish._replace(sent=wish.block)
        typed = as_typed(self.prepared)
        # Several words are seldom all as typed.
        first = self.wanted.place is None and self.wanted.order == "best" and len(typed) > 1
        return wish._replace(ahead=OLDER, patterns=of_words(typed)) if first else wish

    async def _older(
        self,
        wish: Wish,
        rows: Sequence[Candidate],
        ahead: Sequence[Candidate],
        sights: Sequence[Sight],
    ) -> list[Sight]:
        """What is as typed in older blocks, where the first has too little of it."""
        typed = as_typed(self.prepared)
        if (
            wish.kind not in OF_MESSAGES
            or self.wanted.order != "best"
            or len(rows) < wish.block
            or not typed
            or sum(each.match.as_typed for each in sights) >= AS_TYPED
        ):
            return []
        more = ahead[:OLDER]
        if not more:
            upto = (rows[-1].at, rows[-1].chat_id, rows[-1].entry)
            patterns = wish.patterns or of_words(typed)
            older = wish._replace(block=BLOCK, ahead=OLDER - BLOCK, patterns=patterns, sent=0)
            [run] = await self.blocks([older], upto)
            more = run.rows
        having = [each for each in more if each.has]
        found, _ = await self.prepared.looking.look(having[:OLDER_FOUND])
        found = [each for each in found if each.match.as_typed]
        return sorted(found, key=lambda each: each.key, reverse=True)[:MOST_ABOVE]

    def _ranked(
        self, sights: Sequence[Sight], kind: SearchKind | None, place: PageCursor
    ) -> list[Scored]:
        """The sights of a block in their order, below the last one that was shown."""
        me, chats = self.prepared.asker.identity.user_id, self.prepared.asker.chats
        above = set(place.above)
        scored = [
            (self._worth(sight, place.now, me, chats), sight)
            for sight in _once(sights)
            if sight.key[1:] not in above
        ]
        scored.sort(key=lambda each: (each[0], each[1].key), reverse=True)
        if place.score is None or place.last is None:
            return scored
        below = (place.score, place.last)
        return [each for each in scored if (each[0], each[1].key) < below]

    def _worth(self, sight: Sight, now: datetime, me: int, chats: Mapping[int, Any]) -> float:
        if self.wanted.order == "new":
            return sight.key[0].timestamp()
        return score(sight, now, me, chats)


def kind_of(candidate: Candidate) -> SearchKind:
    """Of what stands before the messages."""
    what = what_of(candidate.entry)
    return "file" if what >= What.FILES else BESIDE[What(what)]


def _once(sights: Sequence[Sight]) -> list[Sight]:
    """The latest first. A file that hangs on several messages is told once."""
    files: set[str] = set()
    found = []
    for sight in sorted(sights, key=lambda each: each.key, reverse=True):
        if sight.file is not None:
            if sight.file.id in files:
                continue
            files.add(sight.file.id)
        found.append(sight)
    return found


def _shown_of_older(rows: Sequence[Candidate], shown: Sequence[Scored]) -> list[tuple[int, int]]:
    block = {(each.chat_id, each.entry) for each in rows}
    return [sight.key[1:] for _, sight in shown if sight.key[1:] not in block]


def _after(place: PageCursor, last: Candidate) -> PageCursor:
    upto = (last.at, last.chat_id, last.entry)
    return msgspec.structs.replace(place, upto=upto, score=None, last=None)


def as_typed(prepared: Prepared) -> list[str]:
    """The words of a text that has them as they were typed; none where it is not that simple."""
    asked = [each for each in prepared.wanted if not each.negated]
    if any(len(each.atoms) != 1 or each.replaced for each in asked):
        return []
    # Whatever has a phrase has it as it was typed.
    if all(each.atoms[0].quoted for each in asked):
        return []
    typed = [each.atoms[0].text for each in asked]
    keys = [word.keys[0] for each in typed for word in words_of(composed(each)) if word.keys]
    # What is still being typed is the beginning of a word.
    return typed if all(map(prepared.dictionary.has, keys)) else []
