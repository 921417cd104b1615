"""Tells devices, and forgets those that ended with their session, account or key."""

from messenger.background import Background
from messenger.jobs.running import Run
from messenger.jobs.schedule import Schedule
from messenger.push.devices import Devices
from messenger.push.pusher import Pusher


def keep_tidy(schedule: Schedule, devices: Devices) -> None:
    """Put it on the timetable."""

    async def work(_: Run) -> None:
        await devices.tidy()

    schedule.add("4-54/10 * * * *", "subscriptions", work)


def keep_told(run: Background, pusher: Pusher) -> None:
    """Start what tells of events."""
    run.lasting("push", lambda: pusher.run(lambda: run.goes_well("push")))
    run.every(1.0, "push cursors", pusher.keep)
    run.every(1.0, "push desks", pusher.ask_desks)
    run.every(0.25, "push rounds", pusher.end_rounds)
    run.every(60.0, "push lookout", pusher.look)
