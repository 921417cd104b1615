"""Coming up to the present without a socket: the first load, and what happened since."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.errors import ValidationFailed
from messenger.http.endpoints.boards import BoardQuery
from messenger.http.plumbing import cursors
from messenger.http.plumbing.keys import DATABASE, DIRECTORY, IDENTITY
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import Limit
from messenger.http.plumbing.responses import Page
from messenger.model import Me, Snapshot, Task, User
from messenger.protocol.command import Cursor, Epoch, Id
from messenger.rules import streams as rules
from messenger.store.reads import sync
from messenger.store.reads.chats import ChatCursor
from messenger.store.reads.sync import Changes

Events = Annotated[int, Meta(ge=1, le=1000)]


class BootstrapQuery(BoardQuery, frozen=True, kw_only=True):
    """A chat that becomes active while the pages are read moves to the front, and may be in none.

    The first page's `cursors` name every chat: fetch the snapshots of those that did not come.
    """

    next: cursors.Next | None = None
    limit: Limit = 50


class ChangesAsked(Input, frozen=True, kw_only=True):
    """A null cursor starts at the present; with `all`, so does a chat that has none."""

    cursors: Annotated[list[tuple[Id, Cursor | None]], Meta(max_length=10_000)] = msgspec.field(
        default_factory=list
    )
    all: bool = False
    limit: Events = 200
    epoch: Epoch | None = None


class ChangesQuery(Input, frozen=True, kw_only=True):
    """`after` is `17:341,5:12`. Without `epoch`, compare the answer's with the cursors' own."""

    after: Annotated[
        Annotated[str, Meta(pattern=r"^[0-9]{1,16}:[0-9]{1,16}(,[0-9]{1,16}:[0-9]{1,16})*$")],
        Meta(description="Cursors, as `stream:seq` with commas between."),
    ]
    limit: Events = 200
    epoch: Epoch | None = None


@operation(
    "Snapshots of all your chats, the last active first",
    tag="sync",
    query=BootstrapQuery,
    ok=Snapshot,
    page=True,
    beside={
        "me": Me | None,
        "users": list[User] | None,
        "tasks": list[Task] | None,
        "cursors": list[tuple[int, int]] | None,
        "epoch": int,
    },
    errors=(ValidationFailed,),
)
async def bootstrap(request: web.Request, query: BootstrapQuery) -> Page:
    epoch = request.app[DIRECTORY].epoch
    found = await sync.bootstrap(
        request.app[DATABASE],
        request[IDENTITY],
        query.limit,
        cursors.read(query.next, ChatCursor),
        epoch,
        query.done,
    )
    return Page(
        found.snapshots,
        cursors.write(found.next),
        {**first_page_fields(found.beginning), "epoch": epoch},
    )


def first_page_fields(first: sync.Beginning | None) -> dict[str, Any]:
    """What stands beside the first page alone."""
    if first is None:
        return {"me": None, "users": None, "tasks": None, "cursors": None}
    return msgspec.structs.asdict(first)


@operation(
    "What has happened in your streams since",
    tag="sync",
    body=ChangesAsked,
    ok=Changes,
    errors=(ValidationFailed,),
)
async def changes(request: web.Request, body: ChangesAsked) -> Changes:
    given = dict(body.cursors)
    rules.check_epoch(body.epoch, given.values())
    return await since(request, given, body.all, body.limit, body.epoch)


@operation(
    "What has happened in a few streams since",
    tag="sync",
    query=ChangesQuery,
    ok=Changes,
    errors=(ValidationFailed,),
)
async def changes_of(request: web.Request, query: ChangesQuery) -> Changes:
    pairs = [pair.split(":") for pair in query.after.split(",")]
    try:
        given = dict(msgspec.convert(pairs, list[tuple[Id, Cursor]], strict=False))
    except msgspec.ValidationError:
        raise ValidationFailed(
            "`after` is made of streams and cursors, like 17:341,5:12.", field="after"
        ) from None
    return await since(request, given, False, query.limit, query.epoch)


async def since(
    request: web.Request,
    given: Mapping[int, int | None],
    everything: bool,
    limit: int,
    epoch: int | None,
) -> Changes:
    current = request.app[DIRECTORY].epoch
    return await sync.changes(
        request.app[DATABASE],
        request[IDENTITY].user_id,
        given,
        everything=everything,
        limit=limit,
        stale=epoch is not None and epoch != current,
        epoch=current,
    )
