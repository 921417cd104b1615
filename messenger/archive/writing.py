"""One part: written beside, synced, read back and compared with the tables, renamed, listed.

All of it within one snapshot, so what is compared is what was written, whatever
people do meanwhile.
"""

import gzip
import hashlib
import os
import zlib
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from messenger.archive.format import LINES, MESSAGE, Header, seq_of
from messenger.archive.lookup import Lookup
from messenger.archive.vault import ArchiveProblem, Vault, digest, sync
from messenger.store.archive import choosing, index, lines, loose
from messenger.store.archive.choosing import Retention, Span
from messenger.store.archive.index import Part
from messenger.store.archive.pacing import UNPACED, Pace
from messenger.store.archive.session import Session

BLOCK: Final = 200
"""Lines of one gzip member: what a page of history unpacks, about 15 kB of the file."""
LEVEL: Final = 6
PIECE: Final = 1 << 20
DIFFERS: Final = (
    "What was written is not what is in the database, so nothing was removed: look at the disk of"
    " DATA_DIR, and run it again."
)


class Packer:
    """Takes lines and writes them as members of a gzip file; a sink of `lines.copy`."""

    def __init__(self, path: Path, header: bytes, pace: Pace = UNPACED) -> None:
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self._waiting: list[bytes] = []
        self._pace = pace
        self.blocks: list[tuple[int, int]] = []
        self.lines = self.messages = 0
        self.first_message: int | None = None
        self.first = self.last = b""
        self.seqs: list[int] = []
        self.lookup = Lookup()
        # Over the lines as PostgreSQL gave them.
        self.digest = hashlib.sha256()
        self._member(header)

    def write(self, line: bytes) -> None:
        self._waiting.append(line)
        self.lines += 1
        self.seqs.append(seq_of(line))
        self.lookup.see(line)
        if MESSAGE in line[:64]:
            self.messages += 1
            self.first_message = self.first_message or self.seqs[-1]
        self.first = self.first or line
        self.last = line
        if len(self._waiting) == BLOCK:
            self._pack()

    def close(self) -> None:
        """Write what is left, and have it reach the disk."""
        self._pack()
        with self._file:
            self._file.flush()
            os.fsync(self._file.fileno())

    def discard(self) -> None:
        # On a full disk, closing it fails as writing did.
        with suppress(OSError):
            self._file.close()

    def _pack(self) -> None:
        if self._waiting:
            whole = b"".join(self._waiting)
            self.digest.update(whole)
            self.blocks.append((self.seqs[-len(self._waiting)], self._file.tell()))
            self._member(whole)
            self._waiting = []
            # PostgreSQL waits as well: what nobody takes from it, it does not go on making.
            self._pace.rest()

    def _member(self, whole: bytes) -> None:
        # No time and no name in it: the same lines are the same bytes (RFC 1952 §2.3).
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        self._file.write(packer.compress(whole) + packer.flush())


async def write_part(
    session: Session,
    vault: Vault,
    day: datetime,
    span: Span,
    retention: Retention,
    pace: Pace = UNPACED,
) -> Part | None:
    """Write what a span has, and list it; None where all of it stays in the tables."""
    with vault.beside(f"{span.stream}-{span.first}") as path:
        with session.snapshot():
            as_of = choosing.head(session, span.stream)
            kept = choosing.staying(session, span, retention)
            place = {"stream": span.stream, "first": span.first, "last": span.last, "but": kept}
            header = Header(
                stream=span.stream,
                kind=span.kind,
                first_seq=span.first,
                last_seq=span.last,
                as_of=as_of,
            )
            packed = pack(session, path, header, pace, **place)
            compare(path, packed)
            pace.rest()
        if not packed.lines:
            return None
        sha256, size = digest(path), path.stat().st_size
        sync(path.parent)
        name = name_of(session, day, span.stream, span.first, span.last, sha256)
        loose.note(session, name, vault.primary)
        kept_in = await vault.keep(name, path)
    part = Part(
        stream_id=span.stream,
        first_seq=span.first,
        last_seq=span.last,
        lines=packed.lines,
        messages=packed.messages,
        first_message=packed.first_message,
        first_at=LINES.decode(packed.first).at,
        last_at=LINES.decode(packed.last).at,
        place=kept_in,
        name=name,
        size=size,
        sha256=sha256,
        blocks=packed.blocks,
        as_of=as_of,
        kept=kept,
        late=span.late,
        lookup=msgspec.to_builtins(packed.lookup),
    )
    index.add(session, part, packed.seqs if span.late else ())
    return part


def name_of(
    session: Session, day: datetime, stream: int, first: int, last: int, sha256: bytes
) -> str:
    """The name of a part's file, which no other had: what comes back and goes may be the same."""
    begin, number = f"{day:%Y-%m-%d}/{stream}-{first}-{last}-{sha256.hex()[:8]}", 2
    name = f"{begin}.jsonl.gz"
    while index.is_taken(session, name):
        name, number = f"{begin}-{number}.jsonl.gz", number + 1
    return name


def pack(
    session: Session, path: Path, header: Header, pace: Pace = UNPACED, **place: object
) -> Packer:
    """Write lines of the tables into a file, whole and synced."""
    packer = Packer(path, msgspec.json.encode(header) + b"\n", pace)
    try:
        lines.copy(session, packer, **place)
        packer.close()
    except BaseException:
        packer.discard()
        raise
    return packer


def compare(path: Path, packed: Packer) -> None:
    """Read a file back and hold it against what the tables gave; raises ArchiveProblem.

    By the hash over all lines: asking for them once more would be the same snapshot's answer, and
    take PostgreSQL as long as the first time.
    """
    read = hashlib.sha256()
    try:
        with gzip.open(path) as file:
            file.readline()
            while piece := file.read(PIECE):
                read.update(piece)
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveProblem(DIFFERS) from error
    if read.digest() != packed.digest.digest():
        raise ArchiveProblem(DIFFERS)
