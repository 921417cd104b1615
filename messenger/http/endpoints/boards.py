"""Boards: a chat's columns, and the cards in them."""

from datetime import datetime
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.errors import (
    NotFound,
    ValidationFailed,
)
from messenger.http.plumbing import cursors
from messenger.http.plumbing.keys import DATABASE, IDENTITY
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import Limit, path_id
from messenger.http.plumbing.responses import Page
from messenger.model import Board, Task
from messenger.protocol.command import Cursor, Id
from messenger.store.reads import tasks as task_reads

Done = Annotated[
    int,
    Meta(
        ge=0,
        le=200,
        description="Of done cards, only so many of each column, the last closed ones; `more_done`"
        " are the columns that have others. Left out: all of them.",
    ),
]


class BoardQuery(Input, frozen=True, kw_only=True):
    """How much of what is done."""

    done: Done | None = None


class ShownQuery(BoardQuery, frozen=True, kw_only=True):
    """`next` of one page is the `after` of the following."""

    after: Annotated[
        Cursor,
        Meta(description="The `tasks_next` of the snapshot, or the `next` of the page before."),
    ] = 0


class DoneQuery(Input, frozen=True, kw_only=True):
    next: cursors.Next | None = None
    limit: Limit = 50


class DoneCursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a list of done cards goes on: after the one closed then, with this id."""

    at: datetime
    id: Id


@operation(
    "A chat's columns and the cards in them, in order",
    tag="boards",
    query=BoardQuery,
    ok=Board,
    errors=(NotFound, ValidationFailed),
)
async def show_board(request: web.Request, query: BoardQuery) -> Board:
    me = request[IDENTITY].user_id
    return await task_reads.board(request.app[DATABASE], me, path_id(request), query.done)


@operation(
    "A chat's tasks by id: open ones, and done ones still on the board; pages are as long as fits",
    tag="boards",
    query=ShownQuery,
    ok=Task,
    page=True,
    beside={"next": int | None},
    errors=(NotFound, ValidationFailed),
)
async def list_shown(request: web.Request, query: ShownQuery) -> Page:
    me = request[IDENTITY].user_id
    found, next = await task_reads.shown(
        request.app[DATABASE], me, path_id(request), query.after, query.done
    )
    return Page(found, next)


@operation(
    "The done cards of a column, the last closed first",
    tag="boards",
    query=DoneQuery,
    ok=Task,
    page=True,
    errors=(NotFound, ValidationFailed),
)
async def list_done(request: web.Request, query: DoneQuery) -> Page:
    after = cursors.read(query.next, DoneCursor)
    found = await task_reads.done_in(
        request.app[DATABASE],
        request[IDENTITY].user_id,
        path_id(request),
        query.limit,
        (after.at, after.id) if after else None,
    )
    return Page(found.items, cursors.write(_after(found.items[-1]) if found.more else None))


def _after(card: Task) -> DoneCursor:
    assert card.closed_at is not None
    return DoneCursor(datetime.fromisoformat(card.closed_at), card.id)
