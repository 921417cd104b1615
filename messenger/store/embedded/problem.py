"""What goes wrong with the embedded PostgreSQL, said so that an administrator can act on it."""

from pathlib import Path

_TAIL_BYTES = 2000


class PostgresProblem(Exception):
    """The embedded PostgreSQL cannot run; the message says why, and what to do."""


class AlreadyRunning(PostgresProblem):
    """Another messenger process runs PostgreSQL on this data directory."""


def tail(log: Path, start: int = 0) -> str:
    """The last lines of a log, none of them from before byte `start`."""
    if not log.exists():
        return "    (nothing)"
    with log.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(start, size - _TAIL_BYTES))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return "\n".join(f"    {line}" for line in lines[-12:]) or "    (nothing)"
