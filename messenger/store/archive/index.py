"""The index of the archive: its parts and manifests, as the writer keeps them."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from messenger.store.archive import loose
from messenger.store.archive.session import Session


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the archive. `blocks` are [seq, offset] of each gzip member's first line."""

    stream_id: int
    first_seq: int
    last_seq: int
    lines: int
    messages: int
    first_message: int | None
    first_at: datetime
    last_at: datetime
    place: str
    name: str
    size: int
    sha256: bytes
    blocks: list[tuple[int, int]]
    as_of: int
    kept: list[int]
    late: bool
    superseded: list[int] = []
    state: str = "written"
    id: int = 0
    manifest_id: int | None = None
    lookup: dict[str, Any] | None = None


COLUMNS: Final = (
    "stream_id, first_seq, last_seq, lines, messages, first_message, first_at, last_at, place,"
    " name, size, sha256, blocks, as_of, kept, late, superseded, state, lookup"
)
SHOWN: Final = (
    "stream_id", "first_seq", "last_seq", "lines", "messages", "first_at", "last_at", "place",
    "name", "size", "late", "state",
)  # fmt: skip
"""What people are told of a part."""
NAMES: Final = [name.strip() for name in COLUMNS.split(",")]
ADD: Final = (
    f"insert into archive_parts ({COLUMNS})"
    f" values ({', '.join(f'%({name})s' for name in NAMES)}) returning id"
)
PARTS: Final = f"select id, manifest_id, {COLUMNS} from archive_parts"
MANIFESTS: Final = "select id, place, name, sha256, made_at from archive_manifests order by id"
# Parts of the same range hold what a late one has of it as it was before.
SUPERSEDE: Final = """
    update archive_parts set superseded = array(
        select unnest(superseded) union
        select seq from unnest(%(seqs)s::bigint[]) seq
        where seq between first_seq and last_seq and seq <> all(kept) order by 1)
    where stream_id = %(stream)s and last_seq >= %(first)s and first_seq <= %(last)s
      and state in ('removing', 'done') and id <> %(id)s
"""
# A row that is there counts for more than a line of the same number.
SUPERSEDE_LIVE: Final = """
    update archive_parts p set superseded = array(
        select unnest(p.superseded) union
        select m.seq from messages m where m.chat_id = p.stream_id
        and m.seq between p.first_seq and p.last_seq and m.seq <> all(p.kept) order by 1)
    where state = 'done' and exists (
        select from messages m where m.chat_id = p.stream_id
        and m.seq between p.first_seq and p.last_seq
        and m.seq <> all(p.kept) and m.seq <> all(p.superseded))
"""
ADD_MANIFEST: Final = """
    insert into archive_manifests (place, name, sha256, made_at)
    values (%(place)s, %(name)s, %(sha256)s, %(made_at)s) returning id
"""
NAMED: Final = """
    update archive_parts set manifest_id = %(manifest)s, state = %(state)s where id = any(%(ids)s)
"""
GONE: Final = "update archive_parts set state = %(state)s, lookup = null where id = %(id)s"


def add(session: Session, part: Part, seqs: Sequence[int] = ()) -> int:
    """List a part that is in its place, `written`: nothing of it is taken away yet.

    What older parts have of these seqs does not count any more.
    """
    values = {name: getattr(part, name) for name in NAMES}
    values |= _as_json(part)
    with session.together():
        loose.forget(session, part.name)
        id = int(session.value(ADD, **values))
        if seqs:
            supersede(session, part, seqs, id)
    return id


def is_taken(session: Session, name: str) -> bool:
    """Whether a part has or had this name."""
    return bool(
        session.value("select exists (select from archive_parts where name = %(name)s)", name=name)
    )


def supersede(session: Session, part: Part, seqs: Sequence[int], but: int = 0) -> None:
    """Have the parts of a part's range, all `but` one, not count for these seqs any more."""
    session.rows(
        SUPERSEDE,
        stream=part.stream_id,
        first=part.first_seq,
        last=part.last_seq,
        seqs=list(seqs),
        id=but,
    )


