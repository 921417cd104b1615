"""The board as its chat's actor holds it: columns, tasks, and what changed when."""

from typing import Any, TypeVar

import msgspec

from messenger import errors
from messenger.model import Column, Event, Task
from messenger.rules import positions
from messenger.storage import BoardRecord

Positioned = TypeVar("Positioned", Task, Column)
Versions = dict[int, dict[str, int]]
"""By task or column: at which version each field last changed."""

PLACE = frozenset({"column_id", "position"})
"""Column and position count as one field, `place`."""
BOOKKEEPING = frozenset({"version", "updated_at", "rev", "closed_at"})


RECALLED = 128
"""Tasks off the board that are remembered; more than one commit changes."""
CHARACTERS = 16_000_000
"""Of descriptions, checklists and files of the tasks on a chat's board together."""
A_FILE = 400
"""Characters that a file counts for."""


def size_of(task: Task) -> int:
    steps = sum(len(item.text) + 100 for item in task.checklist)
    files = sum(file.characters + A_FILE for file in task.files)
    return len(task.description) + steps + files


def is_on_board(task: Task) -> bool:
    """Whether boards and snapshots show it: what is open, and what is done and not put away."""
    return task.archived_at is None and (task.closed_at is None or task.column_id is not None)


class Board:
    """All columns, and all tasks that are on the board; others are recalled to be changed."""

    def __init__(self, record: BoardRecord) -> None:
        self.columns: dict[int, Column] = {column.id: column for column in record.columns}
        self.tasks: dict[int, Task] = {task.id: task for task in record.tasks}
        self.task_versions: Versions = record.task_versions
        self.column_versions: Versions = record.column_versions
        # Tasks off the board that are, or just were, changed: their versions must be known too, and
        # what one change of a commit has made of them, the next one finds in no store.
        self.recalled: dict[int, Task] = {}
        # Characters of descriptions, checklists and files, all tasks together.
        self.size = sum(map(size_of, record.tasks))

    def __repr__(self) -> str:
        return f"<Board of {len(self.columns)} columns, {len(self.tasks)} tasks>"

    def column(self, column_id: int) -> Column:
        column = self.columns.get(column_id)
        if column is None:
            raise errors.NotFound("There is no such column on this board.")
        return column

    def task(self, task_id: int) -> Task:
        """A task that was loaded: one of the board's, or one off it that was recalled."""
        return self.tasks.get(task_id) or self.recalled[task_id]

    def ordered(self) -> list[Column]:
        return sorted(self.columns.values(), key=lambda column: column.position.encode())

    def cards(self, column_id: int, but: int | None = None) -> list[Task]:
        """The cards of a column in order, without one of them."""
        cards = [t for t in self.tasks.values() if t.column_id == column_id and t.id != but]
        return sorted(cards, key=lambda card: (card.position or "").encode())

    def first(self, done: bool) -> Column | None:
        """The first column that is, or is not, for what is done."""
        return next((column for column in self.ordered() if column.is_done == done), None)

    def place(self, task_id: int | None, column_id: int, before: int | None) -> str:
        """A position before a card of the column; last, where that card is not there any more."""
        cards = self.cards(column_id, task_id)
        for place, card in enumerate(cards):
            if card.id == before:
                return positions.between(
                    cards[place - 1].position if place else None, card.position
                )
        return positions.between(cards[-1].position if cards else None, None)

    def column_place(self, column_id: int | None, before: int | None) -> str:
        columns = [column for column in self.ordered() if column.id != column_id]
        for place, column in enumerate(columns):
            if column.id == before:
                return positions.between(
                    columns[place - 1].position if place else None, column.position
                )
        return positions.between(columns[-1].position if columns else None, None)

    def with_room(
        self, moved: Positioned
    ) -> tuple[Positioned, list[tuple[Positioned, Positioned]]]:
        """A card or column with a position of bearable length, and what its neighbours become."""
        if moved.position is None or len(moved.position) <= positions.LONGEST:
            return moved, []
        others: list[Any] = (
            [card for card in self.tasks.values() if card.column_id == moved.column_id]
            if isinstance(moved, Task)
            else list(self.columns.values())
        )
        order: list[Positioned] = [moved, *(each for each in others if each.id != moved.id)]
        order.sort(key=lambda each: (each.position or "").encode())
        first, fresh = positions.shortened(
            [each.position or "" for each in order], order.index(moved)
        )
        spaced = [
            (each, msgspec.structs.replace(each, position=position))
            for each, position in zip(order[first:], fresh, strict=False)
        ]
        [own] = [new for old, new in spaced if old is moved]
        return own, [(old, new) for old, new in spaced if old is not moved and old != new]

    def recall(self, task: Task, versions: dict[str, int]) -> None:
        """Take a task off the board in as it is stored, to be changed."""
        self.task_versions[task.id] = versions
        self._remember(task)

    def _remember(self, task: Task) -> None:
        self.recalled[task.id] = task
        for id in [*self.recalled][:-RECALLED]:
            del self.recalled[id]
            self.task_versions.pop(id, None)

    def check_room(self, old: Task | None, new: Task, most: int) -> None:
        """A chat's snapshot and its actor's memory hold all of it, so there is an end somewhere."""
        more = size_of(new) - (size_of(old) if old is not None else 0)
        if more > 0 and self.size + more > CHARACTERS:
            raise errors.ValidationFailed(
                "The tasks of this chat have as much text as they may; finish and archive some.",
                field="description", limit=CHARACTERS,
            )  # fmt: skip
        if len(self.tasks) < most or not is_on_board(new) or (old is not None and is_on_board(old)):
            return
        if sum(map(is_on_board, self.tasks.values())) >= most:
            raise errors.ValidationFailed(
                f"This chat has {most} open tasks, as many as it may; finish some first.",
                field="chat_id", limit=most,
            )  # fmt: skip

    def apply(self, event: Event) -> None:
        """Take in what was committed."""
        data = event.data
        if isinstance(data, Task):
            held = self.tasks.get(data.id)
            self.size -= size_of(held) if held is not None else 0
            old = held or self.recalled.pop(data.id, None)
            versions = self.task_versions.setdefault(data.id, {})
            if old is None or data.version > old.version:
                versions.update(dict.fromkeys(fields_between(old, data), data.version))
            if data.deleted_at is None and is_on_board(data):
                self.tasks[data.id] = data
                self.size += size_of(data)
            else:
                self.tasks.pop(data.id, None)
                if data.deleted_at is not None:
                    self.task_versions.pop(data.id, None)
                else:
                    self._remember(data)
        elif isinstance(data, Column):
            was = self.columns.get(data.id)
            versions = self.column_versions.setdefault(data.id, {})
            if was is None or data.version > was.version:
                versions.update(dict.fromkeys(fields_between(was, data), data.version))
            if data.deleted_at is None:
                self.columns[data.id] = data
            else:
                self.columns.pop(data.id, None)
                self.column_versions.pop(data.id, None)


def fields_between(old: Task | Column | None, new: Task | Column) -> list[str]:
    """The names of what differs, as conflicts and histories know them."""
    if old is None:
        return []
    names = {
        "place" if name in PLACE else name.removesuffix("_at") if name == "archived_at" else name
        for name in new.__struct_fields__
        if name not in BOOKKEEPING and getattr(old, name) != getattr(new, name)
    }
    return sorted(names)
