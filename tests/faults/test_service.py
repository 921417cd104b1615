"""The process as systemd has it: its socket, reloads, and what it tells when it is asked."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from tests.conftest import KEYS
from tests.waiting import until

# A number is the process's own only once it is that process: `exec` keeps it.
START = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'


class Service:
    """What a service manager keeps while the server comes and goes."""

    def __init__(self, directory: Path, dsn: str) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.base = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.file = directory / "environment"
        self.file.write_text("LOG_LEVEL=info\n")
        self.log = directory / "log"
        self.told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.told.bind(str(directory / "notify"))
        self.told.setblocking(False)
        self.heard: list[str] = []
        self.environ = {
            **os.environ,
            **KEYS,
            "DATA_DIR": str(directory / "data"),
            "DATABASE_URL": dsn,
            "ENVIRONMENT_FILE": str(self.file),
            "LOG_LEVEL": "info",
            "NOTIFY_SOCKET": str(directory / "notify"),
            "PORT": "1",
        }

    @contextmanager
    def running(self) -> Iterator["subprocess.Popen[bytes]"]:
        def hand_over() -> None:
            os.dup2(self.socket.fileno(), 3)

        program = [sys.executable, "-P", "-m", "messenger", "serve"]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                ["sh", "-c", START, "sh", *program],
                env=self.environ, stdout=log, stderr=log, pass_fds=[3], preexec_fn=hand_over,
            )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)

    async def said(self, words: str) -> None:
        await until(lambda: words in self.log.read_text())

    async def notified(self, state: str) -> None:
        def heard() -> bool:
            try:
                while True:
                    self.heard.append(self.told.recv(1000).decode())
            except BlockingIOError:
                return any(each.startswith(state) for each in self.heard)

        await until(heard)


async def test_restart_refuses_nobody_and_settings_are_read_again(dsn: str, tmp_path: Path) -> None:
    service = Service(tmp_path, dsn)
    async with aiohttp.ClientSession(service.base) as http:

        async def health() -> int:
            async with http.get("/health") as answer:
                return answer.status

        # Nobody serves yet: it waits in the socket.
        early = asyncio.ensure_future(health())
        with service.running() as process:
            assert await early == 200
            await service.notified("READY=1")
            process.send_signal(signal.SIGUSR1)
            await service.said("background tasks")
            await service.said("<bus: well>")
            service.file.write_text("LOG_LEVEL=debug\nLOG_FORMAT=json\nFILE_MAX_BYTES=5\n")
            process.send_signal(signal.SIGHUP)
            await service.notified("RELOADING=1\nMONOTONIC_USEC=")
            await service.said("settings in force: LOG_LEVEL, LOG_FORMAT")
            await service.said("the next start puts in force: FILE_MAX_BYTES")
            service.file.write_text("LOG_LEVEL=loud\n")
            process.send_signal(signal.SIGHUP)
            await service.said("the settings stay as they were: LOG_LEVEL=loud cannot be used")
            assert await health() == 200
        late = asyncio.ensure_future(health())
        with service.running():
            assert await late == 200
    service.socket.close()
    service.told.close()
