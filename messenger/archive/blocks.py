"""Messages of one part around a `seq`, from as few of its blocks as have them."""

import zlib
from bisect import bisect_right
from collections.abc import AsyncIterator
from datetime import datetime

from messenger.archive.format import LINES, MESSAGE, Line, seq_of
from messenger.archive.vault import Vault
from messenger.store.rows.archive import ReadPart


async def below(vault: Vault, part: ReadPart, seq: int, limit: int) -> list[Line]:
    """The nearest messages before `seq`, the latest first."""
    found: list[Line] = []
    place = bisect_right(part.blocks, (seq - 1, part.size)) - 1
    while place >= 0 and len(found) < limit:
        found += reversed([line async for line in _block(vault, part, place) if line.seq < seq])
        place -= 1
    return found[:limit]


async def above(vault: Vault, part: ReadPart, seq: int, limit: int) -> list[Line]:
    """The nearest messages after `seq`, ascending."""
    found: list[Line] = []
    place = max(0, bisect_right(part.blocks, (seq + 1, part.size)) - 1)
    while place < len(part.blocks) and len(found) < limit:
        found += [line async for line in _block(vault, part, place) if line.seq > seq]
        place += 1
    return found[:limit]


async def since(vault: Vault, part: ReadPart, at: datetime) -> int | None:
    """The `seq` of the first message from a moment on."""
    low, high = 0, len(part.blocks)
    while high - low > 1:
        middle = (low + high) // 2
        first = await anext(_block(vault, part, middle), None)
        low, high = (middle, high) if first is not None and first.at < at else (low, middle)
    for place in range(low, len(part.blocks)):
        async for line in _block(vault, part, place):
            if line.at >= at:
                return line.seq
    return None


async def _block(vault: Vault, part: ReadPart, place: int) -> AsyncIterator[Line]:
    """The messages of one block that are true."""
    start = part.blocks[place][1]
    end = part.blocks[place + 1][1] if place + 1 < len(part.blocks) else part.size
    packed = await vault.read(part.place, part.name, start, end)
    for raw in zlib.decompress(packed, 16 + zlib.MAX_WBITS).splitlines():
        if MESSAGE in raw[:64] and seq_of(raw) not in part.superseded:
            yield LINES.decode(raw)
