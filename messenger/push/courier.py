"""Brings jobs to push services: what may still be told is asked just before it is sent."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from messenger import errors
from messenger.model import Event
from messenger.protocol.event_types import PLAIN
from messenger.push.devices import Devices
from messenger.push.jobs import Job
from messenger.push.making import made
from messenger.push.posting import Parcel, Result
from messenger.push.sending import LOST
from messenger.push.service import Landed, Service, Waiting, Worded
from messenger.push.subscribers import Device
from messenger.store.rows import pushed
from messenger.store.rows.pushed import Pushed
from messenger.store.rows.subscriptions import Target

log = logging.getLogger(__name__)

TO_VENDOR: Final = 32
"""Requests to one vendor of browsers at a time."""
TO_ANOTHER: Final = 8
TO_OTHERS: Final = 20
"""Requests at a time to any other service, and to all of them: anybody can name one that hangs."""
VENDORS: Final = (
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
A_SECOND: Final = 700
"""Pushes a second that are asked about and worded, a few at a time: messages have their turn."""
LATE: Final = 0.05
"""Seconds that are made up for when the loop was busy."""
FORGOTTEN: Final = 1000
"""Services without work that are remembered; their names are strangers'."""
AGAIN: Final = 1.0
"""Seconds until the database is asked again."""
SILENT_NOT_TO: Final = (".push.apple.com",)
"""Push services whose browsers end a subscription over a push that shows nothing."""


class Figures:
    """What is counted of pushes."""

    def __init__(self, registry: CollectorRegistry, waiting: Callable[[], float]) -> None:
        self.pushes = Counter(
            "messenger_pushes", "Pushes by what became of them.", ["outcome"], registry=registry
        )
        for outcome in ("sent", "later", "failed", "gone", "dropped", "withheld"):
            self.pushes.labels(outcome)
        queue = Gauge("messenger_pushes_waiting", "Pushes that wait.", registry=registry)
        queue.set_function(waiting)

    def count(self, outcome: str) -> None:
        self.pushes.labels(outcome).inc()


