"""Who sends a push, as push services want it signed (RFC 8292)."""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

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
        self._key = Vapid02.from_raw(base64.urlsafe_b64encode(private_key).rstrip(b"="))
        numbers = self._key.public_key.public_numbers()
        point = b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)
        self.public = base64.urlsafe_b64encode(point).rstrip(b"=").decode()
        """The application server key that browsers subscribe with."""
        self.key_id = hashlib.sha256(point).hexdigest()[:16]
        # State: headers by push service, and until when each is used.
        self._signed: dict[str, tuple[str, datetime]] = {}

    def __repr__(self) -> str:
        return f"<Vapid {self.key_id}, {len(self._signed)} services>"

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
