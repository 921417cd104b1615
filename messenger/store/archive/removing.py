"""Taking away what a part holds, a few rows at a time; and giving some of it back.

No stream's row is locked while rows go: an actor that changes one of them at this moment finds it
gone, and what it saves comes back as a row of its own (`rows.messages.SAVE`), which counts for
more than the archive's. What was changed since the part was written is not taken away at all.
"""

from typing import Any, Final

from messenger.store.archive.index import Part
from messenger.store.archive.pacing import UNPACED, Pace
from messenger.store.archive.session import Session

BATCH: Final = 500
"""Rows of one statement and commit: some milliseconds, in which nobody waits for anything."""
SMALL: Final = 100
"""Rows of one between two rests: as little as leaves the senders beside it their turn."""

BEGIN: Final = """
    update streams set first_seq = greatest(first_seq, %(last)s + 1)
    where id = %(stream)s and not %(late)s and first_seq <= %(last)s
"""
TAKE: Final = """
    with gone as (
        delete from messages where chat_id = %(stream)s and seq between %(first)s and %(last)s
        and seq <> all(%(but)s) and rev <= %(as_of)s
        returning sender_id, client_message_id, chat_id, seq, n, created_at, digest, rev,
                  deleted_at, mentions, mentions_all),
    keys as (
        insert into sent_keys (sender_id, client_message_id, chat_id, seq, n, created_at, digest)
        select sender_id, client_message_id, chat_id, seq, n, created_at, digest from gone
        on conflict do nothing),
    tombs as (
        insert into archive_tombstones (chat_id, n)
        select chat_id, n from gone where deleted_at is not null on conflict do nothing),
    naming as (
        insert into archive_mentions (chat_id, seq, sender_id, mentions, mentions_all)
        select chat_id, seq, sender_id, mentions, mentions_all from gone
        where deleted_at is null and (mentions_all or mentions <> '{}')
        and exists (select from members m where m.chat_id = gone.chat_id
                    and m.left_at is null and m.read_seq < gone.seq)
        on conflict do nothing),
    unnamed as (
        delete from archive_mentions a using gone
        where gone.deleted_at is not null and a.chat_id = gone.chat_id and a.seq = gone.seq),
    reacted as (
        delete from reactions r using gone
        where gone.rev <> gone.seq and r.chat_id = gone.chat_id and r.seq = gone.seq)
    delete from events where stream_id = %(stream)s and seq between %(first)s and %(last)s
    and seq <> all(%(but)s)
"""
# Rows that were to go and are still there: they changed, and what the part says of them is old.
CHANGED: Final = """
    update archive_parts set state = 'done', superseded = array(
        select unnest(superseded) union
        select seq from messages where chat_id = %(stream)s
        and seq between %(first)s and %(last)s and seq <> all(%(but)s) order by 1)
    where id = %(id)s
"""

READ_MENTIONS: Final = """
    delete from archive_mentions a where not exists (
        select from members m where m.chat_id = a.chat_id and m.left_at is null
        and m.read_seq < a.seq)
"""


def forget_read(session: Session) -> None:
    """Forget whom archived messages name, where every member has read them."""
    session.rows(READ_MENTIONS)


def take_away(session: Session, part: Part, pace: Pace = UNPACED) -> None:
    """Remove what a part holds; may be stopped at any moment, and goes on when called again."""
    session.rows(BEGIN, stream=part.stream_id, last=part.last_seq, late=part.late)
    first, batch = part.first_seq, SMALL if pace.share else BATCH
    where: dict[str, Any] = {"stream": part.stream_id, "as_of": part.as_of}
    while first <= part.last_seq:
        last = min(part.last_seq, first + batch - 1)
        # What was given back meanwhile is in the tables alone.
        but = [seq for seq in (*part.kept, *part.superseded) if first <= seq <= last]
        session.rows(TAKE, first=first, last=last, but=but, **where)
        pace.rest()
        first = last + 1
    session.rows(
        CHANGED,
        id=part.id,
        stream=part.stream_id,
        first=part.first_seq,
        last=part.last_seq,
        but=part.kept,
    )
