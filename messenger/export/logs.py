"""One log whole, by `seq`: what the tables have of it and what the archive has; tables win."""

import heapq
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from messenger.archive import rewriting
from messenger.archive.format import MESSAGE, Header, seq_of
from messenger.archive.vault import Vault
from messenger.export.format import Writer
from messenger.store.archive import lines
from messenger.store.archive.index import Part
from messenger.store.archive.session import Session, Sink
from messenger.store.export.reading import Log


async def write(
    session: Session,
    vault: Vault,
    log: Log,
    parts: Sequence[Part],
    writer: Writer,
    aside: Path,
    sender: int | None = None,
) -> None:
    """Write a log into a file, header first; with a `sender`, their messages alone."""
    header = Header(
        stream=log.stream, kind=log.kind, first_seq=1, last_seq=log.seq, as_of=log.seq
    )  # fmt: skip
    writer.write(msgspec.json.encode(header) + b"\n")
    if not parts:
        copy(session, log, sender, writer)
        return
    by = None if sender is None else f',"by":{sender},"at"'.encode()
    with live(session, log, sender, aside) as table:
        async for line in merged(table, archived(vault, parts)):
            if by is None or (MESSAGE in line[:64] and by in line[:100]):
                writer.write(line)


def copy(session: Session, log: Log, sender: int | None, sink: Sink) -> None:
    """Give the sink what the tables have of a log."""
    place: dict[str, Any] = {"stream": log.stream, "first": 1, "last": log.seq, "but": []}
    if sender is None:
        lines.copy(session, sink, **place)
    else:
        lines.copy_of(session, sink, sender, **place)


@contextmanager
def live(session: Session, log: Log, sender: int | None, aside: Path) -> Iterator[Iterator[bytes]]:
    """What the tables have, to be read line by line: COPY waits for nobody."""
    try:
        with aside.open("w+b") as file:
            copy(session, log, sender, file)
            file.seek(0)
            yield file
    finally:
        aside.unlink()


async def merged(table: Iterator[bytes], archive: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Both by `seq`; where both have one, the table's."""
    live = next(table, None)
    async for line in archive:
        seq = seq_of(line)
        while live is not None and seq_of(live) < seq:
            yield live
            live = next(table, None)
        if live is None or seq_of(live) != seq:
            yield line
    while live is not None:
        yield live
        live = next(table, None)


async def archived(vault: Vault, parts: Sequence[Part]) -> AsyncIterator[bytes]:
    """The true lines of parts, by `seq`; only those whose ranges overlap are open at once."""
    waiting = sorted(parts, key=lambda part: (part.first_seq, part.id), reverse=True)
    heap: list[tuple[int, int, bytes, Any]] = []
    while waiting or heap:
        while waiting and (not heap or waiting[-1].first_seq <= heap[0][0]):
            part = waiting.pop()
            await _push(heap, part.id, rewriting.lines(vault, part))
        if heap:
            _, id, line, rest = heapq.heappop(heap)
            yield line
            await _push(heap, id, rest)


async def _push(heap: list[Any], id: int, rest: AsyncIterator[bytes]) -> None:
    line = await anext(rest, None)
    if line is not None:
        heapq.heappush(heap, (seq_of(line), id, line, rest))
