"""A whole server as a process: its signals, PostgreSQL, what systemd hears, and what it prints."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import uvloop

from messenger import errors, logs, standing, systemd
from messenger.actors.commands import InviteFirst
from messenger.app import Server
from messenger.config import ConfigError, Settings
from messenger.config.rereading import Rereading
from messenger.priority import wait_for_room
from messenger.store.compiled import TEXTS
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.embedded.supervisor import Supervisor
from messenger.store.rows import invites

log = logging.getLogger(__name__)

SWITCH: Final = 0.0005
"""Seconds that a thread may compute while the loop wants to go on. Python's 5 ms are waited for at
every turn while the directory of a large archive is read: p99 of an answer was 20 ms, and is 1."""

Started = Callable[[Server], Awaitable[None]]
"""What is done once a server answers."""


def server_kind(environ: Mapping[str, str]) -> type[Server]:
    """A server as it is; one that is traced where OpenTelemetry's variable asks for it."""
    if not environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return Server
    from messenger.tracing import server_for

    return server_for(environ)


async def beat() -> None:
    """Tell systemd that the loop still turns; it starts us again when it does not."""
    systemd.notify("WATCHDOG=1")


async def serve(
    settings: Settings, dsn: str, postgres: EmbeddedPostgres | None, started: Started | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; raises SteppedDown when another server is to serve.

    `started` is called once the server answers.
    """
    loop = asyncio.get_running_loop()
    server = server_kind(os.environ)(settings, dsn)
    server.handed = systemd.listening_socket()
    reading = Rereading(settings, os.environ, settings.environment_file)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.over.set)
    loop.add_signal_handler(signal.SIGHUP, reload, reading)
    loop.add_signal_handler(signal.SIGUSR1, tell, server)
    if postgres is not None:
        # Queries: the journal's own connection is none of the pool's.
        server.database.opened = wait_for_room
    await server.start()
    if postgres is not None:
        # Often, even while it fails: without PostgreSQL the server can do nothing.
        server.background.every(0.2, "postgres", Supervisor(postgres).look, most=5.0)
    watchdog = systemd.watchdog_seconds()
    if watchdog is not None:
        server.background.every(watchdog / 3, "watchdog", beat, most=watchdog / 3)
    try:
        if started is not None:
            await started(server)
        systemd.notify("READY=1")
        TEXTS.keep()
        # What is here now stays: the collector need not look at it again, ever.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 100)
        await server.over.wait()
        log.info("stopping")
    finally:
        systemd.notify("STOPPING=1")
        await server.stop()
    if server.stepped_down is not None:
        raise server.stepped_down


def reload(reading: Rereading) -> None:
    """Put in force what was changed in the settings' file; what cannot be used changes nothing."""
    systemd.reloading()
    try:
        found = reading.again()
    except (ConfigError, OSError) as error:
        log.error("the settings stay as they were: %s", error)
    else:
        logs.configure(reading.settings.log_level, reading.settings.log_format)
        log.info("settings in force: %s", ", ".join(found.changed) or "none has changed")
        if found.waiting:
            log.warning("the next start puts in force: %s", ", ".join(found.waiting))
    systemd.notify("READY=1")


def tell(server: Server) -> None:
    """Say in the log what everybody is doing."""
    if not server.ready:
        log.info("%r", server)
        return
    for line in standing.lines(server):
        log.info("%s", line)


async def greet(server: Server) -> None:
    """Say where it runs; at the very first start, how to become its administrator."""
    base = server.address
    log.info("serving on %s port %d", server.settings.host, server.port)
    code = await first_code(server)
    print(f"Messenger runs at {base}", flush=True)
    if code is not None:
        link = invites.link(base, code)
        print(f"The first administrator signs up here, once: {link}", flush=True)


async def follow_parent(server: Server) -> None:
    """One of several: it ends when its parent does, whose end of its standard input closes then."""
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), server.over.set)


async def greet_for_all(server: Server) -> None:
    """The first of several: it says where they all are."""
    await follow_parent(server)
    await greet(server)


async def first_code(server: Server) -> str | None:
    """The first administrator's code, once the database is there; None if there is one already.

    It may be away for a moment just now, as at any other: that ends no server.
    """
    while not server.over.is_set():
        with contextlib.suppress(errors.Unavailable):
            invite_id = await server.directory.ask_system(InviteFirst())
            return invite_id and invites.code_of(server.settings.secret_key, invite_id)
        await asyncio.sleep(0.2)
    return None


def run(
    settings: Settings, dsn: str, postgres: EmbeddedPostgres | None, started: Started = greet
) -> None:
    """A whole server, until a signal ends it."""
    sys.setswitchinterval(SWITCH)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, dsn, postgres, started))
