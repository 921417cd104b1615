"""What waits to be told to a person, on each of their devices."""

from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from messenger.model import Cause, Event, ExportReady, Message, TaskReminder
from messenger.rules.notify import (
    Changed,
    Happening,
    Invited,
    Posted,
    Reacted,
    Subject,
    time_to_live,
)

SECONDS_GONE: Final = 3600
"""How long it is worth saying that something is gone or read."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be told (`subject`), or to be taken from the screen (None).

    `stream` and `event` are the event it is of, whose cursor waits for it (0: there is none);
    `since` is the first one that it stands for, where it took the place of others.
    """

    user_id: int
    chat_id: int
    seq: int
    stream: int
    event: int
    tag: str
    until: datetime
    by: int | None = None
    subject: Subject | ExportReady | None = None
    cause: Cause | None = None
    silent: bool = False
    since: int | None = None

    @property
    def told(self) -> int:
        """The event of the stream that is told: an edit tells of its message."""
        return self.seq if isinstance(self.subject, Posted) else self.event

    def after(self, old: "Job") -> "Job":
        """In the place of one that waited under the same tag: it stands for that, too."""
        if self.subject is None or old.subject is None or old.stream != self.stream:
            return self
        since = min(old.since or old.told, self.since or self.told)
        return msgspec.structs.replace(self, since=since, silent=self.silent and old.silent)

    @property
    def urgency(self) -> Literal["low", "normal", "high"]:
        if self.subject is None:
            return "low"
        return "normal" if self.silent else "high"

    @property
    def topic(self) -> str:
        """What a push service replaces while the device is away: 32 characters of base64url."""
        return self.tag[-32:]


def tag_of(chat_id: int, subject: Subject) -> str:
    """What is shown under one tag is shown once, the newest in the place of the others."""
    match subject:
        case Posted() | Invited():
            return f"chat-{chat_id}"
        case Reacted():
            return f"reactions-{chat_id}"
        case Changed(task=task):
            return f"task-{task.id}"
        case TaskReminder(task_id=task_id):
            return f"task-{task_id}"


def telling(
    user_id: int,
    chat_id: int,
    event: Event,
    happened: Happening,
    cause: Cause | None,
    *,
    silent: bool = False,
    since: int | None = None,
) -> Job:
    """What a person is told of an event, and of those before it from `since` on."""
    subject = happened.subject
    return Job(
        user_id=user_id,
        chat_id=chat_id,
        seq=subject.change.seq if isinstance(subject, Reacted) else event.seq,
        stream=event.stream,
        event=event.seq,
        tag=tag_of(chat_id, subject),
        until=happened.at + time_to_live(subject),
        by=event.by,
        subject=subject,
        cause=cause,
        silent=silent,
        since=since,
    )


def exported(event: Event, notebook: int) -> Job:
    """What somebody asked for is ready; as of their chat with themselves, which nobody else has."""
    ready: ExportReady = event.data
    return Job(
        user_id=event.stream,
        chat_id=notebook,
        seq=event.seq,
        stream=event.stream,
        event=event.seq,
        tag="export",
        until=datetime.fromisoformat(ready.until),
        subject=ready,
    )


def followed(event: Event, message: Message, user_id: int) -> Job:
    """What is shown of a message becomes what an event made of it, without a sound."""
    deleted = message.deleted_at is not None
    return Job(
        user_id=user_id,
        chat_id=event.stream,
        seq=message.seq,
        stream=event.stream,
        event=event.seq,
        tag=f"chat-{event.stream}",
        until=datetime.fromisoformat(event.at) + timedelta(seconds=SECONDS_GONE),
        by=message.sender_id,
        subject=None if deleted else Posted(message=message),
        silent=True,
    )


def withdrawal(chat_id: int, user_id: int, seq: int, now: datetime) -> Job:
    """What is shown of a chat up to a message is taken away. No event says it: a mark does."""
    return Job(
        user_id=user_id,
        chat_id=chat_id,
        seq=seq,
        stream=chat_id,
        event=0,
        tag=f"chat-{chat_id}",
        until=now + timedelta(seconds=SECONDS_GONE),
    )
