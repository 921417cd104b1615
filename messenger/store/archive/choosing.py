"""What is to be moved: streams that have something old, how far, and what stays of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from messenger.store.archive.session import Session

LINES: Final = 10_000
"""The most that one part holds: what is read, compared and indexed at once."""

# The newest event and the newest message stay: lists and readers begin with them. What a consumer
# has not read yet stays, too; one that was not begun has no row of stream 0.
OLD: Final = """
    select * from (
        select s.id, s.kind,
               coalesce((select max(p.last_seq) from archive_parts p
                         where p.stream_id = s.id), 0) + 1 as first,
               least(s.seq - 1, (
                   select min(coalesce(c.seq, 0)) from consumers known
                   left join consumers c on c.name = known.name and c.stream = s.id
                   where known.stream = 0)) as last
        from streams s where s.seq > 1) ahead
    where first <= last and least(
        (select at from events e where e.stream_id = ahead.id and e.seq >= first
         order by e.seq limit 1),
        (select created_at from messages m where m.chat_id = ahead.id and m.seq >= first
         order by m.seq limit 1)) < %(cutoff)s
    order by id
"""
YOUNG: Final = """
    select least(
        (select seq from events where stream_id = %(stream)s
         and seq between %(first)s and %(last)s and at >= %(cutoff)s order by seq limit 1),
        (select seq from messages where chat_id = %(stream)s
         and seq between %(first)s and %(last)s and created_at >= %(cutoff)s
         order by seq limit 1))
"""
_HELD: Final = """
    exists (select from archive_holds h where h.stream_id = {stream}
            and {seq} between h.first_seq and h.last_seq and (h.until is null or h.until > now()))
"""
_WANTED_TASK: Final = """
    exists (select from tasks t where t.id = {id} and t.deleted_at is null
            and (t.status = 'open' and not %(open_tasks)s or t.closed_at >= %(cutoff)s))
"""
# Whoever reads the log after a cursor finds there what an event in it is about.
MESSAGE_STAYS: Final = f"""
    (m.rev > {{line}} or m.pinned_at is not null or {_HELD.format(stream="m.chat_id", seq="m.seq")}
     or m.task_id is not null and {_WANTED_TASK.format(id="m.task_id")}
     or m.seq = (select max(seq) from messages newest where newest.chat_id = {{chat}}))
"""
EVENT_STAYS: Final = f"""
    (e.type like 'task.%%' and {_WANTED_TASK.format(id="e.subject")}
     or {_HELD.format(stream="e.stream_id", seq="e.seq")})
"""
STAYING: Final = f"""
    select array(
        select m.seq from messages m
        where m.chat_id = %(stream)s and m.seq between %(first)s and %(last)s
        and {MESSAGE_STAYS.format(line="%(line)s", chat="%(stream)s")}
        union
        select e.seq from events e where e.stream_id = %(stream)s
        and e.seq between %(first)s and %(last)s and {EVENT_STAYS})
"""
# Rows that stayed when their range was moved, and need not any more.
RELEASED: Final = f"""
    select stream as id, kind, line, min(seq) as first, max(seq) as last from (
        select stream, kind, line, seq,
               row_number() over (partition by stream order by seq) as place from (
            select m.chat_id as stream, s.kind, s.first_seq - 1 as line, m.seq from streams s
            join messages m on m.chat_id = s.id and m.seq < s.first_seq
            where s.first_seq > 1
              and not {MESSAGE_STAYS.format(line="s.first_seq - 1", chat="m.chat_id")}
            union
            select e.stream_id, s.kind, s.first_seq - 1, e.seq from streams s
            join events e on e.stream_id = s.id and e.seq < s.first_seq
            where s.first_seq > 1 and e.type <> 'message.created' and not {EVENT_STAYS}) loose
        ) numbered where place <= {LINES}
    group by stream, kind, line order by stream
"""
HEAD: Final = "select seq from streams where id = %(stream)s"


class Span(msgspec.Struct, frozen=True):
    """A range of a stream that is to become parts; `late` when it was kept until now.

    The log will begin after the `line`: what is changed later than that stays.
    """

    stream: int
    kind: str
    first: int
    last: int
    line: int
    late: bool = False


class Retention(msgspec.Struct, frozen=True):
    """Before which moment things are old, and whether open tasks are archived like others."""

    cutoff: datetime
    open_tasks: bool

    def values(self) -> dict[str, Any]:
        return msgspec.structs.asdict(self)


def old(session: Session, retention: Retention) -> list[Span]:
    """Streams with something old at their beginning; a part of each range may be young."""
    found = session.rows(OLD, cutoff=retention.cutoff)
    return [Span(row.id, row.kind, row.first, row.last, row.last) for row in found]


def released(session: Session, retention: Retention) -> list[Span]:
    """What stayed behind and is free to go; the same stream may have more when these are gone."""
    found = session.rows(RELEASED, **retention.values())
    return [Span(row.id, row.kind, row.first, row.last, row.line, late=True) for row in found]


def cut(session: Session, span: Span, retention: Retention) -> Span | None:
    """A span without what is young of it; None where nothing is old."""
    young = session.value(
        YOUNG, stream=span.stream, first=span.first, last=span.last, cutoff=retention.cutoff
    )
    last = span.last if young is None else young - 1
    return msgspec.structs.replace(span, last=last, line=last) if last >= span.first else None


def windows(span: Span) -> Iterator[Span]:
    """The ranges that become a part each."""
    for first in range(span.first, span.last + 1, LINES):
        yield msgspec.structs.replace(span, first=first, last=min(span.last, first + LINES - 1))


def staying(session: Session, span: Span, retention: Retention) -> list[int]:
    """The seqs of a range that are not moved."""
    place = {"stream": span.stream, "first": span.first, "last": span.last, "line": span.line}
    found: list[int] = session.value(STAYING, **place, **retention.values())
    return sorted(found)


def head(session: Session, stream: int) -> int:
    return int(session.value(HEAD, stream=stream))
