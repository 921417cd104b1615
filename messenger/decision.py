"""What a decision says is to be done: log entries, and rows beside them.

An actor's decision functions are pure and return a `Decision`; the store
commits it in one transaction: it numbers the entries, saves each entry's
subject with that number as its `rev`, performs the writes, appends the events.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from messenger.model import (
    Event,
    Invite,
    NotifyLevel,
    NotifySettings,
    ReminderKind,
    SavedSearches,
    Subject,
    User,
)
from messenger.protocol.accounts import AddUser


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An event that has no number yet.

    `data` is its subject as it will stand; left out, it is read back after the
    writes. `detail` is what the log itself keeps, where no table has it. `by`
    is the person who made it, where another one made the decision. `was` is the subject as
    it stood, where the audit tells of both.
    """

    stream: int
    type: str
    subject: int | None = None
    data: Any = None
    detail: Any = None
    by: int | None = None
    was: Any = None

    def with_number(self, seq: int) -> "Entry":
        """The entry whose subject knows the number it was given."""
        if not isinstance(self.data, Subject):
            return self
        return msgspec.structs.replace(self, data=msgspec.structs.replace(self.data, rev=seq))


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is written with the entries, but is no event's subject."""


class UserAdded(Write, frozen=True, kw_only=True):
    user: User
    command: AddUser


class PrivateSaved(Write, frozen=True, kw_only=True):
    user_id: int
    email: str | None
    email_verified_at: str | None
    locale: str
    time_zone: str


class PasswordSet(Write, frozen=True, kw_only=True):
    """Refused (InvalidCredentials) where `instead_of` is given and is not the present hash."""

    user_id: int
    password_hash: str
    one_time: bool = False
    instead_of: str | None = None


class InviteCreated(Write, frozen=True, kw_only=True):
    """Refused (Forbidden) where its maker is no administrator any more."""

    invite: Invite


class InviteRevoked(Write, frozen=True, kw_only=True):
    """Refused (Forbidden) to people who are no administrators any more."""

    invite_id: str


class InvitesVoided(Write, frozen=True, kw_only=True):
    """All invitations of a maker (null: the server's own) are void."""

    maker: int | None


class SessionsRevoked(Write, frozen=True, kw_only=True):
    session_ids: list[str]


class Audited(Write, frozen=True, kw_only=True):
    action: str
    subject: int | None = None
    details: dict[str, Any] | None = None


class PreferenceSet(Write, frozen=True, kw_only=True):
    """One person's settings of one chat; replaces the row."""

    user_id: int
    chat_id: int
    notify: NotifyLevel | None = None
    muted_until: str | None = None
    draft: str | None = None
    pinned_at: str | None = None
    marked_unread: bool = False


class NotificationsSet(Write, frozen=True, kw_only=True):
    """What may notify a person."""

    user_id: int
    settings: NotifySettings


class SearchesSet(Write, frozen=True, kw_only=True):
    """All searches that a person keeps."""

    user_id: int
    searches: SavedSearches


class FilesAttached(Write, frozen=True, kw_only=True):
    """A message has these files, in this order, instead of those it had."""

    chat_id: int
    seq: int
    file_ids: list[str]


class Reminded(Write, frozen=True, kw_only=True):
    """A reminder of a task as it is due; refused where it is so no longer, or was sent."""

    task_id: int
    user_id: int
    kind: ReminderKind
    due: str
    again: bool = False
    """Whether it was sent before, and its time has come once more."""


class Snoozed(Write, frozen=True, kw_only=True):
    """The newest reminder of a task, as it is due, is to come once more at a moment."""

    task_id: int
    user_id: int
    until: str


class ExportEnded(Write, frozen=True, kw_only=True):
    """An export is ready; refused (NotFound) where nobody waits for it any more."""

    id: str
    bytes: int
    until: datetime


class RequestKey(msgspec.Struct, frozen=True, kw_only=True):
    """The idempotency key a change came with, and the digest of what was asked.

    `subject` (event type, stream, subject) is what a repeat is answered with.
    """

    user_id: int
    key: str
    digest: bytes
    subject: tuple[str, int, int | None] | None = None


class Answer(msgspec.Struct, frozen=True):
    """What the asker gets: `value`, or what `entry` has become once it is stored.

    A repeat of the request gets `subject` (event type, stream, subject) as it then stands.
    """

    value: Any = None
    entry: Entry | None = None
    subject: tuple[str, int, int | None] | None = None

    @classmethod
    def of(cls, entry: Entry) -> "Answer":
        """The subject of one of the decision's entries."""
        return cls(entry=entry, subject=(entry.type, entry.stream, entry.subject))


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """All of it happens, or none.

    `follow_ups` are commands that the server gives once it is committed; the answer does not
    wait for them.
    """

    by: int | None = None
    entries: list[Entry] = []
    writes: list[Write] = []
    answer: Answer = Answer()
    follow_ups: list[Any] = []
    # The stream and the `seq` it was decided at: elsewhere nothing of it may happen.
    head: tuple[int, int] | None = None
    # It happens once under each of these.
    keys: list[RequestKey] = []

    def under(self, key: RequestKey | None) -> "Decision":
        """The same, once under a key."""
        if key is None:
            return self
        return msgspec.structs.replace(
            self, keys=[msgspec.structs.replace(key, subject=self.answer.subject)]
        )

    def answer_for(self, events: Sequence[Event]) -> Any:
        """What the asker gets, when these events are what the entries came to, in their order."""
        if self.answer.entry is None:
            return self.answer.value
        [data] = [
            event.data
            for entry, event in zip(self.entries, events, strict=True)
            if entry is self.answer.entry
        ]
        return data


def merge(decisions: Sequence[Decision], head: tuple[int, int]) -> Decision:
    """Several people's decisions, each made on what the ones before will have left, as one.

    They have entries alone: no writes, and no commands that follow.
    """
    assert not any(decision.writes or decision.follow_ups for decision in decisions)
    entries = [
        msgspec.structs.replace(entry, by=decision.by)
        for decision in decisions
        for entry in decision.entries
    ]
    keys = [key for decision in decisions for key in decision.keys]
    return Decision(entries=entries, head=head, keys=keys)
