"""The one guard of everything that runs for as long as the process does.

A background task never ends by itself: what breaks is logged, once for each
kind and not once a second; then it starts again, after a pause that grows. How
they fare shows in `/ready` and `/metrics`.
"""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge

from messenger.errors import DomainError

log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[Any]]

FIRST_PAUSE = 0.1
"""Seconds after the first failure; each further one doubles them."""
MOST = 30.0
"""Seconds between tries, at most."""
STEADY = 10.0
"""Seconds after which it counts as running; what comes and goes faster is one trouble."""
REMINDED = 600.0
"""Seconds after which a failure that goes on is logged again."""
STOP_AGAIN = 0.5
"""Seconds after which a task that was cancelled, and runs on, is cancelled again."""


class Health:
    """How one of them fares."""

    def __init__(self, name: str) -> None:
        self.name = name
        # State: failures since it last went well, which kind was logged, and when.
        self.failures = 0
        self.kind: str | None = None
        self.logged_at = 0.0

    def __repr__(self) -> str:
        return f"<{self.name}: {f'{self.failures} failures' if self.failures else 'well'}>"

    def fails(self, error: BaseException) -> None:
        """Note a failure, and log it unless the same was logged just now."""
        self.failures += 1
        kind, now = kind_of(error), monotonic()
        quiet = REMINDED if self.failures > 1 else STEADY
        if kind == self.kind and now - self.logged_at < quiet:
            return
        self.kind, self.logged_at = kind, now
        # A domain error says enough by its sentence; its traceback would add nothing.
        known = isinstance(error, DomainError)
        log.error(
            "background task %s failed (%d in a row): %s", self.name, self.failures, error,
            exc_info=None if known else error,
        )  # fmt: skip

    def goes_well(self) -> None:
        if self.failures:
            log.info("background task %s goes on after %d failures", self.name, self.failures)
        self.failures = 0


def kind_of(error: BaseException) -> str:
    """What two failures must share to be told once: the type, and where it was raised."""
    steps = traceback.extract_tb(error.__traceback__)
    where = f"{steps[-1].filename}:{steps[-1].lineno}" if steps else ""
    return f"{type(error).__name__} at {where}"


class Leader(Protocol):
    """Says when a server does what only one of several may do."""

    def lasting(self, work: Work) -> Work: ...
    def repeated(self, work: Work) -> Work: ...


class Background:
    """The background tasks of a process, by name."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        # State: how each fares, and the tasks.
        self.healths: dict[str, Health] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._leader: Leader | None = None
        self._failures = Counter(
            "messenger_background_failures", "Failures of background tasks.", ["task"],
            registry=registry,
        )  # fmt: skip
        self._running = Gauge(
            "messenger_background_running", "Whether a background task does its work.", ["task"],
            registry=registry,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<Background {list(self.healths.values())}>"

    @property
    def failing(self) -> list[str]:
        """Those that do not do their work now."""
        return sorted(name for name, health in self.healths.items() if health.failures)

    @contextmanager
    def led_by(self, leader: "Leader") -> Iterator[None]:
        """What is started within is done by the server that leads."""
        self._leader = leader
        try:
            yield
        finally:
            self._leader = None

    def lasting(self, name: str, work: Work, most: float = MOST) -> None:
        """Run what goes on for ever; when it ends in whatever way, run it again.

        It says `goes_well(name)` once it does its work.
        """
        led = work if self._leader is None else self._leader.lasting(work)
        self._start(name, self._last(name, led, most))

    def every(self, seconds: float, name: str, work: Work, most: float = MOST) -> None:
        """Do something again and again; after a failure less often."""
        led = work if self._leader is None else self._leader.repeated(work)
        self._start(name, self._repeat(seconds, name, led, most))

    def goes_well(self, name: str) -> None:
        self._health(name).goes_well()
        self._running.labels(name).set(1)

    def failed(self, name: str, error: BaseException) -> None:
        """Count a failure; also for work that is started elsewhere: jobs, the journal."""
        self._health(name).fails(error)
        self._failures.labels(name).inc()
        self._running.labels(name).set(0)

    async def stop(self) -> None:
        pending = set(self._tasks)
        while pending:
            for task in pending:
                task.cancel()
            # Once is not enough: `wait_for`, which aiopg waits with, drops a cancellation that
            # comes together with its result (before Python 3.12): the task would never end.
            _, pending = await asyncio.wait(pending, timeout=STOP_AGAIN)
        self._tasks.clear()

    def _health(self, name: str) -> Health:
        return self.healths.setdefault(name, Health(name))

    def _start(self, name: str, running: Any) -> None:
        self._failures.labels(name)
        self.goes_well(name)
        self._tasks.append(asyncio.get_running_loop().create_task(running))

    async def _last(self, name: str, work: Work, most: float) -> None:
        tries = 0
        while True:
            began = monotonic()
            error = await self._attempt(work) or EndedByItself()
            self.failed(name, error)
            # One that breaks again and again right after its start has to wait, too.
            tries = 1 if monotonic() - began > STEADY else tries + 1
            await asyncio.sleep(pause_after(tries, most))

    async def _repeat(self, seconds: float, name: str, work: Work, most: float) -> None:
        wait = seconds
        while True:
            await asyncio.sleep(wait)
            error = await self._attempt(work)
            if error is None:
                self.goes_well(name)
                wait = seconds
            else:
                self.failed(name, error)
                failures = self._health(name).failures
                wait = max(seconds, pause_after(failures, most))

    async def _attempt(self, work: Work) -> BaseException | None:
        try:
            await work()
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # This task was not cancelled: something inside cancelled itself.
            return error
        except Exception as error:
            # Whatever it was, the task goes on.
            return error
        return None


class EndedByItself(Exception):
    """It came to an end, which it should not."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


def pause_after(failures: int, most: float) -> float:
    """Seconds to wait after so many failures in a row."""
    return float(min(most, FIRST_PAUSE * 2 ** min(failures - 1, 30)))
