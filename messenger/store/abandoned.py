"""Lost PostgreSQL sessions of this process: what they were doing may still be committed.

When a connection breaks, or is closed as too slow, its session goes on until it has finished its
statement, and notices only then that the client is gone.
"""

from time import monotonic

from messenger.store.sql import sa
from messenger.store.statements import Prepared

LINGERING = Prepared(
    sa.text(
        """
        select lost.pid
        from unnest(:pids, :ages) as lost(pid, age)
        join pg_stat_activity a on a.pid = lost.pid
        where a.backend_start < clock_timestamp() - lost.age * interval '1 second'
        """
    ).bindparams(
        sa.bindparam("pids", type_=sa.ARRAY(sa.Integer)),
        sa.bindparam("ages", type_=sa.ARRAY(sa.Float)),
    )
)
"""Those that still run. A session that began later only reuses the process id."""


class Abandoned:
    """The process ids of lost sessions, and when they were lost."""

    def __init__(self) -> None:
        self._lost: dict[int, float] = {}

    def __repr__(self) -> str:
        return f"<Abandoned {sorted(self._lost)}>"

    def add(self, pid: int) -> None:
        self._lost[pid] = monotonic()

    def known(self) -> tuple[list[int], list[float]]:
        """Process ids, and for how many seconds each session has been lost."""
        now = monotonic()
        return list(self._lost), [now - at for at in self._lost.values()]

    def keep(self, pids: set[int], of: list[int]) -> None:
        """Forget those of `of` that are not among `pids`: they are gone."""
        for pid in set(of) - pids:
            self._lost.pop(pid, None)
