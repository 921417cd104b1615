"""The data directory: made whole or not at all, freed of leftovers, given its socket."""

import hashlib
import os
import shutil
import signal
import stat
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg2

from .account import Account
from .binaries import Binaries
from .claim import postmaster
from .problem import PostgresProblem, tail
from .programs import spawn

DATABASE = "messenger"
_SOCKET = ".s.PGSQL.5432"
# sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included.
_SOCKET_PATH_BYTES = 103
# What a killed predecessor left running was told to stop by its death; wait, then insist.
_EVICTION = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


def initialise(
    cluster: Path, account: Account, binaries: Binaries, log: Path, *, durable: bool
) -> None:
    """Make a cluster; raise PostgresProblem and leave none behind when that fails."""
    if cluster.exists() and any(cluster.iterdir()):
        raise PostgresProblem(
            f"{cluster} is not empty and holds no PostgreSQL data: move it away, or set DATA_DIR to"
            " another directory."
        )
    # Made aside and renamed, so that a half-made cluster never passes for a whole one.
    aside = cluster.with_suffix(".new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    account.take_over(aside)
    options = ["--username=messenger", "--encoding=UTF8", "--data-checksums", "--no-instructions"]
    options += ["--auth-local=trust", "--auth-host=reject"]
    if binaries.major >= 17:
        # Sorts and folds alike everywhere, whatever locales the system has.
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        options += ["--locale=C.UTF-8"]
    if not durable:
        options += ["--no-sync"]
    with log.open("ab") as output:
        start = output.tell()
        process = spawn(account, binaries.directory / "initdb", aside, options, output)
    if process.wait() != 0:
        shutil.rmtree(aside, ignore_errors=True)
        raise PostgresProblem(
            f"PostgreSQL could not make its data in {cluster}. It said:\n{tail(log, start)}\n"
            "Mend that and start again, or set DATABASE_URL to a PostgreSQL of your own."
        )
    aside.replace(cluster)


def evict_leftover(cluster: Path) -> None:
    """End the PostgreSQL of a killed predecessor. Only the holder of the claim does this."""
    for order, patience in _EVICTION:
        left = postmaster(cluster)
        if left is None:
            return
        if not left.lives_in(cluster):
            return
        os.kill(left.pid, order)
        deadline = time.monotonic() + patience
        while left.lives_in(cluster) and time.monotonic() < deadline:
            time.sleep(0.01)
    raise PostgresProblem(
        f"A PostgreSQL from an earlier start is still busy in {cluster} and does not stop: end it"
        " (its process id is the first line of postmaster.pid there) and start again."
    )


def forget_dead(cluster: Path, socket_dir: Path) -> None:
    """Remove the lock files of a dead postmaster: their number may be another process's by now.

    PostgreSQL would take that process for one of its own, and refuse to start. Only for the holder
    of the claim, while none of ours runs. A base backup carries such files, too.
    """
    (socket_dir / f"{_SOCKET}.lock").unlink(missing_ok=True)
    left = postmaster(cluster)
    if left is not None and not left.lives_in(cluster) and left.number_is_taken():
        (cluster / "postmaster.pid").unlink()


def make_socket_dir(cluster: Path, account: Account) -> Path:
    """The directory of the Unix socket: the cluster itself, unless its path is too long for one."""
    if len(os.fsencode(cluster / _SOCKET)) <= _SOCKET_PATH_BYTES:
        return cluster
    name = f"messenger-{hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]}"
    own = os.environ.get("XDG_RUNTIME_DIR") if not account.lowered else None
    for parent in (own, "/run", tempfile.gettempdir()):
        if parent is None or not os.access(parent, os.W_OK | os.X_OK):
            continue
        directory = Path(parent, name)
        directory.mkdir(mode=0o700, exist_ok=True)
        status = directory.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (os.geteuid(), account.uid):
            raise PostgresProblem(f"{directory} was made by another program: remove it.")
        directory.chmod(0o700)
        account.take_over(directory)
        return directory
    raise PostgresProblem(f"The path {cluster} is too long: set DATA_DIR to a shorter one.")


def dsn(socket_dir: Path, database: str = DATABASE) -> str:
    return f"postgresql://messenger@/{database}?host={quote(str(socket_dir), safe='')}"


def create_database(socket_dir: Path) -> None:
    connection = psycopg2.connect(dsn(socket_dir, "postgres"))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select from pg_database where datname = %s", (DATABASE,))
            if cursor.rowcount == 0:
                cursor.execute(f"create database {DATABASE}")
    finally:
        connection.close()
