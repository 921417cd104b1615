"""The composition root: the only place that builds things and hands them round.

`run` is a whole server in the main thread; `Server` is the same without signals
and PostgreSQL, for whoever brings a loop along.
"""

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import uvloop
from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge

from messenger import systemd
from messenger.actors.directory import Directory
from messenger.auth import Passwords, Tokens
from messenger.bus import Bus
from messenger.config import Settings
from messenger.http import health, keys, middlewares, routes
from messenger.http.connections import listen
from messenger.http.limits import Limits
from messenger.jobs import reminders
from messenger.jobs.schedule import Schedule, housekeeping
from messenger.rules.chats import COMMON_TITLES
from messenger.store import chats, instance, invites
from messenger.store.db import Database
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.journal import Journal
from messenger.store.organisation import Organisations
from messenger.store.postgres import PostgresStore
from messenger.ws.endpoint import Endpoint

log = logging.getLogger(__name__)

DRAIN_WITHIN = 5.0
"""Seconds that commands under way have at shutdown; with the rest it stays under ten."""


def now() -> datetime:
    return datetime.now(UTC)


class Server:
    """Everything of one process, from the pool to the sockets."""

    def __init__(
        self, settings: Settings, dsn: str, clock: Callable[[], datetime] = now
    ) -> None:  # fmt: skip
        self.settings = settings
        self.clock = clock
        self.registry = CollectorRegistry()
        self.database = Database(dsn)
        self.journal = Journal(self.database, clock, self.registry)
        self.store = PostgresStore(self.database, self.journal)
        self.bus = Bus(self.database)
        self.schedule = Schedule(self.registry)
        self.passwords = Passwords(settings.bcrypt_rounds)
        lifetime = timedelta(minutes=settings.access_token_expire_minutes)
        self.tokens = Tokens(settings.secret_key, lifetime, clock)
        self.background: list[asyncio.Task[None]] = []
        self.directory: Directory
        self.endpoint: Endpoint
        self.runner: web.AppRunner
        self.listener: asyncio.Server
        self.ready = False

    def __repr__(self) -> str:
        return f"<Server on {self.settings.host}, {'ready' if self.ready else 'not ready'}>"

    async def start(self) -> None:
        """Open everything and listen; raises AlreadyServed, or OSError for a taken port."""
        try:
            await self.database.open()
            await self.bus.open()
            await self.journal.open()
            org_id = await chats.install_org(
                self.database, COMMON_TITLES[self.settings.default_locale], self.clock()
            )
            epoch = await instance.epoch(self.database)
            self.directory = Directory(self.store, self.settings, self.clock, org_id, epoch)
            self.endpoint = Endpoint(
                self.directory, self.tokens, self.settings, self.clock, self.registry
            )
            depth = Gauge("messenger_mailbox_depth", "Letters waiting.", registry=self.registry)
            depth.set_function(lambda: self.directory.waiting)
            self.runner = web.AppRunner(
                self._application(), shutdown_timeout=3, handle_signals=False
            )
            await self.runner.setup()
            self.listener = await listen(self.runner, self.settings.host, self.settings.port)
        except BaseException:
            await self._close()
            raise
        self._start_background()
        self.ready = True

    @property
    def port(self) -> int:
        """The port that was given, or the one the system chose for 0."""
        return int(self.listener.sockets[0].getsockname()[1])

    @property
    def address(self) -> str:
        """Where people open it."""
        base: str = self.settings.base_url
        return f"{base.removesuffix(':0')}:{self.port}" if self.settings.port == 0 else base

    def _application(self) -> web.Application:
        application = web.Application(middlewares=middlewares.STACK, client_max_size=2**20)
        application[keys.SETTINGS] = self.settings
        application[keys.DATABASE] = self.database
        application[keys.DIRECTORY] = self.directory
        application[keys.PEOPLE] = self.directory.people
        application[keys.PASSWORDS] = self.passwords
        application[keys.TOKENS] = self.tokens
        application[keys.ORGANISATION] = Organisations(self.database)
        application[keys.LIMITS] = Limits(self.settings)
        application[keys.CLOCK] = self.clock
        application[keys.REGISTRY] = self.registry
        application[health.READY] = health.Readiness(self.database, self._phase)
        routes.install(application)
        for base in routes.BASES:
            application.router.add_get(f"{base}/ws", self.endpoint.handle)
        return application

    def _phase(self) -> str | None:
        """Why no requests are wanted now: `starting`, `draining`; None when they are."""
        if self.ready:
            return None
        return "draining" if self.endpoint.closing else "starting"

    def _start_background(self) -> None:
        housekeeping(self.schedule, self.database, self.clock)
        reminders.remind(self.schedule, self.database, self.directory, self.clock)

        async def sweep() -> None:
            self.endpoint.sweep()

        async def unload() -> None:
            self.directory.unload()

        loop = asyncio.get_running_loop()
        self.background += [
            loop.create_task(self.bus.run(self.directory)),
            loop.create_task(every(1.0, sweep)),
            loop.create_task(every(30.0, unload)),
            loop.create_task(every(10.0, self.directory.people.keep)),
        ]

    async def stop(self) -> None:
        """Finish what was taken on, say when to come back, and let go of everything.

        No acknowledged message is lost, and none is refused that could still be stored:
        commands under way are committed and answered before the sockets are told.
        """
        self.ready = False
        self.endpoint.closing = True
        self.listener.close()
        await self.schedule.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.directory.close(), DRAIN_WITHIN)
        await self.endpoint.close()
        await self.runner.cleanup()
        await self._close()

    async def _close(self) -> None:
        for task in self.background:
            task.cancel()
        await asyncio.gather(*self.background, return_exceptions=True)
        await self.journal.close()
        await self.bus.close()
        await self.database.close()
        self.passwords.close()


