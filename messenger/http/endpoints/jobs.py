"""Jobs by the clock, for administrators: what there is, how it went, and running one by hand."""

from typing import Annotated, Final

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.errors import AlreadyExists, NotFound
from messenger.http.endpoints.admin import AfterId
from messenger.http.plumbing.keys import CLOCK, DATABASE, IDENTITY, SCHEDULE, TRAIL
from messenger.http.plumbing.operation import operation
from messenger.http.plumbing.requests import path_value
from messenger.http.plumbing.responses import Page
from messenger.model import timestamp
from messenger.store.rows import jobs
from messenger.store.rows.jobs import JobRun

Name = Annotated[
    str, Meta(min_length=1, max_length=40, pattern="^[a-z][a-z -]*$", description="The job.")
]
PATH: Final = {"name": Name}


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job by the clock; its moments are in UTC, whatever the server's zone is."""

    name: Annotated[str, Meta(description="The job.")]
    timetable: Annotated[
        str, Meta(description="A cron line: minute, hour, day, month, day of the week.")
    ]
    next_at: Annotated[str, Meta(description="When it comes next.")]
    running: Annotated[bool, Meta(description="Whether it runs now, in whatever process.")]
    done_at: Annotated[str | None, Meta(description="When it last came to a good end.")]
    last: Annotated[JobRun | None, Meta(description="Its newest run, which may not have ended.")]


@operation("All jobs by the clock, with the newest run of each", tag="admin", admin=True,
           ok=list[Job])  # fmt: skip
async def list_jobs(request: web.Request) -> list[Job]:
    return [await state_of(request, name) for name in sorted(request.app[SCHEDULE].timetables)]


@operation(
    "The runs of a job, the newest first",
    tag="admin",
    admin=True,
    path=PATH,
    query=AfterId,
    ok=JobRun,
    page=True,
    errors=(NotFound,),
)
async def list_runs(request: web.Request, query: AfterId) -> Page:
    name = name_of(request)
    found = await jobs.runs(request.app[DATABASE], name, query.next or 2**53, query.limit)
    return Page(found.items, found.items[-1].id if found.more else None)


@operation(
    "Begin a run of a job now",
    tag="admin",
    admin=True,
    path=PATH,
    ok=Job,
    status=202,
    errors=(NotFound, AlreadyExists),
)
async def run(request: web.Request) -> Job:
    name = name_of(request)
    state = await state_of(request, name)
    if state.running:
        raise AlreadyExists("This job runs already; wait for its end.")
    me = request[IDENTITY].user_id
    request.app[SCHEDULE].run_now(name, me)
    request.app[TRAIL].note("job.run", me, what=name)
    return msgspec.structs.replace(state, running=True)


def name_of(request: web.Request) -> str:
    name = str(path_value(request, "name", Name))
    if name not in request.app[SCHEDULE].timetables:
        raise NotFound
    return name


async def state_of(request: web.Request, name: str) -> Job:
    database, timetable = request.app[DATABASE], request.app[SCHEDULE].timetables[name]
    known = await jobs.last(database, name)
    return Job(
        name=name,
        timetable=timetable.line,
        next_at=timestamp(timetable.following(request.app[CLOCK]())),
        running=request.app[SCHEDULE].runs(name) or (known is not None and known.busy),
        done_at=timestamp(known.done_at) if known and known.done_at else None,
        last=await jobs.newest(database, name),
    )
