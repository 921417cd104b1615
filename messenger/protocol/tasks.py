"""Commands of tasks and of the columns they stand in.

A task is named by `task_id`, a column by `column_id`; the chat they live in is
theirs, not the asker's to say. `version` is the one the asker saw: what others
changed since is kept, and the same field changed twice is `version_conflict`.
"""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from messenger.errors import AlreadyExists, Forbidden, NotFound, VersionConflict
from messenger.model import ChecklistItem, Column, Due, Task, TaskStatus
from messenger.protocol.command import Change, ChatChange, Id, MessageChange, Route, Uuid

Version = Annotated[int, Meta(ge=1, lt=2**31)]
SeenVersion = Annotated[
    Version | None,
    Meta(description="The version you saw: what others changed since is kept."),
]
CardLimit = Annotated[int, Meta(ge=1, le=1000)]
Labels = Annotated[list[str], Meta(max_length=20)]
TaskFileIds = Annotated[list[Uuid], Meta(min_length=1, max_length=100)]
Checklist = Annotated[list[ChecklistItem], Meta(max_length=100)]

TASK_TITLE = Meta(description="What is to be done.")
DESCRIPTION = Meta(description="More of it, in Markdown.")
ASSIGNED_TO = Meta(description="Who is to do it; null: no one yet.")
DUE = Meta(description="When it is to be done; null: whenever.")
LABELS = Meta(description="Words to find it by.")
CHECKLIST = Meta(description="Smaller steps.")
COLUMN = Meta(description="The column; null when it is on no board.")
COLUMN_TITLE = Meta(description="Its name.")
IS_DONE = Meta(description="Whether what is put there is done.")
LIMIT = Meta(description="How many cards it should hold at the most; null: any number.")
BEFORE = Meta(description="What it is put before; null: last.")


class CreateTask(Change, frozen=True, kw_only=True, tag="task.create"):
    """Make a task; without a chat, in the organisation's common one."""

    answer = Task
    route = Route("POST", "/tasks", "tasks", status=201)

    title: Annotated[str, TASK_TITLE]
    description: Annotated[str, DESCRIPTION] = ""
    assigned_to: Annotated[Id | None, ASSIGNED_TO] = None
    due: Annotated[Due | None, DUE] = None
    labels: Annotated[Labels, LABELS] = msgspec.field(default_factory=list)
    checklist: Annotated[Checklist, CHECKLIST] = msgspec.field(default_factory=list)
    chat_id: Annotated[Id | None, Meta(description="The chat.")] = None
    column_id: Annotated[Id | None, COLUMN] = None


class MakeTask(MessageChange, frozen=True, kw_only=True, tag="message.task"):
    """Make a task out of a message, linked both ways. What is not given is read from its text."""

    answer = Task
    refusals = (NotFound, Forbidden, AlreadyExists)
    route = Route("POST", "/chats/{id}/messages/{seq}/task", "tasks", status=201)

    title: Annotated[
        str | None,
        Meta(description="What is to be done; without it, read from the message."),
    ] = None
    assigned_to: Annotated[Id | UnsetType | None, ASSIGNED_TO] = UNSET
    due: Annotated[Due | UnsetType | None, DUE] = UNSET
    column_id: Annotated[Id | None, COLUMN] = None


class TaskChange(Change, frozen=True, kw_only=True):
    """A change of a task, decided by the actor of the chat it lives in."""

    task_id: Annotated[Id, Meta(description="The task.")]