Started = Callable[[Server], Awaitable[None]]
"""What is done once a server answers."""


async def every(seconds: float, work: Callable[[], Awaitable[Any]]) -> None:
    """Do something again and again; a failure is logged and the next turn comes."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            log.exception("a periodic task failed")


async def supervise(postgres: EmbeddedPostgres) -> None:
    """Start our PostgreSQL again when it has died; clients only notice a pause."""
    while True:
        await asyncio.sleep(0.2)
        if not postgres.poll():
            log.error("PostgreSQL ended unexpectedly; starting it again")
            postgres.launch()


async def beat() -> None:
    """Tell systemd that the loop still turns; it starts us again when it does not."""
    systemd.notify("WATCHDOG=1")


async def serve(
    settings: Settings, dsn: str, postgres: EmbeddedPostgres | None, started: Started | None = None
) -> None:
    """Serve until SIGTERM or SIGINT. `started` is called once the server answers."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    server = Server(settings, dsn)
    await server.start()
    watches = [loop.create_task(supervise(postgres))] if postgres is not None else []
    watchdog = systemd.watchdog_seconds()
    if watchdog is not None:
        watches.append(loop.create_task(every(watchdog / 3, beat)))
    try:
        if started is not None:
            await started(server)
        systemd.notify("READY=1")
        # What is here now stays: the collector need not look at it again, ever.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 100)
        await stopping.wait()
        log.info("stopping")
    finally:
        systemd.notify("STOPPING=1")
        await server.stop()
        for watch in watches:
            watch.cancel()


async def greet(server: Server) -> None:
    """Say where it runs; at the very first start, how to become its administrator."""
    base = server.address
    log.info("serving on %s port %d", server.settings.host, server.port)
    code = await invites.first_admin(
        server.database, server.settings.secret_key, server.clock()
    )  # fmt: skip
    print(f"Messenger runs at {base}", flush=True)
    if code is not None:
        print(f"The first administrator signs up here, once: {base}/#/invite/{code}", flush=True)


def run(
    settings: Settings, dsn: str, postgres: EmbeddedPostgres | None, started: Started = greet
) -> None:
    """A whole server, until a signal ends it."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, dsn, postgres, started))
