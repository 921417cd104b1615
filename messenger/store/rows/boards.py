"""Boards and what snapshots show of tasks: columns, cards in pages, the whole for its actor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from messenger.model import Board, Column, Task
from messenger.storage import BoardRecord
from messenger.store.paging import Part, fetch_part, made
from messenger.store.rows.chats import Ids, Reader
from messenger.store.rows.tasks import (
    CHAT,
    COLUMN_COLUMNS,
    LEAST,
    LIMIT,
    PAGE_BYTES,
    SIZE,
    TASK_COLUMNS,
    column_of,
    page_of,
    task_of,
)
from messenger.store.schema.tables import Moment, columns, tasks
from messenger.store.sql import sa
from messenger.store.statements import Prepared, listed_ids

COLUMNS_OF = Prepared(
    sa.select(*COLUMN_COLUMNS, columns.c.changed)
    .where(
        columns.c.chat_id == sa.any_(sa.bindparam("chats", type_=Ids)),
        columns.c.deleted_at.is_(None),
    )
    .order_by(columns.c.chat_id, columns.c.position)
)
MOST_SHOWN = PAGE_BYTES // LEAST + 2
"""More tasks than fit a page, so that it is seen that there are more."""
# Open ones, and done ones still on the board: what a snapshot of a chat shows.
WANTED = listed_ids("chats")
AFTER = tasks.c.id > sa.bindparam("after", type_=sa.BigInteger)
DONE = sa.bindparam("done", type_=sa.Integer)
LIVE = sa.and_(tasks.c.deleted_at.is_(None), tasks.c.archived_at.is_(None))
SHOWN = sa.and_(LIVE, sa.or_(tasks.c.closed_at.is_(None), tasks.c.column_id.is_not(None)))
CARDS = sa.select(
    *TASK_COLUMNS, SIZE.label("size"), sa.literal_column("0").label("day")
)  # fmt: skip


def _done(column: Any) -> sa.ColumnElement[bool]:
    """The done cards of a column, in the words of their index."""
    return sa.and_(LIVE, tasks.c.closed_at.is_not(None), tasks.c.column_id == column)


def _first(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The first of a chat's tasks by id, no more than may fit a page."""
    return (
        CARDS.where(tasks.c.chat_id == WANTED.c.id, AFTER, condition)
        .order_by(tasks.c.id)
        .limit(sa.literal_column(str(MOST_SHOWN)))
        .correlate(WANTED)
    )


def _page(chosen: sa.FromClause) -> Prepared:
    """A page of each chat's tasks by id, of the first that were chosen for each."""
    return Prepared(
        page_of(sa.select(chosen).select_from(WANTED.join(chosen, sa.true())), "chat_id")
    )  # fmt: skip


SHOWN_OF = _page(_first(SHOWN).lateral("first"))
# The same, but of what is done only the latest of each column.
_LATEST = (
    CARDS.where(_done(columns.c.id))
    .order_by(tasks.c.closed_at.desc(), tasks.c.id.desc())
    .limit(DONE)
    .correlate(columns)
    .lateral("latest")
)
LATEST_OF = _page(
    sa.union_all(
        _first(sa.and_(LIVE, tasks.c.closed_at.is_(None))),
        sa.select(_LATEST)
        .select_from(columns.join(_LATEST, sa.true()))
        .where(
            columns.c.chat_id == WANTED.c.id,
            columns.c.deleted_at.is_(None),
            _LATEST.c.id > sa.bindparam("after", type_=sa.BigInteger),
        )
        .correlate(WANTED),
    ).lateral("first")
)
# Columns that have done cards besides those.
FULLER = Prepared(
    sa.select(columns.c.id, columns.c.chat_id)
    .where(
        columns.c.chat_id == sa.any_(sa.bindparam("chats", type_=Ids)),
        columns.c.deleted_at.is_(None),
        sa.exists(
            sa.select(tasks.c.id)
            .where(_done(columns.c.id))
            .offset(DONE)
            .limit(sa.literal_column("1"))
            .correlate(columns)
        ),
    )
    .order_by(columns.c.id)
)
SHOWN_TO_ACTOR = Prepared(
    sa.select(*TASK_COLUMNS, tasks.c.changed)
    .where(tasks.c.chat_id == CHAT, SHOWN)
    .order_by(tasks.c.id)
)
BEFORE_AT = sa.bindparam("before_at", type_=Moment)
DONE_IN = Prepared(
    page_of(
        sa.select(
            *TASK_COLUMNS,
            SIZE.label("size"),
            sa.func.row_number()
            .over(order_by=[tasks.c.closed_at.desc(), tasks.c.id.desc()])
            .label("day"),
        )
        .where(
            _done(sa.bindparam("column", type_=sa.BigInteger)),
            sa.or_(
                BEFORE_AT.is_(None),
                sa.tuple_(tasks.c.closed_at, tasks.c.id)
                < sa.tuple_(BEFORE_AT, sa.bindparam("before_id", type_=sa.BigInteger)),
            ),
        )
        .order_by(tasks.c.closed_at.desc(), tasks.c.id.desc())
        .limit(LIMIT)
    )
)


