"""How `doctor` shows a server that it belongs to it, and what the server then says it saw.

`POST /probe` answers whoever has the secret key, and is not there for anybody else. What is signed
is the moment alone, so what somebody overhears is good for a minute, and for nothing but this.
"""

import hmac
import time
from typing import Final

import msgspec

from messenger.auth import derived_key

PATH: Final = "/probe"
HEADER: Final = "X-Messenger-Probe"
SLOT: Final = 30.0
"""Seconds; the last one, this one and the next are good."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A request as the server saw it. `peer` is the other end of the connection itself, `remote`
    who trusted proxies say is behind it; `believed`: the other end is such a proxy itself."""

    peer: str
    believed: bool = False
    remote: str | None
    secure: bool
    host: str
    forwarded_for: bool
    bytes: int
    version: str
    schema: str
    open_files: int


def sign(secret: bytes, now: float | None = None) -> str:
    slot = int((time.time() if now is None else now) // SLOT)
    return hmac.new(derived_key(secret, "probe"), str(slot).encode(), "sha256").hexdigest()


def is_signed(secret: bytes, given: str, now: float | None = None) -> bool:
    at = time.time() if now is None else now
    return any(
        hmac.compare_digest(sign(secret, at + late * SLOT).encode(), given.encode())
        for late in (-1, 0, 1)
    )
