"""Tasks: made, changed, moved, deleted. Status and column keep in step."""

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from messenger import errors
from messenger.actors.actor import Letter
from messenger.actors.chat.board import BOOKKEEPING, Board, fields_between
from messenger.decision import Decision, Entry
from messenger.model import Column, FieldChange, Message, Task, timestamp
from messenger.protocol.tasks import DeleteTask, MoveTask, UpdateTask
from messenger.rules import tasks as rules
from messenger.rules import text as texts

if TYPE_CHECKING:
    from messenger.actors.chat import ChatActor

FOLLOWING = frozenset({"place", "archived"})
"""What follows from a status: its column, and that what is open again is not put away."""


def entry(type: str, old: Task | None, new: Task) -> Entry:
    """A task's event; the log keeps which fields changed, for merging and for the history."""
    changes = [] if old is None else changes_between(old, new)
    detail = {
        "version": new.version,
        "fields": fields_between(old, new),
        "changes": msgspec.to_builtins(changes),
    }
    return Entry(stream=new.chat_id, type=type, subject=new.id, data=new, detail=detail)


def changes_between(old: Task, new: Task) -> list[FieldChange]:
    return [
        FieldChange(name, getattr(old, name), getattr(new, name))
        for name in new.__struct_fields__
        if name not in BOOKKEEPING and getattr(old, name) != getattr(new, name)
    ]


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


def relinked(message: Message) -> Entry:
    return Entry(stream=message.chat_id, type="message.updated", subject=message.seq, data=message)


async def found(actor: "ChatActor", task_id: int) -> tuple[Board, Task]:
    """A task of this chat, archived ones too; raises NotFound."""
    board = await actor.board_state()
    task = board.tasks.get(task_id)
    if task is None:
        record = await actor.store.task(task_id)
        if record is None or record[0].chat_id != actor.id or record[0].deleted_at is not None:
            raise errors.NotFound("There is no such task.")
        task, versions = record
        board.recall(task, versions)
    return board, task


async def update(actor: "ChatActor", letter: Letter) -> Decision:
    command: UpdateTask = letter.command
    member = actor.member(letter.identity)
    board, task = await found(actor, command.task_id)
    at = timestamp(actor.now())
    new = msgspec.structs.replace(task, **asked(actor, board, task, command, at))
    fields = fields_between(task, new)
    if not fields:
        return unchanged(task)
    wanted = set(fields)
    if command.status is not UNSET:
        wanted -= FOLLOWING if command.archived is UNSET else {"place"}
    rules.check_change(member, actor.chat, task, wanted)
    rules.check_version(task, command.version, board.task_versions.get(task.id, {}), fields)
    board.check_room(task, new, actor.directory.settings.max_open_tasks_per_chat)
    if new.assigned_to != task.assigned_to and new.assigned_to is not None:
        rules.check_able((await actor.store.users([new.assigned_to])).get(new.assigned_to))
    return changed(letter, "task.updated", task, new, at)


def asked(
    actor: "ChatActor", board: Board, task: Task, command: UpdateTask, at: str
) -> dict[str, Any]:
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
            rules.check_assignee(command.assigned_to, actor.present)
        fields["assigned_to"] = command.assigned_to
    if command.due is not UNSET:
        fields["due"] = rules.checked_due(command.due)
    if command.status is not UNSET:
        fields.update(restated(actor, board, task, command.status, at))
    if command.archived is not UNSET:
        fields.update(put_away(board, task, fields, command.archived, at))
    return fields


def restated(actor: "ChatActor", board: Board, task: Task, status: str, at: str) -> dict[str, Any]:
    """A new status, and the column that goes with it."""
    if status == task.status:
        return {}
    column = board.columns.get(task.column_id) if task.column_id is not None else None
    target = board.first(done=status == "done")
    returning = status == "open" and task.archived_at is not None and actor.chat.board
    if target is None or (
        (column is None or column.is_done == (status == "done")) and not returning
    ):
        return with_status(task, status, at)
    return {**in_column(board, task, target, None, at), **with_status(task, status, at)}


def put_away(
    board: Board, task: Task, fields: dict[str, Any], archived: bool, at: str
) -> dict[str, Any]:
    """Archived, a done card leaves the board; it comes back to the column for what is done."""
    if archived == (task.archived_at is not None):
        return {}
    if not archived:
        column = board.first(done=fields.get("status", task.status) == "done")
        place = in_column(board, task, column, None, at) if column is not None else {}
        return {"archived_at": None, **place}
    if fields.get("status", task.status) != "done":
        raise errors.ValidationFailed("Only what is done is archived.", field="archived")
    return {"archived_at": at, "column_id": None, "position": None}


async def move(actor: "ChatActor", letter: Letter) -> Decision:
    """Put a card somewhere: any member may."""
    command: MoveTask = letter.command
    actor.member(letter.identity)
    board, task = await found(actor, command.task_id)
    at = timestamp(actor.now())
    if command.column_id is None:
        fields: dict[str, Any] = {"column_id": None, "position": None}
    elif stands(board, task, board.column(command.column_id), command.before):
        return unchanged(task)
    else:
        column = board.column(command.column_id)
        fields = {"archived_at": None, **in_column(board, task, column, command.before, at)}
    new = msgspec.structs.replace(task, **fields)
    differing = fields_between(task, new)
    if not differing:
        return unchanged(task)
    rules.check_version(task, command.version, board.task_versions.get(task.id, {}), differing)
    board.check_room(task, new, actor.directory.settings.max_open_tasks_per_chat)
    new, others = board.eased(new)
    decision = changed(letter, "task.moved", task, new, at)
    return msgspec.structs.replace(
        decision,
        entries=[*decision.entries, *(making_room("task.moved", card) for _, card in others)],
    )


def making_room(type: str, data: Task | Column) -> Entry:
    """The event of a neighbour whose position was shortened: to nobody a change of it."""
    detail = {"version": data.version, "fields": [], "changes": []}
    return Entry(stream=data.chat_id, type=type, subject=data.id, data=data, detail=detail)


def stands(board: Board, task: Task, column: Column, before: int | None) -> bool:
    """Whether the card is there already."""
    if task.column_id != column.id:
        return False
    if before == task.id:
        return True
    ids = [card.id for card in board.cards(column.id)]
    following = ids[ids.index(task.id) + 1 :][:1]
    return following == ([] if before is None else [before])


async def delete(actor: "ChatActor", letter: Letter) -> Decision:
    command: DeleteTask = letter.command
    member = actor.member(letter.identity)
    _, task = await found(actor, command.task_id)
    rules.check_delete(member, actor.chat, task)
    at = timestamp(actor.now())
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
        updated_at=at,
        closed_at=task.closed_at,
        deleted_at=at,
    )
    detail = {"version": gone.version, "fields": [], "changes": []}
    entries = [
        Entry(stream=actor.id, type="task.deleted", subject=task.id, data=gone, detail=detail)
    ]
    if task.source_seq is not None:
        source = await actor.store.message(actor.id, task.source_seq)
        if source is not None and source.task_id == task.id:
            entries.append(relinked(msgspec.structs.replace(source, task_id=None)))
    return Decision(by=member.user_id, entries=entries)


def changed(letter: Letter, type: str, old: Task, new: Task, at: str) -> Decision:
    new = msgspec.structs.replace(new, version=old.version + 1, updated_at=at)
    return Decision(by=letter.identity.user_id, entries=[entry(type, old, new)])


def unchanged(task: Task) -> Decision:
    return Decision(answer=None, result=task, about=("task.updated", task.chat_id, task.id))
