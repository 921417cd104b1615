"""Settings of mail: who takes it, and whom it is from. Without them none is sent."""

from dataclasses import dataclass

from messenger.config import kinds, mail_server
from messenger.config.mail_server import MailServer, Sender
from messenger.config.setting import setting


@dataclass(frozen=True, kw_only=True)
class Mail:
    smtp_url: MailServer | None = setting(
        None,
        mail_server.read,
        "The mail server, as `smtps://name:password@host`, or `smtp://name:password@host:587` with"
        " STARTTLS; `?tls=off` for one on the way to which nobody listens. Empty: no mail is sent.",
        secret=True,
    )
    smtp_password: str | None = setting(
        None,
        kinds.line("one line"),
        "Its password, where it is not in `SMTP_URL`.",
        secret=True,
    )
    mail_from: Sender | None = setting(
        None,
        mail_server.read_sender,
        "Whom mail is from, as `messenger@example.org` or `Messenger <messenger@example.org>`.",
        shown="`messenger@` the host of `BASE_URL`",
    )
