"""Links that people are mailed: computed and signed, not stored, each good for one thing.

A link to a new password is bound to the present one and to the address: whichever of them changes,
by this link or otherwise, it opens nothing any more. So it is good once, and no table holds what
signs anybody in.
"""

import base64
import binascii
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import msgspec

from messenger.auth import derived_key
from messenger.rules.accounts import email_key
from messenger.store.reads.mailing import Person

Purpose = Literal["reset", "email", "unsubscribe"]

LIVES: Final[dict[Purpose, timedelta]] = {
    "reset": timedelta(hours=1),
    "email": timedelta(hours=24),
}
"""The others are good for ever: what is in a mailbox for years must work there."""
FOR_EVER: Final = datetime.fromtimestamp(0, UTC)
EARLY: Final = timedelta(minutes=5)
"""A link from the future: the clock was set back."""
SIGNATURE: Final = 16
USER, MOMENT = 8, 5
"""Bytes of a person's id, and of seconds since 1970."""


class Claim(msgspec.Struct, frozen=True):
    """What a link says, before anything of it is believed."""

    user_id: int
    at: datetime
    signature: bytes

    def is_over(self, purpose: Purpose, now: datetime) -> bool:
        life = LIVES.get(purpose)
        return life is not None and not self.at - EARLY <= now < self.at + life


def token(secret: bytes, purpose: Purpose, user_id: int, at: datetime, *bound: str) -> str:
    """Write a link's token; `bound` is what must be the same when it is used."""
    seconds = int(at.timestamp())
    named = user_id.to_bytes(USER) + seconds.to_bytes(MOMENT)
    return _text(named + _signature(secret, purpose, user_id, seconds, bound))


def read(token: str) -> Claim | None:
    """What a token says; None for what is none."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != USER + MOMENT + SIGNATURE or _text(raw) != token:
        return None
    try:
        at = datetime.fromtimestamp(int.from_bytes(raw[USER : USER + MOMENT]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return Claim(int.from_bytes(raw[:USER]), at, raw[USER + MOMENT :])


def is_good(secret: bytes, purpose: Purpose, claim: Claim, now: datetime, *bound: str) -> bool:
    """Whether this server wrote it for this purpose, it is not over, and nothing changed."""
    seconds = int(claim.at.timestamp())
    signature = _signature(secret, purpose, claim.user_id, seconds, bound)
    return hmac.compare_digest(signature, claim.signature) and not claim.is_over(purpose, now)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signature(
    secret: bytes, purpose: Purpose, user_id: int, seconds: int, bound: tuple[str, ...]
) -> bytes:
    key = derived_key(secret, f"link/{purpose}")
    said = msgspec.json.encode([user_id, seconds, *bound])
    return hmac.digest(key, said, "sha256")[:SIGNATURE]


# Where they lead: what is behind the # stands in no log and no Referer


def reset_of(secret: bytes, base_url: str, person: Person, now: datetime) -> str:
    """A link with which a person chooses a new password, good from now."""
    bound = person.password_hash or "", email_key(person.email or "")
    return reset(base_url, token(secret, "reset", person.id, now, *bound))


def reset(base_url: str, token: str) -> str:
    return f"{base_url}/#/reset/{token}"


def email(base_url: str, token: str) -> str:
    return f"{base_url}/#/email/{token}"


def unsubscribe(base_url: str, kind: str, token: str) -> str:
    """A mail program posts to this one by itself, so all of it is in the address."""
    return f"{base_url}/mail/unsubscribe?of={kind}&token={token}"
