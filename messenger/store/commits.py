"""Commits decisions: every change but a message.

One short transaction that takes the request key, locks the streams in id
order, numbers the entries, saves their subjects, appends the events: one round
trip where only the own stream grows. Each family of events has its saver below.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from messenger.decision import (
    Audited,
    Decision,
    Entry,
    ExportEnded,
    FilesAttached,
    InviteCreated,
    InviteRevoked,
    InvitesVoided,
    NotificationsSet,
    PasswordSet,
    PreferenceSet,
    PrivateSaved,
    Reminded,
    SearchesSet,
    SessionsRevoked,
    Snoozed,
    UserAdded,
    Write,
)
from messenger.model import Event, timestamp
from messenger.protocol.event_types import is_kept_in_log
from messenger.storage import StaleHead
from messenger.store import membership_audit, subjects
from messenger.store.db import Connection, Database
from messenger.store.rows import (
    attachments,
    audit,
    chats,
    exports,
    invites,
    reminders,
    saved_searches,
    sessions,
    users,
)
from messenger.store.rows.chats import Ids
from messenger.store.schema.tables import request_keys
from messenger.store.sql import sa
from messenger.store.statements import Prepared
from messenger.store.subjects import Numbered

CHANNEL = "messenger"


LOCK = Prepared(
    sa.text(
        """
        with locked as (select id, changed from streams where id = any(:ids)
                        order by id for update)
        update streams s set seq = s.seq + c.count, changed = s.seq + c.count
        from locked, unnest(:ids, :counts) as c(id, count)
        where s.id = locked.id and c.id = locked.id
        returning s.id, s.seq - c.count as seq, locked.changed
        """
    ).bindparams(sa.bindparam("ids", type_=Ids), sa.bindparam("counts", type_=Ids))
)
HOLD = Prepared(sa.text("select id from streams where id = :stream for update"))
ADVANCE = Prepared(sa.text("select advance(:stream, :after, :count)"))
APPEND = Prepared(
    sa.text(
        """
        insert into events (stream_id, seq, type, by, at, subject, data)
        select stream_id, seq, type, by, :at, subject, data
        from json_to_recordset(:events) as t(stream_id bigint, seq bigint, type text, by bigint,
             subject bigint, data jsonb)
        """
    )
)
TAKE_KEY = Prepared(request_keys.insert())
ANNOUNCE = Prepared(sa.text(f"select pg_notify('{CHANNEL}', :heads)"))


async def _write(connection: Connection, write: Write, by: int | None, at: datetime) -> None:
    match write:
        case UserAdded(user=user, command=command):
            await users.add(connection, user, command)
        case PrivateSaved():
            await users.save_private(connection, write)
        case PasswordSet():
            await users.set_password(connection, write)
        case InviteCreated(invite=invite):
            await invites.save(connection, invite)
        case InviteRevoked(invite_id=invite_id):
            await invites.revoke(connection, invite_id, by, at)
        case InvitesVoided():
            await invites.void(connection, write.maker, by, at)
        case SessionsRevoked():
            await sessions.revoke(connection, write.session_ids, at)
        case PreferenceSet():
            await chats.save_preference(connection, write)
        case NotificationsSet():
            await users.save_notifications(connection, write.user_id, write.settings)
        case SearchesSet():
            await saved_searches.save(connection, write.user_id, write.searches)
        case FilesAttached():
            await attachments.attach(connection, write)
        case ExportEnded():
            await exports.end(connection, write)
        case Reminded():
            await reminders.record(connection, write, at)
        case Snoozed():
            await reminders.snooze(connection, write)
        case _:
            raise NotImplementedError(write)


async def commit(
    database: Database,
    decision: Decision,
    at: datetime,
    announce: bool = False,
) -> list[Event]:
    """Do all of a decision in one transaction; return its events, in its order.

    Raises `Duplicate` when a key is taken or a unique row exists, and `StaleHead`
    when the log went on since the decision. With
    `announce`, other processes are told which streams grew (NOTIFY).
    """

    async def work(connection: Connection) -> list[Event]:
        return await _do(connection, decision, at, database.shared, announce)

    return await database.transact(work)


async def commit_alone(
    database: Database,
    stream: int,
    decide: Callable[[], Awaitable[Decision]],
    at: datetime,
    announce: bool = False,
) -> list[Event]:
    """The same of what is decided once the stream's row is locked: nobody can be faster then.

    One at a time in a process: each holds a connection, and decides by means of another.
    """

    async def work(connection: Connection) -> list[Event]:
        await connection.fetch(HOLD, stream=stream)
        return await _do(connection, await decide(), at, database.shared, announce)

    async with database.alone:
        return await database.transact(work)


async def _do(
    connection: Connection, decision: Decision, at: datetime, shared: bool, announce: bool
) -> list[Event]:
    for key in decision.keys:
        await connection.put(TAKE_KEY, **msgspec.structs.asdict(key), at=at)
    entries = await _number(connection, decision, shared)
    audited = [each for each in decision.writes if isinstance(each, Audited)]
    for write in decision.writes:
        if write not in audited:
            await _write(connection, write, decision.by, at)
    await _save_subjects(connection, entries)
    done = await _log(connection, entries, decision.by, at)
    # Last: who adds to the audit keeps others from it until the commit.
    by = decision.by
    for each in audited:
        await audit.record(connection, at, by, each.action, each.subject, each.details)
    for action, chat, details in membership_audit.audited(decision.entries):
        await audit.record_of_group(connection, at, by, action, chat, details)
    if announce and done:
        await connection.put(ANNOUNCE, heads=_grown(done))
    return done


def _grown(done: list[Event]) -> str:
    """Which streams grew, from which event to which: `17:341-343,5:9-9`."""
    spans: dict[int, tuple[int, int]] = {}
    for event in done:
        first, _ = spans.get(event.stream, (event.seq, 0))
        spans[event.stream] = (first, event.seq)
    return ",".join(f"{stream}:{first}-{last}" for stream, (first, last) in spans.items())


async def _number(
    connection: Connection, decision: Decision, shared: bool
) -> list[Numbered]:  # fmt: skip
    """Lock the streams and take their next numbers; raises StaleHead past the decision's head."""
    entries = decision.entries
    counts: dict[int, int] = defaultdict(int)
    for entry in entries:
        counts[entry.stream] += 1
    if not counts:
        return []
    seqs = await _advance(connection, counts, decision.head, shared)
    numbered = []
    for entry in entries:
        seqs[entry.stream] += 1
        seq = seqs[entry.stream]
        numbered.append((seq, entry.with_number(seq)))
    return numbered


