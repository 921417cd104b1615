"""Subjects as entries of the index: a message, its files, a task, a person, a chat.

An entry's number is the subject's times 64, and which of its things it is: `seq` of a message or
the id of anything else, so a row needs one number to be named.
"""

from collections.abc import Iterator
from datetime import date, datetime
from enum import IntEnum
from pathlib import PurePosixPath
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from messenger.model import Chat, File, Message, Task, User
from messenger.search import codes, marks
from messenger.search.marks import Flag, Kind
from messenger.search.words import keys_of

NOWHERE: Final = 0
"""The chat of people, who are in none: no chat has this number."""


class What(IntEnum):
    """The last six bits of an entry's number; from `FILES` on: which file it is."""

    MESSAGE = 0
    TASK = 1
    PERSON = 2
    CHAT = 3
    FILES = 4
    TASK_FILES = 34


MOST_FILES: Final = 30
"""Files of one message, or of one task, that have entries of their own."""
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
READABLE: Final = frozenset(
    {
        "application/pdf",
        f"{_OFFICE}wordprocessingml.document",
        f"{_OFFICE}spreadsheetml.sheet",
        f"{_OFFICE}presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
        "text/plain",
        "text/html",
        "text/xml",
    }
)
"""Types of files whose text is read."""
UNSURE: Final = frozenset({"application/octet-stream", "application/zip"})
SUFFIXES: Final = frozenset(
    {".txt", ".csv", ".md", ".log", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"}
)
"""Of files whose beginning does not tell: text of Windows, documents that begin with a picture."""
_LINKS: Final = ("http://", "https://", "www.")


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A row of the index before its words are characters. Of its chat and time it needs no mark."""

    chat_id: int
    number: int
    at: datetime
    rev: int
    keys: list[str]
    marks: list[str]
    file: str | None = None


class Removal(msgspec.Struct, frozen=True):
    """What is in the index of a subject no more: its entries from one number up to another."""

    chat_id: int
    first: int
    last: int
    rev: int


Change = Entry | Removal


def number(id: int, what: int) -> int:
    return id * 64 + what


def id_of(entry: int) -> int:
    return entry >> 6


def what_of(entry: int) -> int:
    return entry & 63


def of_message(message: Message) -> Iterator[Change]:
    """A message and its files; what it has no more is removed."""
    chat, seq = message.chat_id, message.seq
    first_file = number(seq, What.FILES)
    if message.deleted_at is not None:
        yield Removal(chat, number(seq, What.MESSAGE), number(seq, What.MESSAGE), message.rev)
        yield Removal(chat, first_file, first_file + MOST_FILES - 1, message.rev)
        return
    at = datetime.fromisoformat(message.created_at)
    keys, flags = keys_of(message.text), list(_flags_of(message))
    common = [codes.of_sender(message.sender_id)]
    entry = number(seq, What.MESSAGE)
    yield Entry(chat, entry, at, message.rev, keys, [*common, *map(marks.flag, flags)])
    files = message.files[:MOST_FILES]
    for place, file in enumerate(files):
        yield _of_file(file, chat, first_file + place, at, message.rev, common)
    if message.edited_at is not None or files:
        yield Removal(chat, first_file + len(files), first_file + MOST_FILES - 1, message.rev)


def _flags_of(message: Message) -> Iterator[Flag]:
    if message.files:
        yield Flag.HAS_FILE
        if any(file.mime.startswith("image/") for file in message.files):
            yield Flag.HAS_IMAGE
    text = message.text.lower()
    if any(each in text for each in _LINKS):
        yield Flag.HAS_LINK
    if message.task_id is not None:
        yield Flag.HAS_TASK
        yield Flag.COMMENT
    if message.pinned_at is not None:
        yield Flag.PINNED


def _of_file(file: File, chat: int, entry: int, at: datetime, rev: int, common: list[str]) -> Entry:
    flags = [marks.flag(Flag.FILE)]
    if file.mime.startswith("image/"):
        flags.append(marks.flag(Flag.HAS_IMAGE))
    keys = keys_of(f"{file.folder or ''} {file.name}")
    return Entry(chat, entry, at, rev, keys, [*common, *flags], _text_of(file))


def _text_of(file: File) -> str | None:
    readable = file.mime in READABLE or (
        file.mime in UNSURE and PurePosixPath(file.name).suffix.lower() in SUFFIXES
    )
    return file.id if readable else None


def of_task(task: Task) -> Iterator[Change]:
    """A task and its files."""
    chat, first_file = task.chat_id, number(task.id, What.TASK_FILES)
    if task.deleted_at is not None:
        yield Removal(chat, number(task.id, What.TASK), number(task.id, What.TASK), task.rev)
        yield Removal(chat, first_file, first_file + MOST_FILES - 1, task.rev)
        return
    at = datetime.fromisoformat(task.created_at)
    text = "\n".join(
        [
            f"#{task.number}", task.title, task.description, *task.labels,
            *(item.text for item in task.checklist),
        ]
    )  # fmt: skip
    common = [codes.of_sender(task.creator)]
    entry = number(task.id, What.TASK)
    yield Entry(chat, entry, at, task.rev, keys_of(text), [*common, *_marks_of(task)])
    files = task.files[:MOST_FILES]
    for place, file in enumerate(files):
        moment = datetime.fromisoformat(file.created_at)
        yield _of_file(file, chat, first_file + place, moment, task.rev, common)
    yield Removal(chat, first_file + len(files), first_file + MOST_FILES - 1, task.rev)


def _marks_of(task: Task) -> Iterator[str]:
    yield marks.flag(Flag.TASK)
    yield marks.flag(Flag.OPEN if task.status == "open" else Flag.DONE)
    if task.files:
        yield marks.flag(Flag.HAS_FILE)
    if task.assigned_to is not None:
        yield marks.mark(Kind.ASSIGNEE, task.assigned_to)
    day = due_day(task)
    yield marks.flag(Flag.NEVER_DUE) if day is None else marks.due(day)
    yield from map(marks.label, task.labels)


def due_day(task: Task) -> date | None:
    """The day a task is due, in the zone it was meant in."""
    if task.due is None:
        return None
    if task.due.date is not None:
        return date.fromisoformat(task.due.date)
    assert task.due.at is not None
    return datetime.fromisoformat(task.due.at).astimezone(ZoneInfo(task.due.zone or "UTC")).date()


def of_user(user: User) -> Iterator[Change]:
    entry = number(user.id, What.PERSON)
    at = datetime.fromisoformat(user.created_at)
    keys = keys_of(f"{user.display_name} {user.username}")
    yield Entry(NOWHERE, entry, at, user.rev, keys, [marks.flag(Flag.PERSON)])


def of_chat(chat: Chat) -> Iterator[Change]:
    entry = number(0, What.CHAT)
    if chat.deleted_at is not None or not chat.title:
        yield Removal(chat.id, entry, entry, chat.rev)
        return
    at = datetime.fromisoformat(chat.created_at)
    yield Entry(chat.id, entry, at, chat.rev, keys_of(chat.title), [marks.flag(Flag.CHAT)])


def changes(subject: object) -> Iterator[Change]:
    """What a subject, as it stands now, means for the index."""
    match subject:
        case Message():
            yield from of_message(subject)
        case Task():
            yield from of_task(subject)
        case User():
            yield from of_user(subject)
        case Chat():
            yield from of_chat(subject)
