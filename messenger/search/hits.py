"""What is shown of what was found: its names, the piece that matched, the messages around it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from messenger.model import timestamp
from messenger.model.search import Neighbour, SearchHit, SearchKind
from messenger.search.entries import What
from messenger.search.looking import Sight
from messenger.search.snippets import snippet
from messenger.store.db import Database
from messenger.store.reads import search_texts as reads

TITLE: Final = 200
"""Characters of a name that are shown."""


async def hits_of(database: Database, scored: Sequence[tuple[float, Sight]]) -> list[SearchHit]:
    """Sights as they are answered, in their order."""
    messages = [
        (sight.key[1], sight.id)
        for _, sight in scored
        if sight.what == What.MESSAGE and not sight.archived
    ]
    around = await reads.neighbours(database, messages) if messages else {}
    return [hit_of(sight, score, around) for score, sight in scored]


def hit_of(sight: Sight, score: float, around: Mapping[Any, Any]) -> SearchHit:
    at, chat_id, _ = sight.key
    kind = kind_of(sight)
    common: dict[str, Any] = {"kind": kind, "at": timestamp(at), "score": score}
    if sight.title is not None and kind != "task" and kind != "file":
        common["title"] = snippet(sight.text, sight.title.ranges, TITLE)
    match kind:
        case "message" | "comment":
            row = around.get((chat_id, sight.id))
            return SearchHit(
                key=f"message:{chat_id}:{sight.id}", chat_id=chat_id, seq=sight.id,
                sender_id=sight.sender, task_id=sight.task_id, archived=sight.archived,
                text=snippet(sight.text, sight.match.ranges),
                before=row and _neighbour(row, "before"), after=row and _neighbour(row, "after"),
                **common,
            )  # fmt: skip
        case "task":
            task = sight.task
            assert task is not None
            assert sight.title is not None
            return SearchHit(
                key=f"task:{task.id}", chat_id=chat_id, task_id=task.id, task=task,
                title=snippet(task.title, sight.title.ranges, TITLE),
                text=snippet(sight.text, sight.match.ranges) if sight.match.ranges else None,
                **common,
            )  # fmt: skip
        case "file":
            file = sight.file
            assert file is not None
            assert sight.title is not None
            of_task = sight.task_id is not None
            return SearchHit(
                key=f"file:{file.id}", chat_id=chat_id, file=file, sender_id=sight.sender,
                seq=None if of_task else sight.id, task_id=sight.task_id,
                title=snippet(file.name, sight.title.ranges, TITLE),
                text=snippet(sight.text, sight.match.ranges) if sight.match.ranges else None,
                **common,
            )  # fmt: skip
        case "person":
            assert sight.user is not None
            return SearchHit(key=f"person:{sight.user.id}", user=sight.user, **common)
        case _:
            return SearchHit(key=f"chat:{chat_id}", chat_id=chat_id, chat=sight.chat, **common)


def kind_of(sight: Sight) -> SearchKind:
    what = sight.what
    if what == What.MESSAGE:
        return "message" if sight.task_id is None else "comment"
    if what >= What.FILES:
        return "file"
    return ("message", "task", "person", "chat")[what]


def _neighbour(row: Any, side: str) -> Neighbour | None:
    seq = getattr(row, f"{side}_seq")
    if seq is None:
        return None
    return Neighbour(
        seq=seq,
        sender_id=getattr(row, f"{side}_sender"),
        text=getattr(row, f"{side}_text"),
        created_at=timestamp(getattr(row, f"{side}_at")),
    )
