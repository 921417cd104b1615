"""What `doctor` says of the bucket: whether it is there, takes and gives, and keeps our time."""

import asyncio
from collections.abc import Iterator
from typing import Final

from messenger.cli.checks import Check
from messenger.config import Settings
from messenger.files.storage import bucket_of
from messenger.files.trial import Fault, Trial, try_out

CLOCK_TOLERANCE: Final = 60.0
"""Seconds. S3 refuses what is signed fifteen minutes off; a clock that runs away gets there."""
NTP: Final = "let both machines keep their time by NTP"
SAID: Final[dict[Fault, tuple[str, str]]] = {
    "away": ("does not answer", "start it, or mend S3_ENDPOINT"),
    "credentials": (
        "does not know this account",
        "mend S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY",
    ),
    "rights": (
        "does not let this account in",
        "let it put, get, list and delete objects below the prefix",
    ),
    "clock": ("is too far from our time", NTP),
    "bucket": ("does not exist", "make it, or mend S3_URL"),
    "region": ("is somewhere else", "mend S3_REGION, or S3_ENDPOINT"),
    "other": ("does not work", "what it said is above"),
}


def check_bucket(settings: Settings) -> Iterator[Check]:
    """Nothing where there is none; else it is tried out."""
    bucket = bucket_of(settings)
    if bucket is None:
        if settings.file_storage == "s3":
            yield Check("bucket", False, "FILE_STORAGE is s3, and no bucket is given", "set S3_URL")
        return
    trial = asyncio.run(try_out(bucket))
    yield from said(f"{bucket.name} at {bucket.endpoint or 'Amazon'}", trial)


def said(where: str, trial: Trial) -> Iterator[Check]:
    if trial.fault is not None:
        words, fix = SAID[trial.fault]
        yield Check("bucket", False, f"{where} {words}: {trial.said}", fix)
        return
    yield Check("bucket", True, f"{where} takes, gives and removes objects")
    together = trial.drift <= CLOCK_TOLERANCE
    found = f"{trial.drift:.0f} s from ours"
    yield Check("bucket's clock", together, found, None if together else NTP)
