"""Reads of the words that the index of the search has: by word or root, beginning, likeness."""

from messenger.store.db import Row
from messenger.store.reads.search import LIMITS
from messenger.store.rows.chats import Reader
from messenger.store.rows.search import Texts
from messenger.store.sql import sa
from messenger.store.statements import Prepared

RELATED = Prepared(
    sa.text(
        """
        (select id, word, root from search_words where word = any(:words))
        union
        (select id, word, root from search_words where root = any(:roots) order by id limit 200)
        """
    ).bindparams(sa.bindparam("words", type_=Texts), sa.bindparam("roots", type_=Texts)),
    limits=LIMITS,
)
BEGINNING = Prepared(
    sa.text(
        """
        select id, word from search_words where word >= :first and word < :past
        order by id limit :limit
        """
    ),
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


async def beginning(reader: Reader, start: str, limit: int) -> list[Row]:
    """Words that begin so, the most common first as far as that is known."""
    return await reader.fetch(BEGINNING, first=start, past=start + "\U0010ffff", limit=limit)


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
