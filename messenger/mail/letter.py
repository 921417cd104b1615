"""A letter as it travels: headers and two forms of one text, plain and HTML (RFC 5322, RFC 2046).

No tracking, no pictures, nothing fetched from anywhere. What people wrote is escaped by the
template and cannot reach a header: names are folded to one line, and the standard library refuses
a header with a line's end in it.
"""

import hashlib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import cache
from pathlib import Path
from typing import Final

import jinja2
import msgspec

from messenger.config.mail_server import Sender

TEMPLATES: Final = Path(__file__).parent / "templates"
POLICY: Final = SMTP.clone(cte_type="7bit")
"""Seven bits: whatever stands between here and the mailbox may know no others."""
SUBJECT_LONGEST: Final = 150


class Button(msgspec.Struct, frozen=True):
    label: str
    url: str


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a letter under a title that leads somewhere."""

    title: str
    url: str
    lines: list[str] = []
    more: str | None = None


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter says, in the language of its reader."""

    locale: str
    subject: str
    heading: str
    paragraphs: list[str] = []
    button: Button | None = None
    groups: list[Group] = []
    notes: list[str] = []
    unsubscribe: Button | None = None


@cache
def environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def one_line(text: str, longest: int) -> str:
    """A text without what a header may not have in it."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def message(
    letter: Letter, sender: Sender, name: str, recipient: str, key: str, now: datetime
) -> EmailMessage:
    """The message of a letter; `name` is the sender's where it has none, `key` what it is.

    The same key gives the same Message-ID: sent again, it is the same letter to a mail program.
    """
    made = EmailMessage(policy=POLICY)
    domain = sender.address.rpartition("@")[2]
    made["From"] = formataddr((one_line(sender.name or name, 64), sender.address))
    made["To"] = recipient
    made["Subject"] = one_line(letter.subject, SUBJECT_LONGEST)
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
    # No vacation notice answers it (RFC 3834 §5).
    made["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe is not None:
        made["List-Unsubscribe"] = f"<{letter.unsubscribe.url}>"
        if letter.unsubscribe.url.startswith("https://"):
            # RFC 8058 §3.1 wants https.
            made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    written = environment()
    made.set_content(written.get_template("letter.txt").render(letter=letter, name=name))
    made.add_alternative(
        written.get_template("letter.html").render(letter=letter, name=name), subtype="html"
    )
    # After the content, which takes the place of all `Content-` headers.
    made["Content-Language"] = letter.locale
    return made
