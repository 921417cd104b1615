"""The rows of one flush of the journal, and what its answer says to each who asked."""

from collections import defaultdict
from datetime import datetime
from time import monotonic
from typing import Any

import msgspec

from messenger import errors
from messenger.model.moments import exactly, in_contract
from messenger.storage import JournalListener, Marked, Posting, StaleHead, Stored
from messenger.store.connection import Connection
from messenger.store.journal_rows import LOOK_EVERY, Known, Mark, Post, as_json
from messenger.store.journal_sql import LOCKED_OUT
from messenger.store.owed import Marks

Told = dict[JournalListener, list[tuple[Any, Posting, Any]]]
"""By listener: the token of each asker, their post, and the result."""
ToldOfMarks = dict[JournalListener, list[tuple[Any, Any]]]
"""By listener: the token of each asker, and the result."""


def trace_of(token: Any) -> dict[str, Any]:
    """What an asker's token says of who asks; the token is the listener's own affair."""
    return dict(getattr(token, "trace", {}))


class Batch:
    """The rows of one statement. Sent again it may have fewer: those that are still waited for."""

    __slots__ = (
        "_places", "at", "doubtful", "known", "marks", "moment", "posts", "seconds", "shared",
        "stamp", "stored", "unmarked",
    )  # fmt: skip

    def __init__(
        self, posts: list[Post], marks: list[Mark], at: datetime, shared: bool = False
    ) -> None:
        """`shared`: other servers write as well."""
        self.posts = posts
        self.marks = marks
        self.at = at
        # As PostgreSQL is told of it, and as those who asked are.
        self.moment = exactly(at)
        self.stamp = in_contract(self.moment)
        self.shared = shared
        # Of `posts`, by place: those whose key was found; and whether to look for them, because
        # a try before this one may have stored them, or another process has.
        self.known: dict[int, Known] = {}
        self.doubtful = False
        # The rows of a commit without its senders' marks, which are owed.
        self.unmarked: list[Any] = []
        self._places: list[tuple[Post, int]] | None = None
        # Once it is stored: how long that took, in seconds, and how many messages it was.
        self.seconds = 0.0
        self.stored = 0

    def __len__(self) -> int:
        return len(self.posts) + len(self.marks)

    @property
    def plain(self) -> bool:
        """Whether it is messages alone, with no files."""
        return not self.marks and not any(post.posting.files for post in self.posts)

    @property
    def placed(self) -> list[tuple[Post, int]]:
        """The posts that are to be stored, and which of their chat's each is; counts from 1."""
        if self._places is None:
            counts: dict[int, int] = {}
            self._places = places = []
            for o, post in enumerate(self.posts):
                if o not in self.known:
                    chat_id = post.posting.chat_id
                    counts[chat_id] = place = counts.get(chat_id, 0) + 1
                    places.append((post, place))
        return self._places

    def values(self) -> dict[str, Any]:
        """The statement's parameters."""
        placed = self.placed
        # The last of a chat's has its number of posts for a place.
        counts = {post.posting.chat_id: place for post, place in placed}
        streams = [{"c": chat_id, "count": counts[chat_id]} for chat_id in sorted(counts)]
        if self.shared:
            heads = self._heads()
            for stream in streams:
                stream["h"] = heads[stream["c"]]
        posts = [post.row(place) for post, place in placed]
        return {"posts": as_json(posts), "streams": as_json(streams), "at": self.moment}

    def _heads(self) -> dict[int, int]:
        """By chat: up to where it was known when the first of its posts was allowed."""
        heads: dict[int, int] = {}
        for post, _ in self.placed:
            chat_id, head = post.posting.chat_id, post.posting.head
            heads[chat_id] = min(head, heads.get(chat_id, head))
        return heads

    def keys(self) -> dict[str, Any]:
        """The parameters of the statement that looks for known keys."""
        rows = [
            {"o": o, "u": post.posting.sender_id, "k": post.posting.client_message_id}
            for o, post in enumerate(self.posts)
        ]
        return {"keys": as_json(rows), "at": self.moment}

    def found(self, rows: list[Any]) -> None:
        """Take what that statement has found."""
        self.known = {o: Known(*columns) for o, *columns in rows}
        self._places = None

    def trace(self) -> dict[str, Any]:
        """For `extra=`: for whom it is; of a single row as the row's own."""
        rows: list[Post | Mark] = [*self.posts, *self.marks]
        traces = [trace_of(asker.token) for row in rows for asker in row.askers]
        return traces[0] if len(traces) == 1 else {"asked_by": traces}

    def trim(self) -> list[Post]:
        """Drop the rows whose askers have all been answered; the posts among them."""
        dropped = [post for post in self.posts if not post.askers]
        self.posts = [post for post in self.posts if post.askers]
        self.marks = [mark for mark in self.marks if mark.askers]
        self.known = {}
        self._places = None
        return dropped

    def senders(self, since: float | None) -> list[int]:
        """Who asked before a moment (monotonic); all of them, if there is none."""
        if since is None:
            return list({each.posting.sender_id for each in self.posts})
        if since + 2 * LOOK_EVERY < monotonic():
            # Who asked before has been answered.
            return []
        return list({each.posting.sender_id for each in self.posts if each.asked_before(since)})

    async def screened(self, connection: Connection, senders: list[int]) -> list[Post]:
        """Take out the posts of these senders that were disabled, and return them."""
        gone = {row.id for row in await connection.fetch(LOCKED_OUT, ids=senders)}
        refused = [post for post in self.posts if post.posting.sender_id in gone]
        self.posts = [post for post in self.posts if post.posting.sender_id not in gone]
        # Whoever was known is looked for again: the others have other places now.
        self.known, self._places = {}, None
        return refused

    def singles(self) -> list["Batch"]:
        """Each row alone."""
        posts = [Batch([post], [], self.at, self.shared) for post in self.posts]
        return [*posts, *(Batch([], [mark], self.at, self.shared) for mark in self.marks)]

    def refused(self, error: errors.DomainError) -> tuple[Told, ToldOfMarks]:
        """One error for every asker, each with their own of it: it keeps where it is raised."""

        def alike() -> errors.DomainError:
            return type(error)(str(error), **(error.details or {}))

        stored: Told = defaultdict(list)
        marked: ToldOfMarks = defaultdict(list)
        for post in self.posts:
            for asker in post.askers:
                stored[asker.listener].append((asker.token, asker.posting, alike()))
        for mark in self.marks:
            for each in mark.askers:
                marked[each.listener].append((each.token, alike()))
        return stored, marked

    def owing(self) -> Marks:
        """What its senders are owed, once it is stored without their marks."""
        return self.sent(self.unmarked)

    def sent(self, rows: list[Any]) -> Marks:
        """The last message of each sender that is stored now, also by a lost try."""
        bases = _bases(rows)
        found = self.sent_before() if self.known else {}
        for post, place in self.placed:
            p = post.posting
            if (base := bases.get(p.chat_id)) is not None:
                found[p.chat_id, p.sender_id] = base[0] + place, base[1] + place
        return found

    def sent_before(self) -> Marks:
        """The same of what a try before this one has stored, whose answer was lost."""
        again = [
            (known.chat_id, self.posts[o].posting.sender_id, known.seq, known.n)
            for o, known in self.known.items()
            if known.digest is None
        ]
        return {(chat_id, user_id): (seq, n) for chat_id, user_id, seq, n in sorted(again)}

    def results(self, rows: list[Any]) -> tuple[Told, ToldOfMarks]:
        """Each asker's own result of the statement's rows, in `seq` order."""
        bases = _bases(rows)
        at = self.stamp
        stored: Told = defaultdict(list)
        self.stored = 0
        if self.known:
            self._tell_known(stored)
        for post, place in self.placed:
            chat_id = post.posting.chat_id
            base = bases.get(chat_id)
            if base is not None:
                _answer(stored, post, Stored(chat_id, base[0] + place, base[1] + place, at, False))
                self.stored += 1
                continue
            # The chat is not there, or is not as it was known.
            missing = StaleHead() if self.shared else errors.NotFound()
            for asker in post.askers:
                stored[asker.listener].append((asker.token, asker.posting, missing))
        return stored, self._moved(rows) if self.marks else {}

    def _tell_known(self, stored: Told) -> None:
        """The results of those whose key was found."""
        for o, known in sorted(self.known.items()):
            before = known.digest is not None
            first = Stored(known.chat_id, known.seq, known.n, known.created_at, before)
            _answer(stored, self.posts[o], first, known.digest)
            self.stored += not before

    def _moved(self, rows: list[Any]) -> ToldOfMarks:
        moved = {
            (chat_id, user): Marked(chat_id, user, seq, received, n)
            for user, chat_id, seq, n, received in rows
            if user is not None
        }
        marked: ToldOfMarks = defaultdict(list)
        for mark in self.marks:
            found = moved.get((mark.chat_id, mark.user_id)) or errors.NotFound()
            for asker in mark.askers:
                marked[asker.listener].append((asker.token, found))
        return marked


def _bases(rows: list[Any]) -> dict[int, tuple[int, int]]:
    """By chat: the `seq` and `n` from which the statement numbered."""
    return {chat_id: (seq, n) for user, chat_id, seq, n, _ in rows if user is None}


def _answer(stored: Told, post: Post, first: Stored, digest: str | None = None) -> None:
    """`first` is for who asked first; `digest` is that of what was stored, if it was another."""
    posting, askers = post.posting, post.askers
    if digest is None and len(askers) == 1 and askers[0].posting is posting:
        # Nearly always.
        stored[askers[0].listener].append((askers[0].token, posting, first))
        return
    digest = digest or posting.digest
    for number, asker in enumerate(askers):
        result: Stored | Exception = first
        if asker.posting.digest != digest:
            result = errors.IdempotencyMismatch()
        elif number:
            result = msgspec.structs.replace(first, duplicate=True)
        stored[asker.listener].append((asker.token, asker.posting, result))
