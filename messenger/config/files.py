"""Settings of files: how large, how many, and where they are kept."""

from dataclasses import dataclass
from typing import Literal

from messenger.config import kinds
from messenger.config.kinds import choice, size
from messenger.config.setting import setting

FileStorage = Literal["disk", "s3"]


@dataclass(frozen=True, kw_only=True)
class Files:
    file_max_bytes: int = setting(
        "10 MiB", size(1, 2**40), "Bytes of one uploaded file.", runtime=True
    )
    zip_max_bytes: int = setting(
        "1 GiB",
        size(1, 2**40),
        "Bytes of one uploaded ZIP; unpacked it may have twice as many.",
        runtime=True,
    )
    file_quota_per_user: int = setting(
        "0",
        size(0, 2**50),
        "Bytes of all files that one person has uploaded; 0: no limit.",
        runtime=True,
    )
    file_quota_total: int = setting(
        "0",
        size(0, 2**50),
        "Bytes of all files together, each content counted once; 0: no limit.",
        runtime=True,
    )
    file_storage: FileStorage = setting(
        "disk", choice(FileStorage), "Where new files are kept: `disk`, under `DATA_DIR`, or `s3`."
    )
    s3_url: tuple[str, str] | None = setting(
        None,
        kinds.s3_url,
        "The bucket, as `s3://bucket/prefix`. What is in it is read also while new files go to"
        " the disk.",
    )
    s3_endpoint: str | None = setting(
        None,
        kinds.base_url,
        "The address of an S3 server that is not Amazon's, like `https://minio.example.org`.",
    )
    s3_region: str = setting(
        "us-east-1", kinds.text("a region without spaces, like us-east-1"), "Its region."
    )
    s3_access_key_id: str | None = setting(
        None,
        kinds.text("a key without spaces"),
        "The account for the bucket. Empty: what the machine itself may do.",
    )
    s3_secret_access_key: str | None = setting(
        None, kinds.text("a key without spaces"), "Its secret.", secret=True
    )
