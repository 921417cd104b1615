"""Tries a bucket out: something small is put there, read, and removed again."""

import re
import time
import uuid
from typing import Final, Literal, TypeAlias

import msgspec
import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from messenger.files.bucket import Bucket
from messenger.files.objects import opened

CONTENT: Final = b"messenger was here"
METADATA: Final = "169.254.169.254"
"""Where a machine of a cloud finds its own account; asked where no keys are set."""
WORDS: Final = 300
"""Characters of a server's error that are shown: what is behind them is for obstore's authors."""

Fault: TypeAlias = Literal["away", "credentials", "rights", "clock", "bucket", "region", "other"]
CODES: Final[dict[str, Fault]] = {
    "InvalidAccessKeyId": "credentials",
    "SignatureDoesNotMatch": "credentials",
    "InvalidToken": "credentials",
    "ExpiredToken": "credentials",
    "RequestTimeTooSkewed": "clock",
    "AccessDenied": "rights",
    "NoSuchBucket": "bucket",
    "AuthorizationHeaderMalformed": "region",
    "PermanentRedirect": "region",
}
"""What the error codes of S3 come to."""


class Trial(msgspec.Struct, frozen=True):
    """What is wrong, in one word and in the server's; or how far the bucket's clock is, seconds."""

    fault: Fault | None = None
    said: str = ""
    drift: float = 0.0


async def try_out(bucket: Bucket) -> Trial:
    """Put, read and remove an object; say how it went. Leaves nothing behind where it may not."""
    store, key = opened(bucket), f"doctor-{uuid.uuid4().hex}"
    try:
        began = time.time()
        await obstore.put_async(store, key, CONTENT)
        ended = time.time()
        found = await obstore.get_async(store, key)
        whole = bytes(await found.bytes_async()) == CONTENT
        # The bucket's clock has whole seconds here.
        written = found.meta["last_modified"].timestamp()
        await obstore.delete_async(store, key)
    except (BaseError, OSError) as error:
        return _failed(error)
    if not whole:
        return Trial("other", "what was put there came back changed")
    return Trial(drift=max(began - 1 - written, written - ended, 0.0))


def _failed(error: Exception) -> Trial:
    said = str(error).partition("\n\nDebug source")[0]
    if METADATA in said:
        return Trial("credentials", "no keys are set, and this machine has none of its own")
    code = re.search(r"<Code>(\w+)</Code>", said)
    shown = code[1] if code else said[:WORDS]
    if code and code[1] in CODES:
        return Trial(CODES[code[1]], shown)
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return Trial("rights", shown)
    if isinstance(error, FileNotFoundError):
        return Trial("bucket", shown)
    if "error sending request" in said or "timed out" in said:
        return Trial("away", shown)
    return Trial("region" if "configured region" in said else "other", shown)
