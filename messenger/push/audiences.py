"""Who of a chat has devices, remembered until somebody comes or goes."""

from collections import OrderedDict
from typing import Final, NamedTuple

from messenger.model import ChatKind
from messenger.push.subscribers import Subscribers
from messenger.store.db import Database
from messenger.store.reads import pushing

MOST: Final = 2000
"""Chats whose people with devices are remembered."""


class Audience(NamedTuple):
    """A chat's kind, its people with devices, and of which moment that is."""

    kind: ChatKind
    users: frozenset[int]
    arrivals: int


class Audiences:
    """By chat."""

    def __init__(self, database: Database, subscribers: Subscribers) -> None:
        self._database = database
        self._subscribers = subscribers
        # State: the chats that were asked for last, the oldest first.
        self._known: OrderedDict[int, Audience] = OrderedDict()

    def __repr__(self) -> str:
        return f"<Audiences of {len(self._known)} chats>"

    async def of(self, chat_id: int) -> Audience | None:
        """None: there is no such chat (any more)."""
        found = self._known.get(chat_id)
        if found is None or found.arrivals != self._subscribers.arrivals:
            arrivals = self._subscribers.arrivals
            kind = found.kind if found else await pushing.kind(self._database, chat_id)
            if kind is None:
                return None
            users = await pushing.subscribed(self._database, chat_id)
            found = self._known[chat_id] = Audience(kind, users, arrivals)
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        return found

    def forget(self, chat_id: int) -> None:
        """Somebody came or left."""
        self._known.pop(chat_id, None)
