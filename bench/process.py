"""What the kernel says of processes: time, memory, and on which CPU they may run. Linux only."""

import contextlib
import os
from pathlib import Path

import msgspec

CPUS = os.sched_getaffinity(0)
"""Where this process may run, as it was before it was kept to one of them."""
_TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """The time that all threads of a process have run.

    From the scheduler's own count where it keeps one: the other comes in ticks of 10 ms.
    """
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    except FileNotFoundError:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK


def pss_kib(pid: int) -> int:
    """The memory of a process: its own, and its share of what it has in common with others."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise ValueError(f"no Pss in the memory of {pid}")


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and those that they did."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, wanted = [], [pid]
    while wanted:
        wanted += (below := children.get(wanted.pop(), []))
        found += below
    return found


def pin(pid: int, cpu: int) -> None:
    """Keep a process to one CPU. Its children of before stay free."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {cpu})


class Usage(msgspec.Struct):
    """CPU time by who used it; between two moments, in cores."""

    server: float
    client: float
    database: float
    helpers: float
    others: float

    @classmethod
    def now(cls, pid: int, of_database: int | None = None) -> "Usage":
        """`of_database` started PostgreSQL, if it was not the server."""
        server, client = cpu_seconds(pid), cpu_seconds(os.getpid())
        database = helpers = 0.0
        for child in descendants(of_database or pid):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if is_helper(child):
                    helpers += cpu_seconds(child)
                else:
                    database += cpu_seconds(child)
        ours = server + client + database + helpers
        return cls(server, client, database, helpers, busy_seconds() - ours)

    def cores(self, before: "Usage", seconds: float) -> "Usage":
        """The cores used since an earlier moment."""
        return Usage(
            *(
                max(0.0, getattr(self, name) - getattr(before, name)) / seconds
                for name in self.__struct_fields__
            )
        )

    def __str__(self) -> str:
        return (
            f"cores: server {self.server:.2f}, PostgreSQL {self.database:.2f}, "
            f"helpers {self.helpers:.2f}, client {self.client:.2f}, others {self.others:.2f}"
        )


def is_helper(pid: int) -> bool:
    """Whether a process below the server is one that draws or sends, and none of PostgreSQL's."""
    return b"postgres" not in Path(f"/proc/{pid}/cmdline").read_bytes()


def busy_seconds() -> float:
    """All CPU time of the machine but idling and waiting."""
    user, nice, system, _, _, irq, softirq, steal = (
        int(field) for field in Path("/proc/stat").read_text().split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / _TICK
