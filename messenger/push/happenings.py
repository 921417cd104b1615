"""Of an event of the log: what `rules.notify` judges, and whom it may concern at all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from messenger.model import (
    ChatKind,
    Event,
    Member,
    Message,
    ReactionChange,
    Task,
    TaskReminder,
)
from messenger.rules.notify import Changed, Happening, Invited, Posted, Reacted, Subject
from messenger.store.db import Database
from messenger.store.rows import consumers, messages, tasks

Came = tuple[Event, Happening]
"""An event, and what is judged of it."""
OF_TASKS = frozenset({"task.created", "task.updated", "task.moved"})


def concerned(event: Event) -> frozenset[int] | None:
    """Those an event may be told to, where it is not everybody in the chat (None)."""
    data = event.data
    if event.type == "message.created":
        return None
    if event.type in OF_TASKS and isinstance(data, Task):
        return frozenset() if data.assigned_to is None else frozenset({data.assigned_to})
    if event.type == "member.joined" and isinstance(data, Member):
        return frozenset({data.user_id})
    if event.type == "task.reminder":
        return frozenset({event.stream})
    # Whose message a reaction is on is looked up.
    return None if event.type == "reaction.added" else frozenset()


def chat_of(event: Event) -> int:
    """The chat it happened in."""
    return event.data.chat_id if isinstance(event.data, TaskReminder) else event.stream


async def happening(database: Database, event: Event, kind: ChatKind) -> Happening | None:
    """What happened; None where there is nothing (left) to tell of."""
    subject = await _subject(database, event)
    if subject is None:
        return None
    at = datetime.fromisoformat(event.at)
    return Happening(subject=subject, seq=event.seq, by=event.by, at=at, chat_kind=kind)


async def renewed(database: Database, chat_id: int, came: Sequence[Came]) -> list[Came]:
    """The same with messages as they are now: what waited may have been edited or deleted."""
    seqs = [happened.seq for _, happened in came if isinstance(happened.subject, Posted)]
    now: dict[int, Any] = await messages.by_seq(database, chat_id, seqs) if seqs else {}
    return [(event, _renewed(happened, now.get(happened.seq))) for event, happened in came]


def _renewed(happened: Happening, message: Message | None) -> Happening:
    subject = happened.subject
    if message is None or not isinstance(subject, Posted):
        return happened
    subject = msgspec.structs.replace(subject, message=message)
    return msgspec.structs.replace(happened, subject=subject)


async def _subject(database: Database, event: Event) -> Subject | None:
    match event.data:
        case Message() as message if event.type == "message.created":
            return await _posted(database, message)
        case Task() as task:
            # A new task is one that was given to somebody.
            fields = frozenset({"assigned_to"})
            if event.type != "task.created":
                fields = await consumers.changed_fields(database, event.stream, event.seq)
            return Changed(task=task, fields=fields)
        case ReactionChange() as change:
            found = await _message(database, change.chat_id, change.seq)
            return None if found is None else Reacted(change=change, author=found.sender_id)
        case Member(user_id=user_id):
            return Invited(user_id=user_id)
        case TaskReminder() as reminder:
            return reminder
    return None


async def _posted(database: Database, message: Message) -> Posted:
    answered = task = None
    if message.reply_to is not None:
        found = await _message(database, message.chat_id, message.reply_to)
        answered = None if found is None else found.sender_id
    if message.task_id is not None:
        task = (await tasks.by_ids(database, [message.task_id])).get(message.task_id)
    return Posted(message=message, answered=answered, task=task)


async def _message(database: Database, chat_id: int, seq: int) -> Message | None:
    found: dict[int, Any] = await messages.by_seq(database, chat_id, [seq])
    return found.get(seq)
