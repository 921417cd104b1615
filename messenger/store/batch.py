"""What waits for the journal's next flush: posts and marks, who asked for each, until when."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from messenger import errors
from messenger.model import timestamp
from messenger.storage import JournalListener, Marked, Posting, StaleHead, Stored
from messenger.store.connection import Connection
from messenger.store.journal_sql import LOCKED_OUT

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


class Mark(msgspec.Struct):
    """The furthest marks of one member that wait, and who asked for them."""

    chat_id: int
    user_id: int
    read_seq: int
    received_seq: int
    askers: list[Asker]

    def row(self) -> dict[str, int]:
        return {"c": self.chat_id, "u": self.user_id, "r": self.read_seq, "v": self.received_seq}


class Known(msgspec.Struct):
    """A post whose key is stored already, by this very batch if there is no `digest`."""

    chat_id: int
    seq: int
    n: int
    created_at: str
    digest: str | None


def trace_of(token: Any) -> dict[str, Any]:
    """What an asker's token says of who asks; the token is the listener's own affair."""
    return dict(getattr(token, "trace", {}))


class Batch:
    """The rows of one statement. Sent again it may have fewer: those that are still waited for."""

    def __init__(
        self, posts: list[Post], marks: list[Mark], at: datetime, shared: bool = False
    ) -> None:
        """`shared`: other servers write as well."""
        self.posts = posts
        self.marks = marks
        self.at = at
        self.shared = shared
        # Of `posts`, by place: those whose key was found; and whether to look for them, because
        # a try before this one may have stored them, or another process has.
        self.known: dict[int, Known] = {}
        self.doubtful = False

    def __len__(self) -> int:
        return len(self.posts) + len(self.marks)

    @property
    def plain(self) -> bool:
        """Whether it is messages alone, with no files."""
        return not self.marks and not any(post.posting.files for post in self.posts)

    def _placed(self) -> Iterator[tuple[int, Post, int]]:
        """The posts that are to be stored: where in `posts`, and which of their chat's each is."""
        counts: dict[int, int] = {}
        for o, post in enumerate(self.posts):
            if o not in self.known:
                chat_id = post.posting.chat_id
                counts[chat_id] = place = counts.get(chat_id, 0) + 1
                yield o, post, place

    def values(self) -> dict[str, Any]:
        """The statement's parameters."""
        counts: dict[int, int] = {}
        heads: dict[int, int] = {}
        posts = []
        for _, post, place in self._placed():
            chat_id, head = post.posting.chat_id, post.posting.head
            counts[chat_id] = place
            heads[chat_id] = min(head, heads.get(chat_id, head))
            posts.append(post.row(place))
        streams = [{"c": chat_id, "count": counts[chat_id]} for chat_id in sorted(counts)]
        if self.shared:
            for stream in streams:
                stream["h"] = heads[stream["c"]]
        return {"posts": as_json(posts), "streams": as_json(streams), "at": self.at}

    def keys(self) -> dict[str, Any]:
        """The parameters of the statement that looks for known keys."""
        rows = [
            {"o": o, "u": post.posting.sender_id, "k": post.posting.client_message_id}
            for o, post in enumerate(self.posts)
        ]
        return {"keys": as_json(rows), "at": self.at}

    def found(self, rows: list[Any]) -> None:
        """Take what that statement has found."""
        self.known = {o: Known(*columns) for o, *columns in rows}

    def trace(self) -> dict[str, Any]:
        """For `extra=`: for whom it is; of a single row as the row's own."""
        rows: list[Post | Mark] = [*self.posts, *self.marks]
        traces = [trace_of(asker.token) for row in rows for asker in row.askers]
        return traces[0] if len(traces) == 1 else {"asked_by": traces}

    def trim(self) -> None:
        """Drop the rows whose askers have all been answered."""
        self.posts = [post for post in self.posts if post.askers]
        self.marks = [mark for mark in self.marks if mark.askers]
        self.known = {}

    async def screened(self, connection: Connection, since: float | None) -> list[Post]:
        """Take out the posts of senders who were disabled, and return them.

        Of those alone that were asked for before `since` (monotonic), if that is given.
        """
        asked = {
            each.posting.sender_id
            for each in self.posts
            if since is None or each.asked_before(since)
        }
        if not asked:
            return []
        gone = {row.id for row in await connection.fetch(LOCKED_OUT, ids=list(asked))}
        refused = [post for post in self.posts if post.posting.sender_id in gone]
        self.posts = [post for post in self.posts if post.posting.sender_id not in gone]
        return refused

    def singles(self) -> list["Batch"]:
        """Each row alone."""
        posts = [Batch([post], [], self.at, self.shared) for post in self.posts]
        return [*posts, *(Batch([], [mark], self.at, self.shared) for mark in self.marks)]

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

    def sent(self, rows: list[Any]) -> list[tuple[int, int, int, int]]:
        """Chat, sender, `seq` and `n` of each message that is stored now, also by a lost try."""
        bases = _bases(rows)
        found = self.sent_before()
        for _, post, place in self._placed():
            if (base := bases.get(post.posting.chat_id)) is not None:
                p = post.posting
                found.append((p.chat_id, p.sender_id, base[0] + place, base[1] + place))
        return found

    def sent_before(self) -> list[tuple[int, int, int, int]]:
        """The same of what a try before this one has stored, whose answer was lost."""
        return [
            (known.chat_id, self.posts[o].posting.sender_id, known.seq, known.n)
            for o, known in self.known.items()
            if known.digest is None
        ]

    def results(self, rows: list[Any]) -> tuple[Results, Results]:
        """Each asker's own result of the statement's rows, in `seq` order."""
        bases = _bases(rows)
        at = timestamp(self.at)
        stored: Results = defaultdict(list)
        for o, known in sorted(self.known.items()):
            _answer(stored, self.posts[o], known, errors.NotFound())
        for _, post, place in self._placed():
            chat_id = post.posting.chat_id
            base = bases.get(chat_id)
            found = base and Known(chat_id, base[0] + place, base[1] + place, at, None)
            _answer(stored, post, found, StaleHead() if self.shared else errors.NotFound())
        return stored, self._moved(rows)

    def _moved(self, rows: list[Any]) -> Results:
        moved = {
            (chat_id, user): Marked(chat_id, user, seq, received, n)
            for user, chat_id, seq, n, received in rows
            if user is not None
        }
        marked: Results = defaultdict(list)
        for mark in self.marks:
            found = moved.get((mark.chat_id, mark.user_id)) or errors.NotFound()
            for asker in mark.askers:
                marked[asker.listener].append((asker.token, found))
        return marked


def _bases(rows: list[Any]) -> dict[int, tuple[int, int]]:
    """By chat: the `seq` and `n` from which the statement numbered."""
    return {chat_id: (seq, n) for user, chat_id, seq, n, _ in rows if user is None}


def _answer(stored: Results, post: Post, found: Known | None, missing: Exception) -> None:
    """`missing` is told where the chat is not there, or is not as it was known."""
    for number, asker in enumerate(post.askers):
        result: Stored | Exception
        if found is None:
            result = missing
        elif asker.posting.digest != (found.digest or post.posting.digest):
            result = errors.IdempotencyMismatch()
        else:
            again = found.digest is not None or number > 0
            result = Stored(found.chat_id, found.seq, found.n, found.created_at, again)
        stored[asker.listener].append((asker.token, result))


def as_json(rows: list[Any]) -> str:
    return msgspec.json.encode(rows).decode()


def late(askers: list[Any], now: float) -> list[Any]:
    """Remove and return the askers whose time is over; they stand in the order of their time."""
    count = 0
    while count < len(askers) and askers[count].until <= now:
        count += 1
    taken = askers[:count]
    del askers[:count]
    return taken
