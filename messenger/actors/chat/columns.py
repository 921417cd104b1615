"""The columns of a board: made, changed, moved, taken away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from messenger.actors.chat import tasks
from messenger.actors.chat.board import fields_between
from messenger.actors.chat.loading import load_board
from messenger.actors.chat.state import ChatState
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts
from messenger.decision import Answer, Decision, Entry
from messenger.model import Column, Identity, timestamp
from messenger.protocol.tasks import CreateColumn, DeleteColumn, MoveColumn, UpdateColumn
from messenger.rules import positions
from messenger.rules import tasks as rules
from messenger.rules import text as texts

FIRST = 3
FIRST_COLUMNS = {
    "ru": ("К выполнению", "В работе", "Готово"),
    "en": ("To do", "In progress", "Done"),
}


class CreateFacts(Facts, frozen=True):
    column_id: int = 0


def entry(type: str, old: Column | None, new: Column, fields: Sequence[str] | None = None) -> Entry:
    """A column's event; `fields` are those between the two, where the caller knows them."""
    if fields is None:
        fields = fields_between(old, new)
    detail = {"version": new.version, "fields": fields}
    return Entry(stream=new.chat_id, type=type, subject=new.id, data=new, detail=detail)


def first_columns(chat_id: int, ids: Sequence[int], locale: str) -> list[Entry]:
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


async def load(context: ActorContext, state: ChatState, who: Identity, command: Any) -> CreateFacts:
    rules.check_columns(state.member(who), state.chat)
    await load_board(context, state)
    return CreateFacts(who, context.settings)


async def allocate_column(
    context: ActorContext, state: ChatState, facts: CreateFacts, command: CreateColumn
) -> CreateFacts:
    [id] = await context.store.new_ids("column", 1)
    return msgspec.structs.replace(facts, column_id=id)


def create(state: ChatState, facts: CreateFacts, command: CreateColumn, at: datetime) -> Decision:
    rules.check_columns(state.member(facts.who), state.chat)
    texts.check_title(command.title)
    rules.check_column_count(len(state.board.columns))
    column = Column(
        id=facts.column_id,
        chat_id=state.id,
        title=command.title.strip(),
        position=state.board.column_place(None, None),
        is_done=command.is_done,
        limit=command.limit,
        version=1,
    )
    created = entry("column.created", None, column)
    return Decision(by=facts.who.user_id, entries=[created], answer=Answer.of(created))


def update(state: ChatState, facts: Facts, command: UpdateColumn, at: datetime) -> Decision:
    """Change a column; its cards become done, or open again, with it."""
    rules.check_columns(state.member(facts.who), state.chat)
    column = state.board.column(command.column_id)
    fields: dict[str, Any] = {}
    if command.title is not UNSET:
        texts.check_title(command.title)
        fields["title"] = command.title.strip()
    if command.is_done is not UNSET:
        fields["is_done"] = command.is_done
    if command.limit is not UNSET:
        fields["limit"] = command.limit
    new = msgspec.structs.replace(column, **fields)
    return change(state, facts, "column.updated", column, new, command.version, at)


def move(state: ChatState, facts: Facts, command: MoveColumn, at: datetime) -> Decision:
    rules.check_columns(state.member(facts.who), state.chat)
    board = state.board
    column = board.column(command.column_id)
    ids = [each.id for each in board.ordered()]
    following = ids[ids.index(column.id) + 1 :][:1]
    if command.before == column.id or following == (
        [] if command.before is None else [command.before]
    ):
        return no_change(column)
    position = board.column_place(column.id, command.before)
    moved, others = board.with_room(msgspec.structs.replace(column, position=position))
    decision = change(state, facts, "column.moved", column, moved, command.version, at)
    neighbours = [tasks.neighbour_entry("column.moved", each) for _, each in others]
    return msgspec.structs.replace(decision, entries=[*decision.entries, *neighbours])


def change(
    state: ChatState,
    facts: Facts,
    type: str,
    column: Column,
    new: Column,
    version: int | None,
    at: datetime,
) -> Decision:
    """The decision that a column becomes another one, and its cards follow."""
    board = state.board
    fields = fields_between(column, new)
    if not fields:
        return no_change(column)
    rules.check_version(column, version, board.column_versions.get(column.id, {}), fields)
    new = msgspec.structs.replace(new, version=column.version + 1)
    changed = entry(type, column, new, fields)
    if new.is_done and not column.is_done:
        rules.check_keeps_open([new, *(each for each in board.ordered() if each.id != new.id)])
    cards = following_cards(state, new, at) if new.is_done != column.is_done else []
    return Decision(by=facts.who.user_id, entries=[changed, *cards], answer=Answer.of(changed))


def following_cards(state: ChatState, column: Column, at: datetime) -> list[Entry]:
    """A column's cards, as they become done, or open again, with it."""
    moment = timestamp(at)
    status = "done" if column.is_done else "open"
    entries = []
    for card in state.board.cards(column.id):
        fields = tasks.with_status(card, status, moment)
        if fields:
            now = msgspec.structs.replace(
                card, **fields, version=card.version + 1, updated_at=moment
            )
            entries.append(tasks.entry("task.updated", card, now))
    return entries


def delete(state: ChatState, facts: Facts, command: DeleteColumn, at: datetime) -> Decision:
    """Take a column away. Its cards go to the end of the one before it, or after it, of its kind.

    So none becomes done, or open again, with it: without such a column they leave the board.
    """
    rules.check_columns(state.member(facts.who), state.chat)
    board = state.board
    column = board.column(command.column_id)
    moment = timestamp(at)
    columns = board.ordered()
    place = columns.index(column)
    if not column.is_done:
        rules.check_keeps_open([*columns[:place], *columns[place + 1 :]])
    alike = [each for each in columns if each.is_done == column.is_done]
    place = alike.index(column)
    beside = alike[place - 1] if place else next(iter(alike[1:]), None)
    gone = msgspec.structs.replace(column, deleted_at=moment, version=column.version + 1)
    deleted = entry("column.deleted", column, gone)
    entries = [deleted]
    last = board.cards(beside.id)[-1:] if beside is not None else []
    position = last[0].position if last else None
    for card in board.cards(column.id):
        if beside is None:
            fields: dict[str, Any] = {"column_id": None, "position": None}
        else:
            position = positions.between(position, None)
            fields = {"column_id": beside.id, "position": position}
        moved = msgspec.structs.replace(
            card, **fields, version=card.version + 1, updated_at=moment
        )  # fmt: skip
        entries.append(tasks.entry("task.moved", card, moved))
    return Decision(by=facts.who.user_id, entries=entries, answer=Answer.of(deleted))


def no_change(column: Column) -> Decision:
    return Decision(answer=Answer(column, subject=("column.updated", column.chat_id, column.id)))


DECIDERS: Deciders = {
    CreateColumn: Decider(load, create, allocate_column),
    UpdateColumn: Decider(load, update),
    MoveColumn: Decider(load, move),
    DeleteColumn: Decider(load, delete),
}
