"""Proof that nothing is missing: hashes, the chain, and every number of every log exactly once.

Reads everything and changes nothing. Each finding is a sentence.
"""

import hashlib
from collections.abc import AsyncIterator, Iterator
from typing import Final

import msgspec

from messenger.archive import rewriting
from messenger.archive.format import MANIFESTS, Manifest, seq_of
from messenger.archive.vault import ArchiveProblem, Vault
from messenger.errors import Unavailable
from messenger.store.archive import index, proving
from messenger.store.archive.index import Part
from messenger.store.archive.session import Session

MOST: Final = 20
"""Numbers that one finding names."""


class Verdict(msgspec.Struct):
    """What was looked at, and what is wrong with it."""

    manifests: int = 0
    parts: int = 0
    lines: int = 0
    streams: int = 0
    faults: list[str] = []

    @property
    def well(self) -> bool:
        return not self.faults


class Verifier:
    """One proof, by whoever holds the lock: no run changes what is being read."""

    def __init__(self, session: Session, vault: Vault) -> None:
        self.session = session
        self.vault = vault
        self.verdict = Verdict(faults=[])

    async def verify(self) -> Verdict:
        if not self.session.lock():
            raise ArchiveProblem("The archive is at work: verify it when it has finished.")
        named, gone = await self._chain()
        parts = [
            part for part in index.parts(self.session) if part.state not in ("expired", "rewritten")
        ]
        if any(part.state != "done" for part in parts):
            self._fault("A run was interrupted: `archive run` finishes it.")
        for part in parts:
            if part.state != "written" and named.get(part.name) != part.sha256.hex():
                self._fault(f"{part.name} is in no manifest as it is listed.")
        listed = {part.name for part in parts}
        for name in sorted(named.keys() - gone - listed):
            self._fault(f"{name} is in a manifest, and not in the database.")
        await self._numbers(parts)
        async for name in self._strays(listed):
            self._fault(f"{name} belongs to nothing.")
        return self.verdict

    def _fault(self, sentence: str) -> None:
        self.verdict.faults.append(sentence)

    async def _chain(self) -> tuple[dict[str, str], set[str]]:
        """Walk the manifests; hashes of the parts they name, and which they say are gone."""
        named: dict[str, str] = {}
        gone: set[str] = set()
        before: tuple[str, str] | None = None
        for row in index.manifests(self.session):
            self.verdict.manifests += 1
            found = await self._manifest(row.place, row.name, bytes(row.sha256))
            if found is not None:
                previous = found.previous and (found.previous.name, found.previous.sha256)
                if previous != before:
                    self._fault(f"{row.name} does not follow the manifest before it.")
                named |= {part.name: part.sha256 for part in found.parts}
                gone |= {each.name for each in found.gone}
            before = row.name, bytes(row.sha256).hex()
        return named, gone

    async def _manifest(self, place: str, name: str, sha256: bytes) -> Manifest | None:
        try:
            size = await self.vault.size(place, name)
            content = await self.vault.read(place, name, 0, size or 0)
        except (FileNotFoundError, Unavailable):
            self._fault(f"{name} is missing.")
            return None
        if hashlib.sha256(content).digest() != sha256:
            self._fault(f"{name} is not what was written.")
            return None
        return MANIFESTS.decode(content)

    async def _numbers(self, parts: list[Part]) -> None:
        """Every number from 1 to the head is in one place: the tables, or one part."""
        by_stream: dict[int, list[Part]] = {}
        for part in parts:
            by_stream.setdefault(part.stream_id, []).append(part)
        for stream, head in proving.heads(self.session):
            self.verdict.streams += 1
            await self._stream(stream, head, by_stream.get(stream, []))

    async def _stream(self, stream: int, head: int, parts: list[Part]) -> None:
        seen = bytearray(head + 1)
        twice: list[int] = []
        for part in parts:
            async for seq in self._seqs(part):
                if part.state == "written":
                    continue
                if not 0 < seq <= head or seen[seq]:
                    twice.append(seq)
                else:
                    seen[seq] = 1
        for seq, came_back in proving.live(self.session, stream):
            if seen[seq] and not came_back:
                twice.append(seq)
            seen[seq] = 1
        for seq in proving.expired(self.session, stream):
            seen[seq] = 1
        if twice:
            self._fault(f"Stream {stream} has {_some(twice)} twice.")
        if seen.find(0, 1) >= 0:
            missing = (seq for seq in range(1, head + 1) if not seen[seq])
            self._fault(f"Stream {stream} lacks {_some(missing)}.")

    async def _seqs(self, part: Part) -> AsyncIterator[int]:
        """The numbers that a part has; a fault where it is missing or damaged."""
        self.verdict.parts += 1
        count = 0
        try:
            async for line in rewriting.lines(self.vault, part):
                count += 1
                yield seq_of(line)
        except FileNotFoundError:
            self._fault(f"{part.name} is missing.")
        except (ArchiveProblem, Unavailable) as error:
            self._fault(str(error))
        else:
            self.verdict.lines += count

    async def _strays(self, listed: set[str]) -> AsyncIterator[str]:
        known = listed | {row.name for row in index.manifests(self.session)}
        async for _, name in self.vault.names():
            if name not in known:
                yield name


def _some(seqs: Iterator[int] | list[int]) -> str:
    """The first numbers, as ranges."""
    ranges: list[list[int]] = []
    for seq in seqs:
        if ranges and seq == ranges[-1][1] + 1:
            ranges[-1][1] = seq
        elif len(ranges) == MOST:
            return ", ".join(map(_range, ranges)) + " and more"
        else:
            ranges.append([seq, seq])
    return ", ".join(map(_range, ranges))


def _range(ends: list[int]) -> str:
    return str(ends[0]) if ends[0] == ends[1] else f"{ends[0]}-{ends[1]}"
