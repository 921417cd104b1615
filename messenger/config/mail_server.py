"""The server that takes mail, as `SMTP_URL` names it, and whom mail is from. Pure."""

import re
from typing import Final, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

Security = Literal["tls", "starttls", "plain"]

PORTS: Final[dict[Security, int]] = {"tls": 465, "starttls": 587, "plain": 25}
ADVICE: Final = (
    "smtps://name:password@mail.example.org, smtp://name:password@mail.example.org:587 for"
    " STARTTLS, or smtp://127.0.0.1:25?tls=off for a mail server of this machine"
)
SENDER_ADVICE: Final = (
    "an address, like messenger@example.org, or Messenger <messenger@example.org>"
)
MAILBOX: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail is handed in (RFC 6409), and how the way there is kept from being read.

    `tls`: from the first byte (RFC 8314 §3.3); `starttls`: required before anything is said
    (RFC 3207); `plain`: not at all.
    """

    host: str
    port: int
    security: Security
    username: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"<MailServer {self}>"

    def __str__(self) -> str:
        """As it may be shown: without the password."""
        scheme = "smtps" if self.security == "tls" else "smtp"
        user = "" if self.username is None else f"{self.username}:***@"
        host = f"[{self.host}]" if ":" in self.host else self.host
        plain = "?tls=off" if self.security == "plain" else ""
        return f"{scheme}://{user}{host}:{self.port}{plain}"


class Sender(msgspec.Struct, frozen=True):
    """Whom mail is from. Without a name it is the organisation's."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


def read(given: str) -> MailServer:
    """`smtps://` or `smtp://`, a name and a password where the server asks for them."""
    try:
        parts = urlsplit(given)
        port, query = parts.port, dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        raise ValueError(ADVICE) from None
    asked = query.pop("tls", "on").lower()
    known = parts.scheme in ("smtp", "smtps") and asked in ("on", "off") and not query
    if not known or not parts.hostname or parts.path.strip("/") or parts.fragment or port == 0:
        raise ValueError(ADVICE)
    if re.search(r"[\s\x00-\x1f]", unquote(given)):
        raise ValueError(ADVICE)
    security: Security = "starttls"
    if parts.scheme == "smtps":
        security = "tls"
    elif asked == "off":
        security = "plain"
    return MailServer(
        host=parts.hostname,
        port=port or PORTS[security],
        security=security,
        username=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )


def read_sender(given: str) -> Sender:
    from email.utils import parseaddr

    name, address = parseaddr(given)
    if not MAILBOX.fullmatch(address) or not given.isprintable() or given.count("@") != 1:
        raise ValueError(SENDER_ADVICE)
    return Sender(name, address)
