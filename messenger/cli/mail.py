"""What operators do where there is no mail: a link to a new password."""

from datetime import datetime

import click
import msgspec

from messenger.cli import Failure
from messenger.cli.local_server import LocalServer, act
from messenger.cli.printing import as_json, show
from messenger.mail import links
from messenger.model import Me
from messenger.store.db import Connection
from messenger.store.reads import mailing
from messenger.store.rows import audit, users


class ResetLink(msgspec.Struct, frozen=True):
    user: Me
    url: str
    expires_at: datetime


@click.command(name="reset-link")
@click.argument("username")
@as_json
def reset_link(username: str, as_json: bool) -> None:
    """Print a link with which a user chooses a new password: good once, for an hour.

    The same one that mail would bring. Hand it to nobody else.
    """

    async def work(server: LocalServer) -> ResetLink:
        found = await users.by_login(server.database, username)
        if found is None:
            raise Failure(f"There is no account {username!r}; `admin user list` shows all.")
        person = await mailing.person(server.database, found.user_id)
        if person is None:
            raise Failure(f"{username} is disabled: `admin user enable {username}` comes first.")
        settings, now = server.settings, server.clock()

        async def record(connection: Connection) -> None:
            await audit.record(connection, now, None, "user.reset_link", person.id, None)

        await server.database.transact(record)
        me = await users.me(server.database, person.id)
        assert me is not None
        url = links.reset_of(settings.secret_key, settings.base_url, person, now)
        return ResetLink(me, url, now + links.LIVES["reset"])

    made = act(work)
    show(made, [made.url], as_json)
