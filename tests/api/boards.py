"""What tests of tasks and boards begin with, and the refusals they expect."""

from typing import Any

from tests.api.cast import Person, ok

INVALID = (422, "validation_failed")
MISMATCH = (422, "idempotency_mismatch")
FORBIDDEN = (403, "forbidden")
NOT_FOUND = (404, "not_found")
CONFLICT = (409, "version_conflict")
EXISTS = (409, "already_exists")

Object = dict[str, Any]


async def board(who: Person, chat: int) -> Object:
    shown: Object = ok(await who.get(f"/chats/{chat}/board"))
    return shown


async def columns(who: Person, chat: int) -> list[int]:
    """The ids of a board's columns, in order."""
    return [column["id"] for column in (await board(who, chat))["columns"]]


async def cards(who: Person, chat: int, column: int) -> list[int]:
    """The ids of a column's cards, in order."""
    return [task["id"] for task in (await board(who, chat))["tasks"] if task["column_id"] == column]


async def head(who: Person, chat: int) -> int:
    """How far the chat's log is."""
    return int((await board(who, chat))["seq"])


async def new(who: Person, chat: int, title: str = "one", **fields: Any) -> Object:
    task: Object = ok(await who.post("/tasks", {"chat_id": chat, "title": title, **fields}))
    return task


async def drop(who: Person, card: int, column: int | None, before: Any = None) -> Object:
    """Put a card before another one of a column, or last."""
    body = {"column_id": column, "before": before}
    moved: Object = ok(await who.post(f"/tasks/{card}/move", body))
    return moved
