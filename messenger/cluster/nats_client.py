"""What servers tell one another over NATS: core subjects, at most once; bytes in `nats_format`.

Subjects begin with `messenger.<epoch>.`. A server subscribes to the lanes of the streams that it
follows; the one that leads, to all of them; and each to what concerns all: changed accounts, ended
sessions, who is here. A subscription for each stream would cost 5 KiB and 43 µs of a process; a
word that is for others costs 9 µs, and is let go by its first bytes.
"""

import asyncio
import contextlib
import logging
import random
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from messenger import errors
from messenger.actors.directory import Directory
from messenger.actors.streams import Signal
from messenger.cluster.nats_format import (
    ALL,
    EVERY_LANE,
    LANES,
    Words,
    events_of,
    head_of,
    lane,
    signals_of,
)
from messenger.config import Settings
from messenger.model import Event

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

log = logging.getLogger(__name__)

JITTER: Final = 0.5
"""Seconds, at most, that a server waits before it comes back: all lose it at once."""
CONNECT_WITHIN: Final = 2
PING_EVERY: Final = 2
"""Seconds between questions whether the server lives; two without an answer end the connection."""
FLUSH_WITHIN: Final = 2

HearSignals = Callable[[Directory, str, list[Any]], None]


class Missing(errors.Unavailable):
    """`BUS` names NATS, and nats-py is not installed: `pip install messenger[cluster]`."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class Nats:
    """This server's connection to NATS, while there is one."""

    def __init__(self, settings: Settings) -> None:
        self.servers = settings.bus.split(",")
        self.credentials = settings.bus_credentials
        self.ca = settings.bus_ca
        self.secret_key = settings.secret_key
        # State: the connection and what is subscribed to by it; that something changed: it ended,
        # a lane is followed, a word may have been lost; and what signs, of one epoch.
        self._client: Client | None = None
        self._subscribed: dict[str, Any] = {}
        self._news = asyncio.Event()
        self._missed = False
        self._prefix = ""
        self._words: Words

    def __repr__(self) -> str:
        return f"<Nats {'connected' if self.connected else 'away'}, {len(self._subscribed)} lanes>"

    @property
    def connected(self) -> bool:
        return self._client is not None and bool(self._client.is_connected)

    def follow(self, stream_id: int) -> None:
        """A stream is followed from now on; soon its lane is."""
        if self._subscribed.keys().isdisjoint((EVERY_LANE, lane(stream_id))):
            self._news.set()

    # Out

    async def say(self, name: str, events: list[Event], signals: list[Signal]) -> None:
        """Tell all that it may concern; raises Unavailable where NATS went away meanwhile."""
        client = self._client
        if client is None:
            raise errors.Unavailable()
        words = [
            *self._words.of_events(events, client.max_payload),
            *self._words.of_signals(name, signals),
        ]
        with _translated():
            for subject, word in words:
                await client.publish(self._prefix + subject, word)

    # In

    async def run(
        self,
        directory: Directory,
        hear_signals: HearSignals,
        leads: Callable[[], bool],
        well: Callable[[], None],
    ) -> None:
        """Hear what others say, for as long as NATS is there; raises Unavailable once it is not.

        What was missed while it was away is looked for.
        """
        self._prefix = f"messenger.{directory.epoch}."
        self._words = Words(self.secret_key, directory.epoch)

        async def hear(message: "Msg") -> None:
            self._hear(directory, hear_signals, leads(), message.data)

        await asyncio.sleep(random.uniform(0, JITTER if self._missed else 0))
        with _translated():
            try:
                self._client = await self._connect()
                await self._client.subscribe(self._prefix + ALL, cb=hear)
                self._missed = True
                while not self._client.is_closed:
                    await self._follow(directory, leads(), hear)
                    if self._missed:
                        self._missed = False
                        await directory.streams.look_everywhere()
                    well()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._news.wait(), 1.0)
                    self._news.clear()
            finally:
                self._missed = True
                await self._let_go()
        raise errors.Unavailable("NATS has closed the connection.")

    async def _connect(self) -> "Client":
        try:
            import nats
        except ModuleNotFoundError:
            raise Missing from None

        async def closed() -> None:
            self._news.set()

        async def failed(error: Exception) -> None:
            level = logging.WARNING if self.connected else logging.DEBUG
            log.log(level, "NATS: %s", str(error) or type(error).__name__)
            self._missed = True
            self._news.set()

        return await nats.connect(
            self.servers,
            error_cb=failed,
            closed_cb=closed,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=CONNECT_WITHIN,
            ping_interval=PING_EVERY,
            no_echo=True,
            tls=self._tls(),
            **_asked_for(self.credentials),
        )

    def _tls(self) -> ssl.SSLContext | None:
        if self.ca is None and not self.servers[0].startswith("tls"):
            return None
        try:
            return ssl.create_default_context(cafile=self.ca)
        except (OSError, ssl.SSLError) as error:
            raise errors.Unavailable(f"BUS_CA cannot be read: {error}") from None

    async def _let_go(self) -> None:
        client, self._client = self._client, None
        self._subscribed.clear()
        if client is not None:
            with _translated(), contextlib.suppress(errors.Unavailable):
                await client.close()

    async def _follow(
        self, directory: Directory, leads: bool, hear: Callable[["Msg"], Any]
    ) -> None:
        """Subscribe to what is wanted now; what was written just before is looked for."""
        client = self._client
        assert client is not None
        lanes = {id % LANES for id in directory.streams.by_id}
        wanted = {EVERY_LANE} if leads else {lane(number) for number in lanes}
        fresh = wanted - self._subscribed.keys()
        for subject in fresh:
            subscribed = await client.subscribe(self._prefix + subject, cb=hear)
            self._subscribed[subject] = subscribed
        if fresh:
            await client.flush(timeout=FLUSH_WITHIN)
            ids = [id for id in directory.streams.by_id if leads or lane(id) in fresh]
            await directory.streams.look(ids)
        for subject in self._subscribed.keys() - wanted:
            await self._subscribed.pop(subject).unsubscribe()

    def _hear(
        self, directory: Directory, hear_signals: HearSignals, leads: bool, word: bytes
    ) -> None:
        streams, head = directory.streams, head_of(word)
        if head is not None and head.plain and not leads and head.stream not in streams.by_id:
            # Of its lane, and nobody's here.
            return
        if not self._words.is_ours(word):
            log.warning("a word of another program was left out")
        elif head is not None:
            events = events_of(head, word)
            if events is None:
                streams.learn(head.stream, head.first, head.last, plain=head.plain)
            else:
                streams.hear(head.stream, events)
        elif (said := signals_of(word)) is not None:
            hear_signals(directory, *said)


def _asked_for(file: Path | None) -> dict[str, str]:
    """Who this server is to NATS, as nats-py takes it; raises Unavailable for a useless file."""
    if file is None:
        return {}
    try:
        said = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise errors.Unavailable(f"BUS_CREDENTIALS cannot be read: {error}") from None
    if said.startswith("-----BEGIN"):
        return {"user_credentials": str(file)}
    user, _, password = said.partition(":")
    return {"user": user, "password": password}


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """What goes wrong with NATS is Unavailable."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        said = f"NATS's certificate is not good by BUS_CA: {error.verify_message}"
        raise errors.Unavailable(said) from None
    except (OSError, TimeoutError) as error:
        raise errors.Unavailable(f"NATS does not answer: {error}") from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "nats":
            raise
        said = str(error) or type(error).__name__
        if "authorization violation" in said.lower():
            said = "it refuses what BUS_CREDENTIALS says"
        raise errors.Unavailable(f"NATS: {said}") from None