class UpdateTask(TaskChange, frozen=True, kw_only=True, tag="task.update"):
    """Change what is set of a task. What others changed since `version` is kept; the same field
    changed twice is `version_conflict`. `checklist` and `labels` are one field each: on a
    conflict lay your list and that of `details.current` together over what you saw, items by
    their `id`, and send that with its version.
    """

    answer = Task
    refusals = (NotFound, Forbidden, VersionConflict)
    route = Route("PATCH", "/tasks/{id}", "tasks", also="PUT")
    shares_commit = True

    title: Annotated[str | UnsetType, TASK_TITLE] = UNSET
    description: Annotated[str | UnsetType, DESCRIPTION] = UNSET
    status: Annotated[TaskStatus | UnsetType, Meta(description="Whether it is open or done.")] = (
        UNSET
    )
    assigned_to: Annotated[Id | UnsetType | None, ASSIGNED_TO] = UNSET
    due: Annotated[Due | UnsetType | None, DUE] = UNSET
    labels: Annotated[Labels | UnsetType, LABELS] = UNSET
    checklist: Annotated[Checklist | UnsetType, CHECKLIST] = UNSET
    archived: Annotated[bool | UnsetType, Meta(description="Whether to put it away, or back.")] = (
        UNSET
    )
    version: SeenVersion = None
    cover_file_id: Annotated[
        Uuid | UnsetType | None,
        Meta(description="Which of its images is shown on the card; null: none."),
    ] = UNSET


class AttachFiles(TaskChange, frozen=True, kw_only=True, tag="task.attach"):
    """Attach files that you have uploaded to the task's chat, behind those it has."""

    answer = Task
    route = Route("POST", "/tasks/{id}/files", "tasks")

    file_ids: Annotated[TaskFileIds, Meta(description="Uploaded files to attach.")]
    cover: Annotated[
        bool, Meta(description="Make the first image among them the cover, where there is none.")
    ] = False


class DetachFile(TaskChange, frozen=True, kw_only=True, tag="task.detach"):
    """Take a file off a task; a cover goes with it."""

    answer = Task
    route = Route("DELETE", "/tasks/{id}/files/{file_id}", "tasks")

    file_id: Annotated[Uuid, Meta(description="The file.")]


class MoveTask(TaskChange, frozen=True, kw_only=True, tag="task.move"):
    """Put a card before another one of a column, or last; without a column, off the board."""

    answer = Task
    refusals = (NotFound, Forbidden, VersionConflict)
    route = Route("POST", "/tasks/{id}/move", "tasks")
    shares_commit = True

    column_id: Annotated[Id | None, COLUMN]
    before: Annotated[Id | None, BEFORE] = None
    version: SeenVersion = None


class DeleteTask(TaskChange, frozen=True, kw_only=True, tag="task.delete"):
    """Delete a task. A tombstone stays."""

    answer = Task
    route = Route("DELETE", "/tasks/{id}", "tasks")


class CreateColumn(ChatChange, frozen=True, kw_only=True, tag="column.create"):
    """Add a column to a chat's board."""

    answer = Column
    route = Route("POST", "/chats/{id}/columns", "boards", status=201)

    title: Annotated[str, COLUMN_TITLE]
    is_done: Annotated[bool, IS_DONE] = False
    limit: Annotated[CardLimit | None, LIMIT] = None


class ColumnChange(Change, frozen=True, kw_only=True):
    """A change of a column, decided by the actor of the chat it lives in."""

    column_id: Annotated[Id, Meta(description="The column.")]


class UpdateColumn(ColumnChange, frozen=True, kw_only=True, tag="column.update"):
    """Change what is set of a column; one for what is open stays."""

    answer = Column
    refusals = (NotFound, Forbidden, VersionConflict)
    route = Route("PATCH", "/columns/{id}", "boards")

    title: Annotated[str | UnsetType, COLUMN_TITLE] = UNSET
    is_done: Annotated[bool | UnsetType, IS_DONE] = UNSET
    limit: Annotated[CardLimit | UnsetType | None, LIMIT] = UNSET
    version: SeenVersion = None


class MoveColumn(ColumnChange, frozen=True, kw_only=True, tag="column.move"):
    """Put a column before another one, or last."""

    answer = Column
    refusals = (NotFound, Forbidden, VersionConflict)
    route = Route("POST", "/columns/{id}/move", "boards")

    before: Annotated[Id | None, BEFORE] = None
    version: SeenVersion = None


class DeleteColumn(ColumnChange, frozen=True, kw_only=True, tag="column.delete"):
    """Take a column away; its cards go to the next of its kind, or off the board."""

    answer = Column
    route = Route("DELETE", "/columns/{id}", "boards")
