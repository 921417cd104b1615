"""Who is told what while they do not look: the one place that decides it.

Push, mail and the pages that are open carry it out, and `GET /push/why` answers with the same
verdict. Pure: what happened and what is known of the reader come in, a `Verdict` comes out.
"""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from messenger.model import (
    Cause,
    ChatKind,
    Message,
    NotifyLevel,
    NotifySettings,
    QuietHours,
    ReactionChange,
    Reason,
    Task,
    TaskReminder,
    Telling,
    Verdict,
)

LATE: Final = timedelta(days=1)
"""What happened longer ago is not told any more."""
LATE_DUE: Final = timedelta(hours=1)
"""The same for "it is due now"."""
RANK: Final[tuple[Cause, ...]] = (
    "mention", "reply", "task_assigned", "task_due", "direct", "task_commented", "invited",
    "mention_all", "keyword", "task_changed", "reaction", "chat",
)  # fmt: skip
"""Of several causes that would be told alike, the first is named."""
OF_CHATS: Final = frozenset[Cause](
    {"direct", "mention", "mention_all", "reply", "keyword", "chat", "reaction"}
)
"""Causes that a chat's own level and its being muted bind; one's tasks are told all the same."""
BELOW_ALL: Final = frozenset[Cause]({"chat"})
"""Of those, what a chat set to `mentions` does not tell; a chat of two has little else to tell."""


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """A message; `answered` is the author of what it answers, `task` the one it comments on."""

    message: Message
    answered: int | None = None
    task: Task | None = None


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A task as it is now, and the fields that somebody changed."""

    task: Task
    fields: frozenset[str]


class Reacted(msgspec.Struct, frozen=True, kw_only=True):
    """A reaction, and who wrote the message it is on."""

    change: ReactionChange
    author: int


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody was added to a chat."""

    user_id: int


Subject = Posted | Changed | Reacted | TaskReminder | Invited


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a stream's log: its `seq`, who did it (None: the server), when, in what chat."""

    subject: Subject
    seq: int
    by: int | None
    at: datetime
    chat_kind: ChatKind


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of somebody it may be told to, at this moment."""

    user_id: int
    level: NotifyLevel = "all"
    muted_until: datetime | None = None
    read_seq: int = 0
    there: bool = True
    """Whether they are in the chat and may sign in."""
    at_desk: bool = False
    """Whether they look at this very chat on some device."""
    zone: ZoneInfo = ZoneInfo("UTC")
    settings: NotifySettings = NotifySettings()


def decide(happened: Happening, reader: Reader, now: datetime) -> Verdict:
    """Whether a reader is told of it now.

    `at_desk` is to be asked again a few seconds later: who has gone away by then is told after all.
    """
    if happened.by == reader.user_id:
        return _untold("own")
    if is_gone(happened.subject):
        return _untold("deleted")
    if not reader.there:
        return _untold("not_there")
    causes = set(_causes(happened, reader))
    if not causes:
        return _untold("no_cause")
    allowed, reason = _allowed_by_chat(causes, reader, now)
    if not allowed:
        return _untold(reason, _first(causes))
    telling, cause = _loudest(allowed, reader.settings)
    if telling == "off":
        return _untold("cause_off", cause)
    refused = _refused(happened, reader, now)
    if refused is not None:
        return _untold(refused, cause)
    return Verdict(telling=telling, reason="told", cause=cause)


def named(happened: Happening) -> frozenset[int] | None:
    """People to whom it is something else than to others; None: it is to everybody.

    For all others of whom the same is known, one decision is right.
    """
    if not isinstance(happened.subject, Posted):
        return None
    message, answered, task = (
        happened.subject.message,
        happened.subject.answered,
        happened.subject.task,
    )
    own = () if task is None else (task.assigned_to, task.creator)
    return frozenset(each for each in (*message.mentions, answered, *own) if each is not None)


def is_gone(subject: Subject) -> bool:
    """Whether there is nothing left to tell of."""
    match subject:
        case Posted():
            return subject.message.deleted_at is not None
        case Changed():
            return subject.task.deleted_at is not None
        case _:
            return False


def _untold(reason: Reason, cause: Cause | None = None) -> Verdict:
    return Verdict(telling="off", reason=reason, cause=cause)


# Causes


def _causes(happened: Happening, reader: Reader) -> Iterator[Cause]:
    match happened.subject:
        case Posted() as posted:
            yield from _causes_of_message(posted, happened.chat_kind, reader)
        case Changed(task=task, fields=fields):
            if task.assigned_to == reader.user_id:
                yield "task_assigned" if "assigned_to" in fields else "task_changed"
        case Reacted(author=author):
            if author == reader.user_id:
                yield "reaction"
        case TaskReminder():
            yield "task_due"
        case Invited(user_id=user_id):
            # A chat of two is told by its first message; the common one is everybody's at once.
            if user_id == reader.user_id and happened.chat_kind == "group":
                yield "invited"


def _causes_of_message(posted: Posted, kind: ChatKind, reader: Reader) -> Iterator[Cause]:
    message, me = posted.message, reader.user_id
    if me in message.mentions:
        yield "mention"
    if message.mentions_all:
        yield "mention_all"
    if posted.answered == me:
        yield "reply"
    if posted.task is not None and me in (posted.task.assigned_to, posted.task.creator):
        yield "task_commented"
    if names_a_word(message.text, reader.settings.keywords):
        yield "keyword"
    yield "direct" if kind == "direct" else "chat"


def kept_keywords(words: list[str]) -> list[str]:
    """Words as they are kept: without space around them, each once."""
    trimmed = (" ".join(word.split()) for word in words)
    return list({_folded(word): word for word in trimmed if word}.values())


def names_a_word(text: str, words: list[str]) -> bool:
    """Whether a text has one of the words, whole and in any case; `ё` is `е`."""
    if not words:
        return False
    wanted = "|".join(re.escape(_folded(word)) for word in words)
    return re.search(rf"(?<!\w)(?:{wanted})(?!\w)", _folded(text)) is not None


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")


# What keeps it from being told


def _allowed_by_chat(
    causes: set[Cause], reader: Reader, now: datetime
) -> tuple[set[Cause], Reason]:
    """The causes that the chat's own level lets through, and what held the others back."""
    if reader.muted_until is not None and now < reader.muted_until:
        return causes - OF_CHATS, "muted"
    match reader.level:
        case "none":
            return causes - OF_CHATS, "chat_off"
        case "mentions":
            return causes - BELOW_ALL, "chat_off"
        case "all":
            return causes, "told"


