"""`admin audit`: who did what, and whether the records are what was written."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import click
import msgspec

from messenger import config
from messenger.cli import Failure, Misuse
from messenger.cli.local_server import current_database
from messenger.cli.printing import NUMBER, as_json, show, table
from messenger.rules.moments import checked_moment
from messenger.store.db import Database
from messenger.store.rows import audit as rows
from messenger.store.rows import users
from messenger.store.rows.audit import AuditEntry, Sought, Verdict

NAMES = ("ID", "AT", "BY", "FROM", "ACTION", "TO", "DETAILS")


@click.command()
@click.option("--verify", is_flag=True, help="Compute the chain anew instead of listing.")
@click.option("--by", metavar="NAME|ID", help="Only what this person did.")
@click.option("--subject", metavar="NAME|ID", help="Only what was done to this person or chat.")
@click.option("--action", help="Only this, like user.update, or an area: user.")
@click.option("--since", help="From this moment on, like 2026-12-01T09:00:00Z.")
@click.option("--until", help="Before this moment.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, help="How many (50).")
@as_json
def audit(
    verify: bool,
    by: str | None,
    subject: str | None,
    action: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the newest records of the audit, or prove that none was changed (exit code 1 if not).

    The chain proves what is there. Whoever may write to the database could take away the newest
    records: keep what --verify prints elsewhere, and look for it again.
    """
    if verify:
        _prove(asyncio.run(_verify()), as_json)
        return
    sought = Sought(action=action, since=_moment(since, "--since"), until=_moment(until, "--until"))
    found, names = asyncio.run(_newest(sought, by, subject, limit))
    show(found, table(NAMES, _lines(found, names)), as_json)


def _moment(written: str | None, name: str) -> datetime | None:
    return None if written is None else checked_moment(written, name)


async def _newest(
    sought: Sought, by: str | None, subject: str | None, limit: int
) -> tuple[list[AuditEntry], dict[int, str]]:
    """The records, and what the people in them are called."""
    async with _database() as database:
        who, whom = await _id_of(database, by), await _id_of(database, subject)
        sought = msgspec.structs.replace(sought, by=who, subject=whom)
        found = (await rows.newest(database, sought, 2**53, limit)).items
        ids = {id for each in found for id in (each.by, each.subject) if isinstance(id, int)}
        people = await users.by_ids(database, sorted(ids))
        return found, {person.id: person.username for person in people}


async def _id_of(database: Database, given: str | None) -> int | None:
    if given is None:
        return None
    if given.isascii() and given.isdigit():
        return NUMBER.convert(int(given), None, None)
    found = await users.by_login(database, given)
    if found is None:
        raise Misuse(f"There is no account {given!r}; `admin user list` shows all.")
    return found.user_id


async def _verify() -> Verdict:
    async with _database() as database:
        return await rows.verify(database)


@asynccontextmanager
async def _database() -> AsyncIterator[Database]:
    with current_database(config.load(os.environ)) as dsn:
        database = Database(dsn, size=1)
        await database.open()
        try:
            yield database
        finally:
            await database.close()


def _lines(found: list[AuditEntry], names: dict[int, str]) -> list[tuple[str, ...]]:
    def named(value: int | str | None) -> str:
        return _or_dash(names.get(value, value) if isinstance(value, int) else value)

    return [
        (
            str(each.id), each.at, named(each.by), _or_dash(each.place), each.action,
            named(each.subject), _shown(each.details),
        )
        for each in found
    ]  # fmt: skip


def _shown(details: dict[str, Any] | None) -> str:
    """Names as their people write them, not as escapes."""
    return "" if details is None else json.dumps(details, ensure_ascii=False)


def _or_dash(value: int | str | None) -> str:
    return "-" if value is None else str(value)


def _prove(found: Verdict, as_json: bool) -> None:
    if found.broken_at is None:
        words = f"{found.records} records, the chain is whole."
        last = f"The last is {found.last_id}: {found.last_hash}" if found.last_id else ""
        show(found, [words, *([last] if last else [])], as_json)
        return
    if as_json:
        show(found, [], as_json)
    raise Failure(f"Record {found.broken_at} breaks the chain: {found.reason}.")
