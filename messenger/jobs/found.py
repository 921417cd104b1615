"""Keeps the index of the search: with what is committed, and with what was there before it."""

import asyncio

from messenger.background import Background
from messenger.jobs.running import Run
from messenger.jobs.schedule import Schedule
from messenger.search.service import Search


def keep_found(run: Background, schedule: Schedule, search: Search) -> None:
    """Start what keeps it."""
    indexer, rebuilding = search.indexer, search.rebuilding

    async def build() -> None:
        """Until it is done: then the table is looked at once a minute, for who wants it anew."""
        while True:
            await rebuilding.run()
            run.goes_well("search build")
            await asyncio.sleep(60)

    run.lasting("search", lambda: indexer.run(lambda: run.goes_well("search")))
    run.every(1.0, "search cursors", indexer.keep)
    run.every(60.0, "search lookout", indexer.look)
    run.lasting("search build", build)
    run.lasting("search files", lambda: search.texts.run(lambda: run.goes_well("search files")))

    async def forget(job: Run) -> None:
        """After the archive's run, in which what was erased goes from there."""
        job.details = {"words": await search.forget_erased(job.check_stopping)}

    schedule.add("50 3 * * *", "search words", forget)
