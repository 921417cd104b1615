"""Backups of a PostgreSQL that somebody else runs: another account, a password, over TCP."""

import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg2
import pytest
from click.testing import CliRunner

from messenger.cli import main
from messenger.store.archive.session import Session
from messenger.store.embedded.account import choose
from messenger.store.embedded.binaries import find
from messenger.store.embedded.problem import PostgresProblem
from messenger.store.embedded.programs import ended, spawn
from tests.archive.past import catch_up, fill
from tests.faults.server import free_port

OLDEST = 15
"""The oldest that is served, and older than the programs that make the dumps."""
HOST = "127.0.0.1"
MADE = (
    "create role messenger login createdb password 'p@ss/word'",
    "create database messenger owner messenger",
    "create database again owner messenger",
)
Command = Callable[..., Any]


@pytest.fixture(
    scope="module",
    params=[pytest.param(None, id="the newest"), pytest.param(OLDEST, id="that of Debian 12")],
)
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """A server of PostgreSQL as an operator makes it: nobody gets in without a password."""
    port, folder = free_port(), Path(tempfile.mkdtemp(prefix="messenger-"))
    cluster = folder / "cluster"
    cluster.mkdir(mode=0o700)
    account = choose(cluster, folder)
    try:
        programs = find(account, request.param).directory
    except PostgresProblem:
        shutil.rmtree(folder)
        pytest.skip(f"PostgreSQL {request.param} is not installed here")
    secret = cluster.with_suffix(".password")
    secret.write_text("postgres")
    folder.chmod(0o755)
    account.take_over(cluster)
    with (folder / "log").open("ab") as log:
        options = [
            "--username=postgres",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]
        assert spawn(account, programs / "initdb", cluster, options, log).wait() == 0
        options = [f"--port={port}", f"--listen_addresses={HOST}", "--unix_socket_directories=",
                   "--fsync=off"]  # fmt: skip
        server = spawn(account, programs / "postgres", cluster, options, log)
        try:
            wait_for(port)
            yield port
        finally:
            ended(server, signal.SIGINT, 10.0)
            shutil.rmtree(folder)


def wait_for(port: int) -> None:
    for statement in ("select 1", *MADE):
        execute(address(port, "postgres", "postgres:postgres"), statement)


def address(port: int, name: str, who: str = "messenger:p%40ss%2Fword") -> str:
    return f"postgresql://{who}@{HOST}:{port}/{name}"


def execute(url: str, statement: str) -> list[Any]:
    for _ in range(600):
        try:
            connection = psycopg2.connect(url)
            break
        except psycopg2.OperationalError as error:
            if "starting up" not in str(error) and "refused" not in str(error):
                raise
            time.sleep(0.05)
    with closing(connection):
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def command(url: str, folder: Path) -> Command:
    env = {"DATABASE_URL": url, "DATA_DIR": str(folder), "BACKUP_DIR": str(folder / "safe")}

    def run(*words: str) -> Any:
        done = CliRunner().invoke(main, words, env=env)
        assert done.exit_code == 0, done.output
        return msgspec.json.decode(done.stdout)

    return run


def test_a_backup_of_a_server_elsewhere_is_proven_and_comes_back(port: int, tmp_path: Path) -> None:
    here = command(address(port, "messenger"), tmp_path / "here")
    there = command(address(port, "again"), tmp_path / "there")
    here("admin", "user", "add", "anna", "--json")
    with Session(address(port, "messenger")) as session:
        [chat] = fill(session, 1, 300, now=datetime.now(UTC))
        catch_up(session)
    archived = here("archive", "run", "--json")
    assert (archived["messages"], here("archive", "verify", "--json")["faults"]) == (149, [])
    made = here("backup", "run", "--json")
    assert (made["proven"], [each["state"] for each in here("backup", "list", "--json")]) == (
        True, ["proven"]
    )  # fmt: skip
    assert here("backup", "verify", "--json")["wrong"] == []
    restored = there("backup", "restore", "--from", str(tmp_path / "here" / "safe"), "--json")
    assert restored == {"restored": made["name"]}
    assert "anna" in [each["username"] for each in there("admin", "user", "list", "--json")]
    assert there("archive", "verify", "--json")["faults"] == []
    brought = there("archive", "restore", str(chat), "1", "50", "--json")
    assert brought["messages"] == 44
    # Nothing of the proof is left, and it is another history: it has no epoch yet.
    names = execute(address(port, "again"), "select datname from pg_database order by datname")
    assert [name for (name,) in names] == [
        "again", "messenger", "postgres", "template0", "template1"
    ]  # fmt: skip
    assert execute(address(port, "again"), "select name from instance where name = 'epoch'") == []


def test_what_only_our_own_postgresql_can_is_refused_in_words(port: int, tmp_path: Path) -> None:
    env = {"DATABASE_URL": address(port, "messenger"), "DATA_DIR": str(tmp_path)}
    for words, said in (
        (("backup", "restore", "--until", "end"), "Only our own PostgreSQL"),
        (("backup", "restore", "--from", str(tmp_path)), "no proven backup"),
        (("db", "upgrade"), "DATABASE_URL"),
    ):
        done = CliRunner().invoke(main, words, env=env)
        assert (done.exit_code, said in done.stderr) == (1, True), done.output
        assert "p@ss" not in done.output
        assert "p%40ss" not in done.output
