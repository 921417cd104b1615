"""New tasks: as somebody wants them, or out of a message."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from messenger import errors
from messenger.actors.actor import Letter
from messenger.actors.chat.board import Board
from messenger.actors.chat.tasks import entry, in_column, relinked
from messenger.actors.chat.tidying import active, check_able
from messenger.decision import Decision
from messenger.model import Task, timestamp
from messenger.protocol.tasks import CreateTask, MakeTask
from messenger.rules import chats as chat_rules
from messenger.rules import due as dues
from messenger.rules import tasks as rules
from messenger.rules import text as texts

if TYPE_CHECKING:
    from messenger.actors.chat import ChatActor


async def create(actor: "ChatActor", letter: Letter) -> Decision:
    command: CreateTask = letter.command
    member = actor.member(letter.identity)
    board = await actor.board_state()
    texts.check_title(command.title)
    rules.check_description(command.description)
    rules.check_labels(command.labels)
    rules.check_checklist(command.checklist)
    rules.check_assignee(command.assigned_to, actor.present)
    await check_able(actor, command.assigned_to)
    task = await new_task(
        actor,
        board,
        creator=member.user_id,
        column_id=command.column_id,
        title=command.title.strip(),
        description=command.description.strip(),
        assigned_to=command.assigned_to,
        due=rules.checked_due(command.due),
        labels=command.labels,
        checklist=rules.trimmed(command.checklist),
    )
    return Decision(by=member.user_id, entries=[entry("task.created", None, task)])


async def new_task(
    actor: "ChatActor", board: Board, *, column_id: int | None, **fields: Any
) -> Task:
    """A task with its id and number, last in its column; without one, in the board's first."""
    column = board.column(column_id) if column_id is not None else None
    if column is None and actor.chat.board:
        column = board.first(done=False)
    [id], [number] = await actor.store.new_ids("task", 1), await actor.store.new_ids("number", 1)
    at = timestamp(actor.now())
    task = Task(
        id=id,
        number=number,
        chat_id=actor.id,
        version=1,
        created_at=at,
        updated_at=at,
        **fields,
    )
    if column is not None:
        task = msgspec.structs.replace(task, **in_column(board, task, column, None, at))
    board.check_room(None, task, actor.directory.settings.max_open_tasks_per_chat)
    return task


async def from_message(actor: "ChatActor", letter: Letter) -> Decision:
    """A task out of a message, linked both ways; what is not said is read from the text."""
    command: MakeTask = letter.command
    member = actor.member(letter.identity)
    message = chat_rules.check_there(await actor.store.message(actor.id, command.seq))
    if message.task_id is not None:
        raise errors.AlreadyExists(
            "This message belongs to a task already.", task_id=message.task_id
        )
    board = await actor.board_state()
    title = command.title if command.title is not None else texts.first_line(message.text)
    texts.check_title(title)
    assigned_to = command.assigned_to
    if assigned_to is UNSET:
        here = await active(actor)
        assigned_to = next((id for id in message.mentions if id in here), None)
    rules.check_assignee(assigned_to, actor.present)
    await check_able(actor, assigned_to)
    due = command.due
    if due is UNSET:
        due = dues.due_in(message.text, await today(actor, member.user_id))
    task = await new_task(
        actor,
        board,
        column_id=command.column_id,
        creator=member.user_id,
        title=title.strip(),
        assigned_to=assigned_to,
        due=rules.checked_due(due),
        source_seq=message.seq,
    )
    linked = msgspec.structs.replace(message, task_id=task.id)
    entries = [entry("task.created", None, task), relinked(linked)]
    return Decision(by=member.user_id, entries=entries)


async def today(actor: "ChatActor", user_id: int) -> datetime:
    """The person's own date: "tomorrow" is meant where they are."""
    me = await actor.store.me(user_id)
    return actor.now().astimezone(ZoneInfo(me.time_zone if me else "UTC"))
