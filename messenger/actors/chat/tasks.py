"""Tasks: changed, moved, deleted. Status and column keep in step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from messenger.actors.chat.board import BOOKKEEPING, Board, fields_between
from messenger.actors.chat.loading import load_task
from messenger.actors.chat.state import ChatState
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts
from messenger.decision import Answer, Decision, Entry
from messenger.model import Column, FieldChange, Identity, Message, Task, User, timestamp
from messenger.protocol.tasks import DeleteTask, MoveTask, UpdateTask
from messenger.rules import tasks as rules
from messenger.rules import text as texts

FOLLOWING = frozenset({"place", "archived"})
"""What follows from a status: its column, and that what is open again is not archived."""


class UpdateFacts(Facts, frozen=True):
    """`assignee` is the account of who is to do it from now on."""

    assignee: User | None


class DeleteFacts(Facts, frozen=True):
    """`source` is the message the task was made of."""

    source: Message | None


def entry(type: str, old: Task | None, new: Task, fields: Sequence[str] | None = None) -> Entry:
    """A task's event; the log keeps which fields changed, for merging and for the history.

    `fields` are those between the two, where the caller knows them.
    """
    changes = [] if old is None else changes_between(old, new)
    detail = {
        "version": new.version,
        "fields": fields_between(old, new) if fields is None else fields,
        "changes": msgspec.to_builtins(changes),
    }
    return Entry(stream=new.chat_id, type=type, subject=new.id, data=new, detail=detail)


def changes_between(old: Task, new: Task) -> list[FieldChange]:
    return [
        FieldChange(name, *_logged(name, getattr(old, name), getattr(new, name)))
        for name in new.__struct_fields__
        if name not in BOOKKEEPING and getattr(old, name) != getattr(new, name)
    ]


def _logged(name: str, old: Any, new: Any) -> tuple[Any, Any]:
    """What the history has of a field: of files the names of those that went, and that came."""
    if name != "files":
        return old, new
    return [f.name for f in old if f not in new], [f.name for f in new if f not in old]


def in_column(
    board: Board, task: Task, column: Column, before: int | None, at: str
) -> dict[str, Any]:
    """What of a task follows from standing in a column: its place, and whether it is done."""
    fields = {"column_id": column.id, "position": board.place(task.id, column.id, before)}
    return {**fields, **with_status(task, "done" if column.is_done else "open", at)}


def with_status(task: Task, status: str, at: str) -> dict[str, Any]:
    if status == task.status:
        return {}
    if status == "done":
        return {"status": status, "closed_at": at}
    return {"status": status, "closed_at": None, "archived_at": None}


def link_entry(message: Message) -> Entry:
    """The event of a message whose link to a task changed."""
    return Entry(stream=message.chat_id, type="message.updated", subject=message.seq, data=message)


async def load_update(
    context: ActorContext, state: ChatState, who: Identity, command: UpdateTask
) -> UpdateFacts:
    state.member(who)
    await load_task(context, state, command.task_id)
    wanted = command.assigned_to
    if wanted is UNSET or wanted is None or wanted == state.board.task(command.task_id).assigned_to:
        return UpdateFacts(who, context.settings, None)
    users = await context.store.users([wanted])
    return UpdateFacts(who, context.settings, users.get(wanted))


def update(state: ChatState, facts: UpdateFacts, command: UpdateTask, at: datetime) -> Decision:
    member, board = state.member(facts.who), state.board
    task = board.task(command.task_id)
    moment = timestamp(at)
    new = msgspec.structs.replace(task, **fields_to_set(state, task, command, moment))
    fields = fields_between(task, new)
    if not fields:
        return no_change(task)
    wanted = set(fields)
    if command.status is not UNSET:
        wanted -= FOLLOWING if command.archived is UNSET else {"place"}
    rules.check_change(member, state.chat, task, wanted)
    rules.check_version(task, command.version, board.task_versions.get(task.id, {}), fields)
    board.check_room(task, new, facts.settings.max_open_tasks_per_chat)
    if new.assigned_to != task.assigned_to and new.assigned_to is not None:
        rules.check_able(facts.assignee)
    return change(facts, "task.updated", task, new, fields, moment)


def fields_to_set(state: ChatState, task: Task, command: UpdateTask, at: str) -> dict[str, Any]:
    """The fields a command sets, and those that follow from them."""
    fields: dict[str, Any] = {}
    if command.title is not UNSET:
        texts.check_title(command.title)
        fields["title"] = command.title.strip()
    if command.description is not UNSET:
        rules.check_description(command.description)
        fields["description"] = command.description.strip()
    if command.labels is not UNSET:
        rules.check_labels(command.labels)
        fields["labels"] = command.labels
    if command.checklist is not UNSET:
        rules.check_checklist(command.checklist)
        fields["checklist"] = rules.trimmed(command.checklist)
    if command.assigned_to is not UNSET:
        if command.assigned_to != task.assigned_to:
            rules.check_assignee(command.assigned_to, state.present)
        fields["assigned_to"] = command.assigned_to
    if command.due is not UNSET:
        fields["due"] = rules.checked_due(command.due)
    if command.cover_file_id is not UNSET:
        cover = command.cover_file_id
        if cover is not None:
            rules.check_cover(next((file for file in task.files if file.id == cover), None))
        fields["cover_file_id"] = cover
    if command.status is not UNSET:
        fields.update(change_status(state, task, command.status, at))
    if command.archived is not UNSET:
        status = fields.get("status", task.status)
        fields.update(archive_task(state.board, task, status, command.archived, at))
    return fields


def change_status(state: ChatState, task: Task, status: str, at: str) -> dict[str, Any]:
    """A new status, and the column that goes with it."""
    if status == task.status:
        return {}
    board = state.board
    column = board.columns.get(task.column_id) if task.column_id is not None else None
    target = board.first(done=status == "done")
    returning = status == "open" and task.archived_at is not None and state.chat.board
    if target is None or (
        (column is None or column.is_done == (status == "done")) and not returning
    ):
        return with_status(task, status, at)
    return {**in_column(board, task, target, None, at), **with_status(task, status, at)}


def archive_task(board: Board, task: Task, status: str, archived: bool, at: str) -> dict[str, Any]:
    """Archived, a done card leaves the board; it comes back to the column for what is done."""
    if archived == (task.archived_at is not None):
        return {}
    if archived:
        rules.check_archive(status)
        return {"archived_at": at, "column_id": None, "position": None}
    column = board.first(done=status == "done")
    place = in_column(board, task, column, None, at) if column is not None else {}
    return {"archived_at": None, **place}


async def load_move(
    context: ActorContext, state: ChatState, who: Identity, command: MoveTask
) -> Facts:
    state.member(who)
    await load_task(context, state, command.task_id)
    return Facts(who, context.settings)


def move(state: ChatState, facts: Facts, command: MoveTask, at: datetime) -> Decision:
    """Put a card somewhere: any member may."""
    state.member(facts.who)
    board = state.board
    task = board.task(command.task_id)
    moment = timestamp(at)
    if command.column_id is None:
        place: dict[str, Any] = {"column_id": None, "position": None}
    else:
        column = board.column(command.column_id)
        if is_in_place(board, task, column, command.before):
            return no_change(task)
        place = {"archived_at": None, **in_column(board, task, column, command.before, moment)}
    new = msgspec.structs.replace(task, **place)
    fields = fields_between(task, new)
    if not fields:
        return no_change(task)
    rules.check_version(task, command.version, board.task_versions.get(task.id, {}), fields)
    board.check_room(task, new, facts.settings.max_open_tasks_per_chat)
    # A shorter position is the same place: the fields that differ stay the same.
    new, neighbours = board.with_room(new)
    decision = change(facts, "task.moved", task, new, fields, moment)
    if not neighbours:
        return decision
    others = [neighbour_entry("task.moved", card) for _, card in neighbours]
    return msgspec.structs.replace(decision, entries=[*decision.entries, *others])


def neighbour_entry(type: str, data: Task | Column) -> Entry:
    """The event of a neighbour whose position was shortened: no field counts as changed."""
    detail = {"version": data.version, "fields": [], "changes": []}
    return Entry(stream=data.chat_id, type=type, subject=data.id, data=data, detail=detail)


def is_in_place(board: Board, task: Task, column: Column, before: int | None) -> bool:
    """Whether the card is there already."""
    if task.column_id != column.id:
        return False
    if before == task.id:
        return True
    ids = [card.id for card in board.cards(column.id)]
    following = ids[ids.index(task.id) + 1 :][:1]
    return following == ([] if before is None else [before])


async def load_delete(
    context: ActorContext, state: ChatState, who: Identity, command: DeleteTask
) -> DeleteFacts:
    state.member(who)
    await load_task(context, state, command.task_id)
    seq = state.board.task(command.task_id).source_seq
    source = None if seq is None else await context.store.message(state.id, seq)
    return DeleteFacts(who, context.settings, source)


def delete(state: ChatState, facts: DeleteFacts, command: DeleteTask, at: datetime) -> Decision:
    member = state.member(facts.who)
    task = state.board.task(command.task_id)
    rules.check_delete(member, state.chat, task)
    moment = timestamp(at)
    gone = Task(
        id=task.id,
        number=task.number,
        chat_id=task.chat_id,
        title="",
        status=task.status,
        creator=task.creator,
        source_seq=task.source_seq,
        version=task.version + 1,
        created_at=task.created_at,
        updated_at=moment,
        closed_at=task.closed_at,
        deleted_at=moment,
    )
    detail = {"version": gone.version, "fields": [], "changes": []}
    deletion = Entry(
        stream=state.id, type="task.deleted", subject=task.id, data=gone, detail=detail
    )
    entries = [deletion]
    if facts.source is not None and facts.source.task_id == task.id:
        entries.append(link_entry(msgspec.structs.replace(facts.source, task_id=None)))
    return Decision(by=member.user_id, entries=entries, answer=Answer.of(deletion))


def change(
    facts: Facts, type: str, old: Task, new: Task, fields: Sequence[str], at: str
) -> Decision:
    """The decision that a task becomes another one, in these fields."""
    new = msgspec.structs.replace(new, version=old.version + 1, updated_at=at)
    changed = entry(type, old, new, fields)
    return Decision(by=facts.who.user_id, entries=[changed], answer=Answer.of(changed))


def no_change(task: Task) -> Decision:
    return Decision(answer=Answer(task, subject=("task.updated", task.chat_id, task.id)))


DECIDERS: Deciders = {
    UpdateTask: Decider(load_update, update),
    MoveTask: Decider(load_move, move),
    DeleteTask: Decider(load_delete, delete),
}
