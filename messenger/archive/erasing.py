"""Takes the names of people who were erased from the archive: copies of their messages bear them.

Only the bytes of the name are exchanged, so a line stays what PostgreSQL would write.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from messenger.archive import rewriting
from messenger.archive.rewriting import Change
from messenger.archive.vault import Vault
from messenger.store.archive import erasing
from messenger.store.archive.index import Part
from messenger.store.archive.session import Session

FORWARDED: Final = b'"forwarded_from":{'
AUTHOR: Final = re.compile(rb'"author": "(?:[^"\\]|\\.)*"')
AUTHOR_ID: Final = re.compile(rb'"author_id": (\d+)')


async def named(session: Session, vault: Vault, change: Change) -> list[Part]:
    """The parts that a change would change, for who holds the lock."""
    parts = erasing.parts(session)
    return [part for part in parts if await _has(vault, part, change)]


def unnaming(names: Mapping[int, str]) -> Change:
    """What gives the copies of these people's messages another author's name, line by line."""
    written = {id: b'"author": ' + msgspec.json.encode(name) for id, name in names.items()}

    def change(line: bytes) -> bytes:
        start = line.find(FORWARDED)
        if start < 0:
            return line
        found = AUTHOR_ID.search(line, start)
        wanted = written.get(int(found[1])) if found else None
        if wanted is None:
            return line
        # The title of a chat before it is a string as well: a quote within one is escaped.
        return line[:start] + AUTHOR.sub(lambda _: wanted, line[start:], count=1)

    return change


async def _has(vault: Vault, part: Part, change: Change) -> bool:
    async with rewriting.fetched(vault, part) as path:
        with rewriting.opened(path) as file:
            return any(change(line) != line for line in file)
