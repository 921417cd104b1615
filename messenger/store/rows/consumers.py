"""How far each consumer of the log has come, stream by stream."""

from collections.abc import Iterable, Mapping

from messenger.store.db import Connection, Database
from messenger.store.rows.chats import Ids, Reader
from messenger.store.schema.tables import consumers, events, streams
from messenger.store.sql import sa
from messenger.store.statements import UNHURRIED, Prepared

EVERY = 0
"""The stream that stands for the consumer itself: no stream has this number."""

NAME = sa.bindparam("name", type_=sa.Text)
OF_IT = consumers.c.name == NAME
KNOWN = Prepared(sa.select(consumers.c.seq).where(OF_IT, consumers.c.stream == EVERY))
BEGIN = Prepared(
    sa.text(
        f"""
        insert into consumers (name, stream, seq)
        select :name, id, seq from streams union all select :name, {EVERY}, 0
        on conflict do nothing
        """
    )
)
CURSORS = Prepared(
    sa.select(consumers.c.stream, consumers.c.seq).where(
        OF_IT, consumers.c.stream == sa.any_(sa.bindparam("streams", type_=Ids))
    )
)
BEHIND = Prepared(
    sa.select(streams.c.id, streams.c.seq)
    .select_from(streams.outerjoin(consumers, sa.and_(consumers.c.stream == streams.c.id, OF_IT)))
    .where(streams.c.seq > sa.func.coalesce(consumers.c.seq, sa.literal_column("0")))
    .order_by(streams.c.id)
)
SAVE = Prepared(
    sa.text(
        """
        insert into consumers (name, stream, seq)
        select :name, stream, seq
        from unnest(cast(:streams as bigint[]), cast(:seqs as bigint[])) as t(stream, seq)
        on conflict (name, stream) do update set seq = excluded.seq
        """
    ),
    # What is lost is done again. Nothing that was done before it is lost instead: the log of the
    # database keeps their order.
    limits=UNHURRIED,
)
DETAIL = Prepared(
    sa.select(events.c.data).where(
        events.c.stream_id == sa.bindparam("stream", type_=sa.BigInteger),
        events.c.seq == sa.bindparam("seq", type_=sa.BigInteger),
    )
)


async def begin(database: Database, name: str) -> None:
    """On a consumer's very first run: it starts at the present heads."""

    async def work(connection: Connection) -> None:
        if await connection.fetch_one(KNOWN, name=name) is None:
            await connection.fetch(BEGIN, name=name)

    await database.transact(work)


async def cursors(reader: Reader, name: str, wanted: Iterable[int]) -> dict[int, int]:
    """Those of the streams that were read from; another one was not, so far."""
    rows = await reader.fetch(CURSORS, name=name, streams=list(wanted))
    return {row.stream: row.seq for row in rows}


async def behind(reader: Reader, name: str) -> dict[int, int]:
    """Streams that have more than was read of them, and where they stand."""
    return {row.id: row.seq for row in await reader.fetch(BEHIND, name=name)}


async def save(database: Database, name: str, reached: Mapping[int, int]) -> None:
    await database.fetch(SAVE, name=name, streams=list(reached), seqs=list(reached.values()))


async def changed_fields(reader: Reader, stream: int, seq: int) -> frozenset[str]:
    """Which fields of a task an event changed, as the log has it."""
    row = await reader.fetch_one(DETAIL, stream=stream, seq=seq)
    return frozenset(((row and row.data) or {}).get("fields", ()))
