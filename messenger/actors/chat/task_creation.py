"""New tasks, from given fields or out of a message."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from messenger import errors
from messenger.actors.chat.loading import load_board
from messenger.actors.chat.state import ChatState
from messenger.actors.chat.tasks import entry, in_column, link_entry
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts
from messenger.decision import Answer, Decision
from messenger.model import Identity, Message, Task, User, timestamp
from messenger.protocol.tasks import CreateTask, MakeTask
from messenger.rules import chats as chat_rules
from messenger.rules import tasks as rules
from messenger.rules import text as texts
from messenger.rules.accounts import can_sign_in


class CreateFacts(Facts, frozen=True):
    """The accounts of those who may be to do it, by id; the new task's id and number."""

    users: Mapping[int, User]
    task_id: int = 0
    number: int = 0


class MakeFacts(CreateFacts, frozen=True):
    """The message it is made of, and the asker's time zone."""

    message: Message | None = None
    time_zone: str = "UTC"


async def allocate_task(
    context: ActorContext, state: ChatState, facts: CreateFacts, command: Any
) -> CreateFacts:
    [id] = await context.store.new_ids("task", 1)
    [number] = await context.store.new_ids("number", 1)
    return msgspec.structs.replace(facts, task_id=id, number=number)


async def load_create(
    context: ActorContext, state: ChatState, who: Identity, command: CreateTask
) -> CreateFacts:
    state.member(who)
    await load_board(context, state)
    wanted = command.assigned_to
    users = {} if wanted is None else await context.store.users([wanted])
    return CreateFacts(who, context.settings, users)


def create(state: ChatState, facts: CreateFacts, command: CreateTask, at: datetime) -> Decision:
    member = state.member(facts.who)
    texts.check_title(command.title)
    rules.check_description(command.description)
    rules.check_labels(command.labels)
    rules.check_checklist(command.checklist)
    check_assignee(state, facts, command.assigned_to)
    task = new_task(
        state,
        facts,
        at,
        creator=member.user_id,
        column_id=command.column_id,
        title=command.title.strip(),
        description=command.description.strip(),
        assigned_to=command.assigned_to,
        due=rules.checked_due(command.due),
        labels=command.labels,
        checklist=rules.trimmed(command.checklist),
    )
    created = entry("task.created", None, task)
    return Decision(by=member.user_id, entries=[created], answer=Answer.of(created))


def check_assignee(state: ChatState, facts: CreateFacts, user_id: int | None) -> None:
    """Refuse a task for people who are not in the chat, or cannot sign in."""
    rules.check_assignee(user_id, state.present)
    if user_id is not None:
        rules.check_able(facts.users.get(user_id))


def new_task(
    state: ChatState, facts: CreateFacts, at: datetime, *, column_id: int | None, **fields: Any
) -> Task:
    """A task, last in its column; without one, in the board's first."""
    board = state.board
    column = board.column(column_id) if column_id is not None else None
    if column is None and state.chat.board:
        column = board.first(done=False)
    moment = timestamp(at)
    task = Task(
        id=facts.task_id,
        number=facts.number,
        chat_id=state.id,
        version=1,
        created_at=moment,
        updated_at=moment,
        **fields,
    )
    if column is not None:
        task = msgspec.structs.replace(task, **in_column(board, task, column, None, moment))
    board.check_room(None, task, facts.settings.max_open_tasks_per_chat)
    return task


async def load_make(
    context: ActorContext, state: ChatState, who: Identity, command: MakeTask
) -> MakeFacts:
    user_id = state.member(who).user_id
    message = await context.store.message(state.id, command.seq)
    if message is None and await context.store.archived(state.id, command.seq) is not None:
        raise errors.Archived
    await load_board(context, state)
    wanted = command.assigned_to
    if wanted is UNSET:
        # The first whom the text names and who can sign in is to do it.
        ids = [id for id in message.mentions if id in state.present] if message else []
    else:
        ids = [] if wanted is None else [wanted]
    users = await context.store.users(ids) if ids else {}
    me = await context.store.me(user_id) if command.due is UNSET else None
    zone = me.time_zone if me else "UTC"
    return MakeFacts(who, context.settings, users, message=message, time_zone=zone)


def make(state: ChatState, facts: MakeFacts, command: MakeTask, at: datetime) -> Decision:
    """A task out of a message, linked both ways; what is not said is read from the text."""
    member = state.member(facts.who)
    message = chat_rules.check_there(facts.message)
    rules.check_unlinked(message)
    title = command.title
    if title is None:
        # A photo without a word is called what its file is.
        source = message.text or next((file.name for file in message.files), "")
        title = texts.first_line(source)
    texts.check_title(title)
    assigned_to = command.assigned_to
    if assigned_to is UNSET:
        named = [id for id in message.mentions if id in state.present]
        assigned_to = next((id for id in named if can_sign_in(facts.users.get(id))), None)
    check_assignee(state, facts, assigned_to)
    due = command.due
    if due is UNSET:
        # "Tomorrow" is meant where the asker is.
        # Its patterns take long to compile: the first task that is made of a message needs them.
        from messenger.rules import due as dues

        due = dues.due_in(message.text, at.astimezone(ZoneInfo(facts.time_zone)))
    task = new_task(
        state,
        facts,
        at,
        column_id=command.column_id,
        creator=member.user_id,
        title=title.strip(),
        assigned_to=assigned_to,
        due=rules.checked_due(due),
        source_seq=message.seq,
    )
    created = entry("task.created", None, task)
    linked = link_entry(msgspec.structs.replace(message, task_id=task.id))
    return Decision(by=member.user_id, entries=[created, linked], answer=Answer.of(created))


DECIDERS: Deciders = {
    CreateTask: Decider(load_create, create, allocate_task),
    MakeTask: Decider(load_make, make, allocate_task),
}
