"""Has files swept by the clock, once an hour."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from messenger.files.resumable import Uploads
from messenger.files.sweep import sweep
from messenger.jobs.running import Run
from messenger.jobs.schedule import Schedule
from messenger.store.db import Database

log = logging.getLogger(__name__)


NAME: Final = "files"


def keep_swept(
    schedule: Schedule, database: Database, uploads: Uploads, clock: Callable[[], datetime]
) -> None:
    """Put it on the timetable."""

    async def work(run: Run) -> None:
        await uploads.sweep()
        swept = await sweep(database, uploads.intake.storage, clock())
        run.details = {"files": swept.files, "contents": swept.contents}
        if swept.files or swept.contents:
            log.info("swept %d files and %d contents", swept.files, swept.contents)

    schedule.add("17 * * * *", NAME, work)
