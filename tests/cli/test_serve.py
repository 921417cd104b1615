"""Starts that fail say why, in a sentence, and leave nothing behind."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from messenger.store.rows import instance
from tests.waiting import PATIENCE


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
