"""What waits for the journal's next flush: posts and marks, who asked for each, until when."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import msgspec

from messenger import errors
from messenger.model import timestamp
from messenger.storage import JournalListener, Marked, Posting, Stored

Results = dict[JournalListener, list[tuple[Any, Any]]]
"""By listener: the token of each asker, and the result."""


class Asker(msgspec.Struct):
    """Who waits for the result of a row, and until when (`time.monotonic`)."""

    listener: JournalListener
    token: Any
    until: float


class PostAsker(Asker):
    posting: Posting


class Post(msgspec.Struct):
    """One key on its way: the first asker, then those who sent it again meanwhile."""

    posting: Posting
    askers: list[PostAsker]

    def asked_before(self, until: float) -> bool:
        """Whether the first asker's time ends before `until`."""
        return bool(self.askers) and self.askers[0].until < until

    def row(self, o: int) -> dict[str, Any]:
        p = self.posting
        row = {
            "o": o, "c": p.chat_id, "u": p.sender_id, "k": p.client_message_id, "d": p.digest,
            "b": p.text, "r": p.reply_to, "t": p.task_id, "m": p.mentions, "a": p.mentions_all,
            "l": [file.id for file in p.files],
        }  # fmt: skip
        if p.source is not None:
            row |= {"f": p.source.forwarded_from, "x": p.source.chat_id, "y": p.source.seq}
        return row


class Mark(msgspec.Struct):
    """The furthest marks of one member that wait, and who asked for them."""

    chat_id: int
    user_id: int
    read_seq: int
    received_seq: int
    askers: list[Asker]

    def row(self) -> dict[str, int]:
        return {"c": self.chat_id, "u": self.user_id, "r": self.read_seq, "v": self.received_seq}


class Batch:
    """The rows of one statement. Sent again it may have fewer: those that are still waited for."""

    def __init__(self, posts: list[Post], marks: list[Mark], at: datetime) -> None:
        self.posts = posts
        self.marks = marks
        self.at = at

    def __len__(self) -> int:
        return len(self.posts) + len(self.marks)

    def values(self) -> dict[str, Any]:
        """The statement's parameters."""
        posts = [post.row(o) for o, post in enumerate(self.posts)]
        return {
            "posts": msgspec.json.encode(posts).decode(),
            "marks": msgspec.json.encode([mark.row() for mark in self.marks]).decode(),
            "at": self.at,
        }

    def trim(self) -> None:
        """Drop the rows whose askers have all been answered."""
        self.posts = [post for post in self.posts if post.askers]
        self.marks = [mark for mark in self.marks if mark.askers]

    def singles(self) -> list["Batch"]:
        """Each row alone."""
        posts = [Batch([post], [], self.at) for post in self.posts]
        return [*posts, *(Batch([], [mark], self.at) for mark in self.marks)]

    def refused(self, error: errors.DomainError) -> tuple[Results, Results]:
        """One error for every asker."""
        stored: Results = defaultdict(list)
        marked: Results = defaultdict(list)
        for post in self.posts:
            for asker in post.askers:
                stored[asker.listener].append((asker.token, error))
        for mark in self.marks:
            for each in mark.askers:
                marked[each.listener].append((each.token, error))
        return stored, marked

    def results(self, rows: list[Any]) -> tuple[Results, Results]:
        """Each asker's own row; the statement's come in the order of the batch, marks last."""
        stored: Results = defaultdict(list)
        moved = {}
        for o, chat_id, seq, n, created_at, digest, user_id, read_n in rows:
            if o is None:
                moved[chat_id, user_id] = Marked(chat_id, user_id, seq, n, read_n)
                continue
            post = self.posts[o]
            for number, asker in enumerate(post.askers):
                result: Stored | errors.DomainError
                if seq is None:
                    result = errors.NotFound()
                elif asker.posting.digest != (digest or post.posting.digest):
                    result = errors.IdempotencyMismatch()
                else:
                    again = digest is not None or number > 0
                    result = Stored(chat_id, seq, n, created_at or timestamp(self.at), again)
                stored[asker.listener].append((asker.token, result))
        return stored, self._moved(moved)

    def _moved(self, moved: dict[tuple[int, int], Marked]) -> Results:
        marked: Results = defaultdict(list)
        for mark in self.marks:
            found = moved.get((mark.chat_id, mark.user_id)) or errors.NotFound()
            for asker in mark.askers:
                marked[asker.listener].append((asker.token, found))
        return marked


def late(askers: list[Any], now: float) -> list[Any]:
    """Remove and return the askers whose time is over; they stand in the order of their time."""
    count = 0
    while count < len(askers) and askers[count].until <= now:
        count += 1
    taken = askers[:count]
    del askers[:count]
    return taken
