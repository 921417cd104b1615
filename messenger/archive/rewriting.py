"""Writing a part anew, without the lines that are not true any more; and reading parts whole."""

import gzip
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from messenger.archive import manifest
from messenger.archive.format import HEADERS, LINES, Gone, Header, seq_of
from messenger.archive.lookup import Lookup
from messenger.archive.vault import ArchiveProblem, Vault, digest, sync
from messenger.archive.writing import Packer, name_of
from messenger.store.archive import index, loose
from messenger.store.archive.index import Part
from messenger.store.archive.session import Session

Change = Callable[[bytes], bytes]
"""What a line of a part is to become."""


@contextmanager
def opened(path: Path) -> Iterator[gzip.GzipFile]:
    """The lines of a part's file after its header."""
    with gzip.open(path) as file:
        HEADERS.decode(file.readline())
        yield file


@asynccontextmanager
async def fetched(vault: Vault, part: Part) -> AsyncIterator[Path]:
    """A part as a file on the disk; raises ArchiveProblem where it is not what was listed."""
    async with vault.local(part.place, part.name, part.size) as path:
        if digest(path) != part.sha256:
            raise ArchiveProblem(f"{part.name} is damaged: bring it back from a backup.")
        yield path


async def lines(vault: Vault, part: Part) -> AsyncIterator[bytes]:
    """The lines of a part that are true, by seq."""
    superseded = set(part.superseded)
    async with fetched(vault, part) as path:
        with opened(path) as file:
            for line in file:
                if seq_of(line) not in superseded:
                    yield line


class Renewal(msgspec.Struct, frozen=True):
    """Parts that one file stands in the place of, as soon as a manifest says so; None: nothing."""

    gone: list[Part]
    fresh: Part | None


async def renew(
    session: Session,
    vault: Vault,
    at: datetime,
    parts: list[Part],
    change: Change | None = None,
) -> Renewal | None:
    """Write one file of parts whose ranges follow one another, without what is not true any more.

    Lines are as `change` makes them. None where a part is as it should be.
    """
    first, last = parts[0], parts[-1]
    with vault.beside(f"new-{first.id}") as new:
        packed = await _written(vault, parts, new, change)
        if len(parts) == 1 and packed.lines == first.lines and change is None:
            index.keep_more(session, first)
            return None
        if not packed.lines:
            return Renewal(parts, None)
        sha256, size = digest(new), new.stat().st_size
        sync(new.parent)
        name = name_of(session, at, first.stream_id, first.first_seq, last.last_seq, sha256)
        loose.note(session, name, vault.primary)
        kept_in = await vault.keep(name, new)
        return Renewal(parts, _fresh(parts, packed, kept_in, name, size, sha256))


async def put_in_place(
    session: Session, vault: Vault, at: datetime, renewals: list[Renewal]
) -> None:
    """Name files that were written anew in one manifest; then the old ones go."""
    old = [part for each in renewals for part in each.gone]
    gone = [(p, Gone(name=p.name, sha256=p.sha256.hex(), why="rewritten")) for p in old]
    fresh = [each.fresh for each in renewals if each.fresh is not None]
    await manifest.write(session, vault, at, [], gone, fresh)
    for part in old:
        await vault.remove(part.place, part.name)
        loose.forget(session, part.name)


async def look_through(session: Session, vault: Vault, part: Part) -> None:
    """Find out what the lines of a part are about that was written before this was kept."""
    lookup = Lookup()
    async for line in lines(vault, part):
        lookup.see(line)
    index.look_up(session, part, msgspec.to_builtins(lookup))


def _fresh(
    parts: list[Part], packed: Packer, place: str, name: str, size: int, sha256: bytes
) -> Part:
    left_out = {seq for part in parts for seq in (*part.kept, *part.superseded)}
    return msgspec.structs.replace(
        parts[0],
        last_seq=parts[-1].last_seq,
        as_of=max(part.as_of for part in parts),
        place=place,
        name=name,
        size=size,
        sha256=sha256,
        blocks=packed.blocks,
        lines=packed.lines,
        messages=packed.messages,
        first_message=packed.first_message,
        first_at=LINES.decode(packed.first).at,
        last_at=LINES.decode(packed.last).at,
        # What is left out is in the tables, or in a part of its own.
        kept=sorted(left_out),
        lookup=msgspec.to_builtins(packed.lookup),
    )


async def _written(vault: Vault, parts: list[Part], new: Path, change: Change | None) -> Packer:
    """Write what is true of parts into a file, read it back and compare; raises ArchiveProblem."""
    header = Header(
        stream=parts[0].stream_id,
        kind=await _kind(vault, parts[0]),
        first_seq=parts[0].first_seq,
        last_seq=parts[-1].last_seq,
        as_of=max(part.as_of for part in parts),
    )
    packer, hashed = Packer(new, msgspec.json.encode(header) + b"\n"), hashlib.sha256()
    try:
        for part in parts:
            async for true in lines(vault, part):
                line = true if change is None else change(true)
                packer.write(line)
                hashed.update(line)
        packer.close()
    except BaseException:
        packer.discard()
        raise
    back = hashlib.sha256()
    with opened(new) as file:
        for line in file:
            back.update(line)
    if back.digest() != hashed.digest():
        raise ArchiveProblem(
            "What was written anew is not what was there, so the old parts stay: look at the disk"
            " of DATA_DIR, and run it again."
        )
    return packer


async def _kind(vault: Vault, part: Part) -> str:
    async with fetched(vault, part) as path:
        with gzip.open(path) as file:
            return HEADERS.decode(file.readline()).kind
