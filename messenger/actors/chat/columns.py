"""The columns of a board: made, changed, moved, taken away."""

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from messenger import errors
from messenger.actors.actor import Letter
from messenger.actors.chat import tasks
from messenger.actors.chat.board import Board, fields_between
from messenger.decision import Decision, Entry
from messenger.model import Column, timestamp
from messenger.protocol.tasks import CreateColumn, DeleteColumn, MoveColumn, UpdateColumn
from messenger.rules import positions
from messenger.rules import tasks as rules
from messenger.rules import text as texts

if TYPE_CHECKING:
    from messenger.actors.chat import ChatActor

MOST = 50
"""Columns of a board; more fit on no screen."""
FIRST = 3
FIRST_COLUMNS = {
    "ru": ("К выполнению", "В работе", "Готово"),
    "en": ("To do", "In progress", "Done"),
}


def entry(type: str, old: Column | None, new: Column) -> Entry:
    detail = {"version": new.version, "fields": fields_between(old, new)}
    return Entry(stream=new.chat_id, type=type, subject=new.id, data=new, detail=detail)


def first_columns(chat_id: int, ids: list[int], locale: str) -> list[Entry]:
    """What a new board begins with: to do, in progress, done."""
    entries: list[Entry] = []
    position = None
    for id, title in zip(ids, FIRST_COLUMNS[locale], strict=True):
        position = positions.between(position, None)
        done = len(entries) == len(ids) - 1
        column = Column(
            id=id, chat_id=chat_id, title=title, position=position, is_done=done, version=1
        )
        entries.append(entry("column.created", None, column))
    return entries


async def create(actor: "ChatActor", letter: Letter) -> Decision:
    command: CreateColumn = letter.command
    rules.check_columns(actor.member(letter.identity), actor.chat)
    texts.check_title(command.title)
    board = await actor.board_state()
    if len(board.columns) >= MOST:
        raise errors.ValidationFailed(f"A board has up to {MOST} columns.", limit=MOST)
    [id] = await actor.store.new_ids("column", 1)
    column = Column(
        id=id,
        chat_id=actor.id,
        title=command.title.strip(),
        position=board.column_place(None, None),
        is_done=command.is_done,
        limit=command.limit,
        version=1,
    )
    entries = [entry("column.created", None, column)]
    return Decision(by=letter.identity.user_id, entries=entries)


async def update(actor: "ChatActor", letter: Letter) -> Decision:
    """Change a column; its cards become done, or open again, with it."""
    command: UpdateColumn = letter.command
    rules.check_columns(actor.member(letter.identity), actor.chat)
    board = await actor.board_state()
    column = board.column(command.column_id)
    fields: dict[str, Any] = {}
    if command.title is not UNSET:
        texts.check_title(command.title)
        fields["title"] = command.title.strip()
    if command.is_done is not UNSET:
        fields["is_done"] = command.is_done
    if command.limit is not UNSET:
        fields["limit"] = command.limit
    return changed(actor, letter, board, "column.updated", column, fields, command.version)


async def move(actor: "ChatActor", letter: Letter) -> Decision:
    command: MoveColumn = letter.command
    rules.check_columns(actor.member(letter.identity), actor.chat)
    board = await actor.board_state()
    column = board.column(command.column_id)
    ids = [each.id for each in board.ordered()]
    following = ids[ids.index(column.id) + 1 :][:1]
    if command.before == column.id or following == (
        [] if command.before is None else [command.before]
    ):
        return unchanged(column)
    position = board.column_place(column.id, command.before)
    moved, others = board.eased(msgspec.structs.replace(column, position=position))
    fields = {"position": moved.position}
    decision = changed(actor, letter, board, "column.moved", column, fields, command.version)
    return msgspec.structs.replace(
        decision,
        entries=[
            *decision.entries,
            *(tasks.making_room("column.moved", each) for _, each in others),
        ],
    )


def changed(
    actor: "ChatActor",
    letter: Letter,
    board: Board,
    type: str,
    column: Column,
    fields: dict[str, Any],
    version: int | None,
) -> Decision:
    new = msgspec.structs.replace(column, **fields)
    differing = fields_between(column, new)
    if not differing:
        return unchanged(column)
    rules.check_version(column, version, board.column_versions.get(column.id, {}), differing)
    new = msgspec.structs.replace(new, version=column.version + 1)
    entries = [entry(type, column, new)]
    if new.is_done and not column.is_done:
        rules.check_keeps_open([new, *(each for each in board.ordered() if each.id != new.id)])
    if new.is_done != column.is_done:
        at = timestamp(actor.now())
        status = "done" if new.is_done else "open"
        for card in board.cards(column.id):
            follow = tasks.with_status(card, status, at)
            if follow:
                now = msgspec.structs.replace(
                    card, **follow, version=card.version + 1, updated_at=at
                )
                entries.append(tasks.entry("task.updated", card, now))
    return Decision(by=letter.identity.user_id, entries=entries)


async def delete(actor: "ChatActor", letter: Letter) -> Decision:
    """Take a column away. Its cards go to the end of the one before it, or after it, of its kind.

    So none becomes done, or open again, with it: without such a column they leave the board.
    """
    command: DeleteColumn = letter.command
    rules.check_columns(actor.member(letter.identity), actor.chat)
    board = await actor.board_state()
    column = board.column(command.column_id)
    at = timestamp(actor.now())
    columns = board.ordered()
    place = columns.index(column)
    if not column.is_done:
        rules.check_keeps_open([*columns[:place], *columns[place + 1 :]])
    alike = [each for each in columns if each.is_done == column.is_done]
    place = alike.index(column)
    beside = alike[place - 1] if place else next(iter(alike[1:]), None)
    gone = msgspec.structs.replace(column, deleted_at=at, version=column.version + 1)
    entries = [entry("column.deleted", column, gone)]
    last = board.cards(beside.id)[-1:] if beside is not None else []
    position = last[0].position if last else None
    for card in board.cards(column.id):
        if beside is None:
            fields: dict[str, Any] = {"column_id": None, "position": None}
        else:
            position = positions.between(position, None)
            fields = {"column_id": beside.id, "position": position}
        moved = msgspec.structs.replace(
            card, **fields, version=card.version + 1, updated_at=at
        )  # fmt: skip
        entries.append(tasks.entry("task.moved", card, moved))
    return Decision(by=letter.identity.user_id, entries=entries)


def unchanged(column: Column) -> Decision:
    return Decision(answer=None, result=column, about=("column.updated", column.chat_id, column.id))
