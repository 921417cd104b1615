"""How a bucket is reached."""

import msgspec


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """An S3 bucket; without an endpoint it is Amazon's."""

    name: str
    prefix: str
    endpoint: str | None
    region: str
    access_key: str | None
    secret_key: str | None
