"""A server of our own in another process: started, killed, started again."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

PATIENCE = 90.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class ServerProcess:
    """`python -m messenger serve` on a data directory, with its own PostgreSQL if none is given."""

    def __init__(
        self,
        data_dir: Path,
        dsn: str | None = None,
        settings: Mapping[str, str] | None = None,
        processes: int = 1,
    ) -> None:
        self.data_dir = data_dir
        self.dsn = dsn
        # May be changed before the next start.
        self.settings: dict[str, str] = {**(settings or {})}
        self.processes = processes
        self.program: Path | None = None
        """Where another version of it lies; may be changed before the next start."""
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = data_dir.with_suffix(".log")
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        environ = {
            **os.environ,
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "REGISTRATION": "open",
            "BCRYPT_ROUNDS": "4",
            "MESSAGE_RATE_LIMIT": "1000000/10s",
            "WS_RATE_LIMIT_MAX_COMMANDS": "1000000",
            "AUTH_RATE_LIMIT_MAX_REQUESTS": "100000",
            **self.settings,
        }
        environ.pop("DATABASE_URL", None)
        if self.dsn is not None:
            environ["DATABASE_URL"] = self.dsn
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "messenger", "serve", "--processes", str(self.processes)],
                env=environ,
                cwd=self.program,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """kill -9, and take the body away, as a service manager does."""
        self.process.kill()
        self.process.wait()

    def kill_postgres(self) -> None:
        pid = int((self.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def kill_one(self, dice: random.Random) -> None:
        """kill -9 of one of several servers behind the port; their parent takes the body away."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        servers = [
            int(pid)
            for pid in children.read_text().split()
            if b"--beside" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        os.kill(dice.choice(servers), signal.SIGKILL)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(20)

    async def ready(self) -> float:
        """Wait until it serves; return for how many seconds."""
        started, said = time.monotonic(), "nothing"
        async with aiohttp.ClientSession() as http:
            while time.monotonic() - started < PATIENCE:
                try:
                    async with http.get(f"{self.base}/ready") as answer:
                        if answer.status == 200:
                            return time.monotonic() - started
                        said = await answer.text()
                except aiohttp.ClientError:
                    pass
                if self.process.poll() is not None:
                    raise AssertionError(f"the server ended:\n{self.log.read_text()[-2000:]}")
                await asyncio.sleep(0.02)
        words = self.log.read_text()[-2000:]
        raise AssertionError(f"the server does not serve, and says {said}:\n{words}")

    async def serves(self) -> bool:
        """Whether it does now."""
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"{self.base}/ready") as answer,
            ):
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def request(self, method: str, path: str, token: str | None = None, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with (
            aiohttp.ClientSession() as http,
            http.request(
                method, f"{self.base}/api/v1{path}", json=body or None, headers=headers
            ) as answer,
        ):
            answered = await answer.json()
            assert answer.status < 300, answered
            return answered
