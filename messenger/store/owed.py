"""What senders are owed: a message moves its sender's marks, but not in the commit that stores it.

They are stored with the next batch that has marks in it, or a second later, or when somebody is
about to read marks: a busy chat's senders are then written once a second, not with each batch.
Lost in a crash they are found again: `streams.marked_n` says up to where they are stored.
"""

import asyncio
from collections.abc import Callable, Collection, Sized
from typing import Any, Final, Protocol

EVERY: Final = 1.0
"""Seconds that a mark is owed at the most."""
MOST: Final = 5000
UNREAD: Final = 256
"""Messages at the most whose senders are not yet looked up: they are kept in memory until then."""
PATIENCE: Final = 1.0
"""Seconds that a reader waits for them: with a database that is away it reads nothing anyway."""

Marks = dict[tuple[int, int], tuple[int, int]]
"""By (chat, sender): `seq` and `n` of their last message."""
NONE: Final = 0, 0


class Sent(Protocol):
    """A batch that is stored."""

    @property
    def posts(self) -> Sized: ...
    def owing(self) -> Marks:
        """What its senders are owed from now on."""


class Owed:
    """The marks that are still to be stored; `pay` is called when it is time."""

    def __init__(self, pay: Callable[[], None]) -> None:
        self._pay = pay
        # State: the batches whose marks are not among them yet, and how many messages they are; the
        # marks, whether it is time to store them, the timer until then, and who waits.
        self._unread: list[Sent] = []
        self._messages = 0
        self.marks: Marks = {}
        self.due = False
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: list[asyncio.Future[None]] = []

    def __repr__(self) -> str:
        return f"<Owed {len(self.marks)} marks{', due' if self.due else ''}>"

    def keep(self, batch: Sent) -> None:
        """Its messages were stored without their senders' marks.

        Those are looked up when they are needed: here others wait to hear of the messages.
        """
        self._unread.append(batch)
        self._messages += len(batch.posts)
        if self._messages > UNREAD:
            self._read()
        elif self._timer is None:
            self._start_timer()

    def add(self, sent: Marks) -> None:
        """The last message of each of these senders."""
        for sender, mark in sent.items():
            if mark > self.marks.get(sender, NONE):
                self.marks[sender] = mark
        if len(self.marks) > MOST:
            self.ask()
        elif self.marks and self._timer is None:
            self._start_timer()

    def _read(self) -> None:
        unread, self._unread, self._messages = self._unread, [], 0
        for batch in unread:
            self.add(batch.owing())

    def ask(self) -> None:
        """Have them stored now."""
        self._read()
        self._stop_timer()
        if self.marks and not self.due:
            self.due = True
            self._pay()

    async def settled(self, users: Collection[int] | None = None) -> None:
        """Wait until all of them are stored, where one of these is owed any (None: anybody)."""
        self._read()
        if not self.marks or (
            users is not None and {user for _, user in self.marks}.isdisjoint(users)
        ):
            return
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self.ask()
        await asyncio.wait([done], timeout=PATIENCE)

    def rows(self) -> tuple[Marks, list[dict[str, Any]]]:
        """All of them, for a statement; give them back to `ended`."""
        self._read()
        rows = [
            {"c": chat_id, "u": user_id, "r": seq, "v": seq, "n": n}
            for (chat_id, user_id), (seq, n) in self.marks.items()
        ]
        return dict(self.marks), rows

    def ended(self, paid: Marks | None) -> None:
        """After a statement that should have stored them; None: it did not."""
        self.due = False
        if paid is not None:
            for key, mark in paid.items():
                if self.marks.get(key) == mark:
                    del self.marks[key]
        self._stop_timer()
        if self.marks or self._unread:
            self._start_timer()
        waiting, self._waiting = self._waiting, []
        for done in waiting:
            if not done.done():
                done.set_result(None)

    def close(self) -> None:
        self._stop_timer()

    def _start_timer(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(EVERY, self.ask)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
