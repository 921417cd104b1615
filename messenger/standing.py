"""What everybody is doing at the moment, as lines for the log: SIGUSR1 asks for them.

Only looks: at the actors with mail, the journal, background tasks, the sockets that are behind, and
where each task of the loop waits. Names no text that anybody wrote.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from messenger.actors.actor import DEADLINE

if TYPE_CHECKING:
    from messenger.app import Server

MOST: Final = 50
"""Lines of each kind; of the rest only how many there are."""
OURS: Final = str(Path(__file__).parent)


def lines(server: "Server") -> Iterator[str]:
    """One sentence a line, what is most behind first."""
    directory = server.directory
    yield f"{server!r}, {directory!r}, {directory.waiting} commands wait, {server.journal!r}"
    yield from _some("actors", _actors(directory.actors))
    yield from _some("sockets behind", _behind(server.endpoint.sessions))
    yield from _some("background tasks", map(repr, server.background.healths.values()))
    yield from _some("tasks", _tasks())


def _some(kind: str, found: Iterator[str] | Any) -> Iterator[str]:
    listed = list(found)
    yield f"{len(listed)} {kind}"
    yield from (f"  {each}" for each in listed[:MOST])
    if len(listed) > MOST:
        yield f"  and {len(listed) - MOST} more"


def _actors(actors: list[Any]) -> Iterator[str]:
    """Those that have something to do, the longest at it first."""
    now = monotonic()
    busy = [(each, each.turn_of()) for each in actors if not each.idle]
    busy.sort(key=lambda each: each[1][0].until if each[1] else now)
    for actor, envelopes in busy:
        doing = ", ".join(
            f"{envelope!r} for {now - envelope.until + DEADLINE:.1f} s" for envelope in envelopes
        )
        yield f"{actor!r}: {doing or 'between turns'}; {actor.waiting} wait"


def _behind(sessions: Any) -> Iterator[str]:
    behind = [(each.unsent, each) for each in sessions if each.unsent]
    for unsent, session in sorted(behind, key=lambda each: -each[0]):
        yield f"{session!r}: {unsent} bytes unsent"


def _tasks() -> Iterator[str]:
    """Where the loop's tasks wait: how many at each place."""
    places = Counter(_place(task) for task in asyncio.all_tasks())
    for place, count in places.most_common():
        yield f"{count} × {place}"


def _place(task: "asyncio.Task[Any]") -> str:
    """The innermost line of ours that a task waits in, and what it is named after."""
    name, place = "", ""
    step: Any = task.get_coro()
    while step is not None:
        frame: FrameType | None = getattr(step, "cr_frame", None) or getattr(step, "gi_frame", None)
        name = name or getattr(step, "__qualname__", "")
        if frame is not None and frame.f_code.co_filename.startswith(OURS):
            file = Path(frame.f_code.co_filename).relative_to(OURS)
            place = f"{file}:{frame.f_lineno}"
        step = getattr(step, "cr_await", None) or getattr(step, "gi_yieldfrom", None)
    return f"{name} at {place or 'no line of ours'}"
