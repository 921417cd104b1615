"""Tasks, boards and their history."""

from typing import Any, Literal

import msgspec
from msgspec import field

from messenger.model.subject import Subject

TaskStatus = Literal["open", "done"]
ReminderKind = Literal["tomorrow", "now", "overdue"]


class Due(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """When a task is due: `{date}`, or `{at, zone}`, a moment and the zone it was meant in."""

    date: str | None = None
    at: str | None = None
    zone: str | None = None


class ChecklistItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    text: str
    done: bool = False


class Column(Subject, frozen=True, kw_only=True):
    """A column of a chat's board; `limit` is how many cards it should hold at the most."""

    id: int
    chat_id: int
    title: str
    position: str
    is_done: bool = False
    limit: int | None = None
    version: int
    deleted_at: str | None = None
    rev: int = 0


class Task(Subject, frozen=True, kw_only=True):
    """A task; with a column, a card. `position` is compared byte by byte within the column."""

    id: int
    number: int
    chat_id: int
    column_id: int | None = None
    position: str | None = None
    title: str
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


class FieldChange(msgspec.Struct, frozen=True):
    """One field of a task, before and after."""

    field: str
    old: Any
    new: Any


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Who changed what of a task, and when; `seq` is the event's in the chat's stream."""

    seq: int
    at: str
    by: int | None
    type: str
    changes: list[FieldChange]


class TaskReminder(msgspec.Struct, frozen=True, kw_only=True):
    """A task assigned to the user is due tomorrow, due now, or overdue."""

    chat_id: int
    task_id: int
    kind: ReminderKind


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A chat's columns and the cards on them, in order, at `seq`; `tasks_next` as in snapshots."""

    columns: list[Column]
    tasks: list[Task]
    seq: int
    tasks_next: int | None = None


class TaskCount(msgspec.Struct, frozen=True, kw_only=True):
    """One user's tasks in numbers; `done` counts this week, which begins on Monday."""

    user_id: int | None
    open: int
    overdue: int
    done: int
