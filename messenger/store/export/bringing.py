"""Putting an organisation's export into empty tables, in one transaction of the session."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from messenger.store.archive import returning
from messenger.store.archive.session import Session
from messenger.store.export.tables import TABLES, Table
from messenger.store.serving import SERVING

# What a first start has made: the common chat, with nobody in it.
CLEAR: Final = (
    "delete from chats",
    "delete from events",
    "delete from streams",
    "delete from instance where name in ('organisation', 'settings')",
    # Made anew of all that is there, as after an upgrade.
    "truncate search_builds, search_entries, search_texts, search_unread, search_words",
)
MESSAGE: Final = b',"type":"message.created",'
CONTENT: Final = """
    insert into blobs (sha256, size, place, claimed_at)
    values (%(sha256)s, %(size)s, %(place)s, now()) on conflict (sha256) do nothing
"""
EVENTS: Final = """
    insert into events (stream_id, seq, type, by, at, subject, data)
    select %(stream)s, seq, type, by, at, subject, data
    from json_to_recordset(%(lines)s::json) as t(
        seq bigint, type text, by bigint, at timestamptz, subject bigint, data jsonb)
"""
# Of logs, but for the keys that say what is there already.
INDEXES: Final = """
    select format('drop index %%I', i.relname) as away, pg_get_indexdef(i.oid) as back
    from pg_index x join pg_class i on i.oid = x.indexrelid
    where x.indrelid in ('messages'::regclass, 'events'::regclass)
      and not exists (select from pg_constraint c where c.conindid = i.oid)
    union all
    select format('alter table messages drop constraint %%I', conname),
           format('alter table messages add constraint %%I %%s', conname, pg_get_constraintdef(oid))
    from pg_constraint where conrelid = 'messages'::regclass and contype = 'u'
"""
FINISH: Final = (
    """
    update streams s set first_seq = gone.last_seq + 1
    from (select stream_id, max(last_seq) as last_seq from archive_parts
          where state = 'expired' group by stream_id) gone
    where s.id = gone.stream_id
    """,
    # Nobody is told of what is years old.
    """
    insert into consumers (name, stream, seq)
    select known.name, s.id, s.seq from consumers known, streams s where known.stream = 0
    on conflict (name, stream) do update set seq = excluded.seq
    """,
    "select setval('task_numbers', max(number)) from tasks having max(number) is not null",
    *(
        f"select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table}"
        " having max(id) is not null"
        for table in ("streams", "columns", "tasks", "retained", "archive_parts")
    ),
)


def claim(session: Session) -> bool:
    """Be in the place of a server until the session ends; False where one runs."""
    return bool(session.value(f"select pg_try_advisory_lock({SERVING})"))


def is_empty(session: Session) -> bool:
    """Whether nobody is there yet."""
    return not session.value("select exists (select from users)")


def clear(session: Session) -> None:
    for statement in CLEAR:
        session.rows(statement)


def content(session: Session, sha256: bytes, size: int, place: str) -> None:
    """Say that a content is kept there."""
    session.rows(CONTENT, sha256=sha256, size=size, place=place)


@contextmanager
def without_indexes(session: Session) -> Iterator[None]:
    """Have logs without indexes meanwhile: made at once they cost a fraction.

    Within the transaction, so they are never gone for anybody else.
    """
    found = session.rows(INDEXES)
    for index in found:
        session.rows(index.away.replace("%", "%%"))
    yield
    session.rows("set local maintenance_work_mem = '128MB'")
    for index in found:
        session.rows(index.back.replace("%", "%%"))


def rows(session: Session, table: Table, lines: Sequence[bytes]) -> None:
    columns = ", ".join(table.columns("org"))
    session.rows(
        f"insert into {table.name} ({columns}) overriding system value"
        f" select {columns} from json_populate_recordset(null::{table.name}, %(lines)s::json)",
        lines=listed(lines),
    )


def entries(session: Session, stream: int, lines: Sequence[bytes]) -> None:
    """Lines of a log, as messages with their reactions and as events; files are there already."""
    messages = [line for line in lines if MESSAGE in line[:64]]
    others = [line for line in lines if MESSAGE not in line[:64]]
    session.rows(EVENTS, stream=stream, lines=listed(others))
    session.rows(returning.GIVE_BACK, stream=stream, lines=listed(messages))


def finish(session: Session) -> None:
    """Bring up what goes by the rows: where logs begin, what was told, the next numbers."""
    for statement in FINISH:
        session.rows(statement)


def listed(lines: Sequence[bytes]) -> str:
    return f"[{b','.join(lines).decode()}]"


BROUGHT: Final = tuple(table for table in TABLES if "org" in table.taken)
"""In this order: none refers to what comes later."""
