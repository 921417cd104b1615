"""Reading for an export: rows as lines of JSON, the logs there are, the contents needed."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from messenger import place
from messenger.rules.accounts import email_key, username_key
from messenger.store.archive.session import Session, Sink
from messenger.store.export.tables import TABLES, Kind, Table
from messenger.store.rows.jobs import LOCKS, lock_key

LOGS: Final[dict[Kind, str]] = {
    "org": "true",
    "chat": "id = %(of)s",
    "user": "id = %(of)s or id in (select chat_id from members where user_id = %(of)s)",
}
SCHEMA: Final = "select migration_id from _yoyo_migration order by migration_id desc limit 1"
AUDIT: Final = """
    insert into audit (at, place, action, subject, details)
    values (now(), %(place)s, %(action)s, %(subject)s, %(details)s)
"""


class Log(msgspec.Struct, frozen=True):
    """A stream, and the number of its last event."""

    stream: int
    kind: str
    seq: int


class Content(msgspec.Struct, frozen=True):
    sha256: bytes
    size: int
    place: str


def keep_files(session: Session) -> bool:
    """Keep the sweep from removing files until the session ends; False when it is at work."""
    taken = "select pg_try_advisory_lock(%(all)s, %(job)s)"
    return bool(session.value(taken, all=LOCKS, job=lock_key("files")))


def schema(session: Session) -> str:
    """The newest migration: rows are of its shape."""
    return str(session.value(SCHEMA))


def rows(session: Session, table: Table, kind: Kind, of: int, sink: Sink) -> None:
    """Give the sink what is taken of a table, a line of JSON for each row."""
    columns, taken = ", ".join(table.columns(kind)), table.taken[kind]
    session.copy(
        f"select row_to_json(t)::text from (select {columns} from {table.name}"
        f" where {taken.where} order by {table.key}) t",
        sink,
        of=of,
    )


def logs(session: Session, kind: Kind, of: int) -> list[Log]:
    """The logs that are exported, by stream."""
    where = LOGS["user" if kind == "own" else kind]
    found = session.rows(f"select id, kind, seq from streams where {where} order by id", of=of)
    return [Log(row.id, row.kind, row.seq) for row in found]


def contents(session: Session, kind: Kind, of: int) -> Iterator[Content]:
    """The contents that the exported rows refer to, by hash, a page at a time."""
    users = " or ".join(
        f"exists (select from {each.name} where {each.name}.sha256 = b.sha256"
        f" and ({each.taken[kind].where}))"
        for each in TABLES
        if each.name in ("files", "avatars")
    )
    query = (
        f"select b.sha256, b.size, b.place from blobs b where b.sha256 > %(after)s and ({users})"
        " order by b.sha256 limit 1000"
    )
    after = b""
    while page := session.rows(query, of=of, after=after):
        for row in page:
            after = bytes(row.sha256)
            yield Content(after, row.size, row.place)


def record(session: Session, action: str, subject: int | None, details: dict[str, Any]) -> None:
    """Have it in the audit."""
    told = msgspec.json.encode(details).decode()
    session.rows(AUDIT, place=place.written(), action=action, subject=subject, details=told)


def person(session: Session, login: str) -> int | None:
    """The id of an account, by user name or e-mail."""
    found = session.value(
        "select id from users where username_key = %(name)s or email_key = %(email)s",
        name=username_key(login),
        email=email_key(login),
    )
    return None if found is None else int(found)


def is_chat(session: Session, id: int) -> bool:
    return bool(session.value("select exists (select from chats where id = %(id)s)", id=id))
