"""Mail as a whole: what `app` builds and the doors ask. While it is off nothing of it is loaded."""

import ssl
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from prometheus_client import CollectorRegistry

from messenger.config import Settings
from messenger.config.mail_server import MailServer
from messenger.store.db import Database
from messenger.store.rows.organisation import Organisations

if TYPE_CHECKING:
    from messenger.mail.asking import Asking
    from messenger.mail.contents import Contents
    from messenger.mail.postman import Postman


class Mail:
    """The queue's two ends, where there is a mail server; else None and None."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        registry: CollectorRegistry,
        clock: Callable[[], datetime],
        failed: Callable[[str, BaseException], None] = lambda name, error: None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.organisation = Organisations(database)
        self.asking: Asking | None = None
        self.postman: Postman | None = None
        server = server_of(settings)
        if server is None or settings.mail_from is None:
            return
        from messenger.mail import asking, postman

        contents = contents_of(settings, database, self.organisation, clock)
        self.postman = postman.Postman(
            database,
            contents,
            server,
            settings.mail_from,
            registry,
            clock,
            lambda error: failed("mail", error),
            tls,
        )
        self.asking = asking.Asking(self.postman, clock)

    def __repr__(self) -> str:
        return f"<Mail {self.postman!r}>" if self.postman else "<Mail off>"


def server_of(settings: Settings) -> MailServer | None:
    """The mail server with its password, wherever that stands; None while mail is off."""
    server, password = settings.smtp_url, settings.smtp_password
    if server is None or password is None:
        return server
    return msgspec.structs.replace(server, password=password)


def contents_of(
    settings: Settings,
    database: Database,
    organisation: Organisations,
    clock: Callable[[], datetime],
) -> "Contents":
    """What writes letters, as this installation is set up."""
    from messenger.mail.contents import Contents

    return Contents(
        database,
        organisation,
        settings.secret_key,
        settings.base_url,
        clock,
        settings.default_locale,
    )
