"""Which devices are subscribed, kept in memory: a chat in which nobody is costs nothing.

A copy of the rows that is brought up to date at once by this process, and every few minutes by
asking again. Whether a device may still be told is asked when something is sent to it.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

NONE: Final[dict[str, str]] = {}


class Device(msgspec.Struct, frozen=True):
    """A subscription, and its push service's host."""

    id: str
    service: str


class Subscribers:
    """Devices by person."""

    def __init__(self) -> None:
        # State: services by subscription by person; and how often somebody new came.
        self.by_user: dict[int, dict[str, str]] = {}
        self.arrivals = 0

    def __repr__(self) -> str:
        return f"<Subscribers {len(self.by_user)}>"

    def __contains__(self, user_id: int) -> bool:
        return user_id in self.by_user

    def replace(self, live: Iterable[tuple[str, int, str]]) -> None:
        """Take what is stored: subscription, person, push service."""
        self.by_user = {}
        for id, user_id, service in live:
            self.by_user.setdefault(user_id, {})[id] = service
        self.arrivals += 1

    def add(self, user_id: int, id: str, service: str) -> None:
        # An endpoint is one person's: the device may have been somebody else's before.
        self.drop([id])
        if user_id not in self.by_user:
            self.arrivals += 1
        self.by_user.setdefault(user_id, {})[id] = service

    def drop(self, ids: Iterable[str]) -> None:
        gone = set(ids)
        for user_id, devices in list(self.by_user.items()):
            for id in gone & devices.keys():
                del devices[id]
            if not devices:
                del self.by_user[user_id]

    def of(self, user_id: int) -> list[Device]:
        return [Device(*each) for each in self.by_user.get(user_id, NONE).items()]