class Courier:
    """All push services, each with its queue."""

    def __init__(
        self, devices: Devices, registry: CollectorRegistry, done: Callable[[Job], None]
    ) -> None:
        """`done` is called once for every job that was put, whatever became of it."""
        self.devices = devices
        self.database = devices.database
        self.clock = devices.clock
        self.done = done
        self.figures = Figures(registry, lambda: float(self.waiting))
        # State: services by host, and the tasks that drain them.
        self.services: dict[str, Service] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # Requests to services that are no vendor's.
        self._to_others = 0
        # When the next push may leave, by the loop's clock.
        self._next = 0.0

    def __repr__(self) -> str:
        return f"<Courier {len(self.services)} services, {self.waiting} waiting>"

    @property
    def waiting(self) -> int:
        return sum(service.queued for service in self.services.values())

    def put(self, device: Device, job: Job) -> None:
        """Have a device told; at once returns. What waits under the same tag is replaced."""
        if job.subject is None and device.service.endswith(SILENT_NOT_TO):
            self.done(job)
            return
        service = self.services.get(device.service)
        if service is None:
            self._make_room()
            window = TO_VENDOR if is_vendor(device.service) else TO_ANOTHER
            service = Service(device.service, window, self._drop)
            self.services[device.service] = service
        service.put(device.id, job)
        self._wake(service)

    # A tap of the streams: it hears before sockets do, and so before anybody is told of it

    def published(self, stream: int, events: list[Event]) -> None:
        """Anything but a new message may change who may be told what: somebody left, was signed
        out, hid the texts, deleted what was about to go."""
        if self.services and any(event.type != PLAIN for event in events):
            self._doubt()

    def grew(self, stream: int, seq: int) -> None:
        """Others wrote something; what, is not known yet."""
        self._doubt()

    def marked(self, chat_id: int, user_id: int, read_seq: int) -> None:
        """What is told of a message that was read is withdrawn at once."""

    def _doubt(self) -> None:
        for service in self.services.values():
            if service.draining:
                service.doubt()

    def _make_room(self) -> None:
        if len(self.services) >= FORGOTTEN:
            idle = [host for host, each in self.services.items() if not each.draining]
            for host in idle:
                del self.services[host]

    def _wake(self, service: Service) -> None:
        if not service.draining:
            service.draining = True
            task = asyncio.get_running_loop().create_task(self._drain(service))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _drain(self, service: Service) -> None:
        try:
            await service.drain(self._room, self._asked, self._send, self._note)
        finally:
            service.draining = False

    def _drop(self, job: Job) -> None:
        self.figures.count("dropped")
        self.done(job)

    def _withhold(self, job: Job) -> None:
        self.figures.count("withheld")
        self.done(job)

    # Sending

    def _room(self, service: Service) -> int:
        if is_vendor(service.host):
            return service.room
        return min(service.room, TO_OTHERS - self._to_others)

    async def _asked(self, service: Service, batch: list[Waiting]) -> list[Worded]:
        """Those that may be told; what the database does not let us ask about is put back."""
        try:
            await self._turn(len(batch))
            return await self._made(batch)
        except errors.Unavailable:
            for id, job in batch:
                service.put(id, job, again=True)
            service.until = max(service.until, monotonic() + AGAIN)
        except Exception:
            # Whatever it was: the service's other pushes go on.
            log.exception("pushes to %s cannot be made", service.host)
            for _, job in batch:
                self._drop(job)
        return []

    def _send(self, service: Service, worded: Worded) -> None:
        target, job, data = worded
        self._begin(service, 1)
        sent = self.devices.sending.send(self._parcel(target, job, data))
        sent.add_done_callback(partial(self._landed, service, target, job))

    def _begin(self, service: Service, count: int) -> None:
        service.flying += count
        if is_vendor(service.host):
            return
        full, self._to_others = self._to_others >= TO_OTHERS, self._to_others + count
        if full and count < 0:
            for other in self.services.values():
                other.news.set()

    def _landed(
        self, service: Service, target: Target, job: Job, sent: "asyncio.Future[Result]"
    ) -> None:
        self._begin(service, -1)
        service.land((target, job, LOST if sent.cancelled() else sent.result()))

    def _parcel(self, target: Target, job: Job, data: bytes) -> Parcel:
        now = self.clock()
        return Parcel(
            endpoint=target.endpoint,
            p256dh=target.p256dh,
            auth=target.auth,
            authorization=self.devices.vapid.header(target.endpoint, now),
            payload=data,
            ttl=max(int((job.until - now).total_seconds()), 1),
            urgency=job.urgency,
            topic=job.topic,
        )

    async def _made(self, batch: list[Waiting]) -> list[Worded]:
        """Those of them that may be told now; with the others it is done."""
        found = await made(self.devices, batch)
        for job in found.withheld:
            self._withhold(job)
        for job in found.over:
            self._drop(job)
        return found.ready

    async def _turn(self, count: int) -> None:
        """Not in bursts, for which messages would wait."""
        now = asyncio.get_running_loop().time()
        at = max(self._next, now - LATE)
        self._next = at + count / A_SECOND
        if at > now:
            await asyncio.sleep(at - now)

    async def _note(self, service: Service, results: list[Landed]) -> None:
        sent: list[str] = []
        told: list[Job] = []
        finished: list[Job] = []
        other: dict[str, Result] = {}
        waits: list[float | None] = []
        for target, job, result in results:
            self.figures.count(result.outcome)
            if result.outcome == "sent":
                sent.append(target.id)
                told.append(job)
            else:
                other[target.id] = result
            if result.outcome == "later":
                waits.append(result.wait)
                service.put(target.id, job, again=True)
            else:
                finished.append(job)
        if finished:
            # One that does not know a device is there, too.
            service.succeeded()
        if waits:
            asked = [wait for wait in waits if wait is not None]
            service.failed(max(asked) if asked else None)
        try:
            await self.devices.note(sent, other)
            await self._keep(told)
        except errors.DomainError:
            # Only what is shown of it is missing, or it is told once more by mail.
            log.warning("what became of %d pushes was not noted", len(results))
        finally:
            # After it is noted: a crash between the two repeats it.
            for job in finished:
                self.done(job)

    async def _keep(self, jobs: list[Job]) -> None:
        """What people have been told, and what was taken from their screens again."""
        shown = [
            Pushed(
                user_id=job.user_id,
                stream=job.stream,
                seq=job.told,
                since=job.since or job.told,
                tag=job.tag,
            )
            for job in jobs
            if job.subject is not None
        ]
        gone = [(job.user_id, job.tag, job.seq) for job in jobs if job.subject is None]
        if shown:
            await pushed.save(self.database, shown, self.clock())
        if gone:
            await pushed.withdrawn(self.database, gone)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)


def is_vendor(host: str) -> bool:
    """Whether a browser's vendor runs it; all others anybody may have named."""
    return f".{host}".endswith(VENDORS)
