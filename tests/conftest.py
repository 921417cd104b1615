"""A real PostgreSQL for the whole run, and a database of its own for each test that asks.

The cluster is one, whatever the number of workers; the migrations run once, into a template.
"""

import fcntl
import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from aiohttp import web_app

from messenger.store.embedded import EmbeddedPostgres
from messenger.store.schema.migrate import migrate
from tests.bucket import s3_server

MIGRATED = "messenger"
PREFIX = "messenger-tests-"
SHM = Path("/dev/shm")
HELD = "held"
"""A file in the cluster's directory, locked for as long as its run lives."""
_opened = ExitStack()
_numbers = itertools.count(1)
_leading: dict[str, Any] = {}
KEYS = {"SECRET_KEY": "s" * 64, "VAPID_PRIVATE_KEY": "a" * 43}
"""For servers of tests: to make and keep them takes two turns of the disk."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="more rounds where chance has a say")


@contextmanager
def started_cluster() -> Iterator[str]:
    above = memory_directory()
    remove_abandoned(above)
    # Not pytest's own temporary directory: its path is too long for a Unix socket.
    directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=above))
    try:
        with (directory / HELD).open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            with EmbeddedPostgres(directory, durable=False) as postgres:
                migrate(postgres.dsn)
                yield postgres.dsn
    finally:
        shutil.rmtree(directory)


def remove_abandoned(above: Path) -> None:
    """A run that was killed leaves its cluster behind: up to 300 MB of memory each."""
    for directory in above.glob(f"{PREFIX}*"):
        if not os.access(directory / HELD, os.W_OK):
            continue
        with (directory / HELD).open() as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(directory)


def memory_directory() -> Path:
    """Where a copy of the template takes a tenth of the time, when there is room."""
    return SHM if room_in_memory() > 2**30 else Path(tempfile.gettempdir())


def room_in_memory() -> int:
    return shutil.disk_usage(SHM).free if os.access(SHM, os.W_OK | os.X_OK) else 0


def leave_the_disk_alone() -> None:
    """Have what tests write in memory, where it holds that: they wait for no disk, and no fsync."""
    if room_in_memory() > 4 * 2**30 and not os.statvfs(SHM).f_flag & os.ST_NOEXEC:
        # For this process, which has asked before, and for those it starts.
        os.environ["TMPDIR"] = tempfile.tempdir = str(SHM)


leave_the_disk_alone()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Start the cluster in the process that leads the workers, and tell each where it is."""
    config = node.config
    if not hasattr(config, "messenger_cluster"):
        config.messenger_cluster = _opened.enter_context(started_cluster())
    node.workerinput["cluster"] = config.messenger_cluster


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    # Thousands of tests are no garbage: nothing looks through them, neither now nor later.
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_runtest_logfinish() -> None:
    # aiohttp's cache of middlewares keeps the last thousand applications: 700 MB in a whole run.
    web_app._cached_build_middleware.cache_clear()


def pytest_unconfigure() -> None:
    _opened.close()


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the migrated template; tests connect to copies of it, never to itself."""
    shared = getattr(request.config, "workerinput", {}).get("cluster")
    with ExitStack() as stack:
        dsn = stack.enter_context(started_cluster()) if shared is None else shared
        yield dsn
        if (connection := _leading.pop(dsn, None)) is not None:
            connection.close()


@pytest.fixture
def dsn(cluster: str, worker_id: str) -> Iterator[str]:
    """A fresh, migrated database, dropped afterwards."""
    with database(cluster, worker_id, MIGRATED) as address:
        yield address


@pytest.fixture
def empty(cluster: str, worker_id: str) -> Iterator[str]:
    """A database that no migration has touched."""
    with database(cluster, worker_id, "template0") as address:
        yield address


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an S3 server."""
    with s3_server(tmp_path_factory.mktemp("s3")) as address:
        yield address


@contextmanager
def database(cluster: str, worker_id: str, template: str) -> Iterator[str]:
    name = f"test_{worker_id}_{next(_numbers)}"
    execute(cluster, f"create database {name} template {template} strategy file_copy")
    yield cluster.replace(f"/{MIGRATED}?", f"/{name}?")
    execute(cluster, f"drop database {name} with (force)")


def execute(cluster: str, statement: str) -> None:
    # One connection for all tests: another for each would cost as much as what it does.
    if cluster not in _leading:
        _leading[cluster] = psycopg2.connect(cluster, dbname="postgres")
        _leading[cluster].autocommit = True
    with _leading[cluster].cursor() as cursor:
        cursor.execute(statement)
