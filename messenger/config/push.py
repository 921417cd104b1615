"""Settings of web push: the key that signs it, and whom push services may write to."""

from dataclasses import dataclass

from messenger.config import vapid_key
from messenger.config.kinds import contact
from messenger.config.setting import setting


@dataclass(frozen=True, kw_only=True)
class Push:
    vapid_private_key: bytes = setting(
        None,
        vapid_key.read,
        "Signs pushes: a private key of P-256 as base64url. Another one makes every device"
        " subscribe again.",
        shown="made once, kept under `DATA_DIR`",
        secret=True,
    )
    vapid_subject: str = setting(
        None,
        contact,
        "Whom push services may write to about pushes, as `mailto:somebody@example.org` or an"
        " https address.",
        shown="`BASE_URL`, or `mailto:admin@` its host where that is not https",
    )
