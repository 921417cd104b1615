"""Who may do what with a task, and what may stand in one."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from messenger.errors import AlreadyExists, Forbidden, NotFound, ValidationFailed, VersionConflict
from messenger.model import (
    Chat,
    ChecklistItem,
    Column,
    Due,
    File,
    Member,
    Message,
    Task,
    User,
    timestamp,
)
from messenger.rules.accounts import can_sign_in, is_time_zone
from messenger.rules.chats import LEADERS
from messenger.rules.moments import checked_day, checked_moment
from messenger.rules.text import check_line, check_raw
from messenger.rules.visible import has_visible

DESCRIPTION_MAX: Final = 20_000
LABEL_MAX: Final = 40
ITEM_MAX: Final = 500
ITEM_ID_MAX: Final = 64
COLUMNS_MAX: Final = 50
"""Of a board; more fit on no screen."""
FILES_MAX: Final = 100
"""Of a task: all of them travel with it."""
ASSIGNEES: Final = frozenset({"status", "checklist", "place", "files"})
"""What the assignee of a task may change of it."""


def check_change(member: Member, chat: Chat, task: Task, fields: Collection[str]) -> None:
    """The creator and the chat's leaders change everything, the assignee what work needs."""
    if leads(member, chat) or member.user_id == task.creator:
        return
    if member.user_id == task.assigned_to and set(fields) <= ASSIGNEES:
        return
    raise Forbidden("Only its creator, its assignee and the chat's admins may change a task.")


def check_delete(member: Member, chat: Chat, task: Task) -> None:
    if not leads(member, chat) and member.user_id != task.creator:
        raise Forbidden("Only its creator and the chat's admins may delete a task.")


def check_commented(found: tuple[Task, Any] | None, chat_id: int) -> None:
    """What a message comments on is a task of its own chat."""
    if found is None or found[0].chat_id != chat_id or found[0].deleted_at is not None:
        raise NotFound("There is no such task in this chat.")


def check_unlinked(message: Message) -> None:
    """A message belongs to one task at most."""
    if message.task_id is not None:
        raise AlreadyExists("This message belongs to a task already.", task_id=message.task_id)


def check_archive(status: str) -> None:
    if status != "done":
        raise ValidationFailed("Only what is done is archived.", field="archived")


def check_columns(member: Member, chat: Chat) -> None:
    if not leads(member, chat):
        raise Forbidden("Only the chat's owner and admins may change its board.")


def leads(member: Member, chat: Chat) -> bool:
    """In a direct chat both do."""
    return chat.kind == "direct" or member.role in LEADERS


def check_assignee(user_id: int | None, present: Collection[int]) -> None:
    if user_id is not None and user_id not in present:
        raise ValidationFailed(
            "A task is assigned to a member of its chat; add this person to the chat first.",
            field="assigned_to",
        )


def check_able(user: User | None) -> None:
    if not can_sign_in(user):
        raise ValidationFailed(
            "This person's account is disabled; choose somebody else.", field="assigned_to"
        )


def check_column_count(count: int) -> None:
    """Refuse one more column than these."""
    if count >= COLUMNS_MAX:
        raise ValidationFailed(f"A board has up to {COLUMNS_MAX} columns.", limit=COLUMNS_MAX)


def check_keeps_open(others: Iterable[Column]) -> None:
    """Refuse to take away, or make done, the last column for what is open."""
    left = list(others)
    if left and all(column.is_done for column in left):
        raise ValidationFailed(
            "A board keeps a column for what is open; add another one first.",
            field="column_id",
        )


def check_description(description: str) -> None:
    check_raw(description, DESCRIPTION_MAX, "description")
    if len(description.strip()) > DESCRIPTION_MAX:
        raise ValidationFailed(
            f"`description` has over {DESCRIPTION_MAX} characters; make it shorter.",
            field="description",
            limit=DESCRIPTION_MAX,
        )


def check_labels(labels: list[str]) -> None:
    for label in labels:
        check_raw(label, LABEL_MAX, "labels")
        if not has_visible(label) or len(label) > LABEL_MAX or label != label.strip():
            raise ValidationFailed(
                f"A label has 1 to {LABEL_MAX} characters that can be seen, without space around.",
                field="labels",
            )
        check_line(label, "labels")
    if len(set(labels)) != len(labels):
        raise ValidationFailed("A label stands on a task once.", field="labels")


def check_checklist(items: list[ChecklistItem]) -> None:
    for item in items:
        check_raw(item.text, ITEM_MAX, "checklist")
        check_raw(item.id, ITEM_ID_MAX, "checklist")
        text = item.text.strip()
        if not 1 <= len(item.id) <= ITEM_ID_MAX or not has_visible(text) or len(text) > ITEM_MAX:
            raise ValidationFailed(
                f"An item's id has up to {ITEM_ID_MAX} characters, its text 1 to {ITEM_MAX} that"
                " can be seen.",
                field="checklist",
            )
    if len({item.id for item in items}) != len(items):
        raise ValidationFailed("The ids of a checklist's items differ.", field="checklist")


def trimmed(items: list[ChecklistItem]) -> list[ChecklistItem]:
    """The items as they are kept."""
    return [msgspec.structs.replace(item, text=item.text.strip()) for item in items]


def checked_due(due: Due | None) -> Due | None:
    """The due date as it is kept; raises ValidationFailed for a date that is none."""
    if due is None:
        return None
    if due.date is not None and due.at is None and due.zone is None:
        return Due(date=checked_day(due.date, "due").isoformat())
    if due.date is None and due.at is not None and is_time_zone(zone := due.zone or ""):
        return Due(at=timestamp(checked_moment(due.at, "due")), zone=zone)
    raise ValidationFailed(
        "`due` is {date: 2026-12-01}, or {at: 2026-12-01T09:00:00Z, zone: Europe/Moscow}.",
        field="due",
    )


def day_of(due: Due | None) -> date | None:
    """The day a task is due on, where it is due; what filters and sorting go by."""
    if due is None:
        return None
    if due.date is not None:
        return date.fromisoformat(due.date)
    assert due.at is not None
    assert due.zone is not None
    return datetime.fromisoformat(due.at).astimezone(ZoneInfo(due.zone)).date()


def check_file_count(count: int) -> None:
    if count > FILES_MAX:
        raise ValidationFailed(
            f"A task has up to {FILES_MAX} files.", field="file_ids", limit=FILES_MAX
        )


def can_be_cover(file: File) -> bool:
    """Whether there is a picture of it to show."""
    return file.preview and file.mime.startswith("image/")


def check_cover(file: File | None) -> None:
    """Refuse what is none of the task's files, or no image."""
    if file is None or not can_be_cover(file):
        raise ValidationFailed(
            "A cover is one of the task's own images that has a preview.", field="cover_file_id"
        )


def check_version(current: Any, version: int | None, changed: dict[str, int], fields: Any) -> None:
    """Merge what touches other fields; raise VersionConflict for the same ones.

    `changed` says at which version each field last changed; `fields` are those
    that would really change now.
    """
    if version is None or version == current.version:
        return
    if version > current.version:
        raise ValidationFailed(
            f"`version` is ahead of the newest ({current.version}).", field="version"
        )
    clash = sorted(field for field in fields if changed.get(field, 0) > version)
    if clash:
        raise VersionConflict(current=msgspec.to_builtins(current), fields=clash)
