"""A server as a child process that listens on a port: started, watched, stopped."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from bench.process import CPUS

START_WITHIN = 60.0
STOP_WITHIN = 20.0
INHERITED = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "XDG_RUNTIME_DIR")


class Ended(Exception):
    """The child is not there any more; the message holds its last words."""


class Child:
    """One command; it can be started again as often as needed."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], port: int, log: Path
    ) -> None:  # fmt: skip
        self.command = command
        self.environment = environment
        self.port = port
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __repr__(self) -> str:
        return f"<Child on port {self.port}, {'up' if self._process else 'down'}>"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def launch(self) -> None:
        """Start the process and return before it listens."""
        mine = os.sched_getaffinity(0)
        # The child inherits where we may run, and we are kept to one CPU.
        os.sched_setaffinity(0, CPUS)
        try:
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    self.command, env=self.environment, stdout=log, stderr=log
                )
        finally:
            os.sched_setaffinity(0, mine)

    def start(self) -> None:
        """Start the process, and wait until it listens."""
        self.launch()
        deadline = time.monotonic() + START_WITHIN
        while not self.listens():
            if time.monotonic() > deadline:
                raise Ended(f"nobody listened within {START_WITHIN:.0f} s")
            time.sleep(0.002)

    def listens(self) -> bool:
        """Whether the port is open; raises Ended when it never will be."""
        if self._process is None or self._process.poll() is not None:
            raise Ended(f"the server ended. It said:\n{self.log.read_text()[-2000:]}")
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def inherited() -> dict[str, str]:
    """The little of our environment that children see: no setting in it may be measured."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ}
