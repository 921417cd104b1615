"""Boards: a chat's columns, and the cards in them."""

from typing import Any

from aiohttp import web

from messenger.errors import (
    Forbidden,
    IdempotencyMismatch,
    NotFound,
    ValidationFailed,
    VersionConflict,
)
from messenger.http.answers import Page
from messenger.http.keys import DATABASE, IDENTITY
from messenger.http.operation import Input, ask, operation
from messenger.http.reading import path_id
from messenger.model import Board, Column, Task
from messenger.protocol import tasks as commands
from messenger.protocol.commands import Cursor
from messenger.store import discussion

CHANGING = (NotFound, Forbidden, IdempotencyMismatch, ValidationFailed, VersionConflict)
OF_COLUMN = {"column_id": "id"}


@operation(
    "A chat's columns and the cards in them, in order",
    tag="boards",
    ok=Board,
    errors=(NotFound,),
)
async def show_board(request: web.Request) -> Board:
    return await discussion.board(
        request.app[DATABASE], request[IDENTITY].user_id, path_id(request)
    )


class ShownQuery(Input, frozen=True, kw_only=True):
    """`next` of one page is the `after` of the following."""

    after: Cursor = 0


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
    found, next = await discussion.shown(request.app[DATABASE], me, path_id(request), query.after)
    return Page(found, next)


@operation(
    "Add a column at the end of a board",
    tag="boards",
    command=commands.CreateColumn,
    path={"chat_id": "id"},
    ok=Column,
    status=201,
    errors=CHANGING,
)
async def create_column(request: web.Request, command: commands.CreateColumn) -> Any:
    return await ask(request, command)


@operation(
    "Change a column: only what is given",
    tag="boards",
    command=commands.UpdateColumn,
    path=OF_COLUMN,
    ok=Column,
    errors=CHANGING,
)
async def update_column(request: web.Request, command: commands.UpdateColumn) -> Any:
    return await ask(request, command)


@operation(
    "Put a column before another one, or last",
    tag="boards",
    command=commands.MoveColumn,
    path=OF_COLUMN,
    ok=Column,
    errors=CHANGING,
)
async def move_column(request: web.Request, command: commands.MoveColumn) -> Any:
    return await ask(request, command)


@operation(
    "Take a column away; its cards move to the one beside it",
    tag="boards",
    command=commands.DeleteColumn,
    path=OF_COLUMN,
    ok=Column,
    errors=CHANGING,
)
async def delete_column(request: web.Request, command: commands.DeleteColumn) -> Any:
    return await ask(request, command)
