"""Who is here by way of another server: word of mouth, which is over when that server is silent."""

from collections.abc import Iterable
from time import monotonic, time
from typing import Any, Final

SILENT: Final = 6.0
"""Seconds without a word from a server after which its people are gone."""


class Elsewhere:
    """The people of other servers, and which chats they look at."""

    def __init__(self) -> None:
        # State: by server, the chats that each of its people looks at, and when it was last heard.
        self._people: dict[str, dict[int, frozenset[int]]] = {}
        self._heard: dict[str, float] = {}
        # What servers said of themselves, and when by the clock of the wall.
        self.told: dict[str, tuple[Any, float]] = {}

    def __repr__(self) -> str:
        return f"<Elsewhere {sum(map(len, self._people.values()))} people>"

    @property
    def servers(self) -> list[str]:
        return sorted(self._heard)

    def hear(self, server: str) -> bool:
        """A server is there; whether it is a new one."""
        is_new = server not in self._heard
        self._heard[server] = monotonic()
        return is_new

    def tell_of(self, server: str, said: Any) -> None:
        """What a server says of itself; read by whoever shows it."""
        self.told[server] = said, time()

    def put(self, server: str, user_id: int, chats: Iterable[int] | None) -> None:
        """One of its people is here and looks at these chats; None: is not here any more."""
        people = self._people.setdefault(server, {})
        if chats is None:
            people.pop(user_id, None)
        else:
            people[user_id] = frozenset(chats)

    def is_here(self, user_id: int) -> bool:
        return any(user_id in people for people in self._people.values())

    def is_looking(self, user_id: int, chat_id: int) -> bool:
        return any(chat_id in people.get(user_id, ()) for people in self._people.values())

    def forget(self, server: str) -> list[int]:
        """It has ended; returns its people."""
        self._heard.pop(server, None)
        self.told.pop(server, None)
        return list(self._people.pop(server, {}))

    def forget_silent(self) -> list[int] | None:
        """The same for all that have been silent for too long; None where none has."""
        before = monotonic() - SILENT
        silent = [server for server, at in self._heard.items() if at < before]
        people = [user_id for server in silent for user_id in self.forget(server)]
        return people if silent else None
