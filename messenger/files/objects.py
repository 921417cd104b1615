"""A folder or a bucket as obstore reads and writes it.

Imported when the first content is asked for: until then a server has 4 MB more to spare.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from messenger.errors import Unavailable
from messenger.files.bucket import Bucket

AWAY: Final = "Files cannot be reached right now; try again shortly."
RETRIES: Final = 3
RETRY_SECONDS: Final = 10


class Objects:
    """Contents under their keys. Every method may raise Unavailable."""

    def __init__(self, where: Path | Bucket) -> None:
        self._store: Any = LocalStore(where) if isinstance(where, Path) else opened(where)

    def __repr__(self) -> str:
        return f"<Objects {self._store}>"

    async def put(self, key: str, source: Path) -> None:
        with reached():
            try:
                await obstore.put_async(self._store, key, source)
            except FileNotFoundError as error:
                # There is no such bucket.
                raise Unavailable(AWAY) from error

    async def size(self, key: str) -> int | None:
        with reached():
            try:
                found = await obstore.head_async(self._store, key)
            except FileNotFoundError:
                return None
        return int(found["size"])

    async def read(self, key: str, start: int, end: int) -> memoryview:
        """Raises FileNotFoundError."""
        with reached():
            return memoryview(await obstore.get_range_async(self._store, key, start=start, end=end))

    async def remove(self, key: str) -> None:
        with reached():
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                return

    async def listed(self) -> AsyncIterator[tuple[str, int]]:
        """Every key, with its size, in no order."""
        with reached():
            async for page in self._store.list():
                for found in page:
                    yield found["path"], int(found["size"])


@contextmanager
def reached() -> Iterator[None]:
    """Say what failed in our terms; what is not there stays FileNotFoundError."""
    try:
        yield
    except FileNotFoundError:
        raise
    except BaseError as error:
        raise Unavailable(AWAY) from error


def opened(bucket: Bucket) -> S3Store:
    """Asks nothing of it yet."""
    keys: dict[str, Any] = {}
    if bucket.access_key and bucket.secret_key:
        keys = {"access_key_id": bucket.access_key, "secret_access_key": bucket.secret_key}
    if bucket.endpoint:
        keys["endpoint"] = bucket.endpoint
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        region=bucket.region,
        virtual_hosted_style_request=not bucket.endpoint,
        client_options={
            "allow_http": (bucket.endpoint or "").startswith("http://"),
            "connect_timeout": "5s",
            "timeout": "60s",
        },
        retry_config={
            "max_retries": RETRIES,
            "retry_timeout": timedelta(seconds=RETRY_SECONDS),
        },
        **keys,
    )
