"""What the tables have of each log, to be held against the archive."""

from collections.abc import Iterator
from typing import Final

from messenger.store.archive.session import Session

HEADS: Final = "select id, seq from streams where seq > 0 order by id"
# A row that was changed after its part was written has come back, and counts for more.
LIVE: Final = """
    select seq, bool_or(came_back) as came_back from (
        select m.seq, m.rev > coalesce((
            select min(as_of) from archive_parts p where p.stream_id = m.chat_id
            and p.state in ('removing', 'done') and m.seq between p.first_seq and p.last_seq),
            m.rev) as came_back
        from messages m where m.chat_id = %(stream)s and m.seq > %(after)s
        union all
        select e.seq, false from events e where e.stream_id = %(stream)s and e.seq > %(after)s
    ) rows group by seq order by seq limit 50000
"""
EXPIRED: Final = """
    select first_seq, last_seq, kept from archive_parts
    where stream_id = %(stream)s and state = 'expired'
"""


def heads(session: Session) -> list[tuple[int, int]]:
    """Every stream that has events, and how many."""
    return [(row.id, row.seq) for row in session.rows(HEADS)]


def live(session: Session, stream: int) -> Iterator[tuple[int, bool]]:
    """The numbers that the tables have, and whether each has come back from the archive."""
    after = 0
    while rows := session.rows(LIVE, stream=stream, after=after):
        yield from ((row.seq, row.came_back) for row in rows)
        after = rows[-1].seq


def expired(session: Session, stream: int) -> Iterator[int]:
    """Numbers that the archive is not kept for any more."""
    for row in session.rows(EXPIRED, stream=stream):
        kept = set(row.kept)
        yield from (seq for seq in range(row.first_seq, row.last_seq + 1) if seq not in kept)