def _loudest(causes: set[Cause], settings: NotifySettings) -> tuple[Telling, Cause]:
    loudness: tuple[Telling, ...] = ("alert", "silent", "off")
    return min(
        ((settings.telling(cause), cause) for cause in causes),
        key=lambda each: (loudness.index(each[0]), RANK.index(each[1])),
    )


def _first(causes: set[Cause]) -> Cause:
    return min(causes, key=RANK.index)


def _refused(happened: Happening, reader: Reader, now: datetime) -> Reason | None:
    """Why it is not told at this moment, though it could be."""
    settings = reader.settings
    if not isinstance(happened.subject, TaskReminder | Invited) and happened.seq <= reader.read_seq:
        return "read"
    if now - happened.at > time_to_live(happened.subject):
        return "late"
    if settings.until is not None and now < datetime.fromisoformat(settings.until):
        return "do_not_disturb"
    if settings.quiet is not None and is_quiet(settings.quiet, now.astimezone(reader.zone)):
        return "quiet_hours"
    return "at_desk" if reader.at_desk else None


def time_to_live(subject: Subject) -> timedelta:
    """How long it is worth being told."""
    if isinstance(subject, TaskReminder) and subject.kind == "now":
        return LATE_DUE
    return LATE


def is_quiet(hours: QuietHours, local: datetime) -> bool:
    """Whether a wall clock stands within somebody's quiet hours."""
    if local.isoweekday() in hours.whole_days:
        return True
    start, end, clock = _wall(hours.start), _wall(hours.end), local.time().replace(tzinfo=None)
    begins_today = local.isoweekday() in hours.days
    if start < end:
        return begins_today and start <= clock < end
    began_yesterday = (local - timedelta(days=1)).isoweekday() in hours.days
    return (begins_today and clock >= start) or (began_yesterday and clock < end)


def _wall(written: str) -> time:
    return time.fromisoformat(written)
