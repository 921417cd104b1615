"""Reads of the words that the index of the search has: by word or root, beginning, likeness."""

from collections.abc import Sequence

from messenger.store.db import Row
from messenger.store.reads.search import LIMITS
from messenger.store.rows.chats import Reader
from messenger.store.rows.search import Texts
from messenger.store.sql import sa
from messenger.store.statements import Prepared

# Of each root the most common, and those that begin so, in one statement with the words themselves.
RELATED = Prepared(
    sa.text(
        """
        select id, word, root, false as begins from search_words where word = any(:words)
        union all
        select w.id, w.word, w.root, false
        from unnest(cast(:roots as text[])) as r(root),
        lateral (select * from search_words where root = r.root order by id limit :relatives) as w
        union all
        (select id, word, root, true from search_words where word >= :first and word < :past
         order by id limit :beginnings)
        """
    ).bindparams(sa.bindparam("words", type_=Texts), sa.bindparam("roots", type_=Texts)),
    limits=LIMITS,
)
NEAR = Prepared(
    sa.text(
        """
        (select id, word from search_words
         where word >= :first and word < :past and length(word) between :shortest and :longest
         limit 1000)
        union
        (select id, word from search_words
         where reverse(word) collate "C" >= :ending and reverse(word) collate "C" < :past_ending
           and length(word) between :shortest and :longest
         limit 1000)
        """
    ),
    limits=LIMITS,
)


async def related(
    reader: Reader,
    words: Sequence[str],
    roots: Sequence[str],
    relatives: int,
    start: str | None,
    beginnings: int,
) -> list[Row]:
    """These words; of each root so many, of those that begin so as well, the most common first as
    far as that is known.
    """
    past = None if start is None else start + "\U0010ffff"
    given = {"words": list(words), "roots": list(roots), "first": start, "past": past}
    return await reader.fetch(RELATED, **given, relatives=relatives, beginnings=beginnings)


async def near(reader: Reader, word: str) -> list[Row]:
    """Words of about its length that share its first or its second half."""
    half = len(word) // 2
    start, ending = word[:half], word[half:][::-1]
    return await reader.fetch(
        NEAR,
        first=start,
        past=start + "\U0010ffff",
        ending=ending,
        past_ending=ending + "\U0010ffff",
        shortest=max(2, len(word) - 4),
        longest=len(word) + 2,
    )
