"""`init`: everything a first start would make, made ahead of it; harmless to repeat.

Also what must follow a restored copy: the database gets a new epoch, so that clients which saw what
the copy does not have fetch everything afresh instead of resuming from a future that is gone.
"""

import asyncio
import os
import secrets

import click
import msgspec

from messenger import config, shipped
from messenger.actors.commands import InviteFirst
from messenger.cli import Failure
from messenger.cli.database import bring_up_to_date, open_database
from messenger.cli.local_server import local_server
from messenger.cli.printing import as_json, show
from messenger.config import Settings
from messenger.store.rows import instance, invites


class Prepared(msgspec.Struct, frozen=True):
    """`invitation` makes the first administrator; null once there are accounts."""

    data_dir: str
    applied: list[str]
    invitation: str | None
    unit: str | None
    caddyfile: str | None


@click.command()
@click.option(
    "--restored", is_flag=True, help="The data was put back from a copy: clients start afresh."
)
@as_json
def init(restored: bool, as_json: bool) -> None:
    """Prepare DATA_DIR, the secret key and the database; print how to become administrator."""
    settings = config.load(os.environ)
    with open_database(settings) as dsn:
        applied = bring_up_to_date(dsn)
        if restored:
            asyncio.run(renew_epoch(settings, dsn))
        invitation = asyncio.run(invite_first(settings, dsn))
    prepared = Prepared(
        str(settings.data_dir),
        applied,
        invitation,
        file_of("messenger.service"),
        file_of("messenger.caddy"),
    )
    show(prepared, next_steps(prepared), as_json)


async def invite_first(settings: Settings, dsn: str) -> str | None:
    async with local_server(settings, dsn) as opened:
        invite_id = await opened.do(InviteFirst())
    if invite_id is None:
        return None
    return invites.link(settings.base_url, invites.code_of(settings.secret_key, invite_id))


async def renew_epoch(settings: Settings, dsn: str) -> None:
    """Make this another history of the database; raises Failure while a server goes by the old."""
    async with local_server(settings, dsn) as opened:
        serving = await opened.database.dedicated()
        try:
            if not await instance.try_lock(serving):
                raise Failure("A server runs on this database: stop it first.")
            now = await opened.database.fetch_one(instance.READ)
            assert now is not None
            fresh = str(secrets.randbits(48))
            await opened.database.fetch(instance.SAVE, epoch=fresh, history=now.history)
        finally:
            await serving.close()


def file_of(name: str) -> str | None:
    """Where a file of an installation lies, by its name alone."""
    return next((str(path) for path in sorted(shipped.deploy().rglob(name))), None)


def next_steps(prepared: Prepared) -> list[str]:
    schema = f"{len(prepared.applied)} migrations applied" if prepared.applied else "up to date"
    lines = [f"data       {prepared.data_dir}", f"database   {schema}"]
    if prepared.unit is not None:
        lines.append(f"systemd    {prepared.unit}")
    if prepared.caddyfile is not None:
        lines.append(f"Caddy      {prepared.caddyfile}")
    if prepared.invitation is None:
        lines.append("There are accounts already: `bin/messenger admin user list`.")
    else:
        lines.append(f"The first administrator signs up here, once: {prepared.invitation}")
    return lines
