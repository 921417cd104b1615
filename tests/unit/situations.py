"""A table of situations in which somebody may be told of something, and the verdict in each.

`python -m tests.unit.situations > tests/vectors/notify.json` writes those of messages for the
client, which decides by the same rule for its open pages.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from messenger.model import (
    Cause,
    Message,
    NotifySettings,
    QuietHours,
    ReactionChange,
    Task,
    TaskReminder,
    Verdict,
    timestamp,
)
from messenger.rules import notify
from messenger.rules.notify import Changed, Happening, Invited, Posted, Reacted, Reader, decide

ME, ANNA, BORIS = 1, 2, 3
NOW = datetime(2026, 12, 2, 12, tzinfo=UTC)  # a Wednesday
AT = timestamp(NOW)
SEQ = 50


def message(text: str = "Привет", **fields: Any) -> Message:
    given = {"chat_id": 9, "seq": SEQ, "n": 40, "sender_id": ANNA, "created_at": AT, **fields}
    return Message(client_message_id="k", text=text, **given)


def task(**fields: Any) -> Task:
    given = {"id": 5, "number": 17, "chat_id": 9, "title": "Смета", "creator": BORIS, **fields}
    return Task(version=1, created_at=AT, updated_at=AT, **given)


def posted(text: str = "Привет", *, answered: int | None = None, **fields: Any) -> Posted:
    about = fields.pop("task", None)
    return Posted(message=message(text, **fields), answered=answered, task=about)


def happening(subject: notify.Subject, kind: str = "group", **fields: Any) -> Happening:
    given = {"seq": SEQ, "by": ANNA, "at": NOW - timedelta(seconds=2), **fields}
    return Happening(subject=subject, chat_kind=kind, **given)


def reader(**fields: Any) -> Reader:
    settings = fields.pop("settings", {})
    return Reader(user_id=ME, settings=NotifySettings(**settings), **fields)


MENTION = posted("@me посмотри", mentions=[ME])
ALL = posted("@all обед", mentions_all=True)
REPLY = posted("да", answered=ME, reply_to=3)
MINE = task(assigned_to=ME)
COMMENT = posted("готово?", task=MINE, task_id=5)
ASSIGNED = Changed(task=MINE, fields=frozenset({"assigned_to", "title"}))
CHANGED = Changed(task=MINE, fields=frozenset({"due"}))
DUE = TaskReminder(chat_id=9, task_id=5, kind="now")
TOMORROW = TaskReminder(chat_id=9, task_id=5, kind="tomorrow")
HEART = Reacted(change=ReactionChange(chat_id=9, seq=3, emoji="❤️", user_id=ANNA), author=ME)
ADDED = Invited(user_id=ME)
NIGHT = QuietHours()
HUSHED = QuietHours(start="11:00", end="13:00")

# What happened, where, what is known of the reader; whether they are told, why, and for what.
TABLE: list[tuple[notify.Subject, str, dict[str, Any], str, str, Cause | None]] = [
    # Every cause, as it is by default.
    (posted(), "direct", {}, "alert", "told", "direct"),
    (posted(), "group", {}, "alert", "told", "chat"),
    (posted(), "org", {}, "alert", "told", "chat"),
    (MENTION, "group", {}, "alert", "told", "mention"),
    (MENTION, "direct", {}, "alert", "told", "mention"),
    (ALL, "group", {}, "alert", "told", "mention_all"),
    (REPLY, "group", {}, "alert", "told", "reply"),
    (REPLY, "direct", {}, "alert", "told", "reply"),
    (COMMENT, "group", {}, "alert", "told", "task_commented"),
    (ASSIGNED, "group", {}, "alert", "told", "task_assigned"),
    (CHANGED, "group", {}, "silent", "told", "task_changed"),
    (DUE, "group", {}, "alert", "told", "task_due"),
    (TOMORROW, "group", {}, "alert", "told", "task_due"),
    (HEART, "group", {}, "off", "cause_off", "reaction"),
    (ADDED, "group", {}, "alert", "told", "invited"),
    # Of a chat of two its first message tells.
    (ADDED, "direct", {}, "off", "no_cause", None),
    # In the common one everybody is from the start.
    (ADDED, "org", {}, "off", "no_cause", None),
    # Tasks of others.
    (Changed(task=task(), fields=frozenset({"due"})), "group", {}, "off", "no_cause", None),
    (
        Changed(task=task(assigned_to=BORIS), fields=frozenset({"assigned_to"})),
        *("group", {}, "off", "no_cause", None),
    ),
    # Whoever made a task hears of its comments, not of its changes.
    (
        posted(task=task(creator=ME, assigned_to=BORIS)),
        *("group", {"level": "mentions"}, "alert", "told", "task_commented"),
    ),
    (
        Changed(task=task(creator=ME, assigned_to=BORIS), fields=frozenset({"due"})),
        *("group", {}, "off", "no_cause", None),
    ),
    (
        posted(task=task(assigned_to=BORIS)),
        "group",
        {"level": "mentions"},
        "off",
        "chat_off",
        "chat",
    ),
    # Reactions to others, invitations of others.
    (
        Reacted(change=HEART.change, author=BORIS),
        *("group", {"settings": {"causes": {"reaction": "alert"}}}, "off", "no_cause", None),
    ),
    (
        HEART,
        "group",
        {"settings": {"causes": {"reaction": "silent"}}},
        "silent",
        "told",
        "reaction",
    ),
    (Invited(user_id=BORIS), "group", {}, "off", "no_cause", None),
    # A chat set to mentions.
    (posted(), "group", {"level": "mentions"}, "off", "chat_off", "chat"),
    (posted(), "direct", {"level": "mentions"}, "alert", "told", "direct"),
    (MENTION, "group", {"level": "mentions"}, "alert", "told", "mention"),
    (ALL, "group", {"level": "mentions"}, "alert", "told", "mention_all"),
    (REPLY, "group", {"level": "mentions"}, "alert", "told", "reply"),
    (COMMENT, "group", {"level": "mentions"}, "alert", "told", "task_commented"),
    (
        posted("Нужен счёт"),
        *("group", {"level": "mentions", "settings": {"keywords": ["счет"]}}),
        *("alert", "told", "keyword"),
    ),
    # One's own tasks are no matter of the chat's level.
    *[
        (subject, "group", about, telling, "told", cause)
        for about in ({"level": "none"}, {"muted_until": NOW + timedelta(hours=1)})
        for subject, telling, cause in (
            (ASSIGNED, "alert", "task_assigned"),
            (CHANGED, "silent", "task_changed"),
            (DUE, "alert", "task_due"),
            (COMMENT, "alert", "task_commented"),
            (ADDED, "alert", "invited"),
        )
    ],
    # Chats that are off or muted.
    *[
        (subject, kind, {"level": "none"}, "off", "chat_off", cause)
        for subject, kind, cause in (
            (posted(), "group", "chat"),
            (posted(), "direct", "direct"),
            (MENTION, "group", "mention"),
            (ALL, "group", "mention_all"),
            (REPLY, "group", "reply"),
            (HEART, "group", "reaction"),
        )
    ],
    *[
        (subject, kind, {"muted_until": NOW + timedelta(seconds=1)}, "off", "muted", cause)
        for subject, kind, cause in (
            (posted(), "group", "chat"),
            (posted(), "direct", "direct"),
            (MENTION, "group", "mention"),
            (ALL, "group", "mention_all"),
            (REPLY, "group", "reply"),
        )
    ],
    (posted(), "group", {"muted_until": NOW}, "alert", "told", "chat"),
    # A cause that is off leaves the others.
    (MENTION, "group", {"settings": {"causes": {"mention": "off"}}}, "alert", "told", "chat"),
    (
        MENTION,
        *("group", {"settings": {"causes": {"mention": "silent", "chat": "off"}}}),
        *("silent", "told", "mention"),
    ),
    (
        MENTION,
        *("group", {"level": "mentions", "settings": {"causes": {"mention": "off"}}}),
        *("off", "cause_off", "mention"),
    ),
    (posted(), "group", {"settings": {"causes": {"chat": "silent"}}}, "silent", "told", "chat"),
    (
        ALL,
        *("group", {"settings": {"causes": {"mention_all": "off", "chat": "off"}}}),
        *("off", "cause_off", "mention_all"),
    ),
    # Words.
    *[
        (posted(text), "group", {"level": "mentions", "settings": {"keywords": [word]}}, *told)
        for text, word, told in (
            ("Горит ОТЧЁТ!", "отчёт", ("alert", "told", "keyword")),
            ("отчет готов", "Отчёт", ("alert", "told", "keyword")),
            ("отчётность", "отчёт", ("off", "chat_off", "chat")),
            ("цена 1С:Бухгалтерия", "1с:бухгалтерия", ("alert", "told", "keyword")),
            ("a.c", "a.c", ("alert", "told", "keyword")),
            ("abc", "a.c", ("off", "chat_off", "chat")),
            ("новый сайт готов", "новый сайт", ("alert", "told", "keyword")),
            ("", "новый сайт", ("off", "chat_off", "chat")),
        )
    ],
    # Nobody is told of what they did, of what is gone, of where they are not.
    *[
        (subject, "group", {"there": False}, "off", "not_there", None)
        for subject in (posted(), MENTION, ASSIGNED, DUE, HEART, ADDED)
    ],
    (posted("", deleted_at=AT), "direct", {}, "off", "deleted", None),
    (
        Changed(task=task(assigned_to=ME, deleted_at=AT), fields=frozenset({"assigned_to"})),
        *("group", {}, "off", "deleted", None),
    ),
    # Read on another device.
    *[
        (subject, "group", {"read_seq": SEQ}, "off", "read", cause)
        for subject, cause in (
            (posted(), "chat"),
            (MENTION, "mention"),
            (COMMENT, "task_commented"),
            (ASSIGNED, "task_assigned"),
        )
    ],
    (posted(), "group", {"read_seq": SEQ - 1}, "alert", "told", "chat"),
    # A reminder and an invitation stand in no chat that is read.
    (DUE, "group", {"read_seq": SEQ}, "alert", "told", "task_due"),
    (ADDED, "group", {"read_seq": SEQ}, "alert", "told", "invited"),
    # Times.
    *[
        (subject, "group", {"settings": {"until": timestamp(NOW + timedelta(minutes=1))}}, *told)
        for subject, told in (
            (posted(), ("off", "do_not_disturb", "chat")),
            (MENTION, ("off", "do_not_disturb", "mention")),
            (DUE, ("off", "do_not_disturb", "task_due")),
            (ADDED, ("off", "do_not_disturb", "invited")),
        )
    ],
    (posted(), "group", {"settings": {"until": AT}}, "alert", "told", "chat"),
    (posted(), "group", {"settings": {"quiet": NIGHT}}, "alert", "told", "chat"),
    (posted(), "group", {"settings": {"quiet": HUSHED}}, "off", "quiet_hours", "chat"),
    (DUE, "group", {"settings": {"quiet": HUSHED}}, "off", "quiet_hours", "task_due"),
    # The same moment is night elsewhere.
    *[
        (posted(), "group", {"settings": {"quiet": NIGHT}, "zone": ZoneInfo(zone)}, *told)
        for zone, told in (
            ("Pacific/Auckland", ("off", "quiet_hours", "chat")),  # 01:00
            ("Asia/Vladivostok", ("off", "quiet_hours", "chat")),  # 22:00
            ("Asia/Yakutsk", ("alert", "told", "chat")),  # 21:00
            ("Europe/Moscow", ("alert", "told", "chat")),  # 15:00
            ("America/New_York", ("off", "quiet_hours", "chat")),  # 07:00
            ("America/Halifax", ("alert", "told", "chat")),  # 08:00
        )
    ],
    # At one's desk.
    (posted(), "direct", {"at_desk": True}, "off", "at_desk", "direct"),
    (MENTION, "group", {"at_desk": True}, "off", "at_desk", "mention"),
    (ASSIGNED, "group", {"at_desk": True}, "off", "at_desk", "task_assigned"),
    # What decides first is said: who is away for good hears nothing of a desk.
    (posted(), "direct", {"at_desk": True, "read_seq": SEQ}, "off", "read", "direct"),
    (
        posted(),
        "group",
        {"at_desk": True, "settings": {"quiet": HUSHED}},
        "off",
        "quiet_hours",
        "chat",
    ),
]


def verdict_of(row: tuple[Any, ...]) -> Verdict:
    return decide(happening(row[0], row[1]), reader(**row[2]), NOW)


def vectors() -> list[dict[str, Any]]:
    """The situations that an open page meets: a message, and somebody who is there to read it."""
    return [
        {
            "message": msgspec.to_builtins(subject.message),
            "chat_kind": kind,
            "answered": subject.answered,
            "task": msgspec.to_builtins(subject.task),
            "level": about.get("level", "all"),
            "muted": about.get("muted_until", NOW) > NOW,
            "read": about.get("read_seq", 0) >= SEQ,
            "zone": about.get("zone", ZoneInfo("UTC")).key,
            "settings": msgspec.to_builtins(NotifySettings(**about.get("settings", {}))),
            "now": AT,
            "verdict": {"telling": telling, "reason": reason, "cause": cause},
        }
        for subject, kind, about, telling, reason, cause in TABLE
        if isinstance(subject, Posted) and not {"there", "at_desk"} & about.keys()
    ]


if __name__ == "__main__":
    print(json.dumps(vectors(), ensure_ascii=False, indent=1))
