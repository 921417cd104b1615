"""What a person wants to be told of while they do not look, and what was decided of it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

Cause = Literal[
    "direct", "mention", "mention_all", "reply", "keyword", "chat",
    "task_assigned", "task_changed", "task_commented", "task_due", "reaction", "invited",
]  # fmt: skip
"""Why somebody may be told: a message in a direct chat, of `@name`, of `@all`, in answer to one
of theirs, with one of their words, in a chat set to `all`; a task that became theirs, or of theirs
that somebody changed or commented on, or that is due; a reaction to a message of theirs; a chat
that they were added to."""
Telling = Literal["off", "silent", "alert"]
Digest = Literal["off", "1h", "8h", "daily"]

DEFAULTS: dict[Cause, Telling] = {
    "direct": "alert",
    "mention": "alert",
    "mention_all": "alert",
    "reply": "alert",
    "keyword": "alert",
    "chat": "alert",
    "task_assigned": "alert",
    "task_changed": "silent",
    "task_commented": "alert",
    "task_due": "alert",
    "reaction": "off",
    "invited": "alert",
}

WallTime = Annotated[
    # The length as well: `$` would let a line's end follow.
    str,
    Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", max_length=5, examples=["22:00"]),
]
Weekday = Annotated[int, Meta(ge=1, le=7)]


Keywords = Annotated[list[Annotated[str, Meta(min_length=2, max_length=50)]], Meta(max_length=50)]


class QuietHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By the wall clock of the person; what begins late in the evening ends on the next day."""

    start: Annotated[WallTime, Meta(description="When they begin.")] = "22:00"
    end: Annotated[WallTime, Meta(description="When they end; `start` means a whole day.")] = (
        "08:00"
    )
    days: Annotated[
        list[Weekday],
        Meta(max_length=7, description="The days they begin on: 1 is Monday, 7 Sunday (ISO 8601)."),
    ] = field(default_factory=lambda: [1, 2, 3, 4, 5, 6, 7])
    whole_days: Annotated[
        list[Weekday], Meta(max_length=7, description="Days that are quiet as a whole.")
    ] = field(default_factory=list)


class NotifySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may notify a person; it is their own, and nobody else sees it."""

    causes: Annotated[
        dict[Cause, Telling], Meta(description="By cause; what is not named is as by default.")
    ] = field(default_factory=dict)
    keywords: Annotated[
        Keywords, Meta(description="Words that notify you wherever they are written.")
    ] = field(default_factory=list)
    quiet: Annotated[QuietHours | None, Meta(description="When nothing notifies you.")] = None
    until: Annotated[str | None, Meta(description="Nothing notifies you before then.")] = None
    hide_text: Annotated[
        bool, Meta(description="Whether notifications leave out what was written.")
    ] = False
    mail_digest: Annotated[
        Digest, Meta(description="After how long away you are mailed what you missed.")
    ] = "off"
    mail_weekly: Annotated[
        bool, Meta(description="Whether you are mailed your tasks on Mondays.")
    ] = False

    def telling(self, cause: Cause) -> Telling:
        return self.causes.get(cause, DEFAULTS[cause])


Reason = Literal[
    "told", "own", "deleted", "not_there", "read", "no_cause", "chat_off", "muted", "cause_off",
    "quiet_hours", "do_not_disturb", "at_desk", "late",
]  # fmt: skip


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a person is notified of something, and why they are or are not."""

    telling: Annotated[Telling, Meta(description="`off`: not at all.")]
    reason: Annotated[Reason, Meta(description="What decided it.")]
    cause: Annotated[Cause | None, Meta(description="What it would be told for.")] = None
