"""Large chats are not told of at every message, but in rounds: every few seconds, of all that came.

A round asks once about each person, however many messages there were, and tells of the newest.
"""

from time import monotonic
from typing import Final

import msgspec

from messenger.model import Event
from messenger.push.happenings import Came
from messenger.rules.notify import Happening

LARGE: Final = 50
"""People with devices, from which on a chat is told of in rounds."""
GAP: Final = 3.0
"""Seconds between two rounds."""
MOST: Final = 100
"""Messages of a round; the oldest of more are only counted."""


class Round(msgspec.Struct):
    """What has come since the last one."""

    due: float
    happenings: list[Came] = []
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

    def put(self, chat_id: int, event: Event, happened: Happening) -> Event | None:
        """Have it told in the next round; the event that has no room in it any more."""
        found = self._rounds.get(chat_id)
        if found is None:
            found = self._rounds[chat_id] = Round(due=monotonic())
        found.happenings.append((event, happened))
        # Not one that is just being told.
        return found.happenings.pop(found.taken)[0] if len(found.happenings) > MOST else None

    def due(self) -> list[tuple[int, list[Came]]]:
        """Chats whose time has come, and what came. It is theirs until it is ended."""
        now, found = monotonic(), []
        for chat_id, each in list(self._rounds.items()):
            if each.due > now:
                continue
            if each.happenings:
                each.taken = len(each.happenings)
                found.append((chat_id, each.happenings[: each.taken]))
            else:
                del self._rounds[chat_id]
        return found

    def end(self, chat_id: int) -> list[Came]:
        """What was told; what came since waits for the next round, a gap later."""
        ended = self._rounds[chat_id]
        self._rounds[chat_id] = Round(monotonic() + GAP, ended.happenings[ended.taken :])
        return ended.happenings[: ended.taken]
