"""Where what is done comes from, for the audit: known at the door, wherever its work is done.

A context variable, so that nothing in between hands it on. A task inherits it from who starts it:
what is not done in an asker's name (a job, a follow-up) begins with `leave`, and an actor, whose
task is that of whoever woke it, sets it for each envelope.
"""

from contextvars import ContextVar
from typing import Final, NamedTuple

MACHINE: Final = "cli"
"""The address of the command line."""
LONGEST: Final = 200
"""Characters of what a program says of itself."""


class Place(NamedTuple):
    """An address, and the program there: a browser; of the command line, the system's account."""

    address: str
    agent: str | None = None


CURRENT: Final[ContextVar[Place | None]] = ContextVar("place", default=None)
"""None is the server itself."""


def leave() -> None:
    """What this task does from now on, the server does."""
    CURRENT.set(None)


def written() -> str | None:
    """The current place in one line: the address, which has no space, and the rest behind one."""
    place = CURRENT.get()
    if place is None:
        return None
    agent = "".join(filter(str.isprintable, place.agent or "")).strip()[:LONGEST]
    return f"{place.address} {agent}" if agent else place.address


def read(line: str | None) -> Place | None:
    """A place as it was written."""
    if line is None:
        return None
    address, _, agent = line.partition(" ")
    return Place(address, agent or None)