async def _advance(
    connection: Connection, counts: dict[int, int], head: tuple[int, int] | None, shared: bool
) -> dict[int, int]:
    """Move the streams on; return where each stood before.

    Where several servers write, plain messages of another one do not make a decision stale.
    """
    if head is not None and list(counts) == [head[0]] and not shared:
        # Where it stands is known, or the database says StaleHead at the end: no need to ask first.
        stream, seq = head
        await connection.put(ADVANCE, stream=stream, after=seq, count=counts[stream])
        return {stream: seq}
    rows = await connection.fetch(LOCK, ids=list(counts), counts=list(counts.values()))
    if head is not None:
        for row in rows:
            is_known = row.changed <= head[1] if shared else row.seq == head[1]
            if row.id == head[0] and not is_known:
                raise StaleHead
    return {row.id: row.seq for row in rows}


async def _save_subjects(connection: Connection, entries: list[Numbered]) -> None:
    """Save in the order of the entries; neighbours of one type go as one statement."""
    run: list[Numbered] = []
    for each in entries:
        if each[1].data is None:
            continue
        if run and not _joins(each[1], run):
            await subjects.save(connection, run)
            run = []
        run.append(each)
    if run:
        await subjects.save(connection, run)


def _joins(entry: Entry, run: list[Numbered]) -> bool:
    """Whether it is saved with the others: no statement may write a row twice."""
    return entry.type == run[0][1].type and all(
        (entry.stream, entry.subject) != (each.stream, each.subject) for _, each in run
    )


async def _log(
    connection: Connection, entries: list[Numbered], by: int | None, at: datetime
) -> list[Event]:
    rows = [
        {
            "stream_id": entry.stream,
            "seq": seq,
            "type": entry.type,
            "by": entry.by or by,
            "subject": entry.subject,
            "data": entry.data if is_kept_in_log(entry.type) else entry.detail,
        }
        for seq, entry in entries
    ]
    if rows:
        await connection.put(APPEND, events=msgspec.json.encode(rows).decode(), at=at)
    moment = timestamp(at)
    done = []
    for seq, entry in entries:
        data = entry.data
        if data is None and entry.subject is not None:
            found = await subjects.load(connection, entry.stream, entry.type, [entry.subject])
            data = found.get(entry.subject)
        done.append(Event(entry.type, entry.stream, seq, moment, entry.by or by, data))
    return done
