"""A run: finish what was begun, move what is old, remove what is too old.

In this order, each step whole before the next, so that a run may end anywhere and the next one goes
on: parts are written and listed; a manifest names them; only then their rows are taken away.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

import msgspec

from messenger.archive import finishing, manifest
from messenger.archive.erasing import named, unnaming
from messenger.archive.format import Gone
from messenger.archive.joining import of_months
from messenger.archive.retaining import retain
from messenger.archive.rewriting import Change, Renewal, look_through, put_in_place, renew
from messenger.archive.vault import ArchiveProblem, Vault
from messenger.archive.writing import write_part
from messenger.store.archive import choosing, erasing, index, loose, releasing, removing
from messenger.store.archive.choosing import Retention, Span
from messenger.store.archive.index import Part
from messenger.store.archive.pacing import Pace
from messenger.store.archive.session import PATIENCE, Session

AT_ONCE: Final = 50
"""Files written anew that one manifest names."""
BACKUP_TAKES: Final = 1800.0
YEAR: Final = timedelta(days=365.25)


class Report(msgspec.Struct):
    """What a run has done."""

    parts: int = 0
    lines: int = 0
    messages: int = 0
    bytes: int = 0
    expired: int = 0
    rewritten: int = 0
    seconds: float = 0.0


class Policy(msgspec.Struct, frozen=True):
    """How long things stay: in the tables (0: for ever) and in the archive."""

    retention_days: int
    archive_years: int
    archive_open_tasks: bool


class Run:
    """One run by whoever holds the lock; rests `pace` times as long as it works, all the while."""

    def __init__(
        self,
        session: Session,
        vault: Vault,
        policy: Policy,
        now: datetime,
        pace: float = 0.0,
        told: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.session = session
        self.vault = vault
        self.policy = policy
        self.now = now.astimezone(UTC)
        self.pace = Pace(pace)
        self.told = told
        self.report = Report()

    async def run(self) -> Report:
        """Do all that is to be done; raises ArchiveProblem, after which it may be run again."""
        # Who is in no hurry waits for a backup that takes the archive's files over.
        if not self.session.lock(BACKUP_TAKES if self.pace.share else PATIENCE):
            raise ArchiveProblem(
                "The archive is at work already, or a backup is being made of it: let it finish."
            )
        started = monotonic()
        await finishing.clear(self.session, self.vault)
        await self._finish()
        if self.policy.retention_days:
            await self._move()
        await self._renew()
        await self._expire()
        self.report.seconds = round(monotonic() - started, 3)
        return self.report

    async def _finish(self) -> None:
        await finishing.finish(self.session, self.vault, self.now, self.pace)

    async def _move(self) -> None:
        cutoff = self.now - timedelta(days=self.policy.retention_days)
        retention = Retention(cutoff, self.policy.archive_open_tasks)
        try:
            for span in choosing.released(self.session, retention):
                await self._write(span, retention)
            for span in choosing.old(self.session, retention):
                old = choosing.cut(self.session, span, retention)
                for window in choosing.windows(old) if old else ():
                    await self._write(window, retention)
        finally:
            # Also of a run that found the disk full: what is in its place makes room.
            if self.report.parts:
                await self._finish()

    async def _write(self, span: Span, retention: Retention) -> None:
        part = await write_part(self.session, self.vault, self.now, span, retention, self.pace)
        if part is None:
            return
        self.report.parts += 1
        self.report.lines += part.lines
        self.report.messages += part.messages
        self.report.bytes += part.size
        self.told(f"{part.name}  {part.lines} lines")
        self.pace.rest()

    async def _renew(self) -> None:
        """Write parts anew without what is deleted or has come back, and small ones as one."""
        for part in index.unseen(self.session):
            await look_through(self.session, self.vault, part)
        await retain(self.session, self.vault)
        await self._write_anew([[part] for part in index.renewable(self.session)])
        await self._erase()
        cutoff = self.now - timedelta(days=self.policy.retention_days)
        await self._write_anew(of_months(index.parts(self.session, "done"), cutoff))
        removing.forget_read(self.session)

    async def _erase(self) -> None:
        """Take the names of people who were erased from what is archived."""
        names = erasing.names(self.session)
        if names:
            change = unnaming(names)
            parts = await named(self.session, self.vault, change)
            await self._write_anew([[part] for part in parts], change)
            erasing.done(self.session, list(names))

    async def _write_anew(self, groups: list[list[Part]], change: Change | None = None) -> None:
        ready: list[Renewal] = []
        try:
            for group in groups:
                renewal = await renew(self.session, self.vault, self.now, group, change)
                if renewal is not None:
                    ready.append(renewal)
                if len(ready) == AT_ONCE:
                    await self._put_in_place(ready)
                    ready = []
        finally:
            if ready:
                await self._put_in_place(ready)

    async def _put_in_place(self, ready: list[Renewal]) -> None:
        await put_in_place(self.session, self.vault, self.now, ready)
        self.report.rewritten += len(ready)

    async def _expire(self) -> None:
        """Remove whole parts that are older than the archive is kept."""
        if not self.policy.archive_years:
            return
        old = index.expired(self.session, self.now - self.policy.archive_years * YEAR)
        if not old:
            return
        gone = [
            (part, Gone(name=part.name, sha256=part.sha256.hex(), why="expired")) for part in old
        ]
        for part in old:
            releasing.let_go(self.session, part)
        await manifest.write(self.session, self.vault, self.now, [], gone)
        for part in old:
            await self.vault.remove(part.place, part.name)
            loose.forget(self.session, part.name)
        self.report.expired = len(old)
