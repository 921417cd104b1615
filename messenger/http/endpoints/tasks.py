"""Tasks: lists over all chats of the reader, making, changing, their history and discussion."""

from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.archive import lists
from messenger.errors import (
    NotFound,
    ValidationFailed,
)
from messenger.http.plumbing import cursors
from messenger.http.plumbing.keys import CLOCK, DATABASE, IDENTITY, READING
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import Limit, path_id
from messenger.http.plumbing.responses import Page
from messenger.model import HistoryEntry, Message, Task, TaskCount, TaskStatus
from messenger.protocol.command import Cursor, Id
from messenger.rules.moments import checked_day
from messenger.store.reads import task_lists
from messenger.store.reads import tasks as task_reads
from messenger.store.rows import users

Person = Annotated[str, Meta(pattern="^(me|[1-9][0-9]{0,15})$", max_length=16)]
"""A user's id, or `me`."""
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$", min_length=10, max_length=10)]


class TasksQuery(Input, frozen=True, kw_only=True):
    """Filters, combined freely; `from` and `to` are days the due date lies between.

    `number` is the one people write, as in #17: at most one task has it.
    """

    assigned_to: Annotated[Person | None, Meta(description="The assignee: an id, or `me`.")] = None
    creator: Annotated[Person | None, Meta(description="Who made them: an id, or `me`.")] = None
    status: Annotated[TaskStatus | None, Meta(description="Only open ones, or only done ones.")] = (
        None
    )
    due_from: Annotated[Day | None, Meta(description="Due on that day or later.")] = msgspec.field(
        default=None, name="from"
    )
    due_to: Annotated[Day | None, Meta(description="Due on that day or earlier.")] = msgspec.field(
        default=None, name="to"
    )
    chat_id: Annotated[Id | None, Meta(description="Only those of this chat.")] = None
    number: Id | None = None
    next: cursors.Next | None = None
    limit: Limit = 50


class SummaryQuery(Input, frozen=True, kw_only=True):
    next: cursors.Next | None = None
    limit: Limit = 200


class AfterQuery(Input, frozen=True, kw_only=True):
    """What comes after a `seq`; `next` of one page is the `after_seq` of the following."""

    after_seq: Cursor = 0
    limit: Limit = 50


class TaskCursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a list of tasks goes on: after this day (none: those without one) and id."""

    day: date | None
    id: Id


@operation(
    "Tasks of your chats, by due date; those without one come last",
    tag="tasks",
    query=TasksQuery,
    ok=Task,
    page=True,
    errors=(ValidationFailed,),
)
async def list_tasks(request: web.Request, query: TasksQuery) -> Page:
    me = request[IDENTITY].user_id
    after = cursors.read(query.next, TaskCursor)
    wanted = task_lists.Wanted(
        assigned_to=_person(query.assigned_to, me),
        creator=_person(query.creator, me),
        status=query.status,
        due_from=_day(query.due_from, "from"),
        due_to=_day(query.due_to, "to"),
        chat_id=query.chat_id,
        number=query.number,
        after_day=after.day if after else None,
        after_id=after.id if after else None,
        limit=query.limit,
    )
    found = await task_lists.page(request.app[DATABASE], me, wanted)
    last = found.items[-1] if found.more else None
    cursor = last and TaskCursor(task_lists.place_of(last), last.id)
    return Page(found.items, cursors.write(cursor))


def _person(given: str | None, me: int) -> int | None:
    if given is None:
        return None
    return me if given == "me" else int(given)


def _day(given: str | None, name: str) -> date | None:
    return checked_day(given, name) if given is not None else None


@operation(
    "By person, in your chats: open, overdue, and done this week",
    tag="tasks",
    query=SummaryQuery,
    ok=TaskCount,
    page=True,
    errors=(ValidationFailed,),
)
async def summary(request: web.Request, query: SummaryQuery) -> Page:
    me = request[IDENTITY].user_id
    person = await users.me(request.app[DATABASE], me)
    now = request.app[CLOCK]().astimezone(ZoneInfo(person.time_zone if person else "UTC"))
    monday = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(now.weekday())
    after = cursors.read(query.next, Id) or 0
    found = await task_lists.summary(
        request.app[DATABASE], me, now.date(), monday, now, after, query.limit
    )
    # Unassigned tasks are the last of all: no page goes on after them.
    return Page(found.items, cursors.write(found.items[-1].user_id) if found.more else None)


@operation("One task", tag="tasks", ok=Task, errors=(NotFound,))
async def show_task(request: web.Request) -> Task:
    return await task_reads.task(request.app[DATABASE], request[IDENTITY].user_id, path_id(request))


@operation(
    "Who changed what of a task, and when; oldest first",
    tag="tasks",
    query=AfterQuery,
    ok=HistoryEntry,
    page=True,
    beside={"next": int | None},
    errors=(NotFound, ValidationFailed),
)
async def task_history(request: web.Request, query: AfterQuery) -> Page:
    me = request[IDENTITY].user_id
    entries, next = await lists.history(
        request.app[READING], me, path_id(request), query.after_seq, query.limit
    )
    return Page(entries, next)


@operation(
    "The messages that belong to a task: the one it was made from, and comments",
    tag="tasks",
    query=AfterQuery,
    ok=Message,
    page=True,
    beside={"next": int | None},
    errors=(NotFound, ValidationFailed),
)
async def task_messages(request: web.Request, query: AfterQuery) -> Page:
    me = request[IDENTITY].user_id
    found, next = await lists.messages_of(
        request.app[READING], me, path_id(request), query.after_seq, query.limit
    )
    return Page(found, next)
