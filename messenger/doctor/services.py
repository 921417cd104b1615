"""Services of others that the server calls: those that push, and the one that takes mail.

Nobody is called that the server itself would not call: push services are those that devices have
subscribed with, and the mail server that of the settings.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Final

from messenger.config import Settings
from messenger.doctor.finding import Finding, well, wrong
from messenger.mail.service import server_of
from messenger.outgoing.requests import Outgoing, Refused
from messenger.rules.accounts import mailable

MOST: Final = 8
"""Push services that are asked. There are about four in the world."""


async def push(hosts: list[str], outgoing: Callable[[], Outgoing] = Outgoing) -> list[Finding]:
    """Whether each answers; what it answers is no matter."""
    if not hosts:
        return [well("push_unused")]
    door = outgoing()

    async def ask(host: str) -> Finding:
        try:
            await door.ask("GET", f"https://{host}/")
        except Refused as error:
            return wrong("push", host=host, why=str(error))
        return well("push", host=host)

    try:
        return list(await asyncio.gather(*(ask(host) for host in hosts[:MOST])))
    finally:
        await door.close()


async def mail(settings: Settings, recipient: str | None = None) -> AsyncIterator[Finding]:
    """Whether the mail server lets us in; with a recipient, whether it takes a letter to them."""
    server, sender = server_of(settings), settings.mail_from
    if server is None or sender is None:
        off = wrong("mail_off", setting="SMTP_URL=smtps://name:password@mail.example.org")
        yield well("mail_off") if recipient is None else off
        return
    if recipient is None:
        yield await _try(settings, None)
        return
    address = mailable(recipient)
    yield (
        wrong("mail_address", address=recipient)
        if address is None
        else await _try(settings, address)
    )


async def _try(settings: Settings, recipient: str | None) -> Finding:
    from messenger.mail.contents import test_letter
    from messenger.mail.letter import message
    from messenger.mail.smtp import Failed, Line

    server, sender = server_of(settings), settings.mail_from
    assert server is not None
    assert sender is not None
    where = f"{server.host}:{server.port}"
    try:
        async with Line(server) as line:
            if recipient is None:
                return well("mail", where=where)
            letter = test_letter(settings.default_locale, settings.base_url)
            key = f"test {uuid.uuid4()}"
            made = message(letter, sender, "Messenger", recipient, key, datetime.now(UTC))
            await line.send(made, sender.address, recipient)
            return well("mail_sent", where=where, address=recipient)
    except Failed as error:
        return wrong("mail", step=error.step, why=str(error), where=where)
