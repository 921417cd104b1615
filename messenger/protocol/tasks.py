"""Commands of tasks and of the columns they stand in.

A task is named by `task_id`, a column by `column_id`; the chat they live in is
theirs, not the asker's to say. `version` is the one the asker saw: what others
changed since is kept, and the same field changed twice is `version_conflict`.
"""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from messenger.model import ChecklistItem, Due, TaskStatus
from messenger.protocol.commands import Change, ChatChange, Id

Version = Annotated[int, Meta(ge=1, lt=2**31)]
CardLimit = Annotated[int, Meta(ge=1, le=1000)]
Labels = Annotated[list[str], Meta(max_length=20)]
Checklist = Annotated[list[ChecklistItem], Meta(max_length=100)]


class CreateTask(Change, frozen=True, kw_only=True, tag="task.create"):
    """A new task; without a chat, in the organisation's common one."""

    title: str
    description: str = ""
    assigned_to: Id | None = None
    due: Due | None = None
    labels: Labels = msgspec.field(default_factory=list)
    checklist: Checklist = msgspec.field(default_factory=list)
    chat_id: Id | None = None
    column_id: Id | None = None


class MakeTask(ChatChange, frozen=True, kw_only=True, tag="message.task"):
    """A task out of a message; what is not given is read from its text."""

    seq: Id
    title: str | None = None
    assigned_to: Id | UnsetType | None = UNSET
    due: Due | UnsetType | None = UNSET
    column_id: Id | None = None


class TaskChange(Change, frozen=True, kw_only=True):
    task_id: Id


class UpdateTask(TaskChange, frozen=True, kw_only=True, tag="task.update"):
    """Change what is set; null takes an assignee or a due date away."""

    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    status: TaskStatus | UnsetType = UNSET
    assigned_to: Id | UnsetType | None = UNSET
    due: Due | UnsetType | None = UNSET
    labels: Labels | UnsetType = UNSET
    checklist: Checklist | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    version: Version | None = None


class MoveTask(TaskChange, frozen=True, kw_only=True, tag="task.move"):
    """Put a card before another one of a column, or last; without a column, off the board."""

    column_id: Id | None
    before: Id | None = None
    version: Version | None = None


class DeleteTask(TaskChange, frozen=True, kw_only=True, tag="task.delete"):
    pass


class CreateColumn(ChatChange, frozen=True, kw_only=True, tag="column.create"):
    title: str
    is_done: bool = False
    limit: CardLimit | None = None


class ColumnChange(Change, frozen=True, kw_only=True):
    column_id: Id


class UpdateColumn(ColumnChange, frozen=True, kw_only=True, tag="column.update"):
    title: str | UnsetType = UNSET
    is_done: bool | UnsetType = UNSET
    limit: CardLimit | UnsetType | None = UNSET
    version: Version | None = None


class MoveColumn(ColumnChange, frozen=True, kw_only=True, tag="column.move"):
    """Put a column before another one, or last."""

    before: Id | None = None
    version: Version | None = None


class DeleteColumn(ColumnChange, frozen=True, kw_only=True, tag="column.delete"):
    """Take a column away; its cards move to the end of the one beside it."""
