"""Deleted messages of the archive that are on legal hold: kept aside like those of the tables."""

from typing import Final

from messenger.store.archive.index import PARTS, Part, part_of
from messenger.store.archive.session import Session

HELD: Final = f"""
    {PARTS} where state = 'done' and superseded <> '{{}}' and log_is_held(stream_id)
    order by stream_id, first_seq, id
"""
# What came back by `archive restore` is superseded as well, and is not deleted.
RETAIN: Final = """
    insert into retained (chat_id, user_id, kind, was)
    select %(stream)s, r.sender_id, 'messages',
           (line -> 'message')::jsonb || jsonb_build_object('chat_id', %(stream)s, 'seq', r.seq)
    from json_array_elements(%(lines)s::json) line
    cross join lateral (select (line ->> 'seq')::bigint as seq,
                               (line -> 'message' ->> 'n')::bigint as n,
                               (line -> 'message' ->> 'sender_id')::bigint as sender_id) r
    where is_held(%(stream)s, r.sender_id) and line -> 'message' ->> 'deleted_at' is null
      and (exists (select from messages m where m.chat_id = %(stream)s and m.seq = r.seq
                   and m.deleted_at is not null)
           or exists (select from archive_tombstones t where t.chat_id = %(stream)s and t.n = r.n))
      and not exists (select from retained k where k.chat_id = %(stream)s and k.kind = 'messages'
                      and (k.was ->> 'seq')::bigint = r.seq)
"""


def held(session: Session) -> list[Part]:
    """Parts of held logs that have something that is not true any more."""
    return [part_of(row) for row in session.rows(HELD)]


def retain(session: Session, part: Part, lines: str) -> None:
    """Keep those of these lines (a list, JSON) whose messages were deleted; safe to repeat."""
    session.rows(RETAIN, stream=part.stream_id, lines=lines)
