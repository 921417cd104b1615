"""Brings jobs to push services: what may still be told is asked just before it is sent."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from messenger import errors
from messenger.push.devices import Devices
from messenger.push.jobs import Job
from messenger.push.making import Worded, made
from messenger.push.posting import Posted as Post
from messenger.push.posting import Result, post
from messenger.push.service import Service, Waiting
from messenger.push.subscribers import Device
from messenger.store.rows import pushed
from messenger.store.rows.pushed import Pushed
from messenger.store.rows.subscriptions import Target

log = logging.getLogger(__name__)

SIDE_BY_SIDE: Final = 16
"""Requests to one vendor of browsers at a time."""
TO_OTHERS: Final = 20
"""Requests at a time to all other services together: anybody can name one that hangs."""
VENDORS: Final = (
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
A_SECOND: Final = 700
"""Pushes a second, one by one: in bursts they would make messages wait. A quarter of a core."""
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
        self._gates: dict[str, asyncio.Semaphore] = {}
        self._others = asyncio.Semaphore(TO_OTHERS)
        # When the next push may leave, by the loop's clock.
        self._next = 0.0

    def __repr__(self) -> str:
        return f"<Courier {len(self.services)} services, {self.waiting} waiting>"

    @property
    def waiting(self) -> int:
        return sum(len(service.waiting) for service in self.services.values())

    def put(self, device: Device, job: Job) -> None:
        """Have a device told; at once returns. What waits under the same tag is replaced."""
        if job.subject is None and device.service.endswith(SILENT_NOT_TO):
            self.done(job)
            return
        service = self.services.get(device.service)
        if service is None:
            self._make_room()
            service = self.services[device.service] = Service(device.service, self._drop)
        service.put(device.id, job)
        self._wake(service)

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
            await service.drain(self.deliver, asyncio.sleep)
        finally:
            service.draining = False

    def _drop(self, job: Job) -> None:
        self.figures.count("dropped")
        self.done(job)

    def _withhold(self, job: Job) -> None:
        self.figures.count("withheld")
        self.done(job)

    # Sending

    async def deliver(self, service: Service, batch: list[Waiting]) -> None:
        """Send these; what the service does not take now is put back."""
        try:
            ready = await self._made(batch)
        except errors.Unavailable:
            for id, job in batch:
                service.put(id, job, again=True)
            await asyncio.sleep(AGAIN)
            return
        except Exception:
            # Whatever it was: the service's other pushes go on.
            log.exception("pushes to %s cannot be made", service.host)
            for _, job in batch:
                self._drop(job)
            return
        if not ready:
            return
        sealed = await self.devices.sealing.seal_all([(target, data) for target, _, data in ready])
        gate = self._gate(service.host)
        results = await asyncio.gather(
            *(
                self._post(gate, target, job, body)
                for (target, job, _), body in zip(ready, sealed, strict=True)
            )
        )
        outcomes = zip(ready, results, strict=True)
        await self._note(service, [(target, job, result) for (target, job, _), result in outcomes])

    async def _made(self, batch: list[Waiting]) -> list[Worded]:
        """Those of them that may be told now; with the others it is done."""
        found = await made(self.devices, batch)
        for job in found.withheld:
            self._withhold(job)
        for job in found.over:
            self._drop(job)
        return found.ready

    def _gate(self, host: str) -> asyncio.Semaphore:
        if not f".{host}".endswith(VENDORS):
            return self._others
        return self._gates.setdefault(host, asyncio.Semaphore(SIDE_BY_SIDE))

    async def _post(
        self, gate: asyncio.Semaphore, target: Target, job: Job, body: bytes | None
    ) -> Result:
        if body is None:
            return Result(outcome="failed", error="Nothing can be sealed with its keys.")
        now = self.clock()
        async with gate:
            await self._turn()
            return await post(
                self.devices.outgoing,
                Post(
                    endpoint=target.endpoint,
                    authorization=self.devices.vapid.header(target.endpoint, now),
                    body=body,
                    ttl=max(int((job.until - now).total_seconds()), 1),
                    urgency=job.urgency,
                    topic=job.topic,
                ),
            )

    async def _turn(self) -> None:
        now = asyncio.get_running_loop().time()
        at = max(self._next, now - LATE)
        self._next = at + 1 / A_SECOND
        if at > now:
            await asyncio.sleep(at - now)

    async def _note(self, service: Service, results: list[tuple[Target, Job, Result]]) -> None:
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
        if sent:
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
