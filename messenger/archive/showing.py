"""What the archive has of a log, line by line."""

from collections.abc import AsyncIterator

from messenger.archive import rewriting
from messenger.archive.format import seq_of
from messenger.archive.vault import Vault
from messenger.store.archive import index
from messenger.store.archive.session import Session


async def lines(
    session: Session, vault: Vault, stream: int, first: int, last: int
) -> AsyncIterator[bytes]:
    """The lines of a range that are true, part by part, each by seq."""
    for part in index.of_range(session, stream, first, last):
        async for line in rewriting.lines(vault, part):
            if first <= seq_of(line) <= last:
                yield line
