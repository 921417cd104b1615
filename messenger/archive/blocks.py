"""Messages of one part around a `seq`, from as few of its blocks as have them."""

import zlib
from bisect import bisect_right
from collections.abc import Collection
from datetime import datetime

from messenger.archive.format import LINES, MESSAGE, Line, seq_of
from messenger.archive.vault import Vault
from messenger.store.rows.archive import ReadPart


async def below(vault: Vault, part: ReadPart, seq: int, limit: int) -> list[Line]:
    """The nearest messages before `seq`, the latest first."""
    found: list[bytes] = []
    place = bisect_right(part.blocks, (seq - 1, part.size)) - 1
    while place >= 0 and len(found) < limit:
        for raw in reversed(await _block(vault, part, place)):
            if len(found) == limit:
                break
            # Only the first block has others.
            if found or seq_of(raw) < seq:
                found.append(raw)
        place -= 1
    return list(map(LINES.decode, found))


async def above(vault: Vault, part: ReadPart, seq: int, limit: int) -> list[Line]:
    """The nearest messages after `seq`, ascending."""
    found: list[bytes] = []
    place = max(0, bisect_right(part.blocks, (seq + 1, part.size)) - 1)
    while place < len(part.blocks) and len(found) < limit:
        for raw in await _block(vault, part, place):
            if len(found) == limit:
                break
            if found or seq_of(raw) > seq:
                found.append(raw)
        place += 1
    return list(map(LINES.decode, found))


async def at(vault: Vault, part: ReadPart, seqs: Collection[int]) -> list[Line]:
    """The entries with these numbers that are true, of whatever kind."""
    wanted, found = set(seqs), []
    for place in sorted({bisect_right(part.blocks, (seq, part.size)) - 1 for seq in wanted}):
        for raw in await _lines(vault, part, place):
            if seq_of(raw) in wanted and seq_of(raw) not in part.superseded:
                found.append(LINES.decode(raw))
    return found


async def since(vault: Vault, part: ReadPart, at: datetime) -> int | None:
    """The `seq` of the first message from a moment on."""
    low, high = 0, len(part.blocks)
    while high - low > 1:
        middle = (low + high) // 2
        block = await _block(vault, part, middle)
        is_before = bool(block) and LINES.decode(block[0]).at < at
        low, high = (middle, high) if is_before else (low, middle)
    for place in range(low, len(part.blocks)):
        for line in map(LINES.decode, await _block(vault, part, place)):
            if line.at >= at:
                return line.seq
    return None


async def _block(vault: Vault, part: ReadPart, place: int) -> list[bytes]:
    """The messages of one block that are true, as lines."""
    lines = [raw for raw in await _lines(vault, part, place) if MESSAGE in raw[:64]]
    if not part.superseded:
        return lines
    return [raw for raw in lines if seq_of(raw) not in part.superseded]


async def _lines(vault: Vault, part: ReadPart, place: int) -> list[bytes]:
    """All lines of one block."""
    start = part.blocks[place][1]
    end = part.blocks[place + 1][1] if place + 1 < len(part.blocks) else part.size
    packed = await vault.read(part.place, part.name, start, end)
    return zlib.decompress(packed, 16 + zlib.MAX_WBITS).splitlines()
