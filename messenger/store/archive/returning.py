"""Giving what the archive has back to the tables: messages, and all other events."""

from typing import Final

from messenger.store.archive.index import Part
from messenger.store.archive.session import Session

HOLD: Final = """
    insert into archive_holds (stream_id, first_seq, last_seq, until)
    values (%(stream)s, %(first)s, %(last)s, now() + make_interval(days => %(days)s))
"""
# A row that is there already is newer. Files never left. Each line is read once, and its message
# once: a path into JSON reads all of it again, and was most of what an import took.
GIVE_BACK: Final = """
    with lines as materialized (
        select line.seq, r.*
        from json_to_recordset(%(lines)s::json) as line(seq bigint, message json),
        json_to_record(line.message) as r(
            n bigint, sender_id bigint, client_message_id uuid, digest text, text text,
            reply_to bigint, task_id bigint, mentions bigint[], mentions_all boolean,
            created_at timestamptz, edited_at timestamptz, deleted_at timestamptz,
            pinned_at timestamptz, pinned_by bigint, rev bigint, forwarded_from jsonb,
            source_chat_id bigint, source_seq bigint, reactions json)),
    given as (
        insert into messages (chat_id, seq, n, sender_id, client_message_id, digest, text, reply_to,
                              task_id, mentions, mentions_all, created_at, edited_at, deleted_at,
                              pinned_at, pinned_by, rev, forwarded_from, source_chat_id,
                              source_seq, file_count)
        select %(stream)s, seq, n, sender_id, client_message_id, decode(digest, 'hex'), text,
               reply_to, task_id, mentions, mentions_all, created_at, edited_at, deleted_at,
               pinned_at, pinned_by, rev,
               case when jsonb_typeof(forwarded_from) = 'object' then forwarded_from end,
               source_chat_id, source_seq,
               (select count(*) from attachments a
                where a.chat_id = %(stream)s and a.seq = l.seq)
        from lines l
        on conflict (chat_id, seq) do nothing
        returning seq, n),
    reacted as (
        insert into reactions (chat_id, seq, emoji, user_id, rev)
        select %(stream)s, l.seq, r ->> 0, (r ->> 1)::bigint, (r ->> 2)::bigint
        from lines l join given on given.seq = l.seq
        cross join json_array_elements(case when json_typeof(l.reactions) = 'array'
                                            then l.reactions else '[]' end) r
        on conflict do nothing),
    counted as (
        delete from archive_tombstones t using given
        where t.chat_id = %(stream)s and t.n = given.n)
    select seq from given
"""
GIVE_EVENTS_BACK: Final = """
    insert into events (stream_id, seq, type, by, at, subject, data)
    select %(stream)s, (line ->> 'seq')::bigint, line ->> 'type', (line ->> 'by')::bigint,
           (line ->> 'at')::timestamptz, (line ->> 'subject')::bigint,
           case when json_typeof(line -> 'data') <> 'null' then (line ->> 'data')::jsonb end
    from json_array_elements(%(lines)s::json) line
    on conflict do nothing returning seq
"""
SUPERSEDE: Final = """
    update archive_parts set superseded = array(
        select unnest(superseded) union select unnest(%(seqs)s::bigint[]) order by 1)
    where id = %(id)s
"""


def hold(session: Session, stream: int, first: int, last: int, days: int) -> None:
    """Keep a range from being archived for so many days."""
    session.rows(HOLD, stream=stream, first=first, last=last, days=days)


def give_back(session: Session, part: Part, messages: str, events: str) -> tuple[int, int]:
    """Make rows of lists of lines (JSON); returns of how many messages and events."""
    with session.together():
        stream = part.stream_id
        given = [row.seq for row in session.rows(GIVE_BACK, stream=stream, lines=messages)]
        others = [row.seq for row in session.rows(GIVE_EVENTS_BACK, stream=stream, lines=events)]
        session.rows(SUPERSEDE, id=part.id, seqs=given + others)
    return len(given), len(others)
