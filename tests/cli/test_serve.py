"""Starts that fail say why, in a sentence, and leave nothing behind."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from messenger.store.embedded import running_dsn
from messenger.store.rows import instance
from tests.waiting import PATIENCE

JOURNAL = "prepare post("
"""How the last statement begins of the connection that messages go through."""


def serve(dsn: str, directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "messenger", "serve", *arguments],
        env={"DATABASE_URL": dsn, "DATA_DIR": str(directory), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_taken_port_is_a_sentence(dsn: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = serve(dsn, tmp_path, "--port", port)
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert said.startswith(f"Error: Port {port} of 127.0.0.1 is taken by another program")
    assert "--port" in said
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_told_before_any_database_is_made(command: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-P", "-m", "messenger", command, "--port", port],
            env={"DATA_DIR": str(tmp_path / "data"), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    assert done.returncode == 1
    [said] = done.stderr.splitlines()
    assert said.startswith(f"Error: Port {port} of 127.0.0.1 is taken by another program")
    assert list(tmp_path.rglob("PG_VERSION")) == []


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("192.0.2.1", "is no address of this machine"),
        ("no.invalid", "is not known here"),
    ],
)
def test_an_address_that_is_not_ours_is_a_sentence(
    dsn: str, tmp_path: Path, host: str, said: str
) -> None:
    done = serve(dsn, tmp_path, "--host", host, "--port", "0")
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_second_server_is_refused(dsn: str, tmp_path: Path) -> None:
    first = psycopg2.connect(dsn)
    try:
        with first.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", (instance.SERVING,))
        done = serve(dsn, tmp_path, "--port", "0")
    finally:
        first.close()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: Another server runs on this database")
    assert "Traceback" not in done.stderr


def test_queries_of_our_own_postgresql_take_no_processor_from_the_loop(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "messenger", "serve", "--port", "0"],
        env={"DATA_DIR": str(data), "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as running:  # fmt: skip
        try:
            assert running.stdout is not None
            assert running.stdout.readline().startswith("Messenger runs at ")
            dsn = running_dsn(data)
            assert dsn is not None
            found = _backends(dsn)
        finally:
            running.terminate()
    journals = [policy for policy, query in found if query.startswith(JOURNAL)]
    queries = [policy for policy, query in found if not query.startswith(JOURNAL)]
    assert journals == [os.SCHED_OTHER]
    assert queries.count(os.SCHED_BATCH) >= 6, found


def _backends(dsn: str) -> list[tuple[int, str]]:
    """How each is scheduled, and its last statement."""
    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select pid, query from pg_stat_activity"
            " where backend_type = 'client backend' and pid <> pg_backend_pid()"
        )
        found = cursor.fetchall()
    connection.close()
    first = found[0][0]
    try:
        os.sched_setscheduler(first, os.sched_getscheduler(first), os.sched_param(0))
    except PermissionError:
        pytest.skip("other users' processes cannot be told here")
    return [(os.sched_getscheduler(pid), query) for pid, query in found]
