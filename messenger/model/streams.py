"""What streams are read as: events one by one, or a chat's snapshot at a `seq`."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from messenger.model.chats import Chat, Member, My
from messenger.model.messages import Message
from messenger.model.tasks import Column, Task


class Event(msgspec.Struct, frozen=True, gc=False):
    """One change in a stream: the envelope everything travels in."""

    type: str
    stream: int
    seq: int
    at: str
    by: int | None
    data: Any


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One chat, read in one transaction at `seq`.

    With `tasks_next` there are more tasks: `GET /chats/{id}/tasks?after=` that. Where only some
    done cards of each column were asked for, `more_done` are the columns that have others.
    """

    chat: Chat
    my: My
    members: list[Member]
    messages: Annotated[list[Message], Meta(description="The last 50, in ascending `seq`.")]
    pins: list[Message]
    columns: list[Column]
    tasks: list[Task]
    marks: list[tuple[int, int, int]]
    seq: Annotated[
        int, Meta(description="The snapshot is as the chat stood then: apply events above it.")
    ]
    n: Annotated[int, Meta(description="The number of the newest message.")]
    oldest_seq: int
    epoch: int
    tasks_next: int | None = None
    more_done: list[int] = []
