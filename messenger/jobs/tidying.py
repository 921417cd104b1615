"""Finds chats that a crash or an upgrade left in disorder, and has them put in order."""

from collections.abc import Callable
from datetime import datetime

from messenger import errors
from messenger.actors.commands import Tidy
from messenger.actors.directory import Directory
from messenger.config import Settings
from messenger.jobs.beside import keep_worked_off
from messenger.jobs.erasing import Erasing, keep_erased
from messenger.jobs.exports import keep_exported
from messenger.jobs.running import Run
from messenger.jobs.schedule import Schedule
from messenger.model import SYSTEM
from messenger.store.db import Database
from messenger.store.reads import untidy


async def tidy(database: Database, directory: Directory) -> None:
    """Have each of them put in order by its actor."""
    for chat_id, user_id in await untidy.chats(database):
        try:
            while await directory.ask(SYSTEM, Tidy(chat_id=chat_id, user_id=user_id)):
                pass
        except errors.NotFound:
            continue


def keep_tidy(
    schedule: Schedule,
    database: Database,
    directory: Directory,
    settings: Settings,
    clock: Callable[[], datetime],
) -> None:
    """Put it on the timetable, with erasures, exports that people ask for, what migrations owe."""

    async def work(_: Run) -> None:
        await tidy(database, directory)

    schedule.add("*/10 * * * *", "tidying", work)
    keep_erased(schedule, Erasing(database, directory, settings.default_locale, clock))
    keep_exported(schedule, database, settings, clock)
    keep_worked_off(schedule, settings, database)
