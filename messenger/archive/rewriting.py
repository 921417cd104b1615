"""Writing a part anew, without the lines that are not true any more; and reading parts whole."""

import gzip
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from messenger.archive import manifest
from messenger.archive.format import HEADERS, LINES, Gone, seq_of
from messenger.archive.vault import ArchiveProblem, Vault, digest, sync
from messenger.archive.writing import Packer
from messenger.store.archive import index
from messenger.store.archive.index import Part
from messenger.store.archive.session import Session


@contextmanager
def opened(path: Path) -> Iterator[gzip.GzipFile]:
    """The lines of a part's file after its header."""
    with gzip.open(path) as file:
        HEADERS.decode(file.readline())
        yield file


async def fetched(vault: Vault, part: Part, path: Path) -> None:
    """Copy a part to a path; raises ArchiveProblem where it is not what was listed."""
    with path.open("wb") as file:
        async for piece in vault.pieces(part.place, part.name, part.size):
            file.write(piece)
    if digest(path) != part.sha256:
        raise ArchiveProblem(f"{part.name} is damaged: bring it back from a backup.")


async def lines(vault: Vault, part: Part) -> AsyncIterator[bytes]:
    """The lines of a part that are true, by seq."""
    superseded = set(part.superseded)
    with vault.beside(f"reading-{part.id}") as path:
        await fetched(vault, part, path)
        with opened(path) as file:
            for line in file:
                if seq_of(line) not in superseded:
                    yield line


async def rewrite(session: Session, vault: Vault, at: datetime, part: Part) -> None:
    """Put another file in a part's place; the old one goes once the new one is named."""
    gone = (part, Gone(name=part.name, sha256=part.sha256.hex(), why="rewritten"))
    with vault.beside(f"old-{part.id}") as old, vault.beside(f"new-{part.id}") as new:
        await fetched(vault, part, old)
        packed = _without(old, new, set(part.superseded))
        if packed.lines == part.lines:
            index.keep_more(session, part)
            return
        if not packed.lines:
            await manifest.write(session, vault, at, [], [gone])
            await vault.remove(part.place, part.name)
            return
        sha256, size = digest(new), new.stat().st_size
        sync(new.parent)
        place = f"{part.stream_id}-{part.first_seq}-{part.last_seq}-{sha256.hex()[:8]}.jsonl.gz"
        name = f"{at:%Y-%m-%d}/{place}"
        kept_in = await vault.keep(name, new)
    fresh = msgspec.structs.replace(
        part,
        place=kept_in,
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
        kept=sorted({*part.kept, *part.superseded}),
    )
    await manifest.write(session, vault, at, [], [gone], fresh)
    await vault.remove(part.place, part.name)


def _without(old: Path, new: Path, superseded: set[int]) -> Packer:
    """The same lines but some, in another file."""
    with gzip.open(old) as file:
        packer = Packer(new, file.readline())
        for line in file:
            if seq_of(line) not in superseded:
                packer.write(line)
    packer.close()
    return packer
