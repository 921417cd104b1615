"""The audit: who did what, when and from where; only added to, each record chained to the last.

A write's record is made in its own transaction; sign-ins that fail and refusals, which write
nothing, come through `store.trail`. The number and the digest of a record are the database's
(`audit_chain`, migrations/0026), so every door adds to the same chain. From where something was
done is the current `place`; what was there before and after stands in `before` and `after` of the
details, by field (of members: their roles by person).
"""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from messenger import place
from messenger.model import timestamp
from messenger.store.db import Connection, Database
from messenger.store.paging import Part, fetch_part
from messenger.store.rows import audit_words
from messenger.store.rows.chats import Reader
from messenger.store.sql import JSONB, sa
from messenger.store.statements import Prepared, stamped

PAGE: Final = 1000
"""Records read at once where all of them are."""
LONGEST_ACTION: Final = 60

KINDS: Final = frozenset(
    {
        "access.refuse", "archive.restore", "audit.beyond", "audit.export", "audit.forget",
        "chat.create", "chat.delete", "chat.take_over",
        "data.export", "data.import", "hold.lift", "hold.place",
        "instance.restore", "invite.create", "invite.revoke", "invite.use", "job.run",
        "member.add", "member.remove", "member.role", "organisation.update", "session.open",
        "session.refuse", "session.revoke", "settings.update", "user.add",
        "user.erase", "user.export", "user.password", "user.reset_link", "user.update",
    }
)  # fmt: skip
"""All that is recorded. The client has words for each (`views/admin/audit.tsx`)."""

RECORD = Prepared(
    sa.text(
        "insert into audit (at, by, place, action, subject, details)"
        " values (:at, :by, :place, :action, :subject, :details)"
    ).bindparams(sa.bindparam("details", type_=JSONB))
)
RECORD_WITH_WORDS = Prepared(
    sa.text(
        """
        with made as (
            insert into audit (at, by, place, action, subject, details)
            values (:at, :by, :place, :action, :subject, :details) returning id)
        insert into audit_words (id, user_id, words, salt)
        select id, cast(:person as bigint), cast(:words as jsonb), cast(:salt as bytea) from made
        """
    ).bindparams(sa.bindparam("details", type_=JSONB), sa.bindparam("words", type_=JSONB))
)
RECORD_OF_GROUP = Prepared(
    sa.text(
        "insert into audit (at, by, place, action, subject, details)"
        " select cast(:at as timestamptz), cast(:by as bigint), cast(:place as text),"
        " cast(:action as text), id, cast(:details as jsonb)"
        " from chats where id = :chat and kind <> 'direct'"
    ).bindparams(sa.bindparam("details", type_=JSONB))
)
NEWEST = Prepared(
    sa.text(
        f"""
        select audit.id, {stamped("at")}, by, place, action, subject, details, w.words,
               encode(hash, 'hex') as hash
        from audit left join audit_words w on w.id = audit.id
        where audit.id < :before
          and (cast(:by as bigint) is null or by = :by)
          and (cast(:subject as bigint) is null or subject = :subject)
          and (cast(:action as text) is null or action = :action
               or starts_with(action, cast(:action as text) || '.'))
          and (cast(:since as timestamptz) is null or at >= :since)
          and (cast(:until as timestamptz) is null or at < :until)
        order by audit.id desc limit :limit
        """
    )
)
# As `audit_hash` writes them, in the same order.
LINES = Prepared(
    sa.text(
        """
        select audit.id, (extract(epoch from at) * 1000000)::bigint::text as at,
               coalesce(by::text, '') as by, coalesce(place, '') as place, action,
               coalesce(subject::text, '') as subject, coalesce(details::text, '') as details, hash,
               details ->> 'words' as seal, w.words, w.salt
        from audit left join audit_words w on w.id = audit.id
        where audit.id > :after order by audit.id limit :limit
        """
    )
)
CUT = Prepared(sa.text("select id, hash from audit_cut order by id desc limit 1"))
ALLOW_CUT = Prepared(sa.text("select set_config('messenger.audit_cut', 'on', true)"))
FORGET = Prepared(
    sa.text(
        """
        with last as (select id, hash from audit where at < :before order by id desc limit 1),
             kept as (insert into audit_cut (id, hash) select id, hash from last),
             gone as (delete from audit using last where audit.id <= last.id returning audit.id)
        select count(*) as count from gone
        """
    )
)


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done, or refused; `by` is null for the server itself and for strangers."""

    id: Annotated[int, Meta(description="The entry; without a gap from the first one kept.")]
    at: str
    by: Annotated[int | None, Meta(description="Who did it.")] = None
    place: Annotated[
        str | None,
        Meta(description="The address it came from; `cli` is the command line, null the server."),
    ] = None
    agent: Annotated[
        str | None,
        Meta(description="The program there; of the command line, the account of the system."),
    ] = None
    action: str
    subject: Annotated[int | None, Meta(description="The person or chat it was done to.")] = None
    details: Annotated[
        dict[str, Any] | None,
        Meta(description="What exactly; `before` and `after` by field. `erased`: names are gone."),
    ] = None
    hash: Annotated[str, Meta(description="SHA-256 over the entry and the hash before it.")]


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which records: all of what is given holds. `action` is one, or the area before its dot."""

    by: int | None = None
    subject: int | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the chain says: `broken_at` is the first record that is not what was written.

    Somebody who may change the database can write a whole chain anew, or take away its newest
    records: keep `last_id` and `last_hash` somewhere else, and see that they are still in it.
    """

    records: int
    first_id: int | None
    last_id: int | None
    last_hash: str | None
    broken_at: int | None
    reason: str | None = None


async def record(
    connection: Connection,
    at: datetime,
    by: int | None,
    action: str,
    subject: int | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Add a record, in the transaction of what it tells of; raises ValueError for no known kind."""
    if action not in KINDS:
        raise ValueError(f"{action} is not in `audit.KINDS`")
    told, words, salt = audit_words.parted(details)
    given = {
        "at": at, "by": by, "place": place.written(), "action": action, "subject": subject,
        "details": told,
    }  # fmt: skip
    if words is None:
        await connection.put(RECORD, **given)
        return
    # An address that is nobody's yet is found by itself.
    person = subject if action.startswith("user.") else None
    await connection.put(RECORD_WITH_WORDS, **given, person=person, words=words, salt=salt)


