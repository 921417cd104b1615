"""Who may run PostgreSQL on a data directory, and who does.

One process at a time holds the claim, an flock that the kernel takes back however it dies.
Also reads `postmaster.pid`, which PostgreSQL keeps about itself.
"""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from .problem import AlreadyRunning


class Claim:
    """The right to run PostgreSQL on one data directory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self, patience: float, lasting: bool) -> None:
        """Wait for the claim; raise AlreadyRunning after `patience` seconds of another's.

        A lasting claim is a server's: others may connect to what it runs.
        """
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + patience
        while not _locked(file):
            if time.monotonic() > deadline:
                holder = os.pread(file, 100, 0).decode(errors="replace").strip()
                os.close(file)
                raise AlreadyRunning(
                    f"Another process ({holder}) runs PostgreSQL in {self.path.parent}: stop it,"
                    " or give this one a DATA_DIR of its own."
                )
            time.sleep(0.02)
        os.ftruncate(file, 0)
        os.pwrite(file, f"{'server' if lasting else 'command'} {os.getpid()}\n".encode(), 0)
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def server_holds(path: Path) -> bool:
    """Whether a server, not a passing command, holds the claim right now."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _locked(file) and os.pread(file, 100, 0).startswith(b"server")
    finally:
        os.close(file)


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Postmaster(msgspec.Struct, frozen=True):
    """What `postmaster.pid` says."""

    pid: int
    socket_dir: str
    ready: bool

    def lives_in(self, cluster: Path) -> bool:
        """Whether that process exists and is PostgreSQL on this cluster, not a later namesake."""
        if sys.platform != "linux":
            return "postgres" in _command_of(self.pid)
        try:
            return Path(f"/proc/{self.pid}/cwd").samefile(cluster)
        except PermissionError:
            # The service has users of its own (PrivateUsers=): its processes' commands can be read.
            return _directory_of(self.pid) == str(cluster)
        except OSError:
            return False

    def number_is_taken(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def postmaster(cluster: Path) -> Postmaster | None:
    """Read `postmaster.pid`; None while there is none, or not enough of it yet."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        pid, socket_dir = int(lines[0]), lines[4]
    except (FileNotFoundError, IndexError, ValueError):
        return None
    return Postmaster(abs(pid), socket_dir, ready=len(lines) > 7 and lines[7].strip() == "ready")


def _directory_of(pid: int) -> str | None:
    """What follows `-D` in a process's command."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return os.fsdecode(words[words.index(b"-D") + 1]) if b"-D" in words[:-1] else None


def _command_of(pid: int) -> str:
    ps = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, check=False)
    return ps.stdout.decode(errors="replace")
