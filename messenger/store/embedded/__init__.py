"""The PostgreSQL that starts with us when no DATABASE_URL is given.

Owns `DATA_DIR/postgres` and the process that serves it: made at the first start, supervised as our
own child (so its death is noticed, and ours ends it), reachable through a Unix socket that no other
account can open. Knows nothing of what is stored in it. The directory is kept for good; it is never
opened by another major version than made it.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from . import cluster
from .account import Account, choose
from .binaries import Binaries, find, recorded_major
from .claim import Claim, postmaster, server_holds
from .problem import AlreadyRunning, PostgresProblem, tail
from .programs import ended, spawn

__all__ = ["AlreadyRunning", "EmbeddedPostgres", "PostgresProblem", "running_dsn"]

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    # What a keeper of the log (BACKUP_WAL) did not take is not kept for ever.
    "max_slot_wal_keep_size": "8GB",
    # Not the errors of statements: they repeat what people wrote, and we get to see them anyway.
    "log_min_messages": "log",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_FLEETING = {"fsync": "off", "full_page_writes": "off"}

# A command like `db status` has the cluster for a moment; who starts meanwhile waits so long.
_CLAIM_PATIENCE = 10.0
# The children of a killed postmaster end by themselves; until then no new one can start.
_ORPHANS_PATIENCE = 10.0
# Replaying the log after a crash takes as long as it takes; past this something else is wrong.
_START_PATIENCE = 600.0
# A command does not wait for all of that: whoever gave it is told.
_READY_PATIENCE = 60.0
_STOPPING = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
_LOG_BYTES = 8 * 2**20


class EmbeddedPostgres:
    """One PostgreSQL under a data directory. To be started from the main thread.

    `durable=False` trades what survives a crash of the machine for speed: for tests only.
    `lasting=False` is for commands that need it for a moment: no other process connects to it.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, lasting: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self.cluster = self.data_dir / "postgres"
        self.log = self.data_dir / "postgres.log"
        self._durable = durable
        self._lasting = lasting
        self._claim = Claim(_claim_path(self.data_dir))
        self._process: subprocess.Popen[bytes] | None = None
        self._words_from = 0  # where in the log the present process began
        self._account: Account
        self._binaries: Binaries
        self._socket_dir = self.cluster

    def __repr__(self) -> str:
        state = f"pid {self._process.pid}" if self._process and self.poll() else "down"
        return f"<EmbeddedPostgres {self.cluster} {state}>"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def dsn(self) -> str:
        return cluster.dsn(self._socket_dir)

    def start(self) -> str:
        """Make the cluster if there is none, start it, and return its address once it answers."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._claim.take(_CLAIM_PATIENCE, self._lasting)
        except OSError as error:
            raise PostgresProblem(
                f"{self.data_dir} cannot be used ({error.strerror}): set DATA_DIR to a directory"
                " that this account may write to."
            ) from error
        try:
            self._prepare()
            self.restart()
            cluster.create_database(self._socket_dir)
        except BaseException:
            self.stop()
            raise
        return self.dsn

    def _prepare(self) -> None:
        if (self.data_dir / "upgrade" / "proven").exists():
            # What is written to the old cluster now would not be in the new one.
            raise PostgresProblem("`bin/messenger db upgrade` was interrupted: run it again.")
        made_by = recorded_major(self.cluster)
        self._account = choose(self.cluster, self.data_dir)
        self._binaries = find(self._account, made_by)
        if made_by is None:
            cluster.initialise(
                self.cluster, self._account, self._binaries, self.log, durable=self._durable
            )
        else:
            cluster.evict_leftover(self.cluster)
            if self.cluster.stat().st_uid != self._account.uid:
                self._account.take_over(self.cluster)  # a copy that root put there
        self._socket_dir = cluster.make_socket_dir(self.cluster, self._account)

    def poll(self) -> bool:
        """Whether the process runs. Ask now and then: it also keeps the log within bounds."""
        if self._process is None or self._process.poll() is not None:
            return False
        self._bound_log()
        return True

    def _bound_log(self) -> None:
        """Nothing about a log is worth ending for: no full disk, and not that it was removed."""
        before = self.log.with_suffix(".log.1")
        try:
            if self.log.stat().st_size <= _LOG_BYTES:
                return
            shutil.copyfile(self.log, before)
        except FileNotFoundError:
            return
        except OSError:
            # Half a copy takes the room that is needed.
            before.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            # In place: PostgreSQL holds the file open and appends to it.
            os.truncate(self.log, 0)

    def launch(self) -> None:
        """Start the process anew after its death, and return before it is ready to serve.

        It may die at once while the last of its predecessor is still going: poll, and launch again.
        """
        cluster.forget_dead(self.cluster, self._socket_dir)
        settings = _SETTINGS | (_DURABLE if self._durable else _FLEETING)
        # A relative directory is the cluster's, however it is reached.
        sockets = "." if self._socket_dir == self.cluster else str(self._socket_dir)
        options = [f"--{name}={value}" for name, value in settings.items()]
        options.append(f"--unix_socket_directories={sockets}")
        with self._opened_log() as log:
            self._words_from = log.tell()
            self._process = spawn(
                self._account, self._binaries.directory / "postgres", self.cluster, options, log
            )

    def _opened_log(self) -> IO[bytes]:
        """Where its words go: nowhere, when they cannot be kept; it runs all the same."""
        try:
            return self.log.open("ab")
        except OSError:
            return Path(os.devnull).open("ab")

    def restart(self) -> str:
        """Launch, and wait until it accepts connections."""
        began = time.monotonic()
        self.launch()
        while not self._is_ready():
            waited = time.monotonic() - began
            if not self.poll():
                words = tail(self.log, self._words_from)
                if "still in use" not in words or waited > _ORPHANS_PATIENCE:
                    raise self._failure(words)
                time.sleep(0.05)
                self.launch()
            elif waited > _START_PATIENCE:
                raise self._failure(tail(self.log, self._words_from))
            time.sleep(0.005)
        return self.dsn

    def stop(self) -> None:
        """Shut it down in order: connections end, what was committed is kept."""
        process, self._process = self._process, None
        if process is not None:
            any(ended(process, order, patience) for order, patience in _STOPPING)
        if self._socket_dir != self.cluster:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
        self._claim.release()

    def _is_ready(self) -> bool:
        now = postmaster(self.cluster)
        return bool(now and now.ready and self._process and now.pid == self._process.pid)

    def _failure(self, words: str) -> PostgresProblem:
        return PostgresProblem(
            f"PostgreSQL did not start. It said (all of it: {self.log}):\n{words}\n"
            "Mend that and start again, or set DATABASE_URL to a PostgreSQL of your own."
        )


def running_dsn(data_dir: Path, patience: float = _READY_PATIENCE) -> str | None:
    """The address of the PostgreSQL that a running server keeps here; None when there is none.

    Waits for a server that is only just starting, for `patience` seconds; raises PostgresProblem.
    """
    home = data_dir.absolute() / "postgres"
    deadline = time.monotonic() + patience
    while server_holds(_claim_path(data_dir.absolute())):
        now = postmaster(home)
        if now is not None and now.ready and now.lives_in(home):
            return cluster.dsn(home if now.socket_dir == "." else Path(now.socket_dir))
        if time.monotonic() > deadline:
            raise PostgresProblem(
                f"A server runs in {data_dir}, and its PostgreSQL is not ready after {patience:.0f}"
                f" s: {data_dir / 'postgres.log'} says why. Try again when it is."
            )
        time.sleep(0.05)
    return None


def _claim_path(data_dir: Path) -> Path:
    return data_dir / "postgres.lock"
