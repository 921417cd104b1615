"""Where lists go on, as clients carry it: opaque text that only its own list can read."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from messenger.errors import ValidationFailed

Place = TypeVar("Place")

Next = Annotated[str, Meta(max_length=4096)]
"""`next` of the page before, as it was given."""


def write(place: Any) -> str | None:
    """Turn a list's place into a cursor; None says that the list ends here."""
    if place is None:
        return None
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read(text: str | None, expected: type[Place]) -> Place | None:
    """Read a cursor that `write` made; raises ValidationFailed for anything else."""
    if text is None:
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return msgspec.json.decode(raw, type=expected)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise ValidationFailed(
            "`next` is no cursor of this list; send it as the page before had it.", field="next"
        ) from None
