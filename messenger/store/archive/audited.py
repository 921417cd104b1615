"""What is done to the archive by hand, in the audit: on the machine nobody says who it is."""

import json
from typing import Any, Final

from messenger import place
from messenger.store.archive.session import Session

RECORD: Final = """
    insert into audit (at, by, place, action, subject, details)
    values (now(), null, %(place)s, %(action)s, %(subject)s, %(details)s)
"""


def record(session: Session, action: str, subject: int | None, details: dict[str, Any]) -> None:
    told = json.dumps(details)
    session.rows(RECORD, place=place.written(), action=action, subject=subject, details=told)
