"""The servers of one database, as one of them knows them: what each says of itself."""

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic, process_time
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from messenger.config import Settings
from messenger.model import timestamp

NUMBER: Final = "MESSENGER_NUMBER"
"""The variable by which one of several servers behind a port knows its number."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One server of this database."""

    node: Annotated[str, Meta(description="Its host, port, and number behind that port.")]
    version: Annotated[str, Meta(description="The version of the server.")]
    started_at: Annotated[str, Meta(description="When it was started.")]
    connections: Annotated[int, Meta(description="Open WebSockets.")]
    cpu: Annotated[float, Meta(description="Of one core, lately; 1 is all of it.")]
    leads: Annotated[bool, Meta(description="Whether it sends pushes and mail, and indexes.")]
    lag_ms: Annotated[
        int | None,
        Meta(
            description="How long its last sign of life was on its way here, by both clocks; null:"
            " this is the server that answers."
        ),
    ] = None


class Told(msgspec.Struct, frozen=True, array_like=True):
    """The same on its way to the others, and when it was said (seconds, Unix)."""

    node: str
    version: str
    started_at: str
    connections: int
    cpu: float
    leads: bool
    at: float


class Nodes:
    """This server's own facts, and what others have told of theirs."""

    def __init__(
        self,
        settings: Settings,
        connections: Callable[[], float | None],
        leads: Callable[[], bool],
    ) -> None:
        number = os.environ.get(NUMBER)
        place = f"{socket.gethostname()}:{settings.port}"
        self.name = f"{place}/{number}" if number else place
        self._version = ""
        self._connections = connections
        self._leads = leads
        self._started_at = timestamp(datetime.now(UTC))
        # State: processor time and moment of the last look, and what came of it.
        self._before = process_time(), monotonic()
        self._cpu = 0.0

    def __repr__(self) -> str:
        return f"<Nodes, this one is {self.name}>"

    def own(self) -> Told:
        if not self._version:
            # With it comes the reader of letters, which a single server does without.
            from importlib.metadata import version

            self._version = version("messenger")
        used, moment = process_time(), monotonic()
        if moment - self._before[1] >= 0.5:
            self._cpu = round((used - self._before[0]) / (moment - self._before[1]), 3)
            self._before = used, moment
        return Told(
            self.name,
            self._version,
            self._started_at,
            int(self._connections() or 0),
            self._cpu,
            self._leads(),
            datetime.now(UTC).timestamp(),
        )

    def all(self, heard: dict[str, tuple[Any, float]]) -> list[Node]:
        """This one first, then those of whom anything was `heard`, with when (seconds, Unix)."""
        found = []
        for said, at in heard.values():
            try:
                told = msgspec.convert(said, Told)
            except msgspec.ValidationError:
                # Of another version, in other words.
                continue
            found.append(_shown(told, max(0, round((at - told.at) * 1000))))
        others = sorted(found, key=lambda each: each.node)
        return [_shown(self.own(), None), *others]


def _shown(told: Told, lag_ms: int | None) -> Node:
    return Node(
        node=told.node,
        version=told.version,
        started_at=told.started_at,
        connections=told.connections,
        cpu=told.cpu,
        leads=told.leads,
        lag_ms=lag_ms,
    )
