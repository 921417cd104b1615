"""Who sends a push, as push services want it signed (RFC 8292)."""

import base64
import hashlib
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from py_vapid import Vapid02

LIFETIME: Final = timedelta(hours=12)
"""A signature is good for a day at the most (section 2)."""
RENEWED: Final = timedelta(hours=6)
"""Clocks differ: one is not used until its last minute."""
SERVICES: Final = 1000
"""Signatures kept, one for each push service; endpoints are named by strangers."""


class Vapid:
    """The server's key. Signs for each push service once in hours."""

    def __init__(self, private_key: bytes, subject: str) -> None:
        self.subject = subject
        self._private = private_key
        # State: headers by push service, and until when each is used.
        self._signed: dict[str, tuple[str, datetime]] = {}

    def __repr__(self) -> str:
        return f"<Vapid, {len(self._signed)} services>"

    @cached_property
    def _key(self) -> "Vapid02":
        # With it comes `cryptography`, which a server without subscriptions does not need.
        from py_vapid import Vapid02

        return Vapid02.from_raw(base64.urlsafe_b64encode(self._private).rstrip(b"="))

    @cached_property
    def _point(self) -> bytes:
        numbers = self._key.public_key.public_numbers()
        point: bytes = b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)
        return point

    @cached_property
    def public(self) -> str:
        """The application server key that browsers subscribe with."""
        return base64.urlsafe_b64encode(self._point).rstrip(b"=").decode()

    @cached_property
    def key_id(self) -> str:
        return hashlib.sha256(self._point).hexdigest()[:16]

    def header(self, endpoint: str, now: datetime) -> str:
        """The `Authorization` of a push to an endpoint."""
        parts = urlsplit(endpoint)
        service = f"{parts.scheme}://{parts.netloc}"
        found = self._signed.get(service)
        if found is not None and now < found[1] <= now + RENEWED:
            return found[0]
        if len(self._signed) >= SERVICES:
            self._signed.clear()
        claims = {"aud": service, "sub": self.subject, "exp": int((now + LIFETIME).timestamp())}
        header: str = self._key.sign(claims)["Authorization"]
        self._signed[service] = header, now + RENEWED
        return header
