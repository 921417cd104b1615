"""The settings that administrators chose while the server ran: names and texts, as JSON.

One record in `instance`: it is read as a whole, and a setting that is new needs no migration. What
the texts mean is not known here (`messenger.runtime`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from messenger.store.commits import CHANNEL
from messenger.store.db import Connection, Database
from messenger.store.rows import audit
from messenger.store.rows.chats import Reader
from messenger.store.rows.rights import check_administrator
from messenger.store.sql import sa
from messenger.store.statements import Prepared

CHANGED = "settings"
"""What is said on the channel of the streams when they were changed, by whichever process."""

TEXT = "select value from instance where name = 'settings'"
READ = Prepared(sa.text(TEXT))
# Two who change different settings at once must not undo one another.
LOCK = Prepared(sa.text("select pg_advisory_xact_lock(hashtext('messenger settings'))"))
SAVE = Prepared(
    sa.text(
        """
        insert into instance (name, value) values ('settings', :value)
        on conflict (name) do update set value = excluded.value
        """
    )
)
TELL = Prepared(sa.text(f"select pg_notify('{CHANNEL}', '{CHANGED}')"))

Plan = Callable[[dict[str, str]], tuple[dict[str, str], dict[str, dict[str, str]]]]
"""Of what is stored makes what is to be stored, and `{name: {before, after}}`; raises
ValidationFailed."""


async def stored(reader: Reader) -> dict[str, str]:
    row = await reader.fetch_one(READ)
    return parsed(row.value if row else None)


def parsed(value: str | None) -> dict[str, str]:
    return {} if value is None else msgspec.json.decode(value, type=dict[str, str])


async def change(
    database: Database, plan: Plan, by: int | None, now: datetime
) -> Mapping[str, str]:
    """Store what `plan` makes of what is stored, record who did, and tell the serving process.

    Returns what is stored now. Raises Forbidden unless `by` is an administrator or the server.
    """

    async def work(connection: Connection) -> Mapping[str, str]:
        await check_administrator(connection, by)
        await connection.fetch(LOCK)
        before = await stored(connection)
        wanted, changes = plan(before)
        if wanted != before:
            await connection.put(SAVE, value=msgspec.json.encode(wanted).decode())
            await connection.fetch(TELL)
        if changes:
            await audit.record(connection, now, by, "settings.update", None, {"changes": changes})
        return wanted

    return await database.transact(work)
