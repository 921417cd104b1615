"""Where lists go on, as clients carry it: opaque text that only its own list can read."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from messenger.errors import ValidationFailed

PageCursor = TypeVar("PageCursor")

Next = Annotated[str, Meta(max_length=4096)]
"""`next` of the page before, as it was given."""

FARTHEST: Final = timedelta(hours=15)
"""From UTC, of a moment: no zone is farther, and the database takes no such offset."""


def write(place: Any) -> str | None:
    """Turn a list's place into a cursor; None says that the list ends here."""
    if place is None:
        return None
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read(text: str | None, expected: type[PageCursor]) -> PageCursor | None:
    """Read a cursor that `write` made; raises ValidationFailed for anything else."""
    if text is None:
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        place = msgspec.json.decode(raw, type=expected)
        _check(place)
        return place
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise ValidationFailed(
            "`next` is no cursor of this list; send it as the page before had it.", field="next"
        ) from None


def _check(place: Any) -> None:
    """Raise ValueError for an invented value that the database cannot take."""
    fields = msgspec.structs.astuple(place) if isinstance(place, msgspec.Struct) else ()
    for value in fields:
        match value:
            case str() if "\x00" in value:
                raise ValueError("NUL is no character of a text")
            case datetime() if abs(value.utcoffset() or timedelta()) > FARTHEST:
                raise ValueError("no zone is so far from UTC")
