"""What a search finds, and how its text was read."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from messenger.model.accounts import User
from messenger.model.chats import Chat
from messenger.model.messages import File
from messenger.model.tasks import Task

SearchKind = Literal["message", "comment", "task", "file", "person", "chat"]
SearchOrder = Literal["best", "new"]

Ranges = list[tuple[int, int]]


class Snippet(msgspec.Struct, frozen=True):
    """A piece of plain text, never HTML, with what matched in it."""

    text: Annotated[str, Meta(description="The piece; `…` stands where something is left out.")]
    ranges: Annotated[
        Ranges,
        Meta(description="`[start, end]` of what matched, in UTF-16 units, as JavaScript counts."),
    ]


class Neighbour(msgspec.Struct, frozen=True):
    """The message before or after one that was found."""

    seq: int
    sender_id: int
    text: Annotated[str, Meta(description="Its beginning.")]
    created_at: str


class SearchHit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found. `kind` says which of the fields are there; the others are null.

    `message`, `comment`: `chat_id, seq, sender_id, text, before, after`, a comment's `task_id`.
    `task`: `chat_id, task_id, task, title`, `text` where more than its title matched.
    `file`: `chat_id, file, title`, `text` where its contents matched, and `seq` of its message or
    `task_id` of its task. `person`: `user, title`. `chat`: `chat_id, chat, title`.
    """

    key: Annotated[str, Meta(description="Unique in the answer, and the same in every answer.")]
    kind: Annotated[SearchKind, Meta(description="What it is.")]
    at: Annotated[str, Meta(description="When it was written or made.")]
    score: Annotated[float, Meta(description="How well it fits; more is better.")]
    chat_id: int | None = None
    seq: int | None = None
    task_id: int | None = None
    sender_id: int | None = None
    title: Annotated[Snippet | None, Meta(description="Its name, with what matched.")] = None
    text: Annotated[Snippet | None, Meta(description="Where its text matched.")] = None
    before: Annotated[Neighbour | None, Meta(description="The message before it.")] = None
    after: Annotated[Neighbour | None, Meta(description="The message after it.")] = None
    task: Annotated[Task | None, Meta(description="The task.")] = None
    file: Annotated[File | None, Meta(description="The file.")] = None
    user: Annotated[User | None, Meta(description="The person.")] = None
    chat: Annotated[Chat | None, Meta(description="The chat.")] = None
    archived: Annotated[bool, Meta(description="Whether it is in the archive.")] = False


class SearchFilter(msgspec.Struct, frozen=True, kw_only=True):
    """An operator of the query as it was read, for a chip.

    `value` is in the one form that all ways of writing it have: a user's id or `none` for `from`,
    chats' ids with commas for `in`, `YYYY-MM-DD` for days, the English word for `has` and `is`.
    """

    name: Annotated[str, Meta(description="In English: `from`, `in`, `has`, `is`, `before` …")]
    value: Annotated[str, Meta(description="What it stands for.")]
    negated: Annotated[bool, Meta(description="Whether it is excluded.")] = False
    start: Annotated[int, Meta(description="Where it begins in `q`, in UTF-16 units.")]
    end: Annotated[int, Meta(description="Where it ends in `q`.")]
    understood: Annotated[
        bool, Meta(description="False: there is no such person, chat or day; it finds nothing.")
    ] = True


class ReadQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How `q` was read."""

    words: Annotated[list[str], Meta(description="The words and phrases that are looked for.")]
    filters: Annotated[list[SearchFilter], Meta(description="The operators, in their order.")]
    corrected: Annotated[
        str | None,
        Meta(
            description="What was looked for in the place of words that nothing has: a typing"
            " mistake, the other keyboard layout, other letters. Null: nothing was replaced."
        ),
    ] = None
