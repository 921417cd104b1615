"""What waits to be told to a person, on each of their devices."""

from datetime import datetime
from typing import Final, Literal

import msgspec

from messenger.model import Cause, TaskReminder
from messenger.rules.notify import Changed, Invited, Posted, Reacted, Subject

SECONDS_GONE: Final = 3600
"""How long it is worth saying that something is gone or read."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be told (`subject`), or to be taken from the screen (None).

    `stream` and `event` are the event it is of, whose cursor waits for it; `since` is the first one
    that it stands for, where it took the place of others.
    """

    user_id: int
    chat_id: int
    seq: int
    stream: int
    event: int
    tag: str
    until: datetime
    by: int | None = None
    subject: Subject | None = None
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
        return msgspec.structs.replace(self, since=since)

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