async def board_record(reader: Reader, chat_id: int) -> BoardRecord:
    """What a chat's actor holds of its board."""
    found = await reader.fetch(COLUMNS_OF, chats=[chat_id])
    live = await reader.fetch(SHOWN_TO_ACTOR, chat=chat_id)
    return BoardRecord(
        [column_of(row) for row in found],
        await made(live, task_of),
        {row.id: row.changed for row in live},
        {row.id: row.changed for row in found},
    )


class Cards(msgspec.Struct):
    """A page of a chat's tasks by id, and the id it goes on after; None where it does not.

    `fuller` are the columns that have more done cards than were asked for.
    """

    tasks: list[Task]
    next: int | None = None
    fuller: list[int] = []


async def columns_of(reader: Reader, chat_ids: Sequence[int]) -> dict[int, list[Column]]:
    found: dict[int, list[Column]] = {id: [] for id in chat_ids}
    for row in await reader.fetch(COLUMNS_OF, chats=list(chat_ids)):
        found[row.chat_id].append(column_of(row))
    return found


async def shown(
    reader: Reader, chat_ids: Sequence[int], after: int = 0, done: int | None = None
) -> dict[int, Cards]:
    """A page of the tasks that snapshots show, of each chat; so many done ones of each column.

    Without `done`, all of them.
    """
    found = {id: Cards([]) for id in chat_ids}
    asked: dict[str, Any] = {"chats": list(chat_ids), "after": after}
    if done is None:
        rows = await reader.fetch(SHOWN_OF, **asked)
    else:
        rows = await reader.fetch(LATEST_OF, done=done, **asked)
        for row in await reader.fetch(FULLER, chats=list(chat_ids), done=done):
            found[row.chat_id].fuller.append(row.id)
    totals = {row.chat_id: row.total for row in rows}
    for task in await made(rows, task_of):
        found[task.chat_id].tasks.append(task)
    for id, cards in found.items():
        if len(cards.tasks) < totals.get(id, 0):
            cards.next = cards.tasks[-1].id
    return found


async def done_in(
    reader: Reader, column_id: int, limit: int, before: tuple[datetime, int] | None
) -> Part[Task]:
    """Done cards of a column, the last closed first, after the one closed then with that id."""
    at, id = before or (None, None)
    return await fetch_part(
        reader, DONE_IN, task_of, limit, column=column_id, before_at=at, before_id=id
    )


async def board(reader: Reader, chat_id: int, seq: int, done: int | None = None) -> Board:
    """The columns and the cards that stand in them, in order."""
    columns = await columns_of(reader, [chat_id])
    page = (await shown(reader, [chat_id], done=done))[chat_id]
    standing = [card for card in page.tasks if card.column_id is not None]
    standing.sort(key=lambda card: (card.column_id, (card.position or "").encode(), card.id))
    return Board(
        columns=columns[chat_id],
        tasks=standing,
        seq=seq,
        tasks_next=page.next,
        more_done=page.fuller,
    )
