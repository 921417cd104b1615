"""Several servers on one machine behind one port: started, watched, started again, stopped.

Each is `messenger serve` of its own, beside the others (`BUS=postgres`); the kernel hands each new
connection to one of them (SO_REUSEPORT, socket(7)). They speak with their parent as they do with
systemd: ready, alive, stopping (sd_notify(3)). PostgreSQL, where it is our own, is the parent's.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from time import monotonic
from typing import Final, NamedTuple

from messenger import systemd
from messenger.background import Background
from messenger.cluster.nodes import NUMBER
from messenger.config import Settings
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.embedded.supervisor import Supervisor

log = logging.getLogger(__name__)

ALIVE_WITHIN: Final = 20.0
"""Seconds without a word after which a server that was ready is killed, and started again."""
START_WITHIN: Final = 120.0
"""The same before it is ready: it may wait for a database that starts."""
STOP_WITHIN: Final = 15.0
LOOK_EVERY: Final = 0.2
STEADY: Final = 10.0
"""Seconds after which a server counts as running; one that ends earlier waits longer each time."""
LONGEST_PAUSE: Final = 10.0
AVAILABLE: Final = sys.platform == "linux"


class Ear:
    """What one server says to its parent."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        # An abstract address: nothing that lies around, should we be killed (unix(7)).
        name = f"messenger/{os.getpid()}/{secrets.token_hex(8)}"
        self._socket.bind(f"\0{name}")
        self.address = f"@{name}"
        # State: whether it is ready, and when it was last heard.
        self.ready = False
        self.heard_at = monotonic()

    def __repr__(self) -> str:
        return f"<Ear {'ready' if self.ready else 'waiting'}>"

    def listen(self) -> None:
        """Take what was said by now."""
        with contextlib.suppress(BlockingIOError):
            while said := self._socket.recv(4096):
                self.heard_at = monotonic()
                self.ready = self.ready or b"READY=1" in said.split(b"\n")

    def close(self) -> None:
        self._socket.close()


class Process:
    """One of the servers, and the one that takes its place when it has ended."""

    def __init__(self, number: int, port: int, bus: str, environment: Mapping[str, str]) -> None:
        self.number = number
        self.port = port
        self.bus = bus
        self.environment = environment
        # State: the process and its ear, when it was started, and how often too early an end came.
        self.running: asyncio.subprocess.Process | None = None
        self.ear: Ear | None = None
        self._started_at = 0.0
        self._failures = 0
        self._again_at = 0.0

    def __repr__(self) -> str:
        return f"<Process {self.number}, {'runs' if self.running else 'is down'}>"

    @property
    def ready(self) -> bool:
        return self.ear is not None and self.ear.ready

    async def look(self) -> None:
        """Start it where it is down, and end it where it hangs; called several times a second."""
        if self.running is None:
            if monotonic() >= self._again_at:
                await self._start()
            return
        assert self.ear is not None
        self.ear.listen()
        if self.running.returncode is not None:
            self._ended(self.running.returncode)
        elif monotonic() > self.ear.heard_at + (ALIVE_WITHIN if self.ready else START_WITHIN):
            log.error("server %d hangs; it is killed", self.number)
            self.running.kill()

    async def _start(self) -> None:
        self.ear, self._started_at = Ear(), monotonic()
        environment = {
            **os.environ,
            **self.environment,
            "BUS": self.bus,
            NUMBER: str(self.number),
            "NOTIFY_SOCKET": self.ear.address,
            "WATCHDOG_USEC": str(int(ALIVE_WITHIN * 1e6)),
        }
        environment.pop("WATCHDOG_PID", None)
        command = ["-P", "-m", "messenger", "serve", "--port", str(self.port)]
        self.running = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            "--beside",
            str(self.number),
            env=environment,
            stdin=asyncio.subprocess.PIPE,  # at its end they know that we are no more
            start_new_session=True,  # Ctrl-C is for us, who end them in order
        )

    def _ended(self, code: int) -> None:
        steady = monotonic() > self._started_at + STEADY
        self._failures = 0 if steady else self._failures + 1
        pause = min(0.1 * 2**self._failures, LONGEST_PAUSE)
        log.error("server %d ended with %d; again in %.1f s", self.number, code, pause)
        self._again_at = monotonic() + pause
        self._let_go()

    async def stop(self) -> None:
        """Let it finish what it has taken on."""
        if self.running is not None and self.running.returncode is None:
            self.running.terminate()
            try:
                await asyncio.wait_for(self.running.wait(), STOP_WITHIN)
            except TimeoutError:
                self.running.kill()
                await self.running.wait()
        self._let_go()

    def _let_go(self) -> None:
        self.running = None
        if self.ear is not None:
            self.ear.close()
            self.ear = None


@contextmanager
def reserved(host: str, port: int) -> Iterator[int]:
    """A port that nobody else takes meanwhile; raises OSError where somebody has.

    It is bound and does not listen, so no connection comes here.
    """
    with ExitStack() as stack:
        for family, kind, protocol, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            held = stack.enter_context(socket.socket(family, kind, protocol))
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                held.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            held.bind((address[0], port, *address[2:]))
            port = int(held.getsockname()[1])
        yield port


class Plan(NamedTuple):
    """Which servers there are to be: as many as ports, which may be one and the same."""

    ports: list[int]
    bus: str
    environment: Mapping[str, str] = {}
    """What they get beside ours."""
    ready: Callable[[list[int]], None] = lambda ports: None
    """Called once all of them answer, with the ports."""


def plan(settings: Settings, count: int) -> Plan:
    """Several behind the port of the settings."""
    return Plan([settings.port] * count, "postgres" if settings.bus == "none" else settings.bus)


async def serve(settings: Settings, wanted: Plan, postgres: EmbeddedPostgres | None) -> None:
    """Keep the servers running until SIGTERM or SIGINT."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    with ExitStack() as held:
        ports = {
            port: held.enter_context(reserved(settings.host, port)) for port in {*wanted.ports}
        }
        processes = [
            Process(number, ports[port], wanted.bus, wanted.environment)
            for number, port in enumerate(wanted.ports, 1)
        ]
        async with stopped(processes) as servers:
            # What fails is logged and tried again, as within a server: a full disk, for one.
            background = Background()
            if postgres is not None:
                background.every(LOOK_EVERY, "postgres", Supervisor(postgres).look, most=5.0)
            for server in servers:
                background.every(LOOK_EVERY, f"server {server.number}", server.look, most=5.0)
            word = Word(servers, lambda: wanted.ready([server.port for server in servers]))
            background.every(LOOK_EVERY, "systemd", word.say)
            await over.wait()
            systemd.notify("STOPPING=1")
            await background.stop()


class Word:
    """What systemd hears of all servers together: ready, and alive, once each of them is."""

    def __init__(self, servers: list[Process], ready: Callable[[], None]) -> None:
        self.servers = servers
        self._ready = ready
        # State: whether it heard that they are ready.
        self._said = False

    async def say(self) -> None:
        if all(server.ready for server in self.servers):
            systemd.notify("WATCHDOG=1" if self._said else "READY=1\nWATCHDOG=1")
            if not self._said:
                self._said = True
                self._ready()


@asynccontextmanager
async def stopped(servers: list[Process]) -> AsyncIterator[list[Process]]:
    """They all end with the block, and at the same time."""
    try:
        yield servers
    finally:
        await asyncio.gather(*(server.stop() for server in servers))


def run(settings: Settings, wanted: Plan, postgres: EmbeddedPostgres | None) -> None:
    asyncio.run(serve(settings, wanted, postgres))
