"""What goes with a part that is removed for good: the files of its messages stay no longer."""

from typing import Final

from messenger.store.archive.index import Part
from messenger.store.archive.session import Session

# Files become loose, and the next sweep removes those that nothing else has. A late part lies
# beside others of the same range: what those have, or the table, is not this one's to let go.
LET_GO: Final = """
    with gone as (
        delete from attachments a where a.chat_id = %(stream)s
        and a.seq between %(first)s and %(last)s and a.seq <> all(%(kept)s)
        and not exists (select from messages m where m.chat_id = a.chat_id and m.seq = a.seq)
        and not exists (
            select from archive_parts other
            where other.stream_id = a.chat_id and other.id <> %(id)s
            and other.state in ('written', 'removing', 'done')
            and a.seq between other.first_seq and other.last_seq
            and a.seq <> all(other.kept) and a.seq <> all(other.superseded))
        returning file_id)
    update files set loose = true where id in (select file_id from gone)
"""
# Messages are found no longer, nor their files; what stayed in the tables is. The last six bits of
# an entry's number say what it is (`messenger.search.entries`).
FORGET: Final = """
    delete from search_entries e
    where e.chat_id = %(stream)s
      and e.entry between %(first)s * 64 and %(last)s * 64 + 63
      and ((e.entry & 63) = 0 or (e.entry & 63) between 4 and 33)
      and not exists (
          select from messages m where m.chat_id = e.chat_id and m.seq = e.entry >> 6)
"""


def let_go(session: Session, part: Part) -> None:
    """Detach and forget the files of a part's messages; harmless when it is done again."""
    session.rows(
        LET_GO,
        stream=part.stream_id,
        first=part.first_seq,
        last=part.last_seq,
        kept=part.kept,
        id=part.id,
    )
    session.rows(FORGET, stream=part.stream_id, first=part.first_seq, last=part.last_seq)
