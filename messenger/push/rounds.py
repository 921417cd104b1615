"""Large chats are not told of at every message, but in rounds, of all that came.

A round asks once about each person, however many messages there were, and tells of the newest. As
long as people go on writing, each is twice as long after the one before, for who has not looked by
then does not look because of another: push services hold back who tells them too often. After a
round in which nothing came the next message is told of at once.
"""

from collections.abc import Iterable
from time import monotonic
from typing import Final, NamedTuple

import msgspec

from messenger.model import Event
from messenger.push.happenings import Came
from messenger.rules.notify import Happening

LARGE: Final = 50
"""People with devices, from which on a chat is told of in rounds."""
GAP: Final = 3.0
"""Seconds between the first two rounds, and before one that is for all."""
LONGEST: Final = 24.0
"""Seconds between two rounds, at the most."""
MOST: Final = 100
"""Messages of a round; the oldest of more are only counted."""


Told = frozenset[tuple[int, int]]
"""People and the `seq` of a message that names them: they were told of it before its round."""
NOBODY: Final[Told] = frozenset()


class Due(NamedTuple):
    """A chat whose round has come, and what it is to be told of."""

    chat_id: int
    came: list[Came]
    told: Told


class Round(msgspec.Struct):
    """What has come since the last one."""

    due: float
    soonest: float
    """When it may begin, if something in it is for all."""
    gap: float = GAP
    """Seconds from it to the next one."""
    happenings: list[Came] = []
    told: Told = NOBODY
    for_all: bool = False
    """Whether something came for all that is not just being told."""
    taken: int = 0
    """How many of them are just being told."""


class Rounds:
    """Of all large chats."""

    def __init__(self) -> None:
        # State: rounds by chat. One with nothing in it is there until the next may begin.
        self._rounds: dict[int, Round] = {}

    def __repr__(self) -> str:
        return f"<Rounds of {len(self._rounds)} chats>"

    def __bool__(self) -> bool:
        """Whether anything waits for its round."""
        return any(each.happenings for each in self._rounds.values())

    def put(
        self,
        chat_id: int,
        event: Event,
        happened: Happening,
        *,
        told: Iterable[int] = (),
        for_all: bool = False,
    ) -> Event | None:
        """Have it told in the next round; the event that has no room in it any more.

        `told`: who knows of it already.
        """
        found = self._rounds.get(chat_id)
        if found is None:
            now = monotonic()
            found = self._rounds[chat_id] = Round(due=now, soonest=now)
        if for_all:
            found.for_all, found.due = True, found.soonest
        found.happenings.append((event, happened))
        found.told |= {(user_id, happened.seq) for user_id in told}
        # Not one that is just being told.
        full = len(found.happenings) - found.taken > MOST
        return found.happenings.pop(found.taken)[0] if full else None

    def due(self) -> list[Due]:
        """Chats whose time has come, and what came. It is theirs until it is ended."""
        now, found = monotonic(), []
        for chat_id, each in list(self._rounds.items()):
            if each.due > now:
                continue
            if each.happenings:
                each.taken, each.for_all = len(each.happenings), False
                found.append(Due(chat_id, each.happenings[:], each.told))
            else:
                del self._rounds[chat_id]
        return found

    def again(self, chat_id: int) -> None:
        """It could not be told: it is due as it was, with what has come since."""
        self._rounds[chat_id].taken = 0

    def end(self, chat_id: int) -> list[Came]:
        """What was told; what came since waits for the next round, a gap later."""
        ended = self._rounds[chat_id]
        now, rest = monotonic(), ended.happenings[ended.taken :]
        seqs = {event.seq for event, _ in rest}
        self._rounds[chat_id] = Round(
            due=now + (GAP if ended.for_all else ended.gap),
            soonest=now + GAP,
            gap=min(2 * ended.gap, LONGEST),
            happenings=rest,
            told=frozenset(each for each in ended.told if each[1] in seqs),
            for_all=ended.for_all,
        )
        return ended.happenings[: ended.taken]
