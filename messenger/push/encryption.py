"""Seals a push for one device (RFC 8291)."""

import base64
import binascii
from typing import Final

MOST: Final = 3993
"""Bytes of a payload: 4096 (RFC 8030, section 7.2), less what sealing adds."""


def sealed(endpoint: str, p256dh: str, auth: str, payload: bytes) -> bytes:
    """Raises ValueError for keys that are none, or a payload that is too long."""
    # With it comes `requests`: 15 MiB that a server without a subscription does not need.
    from pywebpush import WebPusher, WebPushException

    if len(payload) > MOST:
        raise ValueError(f"a push has up to {MOST} bytes")
    try:
        pusher = WebPusher({"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}})
        body: bytes = pusher.encode(payload, content_encoding="aes128gcm")["body"]
    except WebPushException as error:
        raise ValueError("the keys are none") from error
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
