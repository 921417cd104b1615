"""The composition root: the only place that builds things and hands them round.

`process.run` is a whole server in the main thread; `Server` is the same without signals and
PostgreSQL, for callers with a loop of their own.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from aiohttp import web
from prometheus_client import CollectorRegistry

from messenger import errors
from messenger.actors.directory import Directory
from messenger.archive.reading import Reading
from messenger.archive.vault import vault_of
from messenger.auth import Passwords, Tokens
from messenger.background import Background
from messenger.cluster.bus import Bus, SteppedDown
from messenger.cluster.peers import Peers
from messenger.config import Settings
from messenger.files.avatars import Avatars
from messenger.files.keeping import intake_of, keep_to
from messenger.files.resumable import Uploads
from messenger.files.unpacking import Archives
from messenger.http import routes
from messenger.http.ops import health
from messenger.http.ops.last_hour import LOOK_EVERY
from messenger.http.plumbing import at_once, downloads, keys, middlewares
from messenger.http.plumbing.connections import answered, listen
from messenger.http.plumbing.lane import Lane
from messenger.http.plumbing.limits import Limits
from messenger.http.plumbing.sendfile import Sendfile
from messenger.jobs import archive, audit, backups, files, found, mails, pushes, reminders, tidying
from messenger.jobs.schedule import Schedule, housekeeping
from messenger.mail.service import Mail
from messenger.outgoing.requests import Outgoing
from messenger.public import Public
from messenger.push.devices import Devices
from messenger.push.pusher import Pusher
from messenger.push.sender import Sender
from messenger.push.sending import Posting, Sending
from messenger.push.subscribers import Subscribers
from messenger.push.vapid import Vapid
from messenger.rules.chats import COMMON_TITLES
from messenger.runtime import Runtime
from messenger.search.service import Search
from messenger.store.db import Database
from messenger.store.journal import Journal
from messenger.store.postgres import PostgresStore
from messenger.store.rows import chats, instance
from messenger.store.trail import Trail
from messenger.ws.endpoint import Endpoint

log = logging.getLogger(__name__)

DRAIN_WITHIN = 5.0
"""Seconds that requests and commands have at shutdown; with the rest it stays under ten."""


def now() -> datetime:
    return datetime.now(UTC)


class Server:
    """Everything of one process, from the pool to the sockets."""

    def __init__(
        self,
        settings: Settings,
        dsn: str,
        clock: Callable[[], datetime] = now,
        outgoing: Callable[[], Outgoing] = Outgoing,
        sending: Callable[[Outgoing], Sending] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`outgoing` and `tls` are for tests, whose services are in the house; through the
        former pushes are sent from this process, unless `sending` says how."""
        # Its own: what administrators change is written into it.
        self.settings = settings = replace(settings, sources=dict(settings.sources))
        self.outgoing_of = outgoing
        self.sending_of = sending or (Posting if outgoing is not Outgoing else lambda _: Sender())
        self.clock = clock
        self.registry = CollectorRegistry()
        self.background = Background(self.registry)
        self.database = Database(dsn)
        self.journal = Journal(self.database, clock, self.registry, self.background.failed)
        self.runtime = Runtime(self.database, settings)
        self.trail = Trail(self.database, clock)
        self.schedule = Schedule(self.database, clock, self.registry, self.background)
        self.mail = Mail(settings, self.database, self.registry, clock, self.background.failed, tls)
        self.public = Public(settings, self.runtime, self.mail.organisation)
        self.bus = Bus(self.database, self.public.refresh)
        self.peers = Peers(self.bus, settings, self.registry)
        self.passwords = Passwords(settings.bcrypt_rounds)
        lifetime = timedelta(minutes=settings.access_token_expire_minutes)
        self.tokens = Tokens(settings.secret_key, lifetime, clock)
        self.reading = Reading(self.database, vault_of(settings))
        self.store = PostgresStore(self.database, self.journal, past=self.reading)
        self.files = intake_of(settings, self.database, clock)
        self.avatars = Avatars(self.files)
        self.archives = Archives(self.files, settings.zip_max_bytes)
        self.runtime.watchers.append(partial(keep_to, settings, self.files, self.archives))
        self.uploads = Uploads(self.files, self.archives, clock)
        self.search = Search(self.database, self.reading, self.files.previews, clock, self.registry)
        self.sendfile = Sendfile()
        self.outgoing: Outgoing | None = None
        self.push: Devices
        self.pusher: Pusher
        self.directory: Directory
        self.endpoint: Endpoint
        self.runner: web.AppRunner
        self.listener: asyncio.Server
        self.handed: socket.socket | None = None
        # State: whether requests are wanted, why it serves no more, and that it does not.
        self.ready = False
        self.stepped_down: SteppedDown | None = None
        self.over = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Server on {self.settings.host}, {'ready' if self.ready else 'not ready'}>"

    async def start(self) -> None:
        """Open everything and listen; raises AlreadyServed, or OSError for a taken port."""
        try:
            # First of all: with the lock comes the turn that every other connection names.
            await self.bus.open()
            await self.database.open()
            await self.public.refresh()
            await self.journal.open()
            # What arrived when the last server ended arrives no more.
            if self.bus.alone:
                self.files.storage.clear_incoming()
            title = COMMON_TITLES[self.settings.default_locale]
            org_id = await chats.install_org(self.database, title, self.clock())
            epoch = await instance.epoch(self.database)
            self.directory = Directory(self.store, self.settings, self.clock, org_id, epoch)
            self.public.tell = self.directory.presence.tell_everybody
            self.runtime.watchers.append(self.directory.context.keep_to_settings)
            self.peers.join(self.directory)
            await self._open_push()
            what = self.directory, self.tokens, self.settings, self.clock, self.registry
            self.endpoint = Endpoint(*what, self.trail.refused, self.public.current)
            app = self._application()
            self.runner = web.AppRunner(app, shutdown_timeout=3, handle_signals=False)
            await self.runner.setup()
            place = self.settings.host, self.settings.port, self.handed
            self.listener = await listen(self.runner, *place, shared=self.database.shared)
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

    async def _open_push(self) -> None:
        self.outgoing = outgoing = self.outgoing_of()
        self.push = Devices(
            self.database,
            Vapid(self.settings.vapid_private_key, self.settings.vapid_subject),
            outgoing,
            self.sending_of(outgoing),
            Subscribers(),
            self.settings.base_url,
            self.clock,
        )
        self.pusher = Pusher(self.push, self.directory.presence, self.registry)
        await self.push.refresh()
        consumers = self.pusher, self.search.indexer
        for consumer in consumers:
            consumer.leads = self.peers.leader.begun.is_set
        self.directory.streams.taps.add(self.pusher.courier, *consumers)

    def _application(self) -> web.Application:
        application = web.Application(middlewares=middlewares.STACK, client_max_size=2**20)
        application[keys.SETTINGS] = self.settings
        application[keys.RUNTIME] = self.runtime
        application[keys.DATABASE] = self.database
        application[keys.DIRECTORY] = self.directory
        application[keys.READING] = self.reading
        application[keys.FILES] = self.files
        application[keys.AVATARS] = self.avatars
        application[keys.ARCHIVES] = self.archives
        application[keys.UPLOADS] = self.uploads
        application[keys.IDENTITIES] = self.directory.identities
        application[keys.PASSWORDS] = self.passwords
        application[keys.TOKENS] = self.tokens
        application[keys.ORGANISATION] = self.mail.organisation
        application[keys.MAIL] = self.mail
        application[keys.PUSH] = self.push
        application[keys.PUSHER] = self.pusher
        application[keys.SEARCH] = self.search
        application[keys.LANE] = Lane()
        downloads.install(application, self.sendfile, self.database)
        application[keys.ARRIVING] = at_once.AtOnce("uploads", at_once.UPLOADS)
        application[keys.LIMITS] = self.peers.share(self.directory, Limits(self.settings))
        application[keys.NODES] = self.peers.known
        application[keys.CLOCK] = self.clock
        application[keys.SCHEDULE] = self.schedule
        application[keys.TRAIL] = self.trail
        application[keys.REGISTRY] = self.registry
        application[health.READY] = health.Readiness(
            self.database, self._phase, lambda: self.background.failing
        )
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
        files.keep_swept(self.schedule, self.database, self.uploads, self.clock)
        housekeeping(self.schedule, self.database, self.clock)
        archive.keep_archived(self.schedule, self.settings)
        tidying.keep_tidy(self.schedule, self.database, self.directory, self.settings, self.clock)
        archive.show_archive(self.background, self.database, self.registry)
        pushes.keep_tidy(self.schedule, self.push)
        reminders.remind(self.schedule, self.database, self.directory, self.clock)
        backups.keep_backups(self.schedule, self.settings, self.database, self.clock, self.registry)
        self.schedule.watch()

        async def unload() -> None:
            self.directory.unload()

        run = self.background
        backups.keep_log(run, self.settings, self.database)
        run.every(1.0, "sweep", self.endpoint.look)
        run.every(LOOK_EVERY, "last hour", self.runner.app[keys.LAST_HOUR].look)
        audit.keep_trail(run, self.schedule, self.trail, self.settings.audit_days)
        run.every(30.0, "unload", unload)
        run.every(10.0, "presence", self.directory.presence.keep)
        run.every(5.0, "journal connection", self.journal.keep)
        with run.led_by(self.peers.leader):
            pushes.keep_told(run, self.pusher)
            found.keep_found(run, self.schedule, self.search)
            mails.keep_posted(run, self.schedule, self.mail, self.directory.presence)
        self.peers.keep(run, health.BUS, self.directory, self.step_down, self.push.refresh)

    def step_down(self, why: SteppedDown) -> None:
        """Write nothing more and take no more requests, from this moment on."""
        log.critical("stepping down: %s", why)
        self.database.retire()
        self.ready, self.endpoint.closing = False, True
        self.stepped_down = why
        self.over.set()

    async def stop(self) -> None:
        """Finish what was taken on, say when to come back, and let go of everything.

        No acknowledged message is lost, and nothing refused: what was taken on is answered before
        the sockets are told, and what comes later is not taken, but sent again to another server.
        """
        self.ready, self.endpoint.closing = False, True
        self.listener.close()
        await self.schedule.stop()
        with contextlib.suppress(TimeoutError, errors.Unavailable):
            async with asyncio.timeout(DRAIN_WITHIN):
                await answered(self.runner)
                await self.directory.close()
        await self.endpoint.close()
        await self.runner.cleanup()
        await self._close()

    async def _close(self) -> None:
        # Under the lock: the bus goes on until everything is stored.
        await self.journal.close()
        await self.background.stop()
        await self.trail.close()
        await self.bus.close()
        if self.outgoing is not None:
            await self.pusher.close()
            await self.push.close()
            await self.outgoing.close()
        await self.database.close()
        self.passwords.close()
        self.sendfile.close()
        await self.files.previews.close()
        self.files.storage.close()
