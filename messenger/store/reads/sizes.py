"""About how many bytes an answer takes, so that pages of lists can end at their bytes too."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Final

from messenger.model import Message, My, Snapshot, Task

MOST = 1_000_000
"""Bytes that a page keeps of what was read for it; one object at least."""
A_CHARACTER: Final = 2
"""Bytes of one, in most alphabets."""
A_CHAT: Final = 700
A_MESSAGE: Final = 400
A_REACTION: Final = 60
A_FILE: Final = 400
A_MEMBER: Final = 150
A_MARK: Final = 25
A_COLUMN: Final = 200
A_TASK: Final = 550
A_STEP: Final = 60
"""What each takes besides its text."""


def fitting(sizes: Iterable[int]) -> int:
    """How many objects of these sizes make a page: at least one."""
    return max(1, sum(size <= MOST for size in itertools.accumulate(sizes)))


def of_snapshot(snapshot: Snapshot) -> int:
    """All that a snapshot carries."""
    return (
        of_listed(snapshot.my, [*snapshot.messages, *snapshot.pins])
        + A_MEMBER * len(snapshot.members)
        + A_MARK * len(snapshot.marks)
        + sum(A_COLUMN + A_CHARACTER * len(column.title) for column in snapshot.columns)
        + sum(map(of_task, snapshot.tasks))
    )


def of_listed(my: My, shown: Sequence[Message]) -> int:
    """A chat with its reader's own part of it, and some messages."""
    return A_CHAT + A_CHARACTER * len(my.draft or "") + sum(map(of_message, shown))


def of_message(message: Message) -> int:
    named = sum(file.characters for file in message.files)
    return (
        A_MESSAGE
        + A_REACTION * len(message.reactions)
        + A_FILE * len(message.files)
        + A_CHARACTER * (len(message.text) + named)
    )


def of_task(task: Task) -> int:
    steps = sum(A_STEP + A_CHARACTER * len(item.text) for item in task.checklist)
    files = sum(A_FILE + A_CHARACTER * file.characters for file in task.files)
    return A_TASK + A_CHARACTER * (len(task.title) + len(task.description)) + steps + files