async def record_of_group(
    connection: Connection,
    at: datetime,
    by: int | None,
    action: str,
    chat: int,
    details: dict[str, Any] | None,
) -> None:
    """The same about a chat; nothing, where it is a direct one."""
    await connection.put(
        RECORD_OF_GROUP,
        at=at, by=by, place=place.written(), action=action, chat=chat, details=details,
    )  # fmt: skip


def shown(row: Any) -> AuditEntry:
    """A record as it is told, of a row."""
    found = row._asdict()
    where = place.read(found.pop("place"))
    details = audit_words.joined(found.pop("details"), found.pop("words"))
    address, agent = where or (None, None)
    return AuditEntry(**found, place=address, agent=agent, details=details)


async def newest(reader: Reader, sought: Sought, before: int, limit: int) -> Part[AuditEntry]:
    """The records before one of them, the newest first."""
    return await fetch_part(
        reader,
        NEWEST,
        shown,
        limit,
        before=before,
        **msgspec.structs.asdict(sought),
    )


async def all_of(reader: Reader, sought: Sought) -> AsyncIterator[list[AuditEntry]]:
    """Every such record, the newest first, page by page."""
    before = 2**53
    while True:
        part = await newest(reader, sought, before, PAGE)
        yield part.items
        if not part.more:
            return
        before = part.items[-1].id


async def verify(reader: Reader) -> Verdict:
    """Compute the chain anew, from where the retention has cut it."""
    cut = await reader.fetch_one(CUT)
    after, last = (cut.id, bytes(cut.hash)) if cut else (0, b"")
    first, count = None, 0
    while rows := await reader.fetch(LINES, after=after, limit=PAGE):
        for row in rows:
            reason = _broken(row, after, last)
            if reason is not None:
                return _verdict(count, first, after, last, row.id, reason)
            first, after, last = first or row.id, row.id, bytes(row.hash)
            count += 1
    return _verdict(count, first, after, last)


def _broken(row: Any, before: int, last: bytes) -> str | None:
    if row.id != before + 1:
        return f"the records between {before} and {row.id} are missing"
    told = "\n".join([str(row.id), *row[1:7]]).encode()
    if hashlib.sha256(last + told).digest() != bytes(row.hash):
        return "it is not what was written, or one before it was taken out"
    if row.words is not None and audit_words.sealed(row.words, bytes(row.salt)) != row.seal:
        return "its names are not those that were written"
    return None


def _verdict(
    count: int,
    first: int | None,
    last_id: int,
    last: bytes,
    broken_at: int | None = None,
    reason: str | None = None,
) -> Verdict:
    return Verdict(
        records=count,
        first_id=first,
        last_id=last_id or None,
        last_hash=last.hex() or None,
        broken_at=broken_at,
        reason=reason,
    )


async def forget(database: Database, before: datetime, at: datetime) -> int:
    """Remove the records of before a moment, and record that; return how many they were."""

    async def work(connection: Connection) -> int:
        await connection.fetch(ALLOW_CUT)
        row = await connection.fetch_one(FORGET, before=before)
        count = int(row.count) if row else 0
        if count:
            details = {"records": count, "before": timestamp(before)}
            await record(connection, at, None, "audit.forget", None, details)
        return count

    return await database.transact(work)
