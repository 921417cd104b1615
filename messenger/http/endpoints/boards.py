"""Boards: a chat's columns, and the cards in them."""

from typing import Annotated

from aiohttp import web
from msgspec import Meta

from messenger.errors import (
    NotFound,
    ValidationFailed,
)
from messenger.http.plumbing.keys import DATABASE, IDENTITY
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import path_id
from messenger.http.plumbing.responses import Page
from messenger.model import Board, Task
from messenger.protocol.command import Cursor
from messenger.store.reads import tasks as task_reads


@operation(
    "A chat's columns and the cards in them, in order",
    tag="boards",
    ok=Board,
    errors=(NotFound,),
)
async def show_board(request: web.Request) -> Board:
    return await task_reads.board(
        request.app[DATABASE], request[IDENTITY].user_id, path_id(request)
    )


class ShownQuery(Input, frozen=True, kw_only=True):
    """`next` of one page is the `after` of the following."""

    after: Annotated[
        Cursor,
        Meta(description="The `tasks_next` of the snapshot, or the `next` of the page before."),
    ] = 0


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
    found, next = await task_reads.shown(request.app[DATABASE], me, path_id(request), query.after)
    return Page(found, next)
