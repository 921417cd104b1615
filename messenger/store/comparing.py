"""What two copies of a database are compared by: rows, the head of every stream, hashes of rows.

Read in one snapshot, which a dump of the same moment is made from. Tables are found in the
catalogue, so that what comes later is compared, too.
"""

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec
import psycopg2
import psycopg2.errors

from messenger.store.archive.session import LOCK
from messenger.store.clients import name_of, of_database
from messenger.store.db import Connection, Database
from messenger.store.driver import translated
from messenger.store.serving import SERVING

LASTING: Final = (
    "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c timezone=UTC"
    " -c idle_session_timeout=0 -c lock_timeout=8000"
)
WHOLE: Final = 20_000
"""Rows up to which every one is hashed; of larger tables one in `ONE_IN`, chosen by its key."""
ONE_IN: Final = 64
_TABLES: Final = """
    select c.relname, greatest(c.reltuples, pg_relation_size(c.oid) / 100)::bigint,
           (select string_agg(quote_ident(a.attname), ',' order by a.attnum) from pg_attribute a
            where a.attrelid = c.oid and a.attnum = any(i.indkey))
    from pg_class c left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'instance'
    order by c.relname
"""
_KEPT: Final = (
    "select name, value from instance where name not in ('epoch', 'history', 'turn') order by name"
)


_ARCHIVED: Final = """
    select place, name, encode(sha256, 'hex'), size from archive_parts
    where state in ('written', 'removing', 'done')
    union all select place, name, encode(sha256, 'hex'), null from archive_manifests order by 2
"""


class Archived(msgspec.Struct, frozen=True):
    """A file of the archive, as its index lists it; `size` is not known of a manifest."""

    place: str
    name: str
    sha256: str
    size: int | None


class Table(msgspec.Struct, frozen=True):
    """One table: its rows, and a hash over some of them (`one_in`)."""

    rows: int
    hash: str
    one_in: int
    key: str | None = None


class Figures(msgspec.Struct, frozen=True):
    """What a copy must have; `heads` hashes id and `seq` of every stream."""

    tables: dict[str, Table]
    streams: int
    heads: str

    def differences(self, other: "Figures") -> list[str]:
        """Where another copy differs, a sentence each."""
        found = []
        for name, table in self.tables.items():
            there = other.tables.get(name)
            if there is None:
                found.append(f"table {name} is missing")
            elif there.rows != table.rows:
                found.append(f"table {name} has {there.rows} rows, not {table.rows}")
            elif there.hash != table.hash:
                found.append(f"table {name} has other content")
        if (self.streams, self.heads) != (other.streams, other.heads):
            found.append("the heads of the streams differ")
        return found


class ScratchRefused(Exception):
    """This account may not make a database to prove a backup in: grant it CREATEDB."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class Frozen(msgspec.Struct, frozen=True):
    """One moment of a database, for as long as its block lasts."""

    connection: Connection
    snapshot: str
    server: int


@asynccontextmanager
async def frozen(database: Database) -> AsyncIterator[Frozen]:
    """Hold one moment of a database, by a name that pg_dump takes."""
    connection = await database.dedicated(LASTING)
    try:
        with translated():
            await connection.command("begin isolation level repeatable read read only")
            ((snapshot,),) = await connection.run("select pg_export_snapshot()", {})
            yield Frozen(connection, snapshot, connection.raw.raw.server_version // 10_000)
    finally:
        await connection.close()


async def figures(connection: Connection, like: Figures | None = None) -> Figures:
    """Count and hash a database; `like` says which rows of which tables."""
    tables = {}
    for name, estimate, key in await connection.run(_TABLES, {}):
        known = like.tables.get(name) if like else None
        one_in = known.one_in if known else ONE_IN if key and estimate > WHOLE else 1
        tables[name] = await _table(connection, name, one_in, known.key if known else key)
    ((streams, heads),) = await connection.run(
        "select count(*), coalesce(sum(hashtextextended(id || ':' || seq || ':' || n, 0)), 0)::text"
        " from streams",
        {},
    )
    return Figures(tables, streams, heads)


async def _table(connection: Connection, name: str, one_in: int, key: str | None) -> Table:
    chosen = f"hashtextextended(concat_ws(',', {key}), 1) % {one_in} = 0" if one_in > 1 else "true"
    ((rows, hashed),) = await connection.run(
        "select count(*), coalesce(sum(hashtextextended(row_::text, 0))"
        f" filter (where {chosen}), 0)::text"
        f' from "{name}" as row_'.replace("%", "%%"),
        {},
    )
    return Table(rows, hashed, one_in, key)


async def system(connection: Connection) -> str:
    """The identifier of the cluster, which every copy of its files has, too."""
    ((found,),) = await connection.run(
        "select system_identifier::text from pg_control_system()", {}
    )
    return str(found)


async def archived(connection: Connection) -> list[Archived]:
    """The files that the archive's index lists."""
    return [Archived(*row) for row in await connection.run(_ARCHIVED, {})]


async def archive_stands_still(connection: Connection) -> bool:
    """Keep the archive from being changed until the connection ends; False while it is."""
    ((taken,),) = await connection.run(f"select pg_try_advisory_lock_shared({LOCK})", {})
    return bool(taken)


async def kept(connection: Connection) -> dict[str, str]:
    """The rows of `instance` that a restored copy is to have, too."""
    return dict(await connection.run(_KEPT, {}))


@asynccontextmanager
async def scratch(database: Database) -> AsyncIterator[Database]:
    """An empty database beside one, for as long as the block lasts; raises ScratchRefused.

    What a killed process left of an earlier one is removed first.
    """
    own = name_of(database.dsn)
    # Of one number for each database, so that two of one server do not meet.
    name = f"messenger_proof_{zlib.crc32(own.encode()):08x}"
    connection = await database.dedicated(LASTING)
    try:
        await connection.command(f"drop database if exists {name} with (force)")
        try:
            await connection.command(f"create database {name} template template0")
        except psycopg2.errors.InsufficientPrivilege as error:
            raise ScratchRefused from error
        try:
            yield Database(of_database(database.dsn, name), size=1)
        finally:
            await connection.command(f"drop database if exists {name} with (force)")
    finally:
        await connection.close()


async def is_empty(connection: Connection) -> bool:
    """Whether there is no table of ours."""
    ((found,),) = await connection.run(
        "select count(*) from pg_class where relkind = 'r'"
        " and relnamespace = 'public'::regnamespace",
        {},
    )
    return not found


async def claim(connection: Connection) -> bool:
    """Take the lock of the one server of a database, so that none begins meanwhile."""
    ((taken,),) = await connection.run(f"select pg_try_advisory_lock({SERVING})", {})
    return bool(taken)


async def give(connection: Connection, kept: dict[str, str]) -> None:
    """Put back what is kept of `instance`: with no epoch in it, the next start makes a new one."""
    for name, value in kept.items():
        await connection.run(
            "insert into instance (name, value) values (%(name)s, %(value)s)"
            " on conflict (name) do update set value = excluded.value returning 1",
            {"name": name, "value": value},
        )
