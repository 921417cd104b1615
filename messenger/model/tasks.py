"""Tasks, boards and their history."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from messenger.model.messages import File
from messenger.model.subject import Subject

TaskStatus = Literal["open", "done"]
ReminderKind = Literal["tomorrow", "now", "overdue"]


class Due(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """When a task is due: `{date}`, or `{at, zone}`, a moment and the zone it was meant in."""

    date: str | None = None
    at: Annotated[str | None, Meta(description="The moment.")] = None
    zone: str | None = None


class ChecklistItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(description="The step; yours to choose.")]
    text: Annotated[str, Meta(description="The step, in words.")]
    done: bool = False


class Column(Subject, frozen=True, kw_only=True):
    """A column of a chat's board; `limit` is how many cards it should hold at the most."""

    id: Annotated[int, Meta(description="The column.")]
    chat_id: int
    title: Annotated[str, Meta(description="Its name.")]
    position: str
    is_done: bool = False
    limit: Annotated[
        int | None, Meta(description="How many cards it should hold at the most; null: any number.")
    ] = None
    version: int
    deleted_at: str | None = None
    rev: int = 0


class Task(Subject, frozen=True, kw_only=True):
    """A task; with a column, a card. `position` is compared byte by byte within the column."""

    id: Annotated[int, Meta(description="The task.")]
    number: int
    chat_id: int
    column_id: int | None = None
    position: str | None = None
    title: Annotated[str, Meta(description="What is to be done.")]
    description: str = ""
    status: TaskStatus = "open"
    assigned_to: int | None = None
    creator: int
    due: Due | None = None
    labels: list[str] = field(default_factory=list)
    checklist: list[ChecklistItem] = field(default_factory=list)
    source_seq: int | None = None
    version: int
    created_at: str
    updated_at: str
    closed_at: str | None = None
    archived_at: str | None = None
    deleted_at: str | None = None
    rev: int = 0
    files: Annotated[list[File], Meta(description="Its attachments, oldest first.")] = field(
        default_factory=list
    )
    cover_file_id: Annotated[
        str | None, Meta(description="Which of its images is shown on the card; null: none.")
    ] = None


class FieldChange(msgspec.Struct, frozen=True):
    """One field of a task, before and after."""

    field: str
    old: Annotated[Any, Meta(description="What stood there.")]
    new: Annotated[Any, Meta(description="What stands there now.")]


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Who changed what of a task, and when; `seq` is the event's in the chat's stream."""

    seq: int
    at: str
    by: int | None
    type: Annotated[str, Meta(description="The event.")]
    changes: list[FieldChange]


class TaskReminder(msgspec.Struct, frozen=True, kw_only=True):
    """A task assigned to the user is due tomorrow, due now, or overdue."""

    chat_id: int
    task_id: int
    kind: Annotated[ReminderKind, Meta(description="How soon it is due.")]


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A chat's columns and the cards on them, in order, at `seq`.

    `tasks_next` and `more_done` as in snapshots.
    """

    columns: list[Column]
    tasks: Annotated[list[Task], Meta(description="The cards, in order.")]
    seq: int
    tasks_next: int | None = None
    more_done: list[int] = []


class TaskCount(msgspec.Struct, frozen=True, kw_only=True):
    """One user's tasks in numbers; `done` counts this week, which begins on Monday."""

    user_id: int | None
    open: Annotated[int, Meta(description="Open tasks.")]
    overdue: int
    done: Annotated[int, Meta(description="Tasks done this week, which begins on Monday.")]
