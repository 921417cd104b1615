"""A NATS server of the tests' own, which can be killed, stopped and started again."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("nats-server")


class NatsServer:
    """`nats-server` on a port of loopback; the same one every time it is started."""

    def __init__(self, *more: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.more = more
        self.running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = PROGRAM if PROGRAM.exists() else shutil.which("nats-server")
        assert program is not None
        command = [str(program), "-a", "127.0.0.1", "-p", str(self.port), *self.more]
        self.running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.running.poll() is None, "nats-server has ended"
                assert time.monotonic() < deadline
                time.sleep(0.02)

    def pause(self) -> None:
        assert self.running is not None
        self.running.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.running is not None
        self.running.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        if self.running is not None:
            self.running.kill()
            self.running.wait()
            self.running = None
