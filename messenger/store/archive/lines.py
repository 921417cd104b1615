"""The log of a stream as lines of JSON, made by PostgreSQL; docs/archive.schema.json says how.

Reads messages and the other events apart, and a message's own event not at all: it is the same in
a log that has such events and in one that has not.
"""

from typing import Any, Final

from messenger.store.archive.session import Session, Sink

_REACTIONS: Final = """
    case when m.rev <> m.seq then (
        select json_agg(json_build_array(r.emoji, r.user_id, r.rev) order by r.emoji, r.rev)
        from reactions r where r.chat_id = m.chat_id and r.seq = m.seq) end
"""
_FILES: Final = """
    case when m.file_count > 0 then (
        select json_agg(json_build_object(
            'id', f.id, 'name', f.name, 'mime', f.mime, 'size', f.size,
            'sha256', encode(f.sha256, 'hex'), 'uploader_id', f.uploader_id, 'width', f.width,
            'height', f.height, 'created_at', f.created_at) order by a.position)
        from attachments a join files f on f.id = a.file_id
        where a.chat_id = m.chat_id and a.seq = m.seq) end
"""
# Rows of one name each: `row_to_json` gives their columns as they stand here.
_MESSAGES: Final = f"""
        select m.seq, row_to_json(entry)::text as line
        from messages m
        cross join lateral (
            select m.n, m.sender_id, m.client_message_id, encode(m.digest, 'hex') as digest, m.text,
                   m.reply_to, m.task_id, m.mentions, m.mentions_all, m.created_at, m.edited_at,
                   m.deleted_at, m.pinned_at, m.pinned_by, m.forwarded_from, m.source_chat_id,
                   m.source_seq, m.rev, {_REACTIONS} as reactions, {_FILES} as files) message
        cross join lateral (
            select m.seq, 'message.created' as type, m.sender_id as by, m.created_at as at,
                   message) entry
        where m.chat_id = %(stream)s and m.seq between %(first)s and %(last)s
          and m.seq <> all(%(but)s)
"""
ENTRIES: Final = f"""
    select line from (
        {_MESSAGES}
        union all
        select e.seq, row_to_json(entry)::text
        from events e
        cross join lateral (select e.seq, e.type, e.by, e.at, e.subject, e.data) entry
        where e.stream_id = %(stream)s and e.seq between %(first)s and %(last)s
          and e.type <> 'message.created' and e.seq <> all(%(but)s)
    ) lines order by seq
"""
BY_SENDER: Final = f"""
    select line from ({_MESSAGES} and m.sender_id = %(sender)s) lines order by seq
"""


def copy(session: Session, sink: Sink, **place: Any) -> None:
    """Give the sink the lines of `stream` from `first` to `last`, all `but` some, by seq."""
    session.copy(ENTRIES, sink, **place)


def copy_of(session: Session, sink: Sink, sender: int, **place: Any) -> None:
    """The same of one person's messages alone."""
    session.copy(BY_SENDER, sink, sender=sender, **place)
