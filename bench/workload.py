"""Whom `scale` is about: the people of the busiest hour, and the chats they are in."""

from collections import Counter
from functools import cache
from typing import NamedTuple

import msgspec


class Workload(msgspec.Struct, frozen=True, kw_only=True):
    """The busiest hour of people who are all connected."""

    sockets: int = 1_000_000
    chats: int = 10_000
    """Of ten people and more."""
    smallest: int = 10
    largest: int = 10_000
    size_exponent: float = 1.5
    """There are so many fewer chats of a size, the larger it is."""
    talk_exponent: float = 0.5
    """A chat of four times the members says twice as much: most people read there."""
    messages_hour: float = 12.0
    """Of each person."""
    direct: float = 0.6
    """Share of messages between two people."""
    marks_hour: float = 20.0
    """Times each person reads a chat to its end, which is written, too."""
    directs: float = 8.0
    """Conversations of two that each person keeps an eye on."""

    @property
    def messages(self) -> float:
        return self.sockets * self.messages_hour / 3600.0

    @property
    def marks(self) -> float:
        return self.sockets * self.marks_hour / 3600.0

    def of(self, sockets: int) -> "Workload":
        """The same people in a smaller or larger house."""
        share = sockets / self.sockets
        return msgspec.structs.replace(
            self,
            sockets=sockets,
            chats=max(1, round(self.chats * share)),
            largest=max(self.smallest + 1, min(self.largest, sockets)),
        )


class Chats(NamedTuple):
    """All chats of one size."""

    size: int
    rate: float
    """Messages of all of them, each second."""
    count: int


@cache
def chats(work: Workload) -> list[Chats]:
    """The chats by size: quantiles of a power law, without chance."""
    power = 1.0 - work.size_exponent
    low, high = work.smallest**power, work.largest**power
    shares = ((each + 0.5) / work.chats for each in range(work.chats))
    counted = Counter(round((low + share * (high - low)) ** (1.0 / power)) for share in shares)
    talk = sum(count * size**work.talk_exponent for size, count in counted.items())
    each = work.messages * (1.0 - work.direct) / talk
    return [
        Chats(size, each * count * size**work.talk_exponent, count)
        for size, count in sorted(counted.items())
    ]
