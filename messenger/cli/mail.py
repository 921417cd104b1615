"""What operators do about mail: a test letter, and a link to a new password where there is none."""

import asyncio
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import click
import msgspec

from messenger.cli import Failure
from messenger.cli.checks import Check
from messenger.cli.local_server import LocalServer, act
from messenger.cli.printing import as_json, show
from messenger.config import Settings
from messenger.mail import links
from messenger.mail.service import server_of
from messenger.model import Me
from messenger.rules.accounts import mailable
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


def check_mail(settings: Settings, recipient: str) -> Iterator[Check]:
    """Send a letter to an address, and say at which step it went wrong."""
    server, sender = server_of(settings), settings.mail_from
    if server is None or sender is None:
        fix = "set it, like smtps://name:password@mail.example.org"
        yield Check("mail", False, "SMTP_URL is not set: no mail is sent", fix)
        return
    address = mailable(recipient)
    if address is None:
        yield Check("mail", False, f"{recipient} is not an address", "write one like a@example.org")
        return
    yield asyncio.run(_send(settings, address))


async def _send(settings: Settings, address: str) -> Check:
    from messenger.mail.contents import test_letter
    from messenger.mail.letter import message
    from messenger.mail.smtp import Failed, Line

    server, sender = server_of(settings), settings.mail_from
    assert server is not None
    assert sender is not None
    letter, key = test_letter(settings.default_locale, settings.base_url), f"test {uuid.uuid4()}"
    made = message(letter, sender, "Messenger", address, key, datetime.now(UTC))
    try:
        async with Line(server) as line:
            await line.send(made, sender.address, address)
    except Failed as error:
        return Check(f"mail, {error.step}", False, str(error), None)
    return Check("mail", True, f"{server.host}:{server.port} took a letter to {address}")
