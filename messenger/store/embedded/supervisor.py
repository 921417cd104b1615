"""Starts the embedded PostgreSQL again when it has died, for as long as the server runs."""

import logging
from time import monotonic

from . import EmbeddedPostgres
from .problem import PostgresProblem

log = logging.getLogger(__name__)

STEADY = 5.0
"""Seconds it must have run for its death to be a new one."""
ORPHANS = 10.0
"""Seconds in which it may die at once: the last of a killed predecessor may still be going."""


class Supervisor:
    """Looks whenever it is asked; clients only notice a pause."""

    def __init__(self, postgres: EmbeddedPostgres) -> None:
        self.postgres = postgres
        # State: when it was last started by us, and since when it has not been steady.
        self.launched_at = -STEADY
        self.down_since: float | None = None

    def __repr__(self) -> str:
        return f"<Supervisor of {self.postgres!r}>"

    async def look(self) -> None:
        """Start it if it is down; raises what keeps it from starting, or PostgresProblem."""
        now = monotonic()
        if self.postgres.poll():
            if now - self.launched_at >= STEADY:
                self.down_since = None
            return
        if self.down_since is None:
            self.down_since = now
            log.error("PostgreSQL ended unexpectedly; starting it again")
        self.launched_at = now
        self.postgres.launch()
        if now - self.down_since > ORPHANS:
            raise PostgresProblem(
                f"PostgreSQL ends as soon as it is started; {self.postgres.log} says why."
            )
