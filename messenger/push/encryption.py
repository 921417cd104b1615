"""Seals a push for one device (RFC 8291), beside the loop."""

import asyncio
import base64
import binascii
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from messenger.store.rows.subscriptions import Target

MOST: Final = 3993
"""Bytes of a payload: 4096 (RFC 8030, section 7.2), less what sealing adds."""


class Sealing:
    """One thread: a second would take the processor from the chats, not from this one."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="push")

    def __repr__(self) -> str:
        return "<Sealing>"

    async def seal(self, target: Target, payload: bytes) -> bytes:
        """Raises ValueError for keys that are none, or a payload that is too long."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, sealed, target, payload)

    async def seal_all(self, given: list[tuple[Target, bytes]]) -> list[bytes | None]:
        """The same for several at once; None in the place of what cannot be sealed."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, _all, given)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


def _all(given: list[tuple[Target, bytes]]) -> list[bytes | None]:
    made: list[bytes | None] = []
    for target, payload in given:
        try:
            made.append(sealed(target, payload))
        except ValueError:
            made.append(None)
    return made


def sealed(target: Target, payload: bytes) -> bytes:
    # With it comes `requests`: 15 MiB that a server without a subscription does not need.
    from pywebpush import WebPusher

    if len(payload) > MOST:
        raise ValueError(f"a push has up to {MOST} bytes")
    keys = {"p256dh": target.p256dh, "auth": target.auth}
    pusher = WebPusher({"endpoint": target.endpoint, "keys": keys})
    body: bytes = pusher.encode(payload, content_encoding="aes128gcm")["body"]
    return body


def check_keys(p256dh: str, auth: str) -> None:
    """Raises ValueError unless a device could open what is sealed with them."""
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        point, secret = (base64.urlsafe_b64decode(each + "==") for each in (p256dh, auth))
    except (ValueError, binascii.Error):
        raise ValueError("the keys are not base64url") from None
    if len(point) != 65 or point[0] != 4 or len(secret) != 16:
        raise ValueError("the keys have other lengths than a browser's")
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
