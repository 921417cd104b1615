"""Forgets devices that ended with their session, account or key, every ten minutes."""

from messenger.jobs.running import Run
from messenger.jobs.schedule import Schedule
from messenger.push.devices import Devices


def keep_tidy(schedule: Schedule, devices: Devices) -> None:
    """Put it on the timetable."""

    async def work(_: Run) -> None:
        await devices.tidy()

    schedule.add("4-54/10 * * * *", "subscriptions", work)
