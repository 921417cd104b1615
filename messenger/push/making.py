"""Of what waits for devices: what may be told now, in the words of each."""

import asyncio
import logging
from datetime import datetime
from typing import Final

import msgspec

from messenger.model import Task, TaskReminder, User
from messenger.push.devices import Devices
from messenger.push.jobs import Job
from messenger.push.payload import written
from messenger.push.service import Waiting, Worded
from messenger.push.wording import Known, push_of
from messenger.rules.notify import Changed, Posted, Reacted
from messenger.store.reads import pushing
from messenger.store.rows import subscriptions, tasks, users

log = logging.getLogger(__name__)

IN_A_ROW: Final = 8
"""Pushes worded before messages have their turn: half a millisecond."""


class Made(msgspec.Struct):
    """What becomes of a batch: to be sent; too late or read meanwhile; not theirs (any more)."""

    ready: list[Worded] = []
    over: list[Job] = []
    withheld: list[Job] = []


async def made(devices: Devices, batch: list[Waiting]) -> Made:
    """Asks of each, at this moment, whether the person may still be told; raises Unavailable."""
    database, now = devices.database, devices.clock()
    targets = await subscriptions.targets(
        database, [id for id, _ in batch], devices.vapid.key_id, now
    )
    jobs = [job for _, job in batch]
    pairs = list({(job.user_id, job.chat_id) for job in jobs})
    views = await pushing.views(database, pairs)
    badges = await pushing.badges(database, {user for user, _ in pairs}, now)
    people = await _people(devices, jobs)
    due = await _due(devices, jobs)
    found = Made()
    for number, (id, job) in enumerate(batch, 1):
        if number % IN_A_ROW == 0:
            await asyncio.sleep(0)
        target, view = targets.get(id), views.get((job.user_id, job.chat_id))
        if target is None or target.user_id != job.user_id or view is None:
            found.withheld.append(job)
            continue
        if is_over(job, view, now):
            found.over.append(job)
            continue
        known = Known(
            view=view,
            by=people.get(job.by or 0),
            task=task_of(job, due),
            badge=badges.get(job.user_id, 0),
            base_url=devices.base_url,
        )
        try:
            found.ready.append((target, job, written(push_of(job, known, target.locale))))
        except Exception:
            # Whatever it was: the others are told.
            log.exception("a push of %s cannot be worded", job.tag)
            found.over.append(job)
    return found


async def _people(devices: Devices, jobs: list[Job]) -> dict[int, User]:
    ids = {job.by for job in jobs if job.by is not None}
    return {user.id: user for user in await users.by_ids(devices.database, list(ids))}


async def _due(devices: Devices, jobs: list[Job]) -> dict[int, Task]:
    ids = {job.subject.task_id for job in jobs if isinstance(job.subject, TaskReminder)}
    return await tasks.by_ids(devices.database, list(ids)) if ids else {}


def task_of(job: Job, due: dict[int, Task]) -> Task | None:
    return due.get(job.subject.task_id) if isinstance(job.subject, TaskReminder) else None


def is_over(job: Job, view: pushing.View, now: datetime) -> bool:
    """Whether it is too late for it, or it was read meanwhile."""
    if now >= job.until:
        return True
    match job.subject:
        case Posted():
            return job.seq <= view.read_seq
        case Changed() | Reacted():
            return job.event <= view.read_seq
    return False
