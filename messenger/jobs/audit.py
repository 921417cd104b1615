"""Writes what the audit was told of, and removes what it need not keep any more."""

from datetime import timedelta

from messenger.background import Background
from messenger.jobs.running import Run
from messenger.jobs.schedule import Schedule
from messenger.store.rows import audit
from messenger.store.trail import Trail


def keep_trail(run: Background, schedule: Schedule, trail: Trail, days: int) -> None:
    """Start both; with 0 days all is kept for ever."""
    run.every(1.0, "audit", trail.keep)
    if days == 0:
        return

    async def forget(run: Run) -> None:
        now = run.clock()
        gone = await audit.forget(run.database, now - timedelta(days=days), now)
        run.details = {"records": gone}

    schedule.add("47 3 * * *", "audit", forget)
