"""Servers in processes of their own: one takes over from another, PostgreSQL dies without a log."""

import asyncio
import signal
import tempfile
import time
from pathlib import Path

import aiohttp
import psycopg2
import pytest

from messenger.store.rows import instance
from tests.faults.server import ServerProcess

HOLDER = """
select pid from pg_locks l join pg_database d on d.oid = l.database
where locktype = 'advisory' and objid = %s and d.datname = current_database() and granted
"""


async def ended(server: ServerProcess, within: float = 30.0) -> int:
    began = time.monotonic()
    while server.process.poll() is None:
        assert time.monotonic() - began < within, server.log.read_text()[-2000:]
        await asyncio.sleep(0.05)
    return server.process.returncode


async def test_the_first_of_two_servers_steps_down_with_its_exit_code(
    dsn: str, tmp_path: Path
) -> None:
    """It is cut off, loses its lock, and hears of its successor when it comes back."""
    first, second = ServerProcess(tmp_path / "one", dsn), ServerProcess(tmp_path / "two", dsn)
    first.start()
    try:
        await first.ready()
        first.process.send_signal(signal.SIGSTOP)
        connection = psycopg2.connect(dsn)
        with connection, connection.cursor() as cursor:
            cursor.execute(HOLDER, (instance.SERVING,))
            [(pid,)] = cursor.fetchall()
            cursor.execute("select pg_terminate_backend(%s)", (pid,))
        connection.close()
        second.start()
        await second.ready()
        first.process.send_signal(signal.SIGCONT)
        assert await ended(first) == 3
        assert "Error: Another server took over this database" in first.log.read_text()
        # Its successor does not care.
        assert await second.ready() < 30
        assert second.process.poll() is None
    finally:
        for server in (first, second):
            if hasattr(server, "process") and server.process.poll() is None:
                server.process.send_signal(signal.SIGCONT)
                server.stop()


@pytest.mark.parametrize("deaths", [3])
async def test_postgres_comes_back_though_its_log_was_removed(deaths: int) -> None:
    with tempfile.TemporaryDirectory(prefix="messenger-faults-") as directory:
        server = ServerProcess(Path(directory) / "data")
        server.start()
        try:
            await server.ready()
            for _ in range(deaths):
                (server.data_dir / "postgres.log").unlink(missing_ok=True)
                await asyncio.sleep(0.5)
                server.kill_postgres()
                await until_not_ready(server)
                assert await server.ready() < 60
            assert "Traceback" not in server.log.read_text()
        finally:
            assert server.stop() == 0


async def until_not_ready(server: ServerProcess) -> None:
    """Readiness remembers for a second; it has noticed once it says so, or is past that."""
    began = time.monotonic()
    async with aiohttp.ClientSession() as http:
        while time.monotonic() - began < 1.5:
            async with http.get(f"{server.base}/ready") as answer:
                if answer.status != 200:
                    return
            await asyncio.sleep(0.05)
