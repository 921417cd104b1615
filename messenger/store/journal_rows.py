"""What waits for the journal's next flush: posts and marks, who asked for each, until when."""

from typing import Any, Final

import msgspec

from messenger.storage import JournalListener, Posting

Key = tuple[int, str]
"""A sender, and what their device calls the message."""
LOOK_EVERY: Final = 0.25
"""Seconds between looks at who has waited for too long."""


class Asker(msgspec.Struct, gc=False):
    """Who waits for the result of a row, and until when (`time.monotonic`)."""

    listener: JournalListener
    token: Any
    until: float


class PostAsker(Asker):
    posting: Posting


class Post(msgspec.Struct, gc=False):
    """One key on its way: the first asker, then those who sent it again meanwhile."""

    posting: Posting
    askers: list[PostAsker]

    def asked_before(self, until: float) -> bool:
        """Whether the first asker's time ends before `until`."""
        return bool(self.askers) and self.askers[0].until < until

    def row(self, place: int) -> dict[str, Any]:
        """`place` counts from 1 in its chat's part of the batch; what has a default is left out."""
        p = self.posting
        row: dict[str, Any] = {
            "i": place, "c": p.chat_id, "u": p.sender_id, "k": p.client_message_id, "d": p.digest,
            "b": p.text,
        }  # fmt: skip
        if p.reply_to is not None:
            row["r"] = p.reply_to
        if p.task_id is not None:
            row["t"] = p.task_id
        if p.mentions or p.mentions_all:
            row |= {"m": p.mentions, "a": p.mentions_all}
        if p.files:
            row["l"] = [file.id for file in p.files]
        if p.source is not None:
            row |= {"f": p.source.forwarded_from, "x": p.source.chat_id, "y": p.source.seq}
        return row


class Mark(msgspec.Struct, gc=False):
    """The furthest marks of one member that wait, and who asked for them."""

    chat_id: int
    user_id: int
    read_seq: int
    received_seq: int
    askers: list[Asker]

    def row(self) -> dict[str, int]:
        return {"c": self.chat_id, "u": self.user_id, "r": self.read_seq, "v": self.received_seq}


class Known(msgspec.Struct, gc=False):
    """A post whose key is stored already, by this very batch if there is no `digest`."""

    chat_id: int
    seq: int
    n: int
    created_at: str
    digest: str | None


def as_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def first_of(waiting: dict[Key, Post], most: int) -> tuple[dict[Key, Post], dict[Key, Post]]:
    """So many of those that wait, and the others."""
    if len(waiting) <= most:
        return waiting, {}
    first = {key: waiting.pop(key) for key in list(waiting)[:most]}
    return first, waiting


def late(askers: list[Any], now: float) -> list[Any]:
    """Remove and return the askers whose time is over; they stand in the order of their time."""
    count = 0
    while count < len(askers) and askers[count].until <= now:
        count += 1
    taken = askers[:count]
    del askers[:count]
    return taken
