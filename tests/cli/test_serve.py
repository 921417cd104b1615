"""Starts that fail say why, in a sentence, and leave nothing behind."""

import socket
import subprocess
import sys
from pathlib import Path

import psycopg2

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
        done = serve(dsn, tmp_path, "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: HOST and PORT cannot be listened on:")
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