def parts(session: Session, *states: str) -> list[Part]:
    """Those in one of these states, oldest ranges first; without any, all."""
    where = " where state = any(%(states)s)" if states else ""
    rows = session.rows(f"{PARTS}{where} order by stream_id, first_seq, id", states=list(states))
    return [part_of(row) for row in rows]


def expired(session: Session, before: datetime) -> list[Part]:
    """Parts whose newest line is older than this, but for those on legal hold."""
    rows = session.rows(
        f"{PARTS} where state = 'done' and last_at < %(before)s and not log_is_held(stream_id)"
        " order by stream_id, first_seq",
        before=before,
    )
    return [part_of(row) for row in rows]


def renewable(session: Session) -> list[Part]:
    """Parts with lines that are not true any more; on legal hold they stay as they are."""
    rows = session.rows(
        f"{PARTS} where state = 'done' and superseded <> '{{}}' and not log_is_held(stream_id)"
        " order by stream_id, first_seq, id"
    )
    return [part_of(row) for row in rows]


def of_range(session: Session, stream: int, first: int, last: int) -> list[Part]:
    """The parts that tables have given away and that may have some of a range."""
    rows = session.rows(
        f"{PARTS} where state in ('removing', 'done') and stream_id = %(stream)s"
        " and last_seq >= %(first)s and first_seq <= %(last)s order by first_seq, id",
        stream=stream,
        first=first,
        last=last,
    )
    return [part_of(row) for row in rows]


def _as_json(part: Part) -> dict[str, str | None]:
    lookup = None if part.lookup is None else json.dumps(part.lookup)
    return {"blocks": json.dumps(part.blocks), "lookup": lookup}


def unseen(session: Session) -> list[Part]:
    """Parts of which it is not known yet what their lines are about."""
    rows = session.rows(f"{PARTS} where state in ('removing', 'done') and lookup is null")
    return [part_of(row) for row in rows]


def look_up(session: Session, part: Part, lookup: dict[str, Any]) -> None:
    """Say what a part's lines are about."""
    session.rows(
        "update archive_parts set lookup = %(lookup)s where id = %(id)s",
        id=part.id,
        lookup=json.dumps(lookup),
    )


def part_of(row: Any) -> Part:
    values = row._asdict()
    values["sha256"] = bytes(values["sha256"])
    values["blocks"] = [(seq, offset) for seq, offset in values["blocks"]]
    return Part(**values)


def manifests(session: Session) -> list[Any]:
    """All, in the order of the chain, with id, place, name, sha256 and made_at."""
    return session.rows(MANIFESTS)


def supersede_live(session: Session) -> None:
    """Have no part count for what has come back into the table: deleted, changed, restored."""
    session.rows(SUPERSEDE_LIVE)


def add_manifest(
    session: Session,
    place: str,
    name: str,
    sha256: bytes,
    made_at: datetime,
    named: Sequence[Part],
    gone: Sequence[tuple[Part, str]],
    fresh: Sequence[Part] = (),
) -> None:
    """List a manifest: from here on its parts are taken away, and those gone (why) are not read.

    `fresh` parts stand in the place of some that are gone: nothing is to be taken away for them.
    """
    with session.together():
        loose.forget(session, name)
        manifest = session.value(
            ADD_MANIFEST, place=place, name=name, sha256=sha256, made_at=made_at
        )
        ids = [part.id for part in named]
        session.rows(NAMED, manifest=manifest, state="removing", ids=ids)
        for part, why in gone:
            session.rows(GONE, id=part.id, state=why)
            loose.note_gone(session, part.id)
        for part in fresh:
            loose.forget(session, part.name)
            values = {each: getattr(part, each) for each in NAMES}
            values |= _as_json(part) | {"state": "done", "superseded": []}
            id = session.value(ADD, **values)
            session.rows(NAMED, manifest=manifest, state="done", ids=[id])


def keep_more(session: Session, part: Part) -> None:
    """What a part was superseded in, it never had."""
    session.rows(
        "update archive_parts set kept = %(kept)s, superseded = '{}' where id = %(id)s",
        kept=sorted({*part.kept, *part.superseded}),
        id=part.id,
    )
