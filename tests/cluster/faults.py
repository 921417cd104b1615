"""Three servers, NATS and PostgreSQL under load, with one fault after the other; then a checker.

    python -m tests.cluster.faults [--seconds 180] [--rate 200] [--within 2] [--only kill]

Everybody writes by the clock: a slow answer delays what follows it, and takes nothing off the rate.
What was reached outside of faults is printed, with what this program itself took of a core: the
machine has to have that beside three servers, NATS and PostgreSQL. Ten minutes at 200 a second:

    python -m tests.cluster.faults --seconds 600 --rate 200

In turn a server is killed (-9), a server is stopped and goes on (split brain), NATS is killed, NATS
hangs (cut off), PostgreSQL is killed and started again. What holds nevertheless says `checking`.
Whoever's server does not answer goes to the next one, and home again before the next fault, so that
each server that is killed has a third of them. Prints a line for each fault, and exits with 1 when
anything is wrong.
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import msgspec

from messenger.cli.database import bring_up_to_date
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.embedded.supervisor import Supervisor
from tests.cluster.checking import Found, acknowledged, check
from tests.cluster.nats import NatsServer
from tests.cluster.people import Pause, People, Person, gather
from tests.conftest import KEYS
from tests.faults.server import ServerProcess

NODES: Final = 3
WRITERS: Final = 12
FAULTS: Final = ("kill", "stop", "nats killed", "postgres", "nats hangs")
WITHIN: Final = 2.0
"""Seconds within which the people of a killed server are to be back."""


class Report(Found):
    faults: int = 0
    ended: int = 0
    """Servers that ended by themselves and were started again."""
    back: list[float] = msgspec.field(default_factory=list)
    """Seconds until the people of a killed server were all on others, of each kill."""
    calm_rate: float = 0.0
    """Messages a second that were acknowledged outside of faults."""
    own_cores: float = 0.0
    """What this program took of a core: people, watchers, the keeper."""


class Cluster:
    """The servers, and what they need; everything that a machine's service manager would do."""

    def __init__(self, directory: Path, postgres: EmbeddedPostgres, nats: NatsServer) -> None:
        self.postgres = postgres
        self.nats = nats
        self.supervisor = Supervisor(postgres)
        settings = {"BUS": nats.url, **KEYS}
        self.nodes = [
            ServerProcess(directory / f"node{n}", postgres.dsn, settings) for n in range(NODES)
        ]
        # State: those that are down on purpose, and how many ended by themselves.
        self.held: set[ServerProcess] = set()
        self.ended = 0

    async def look_after(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                await self.supervisor.look()
            for node in self.nodes:
                if node not in self.held and node.process.poll() is not None:
                    self.ended += 1
                    node.start()
            await asyncio.sleep(0.2)

    async def all_serve(self) -> None:
        """Until every server answers: one that ended by itself is started again meanwhile."""
        async with asyncio.timeout(90):
            for node in self.nodes:
                while not await node.serves():
                    await asyncio.sleep(0.1)

    async def fault(self, what: str, dice: random.Random, people: People) -> list[Pause]:
        """Have it happen, and wait until it is over; what its people did, where one is killed."""
        node = dice.choice(self.nodes)
        if what == "kill":
            return await self._kill(node, people)
        if what == "stop":
            node.process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(dice.uniform(3, 9))
            node.process.send_signal(signal.SIGCONT)
        elif what == "postgres":
            pid = int((self.postgres.cluster / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGKILL)
        else:
            self.nats.kill() if what == "nats killed" else self.nats.pause()
            await asyncio.sleep(dice.uniform(2, 7))
            self.nats.start() if what == "nats killed" else self.nats.go_on()
        return []

    async def _kill(self, node: ServerProcess, people: People) -> list[Pause]:
        theirs = [one for one in people.all if one.client.base == node.base]
        before = [len(one.pauses) for one in theirs]
        self.held.add(node)
        node.kill()
        began = time.monotonic()

        def pauses() -> list[Pause]:
            fresh = [one.pauses[had:] for one, had in zip(theirs, before, strict=True)]
            return [some[0] for some in fresh if some and some[0].seconds is not None]

        while len(pauses()) < len(theirs) and time.monotonic() < began + 30:
            await asyncio.sleep(0.01)
        node.start()
        self.held.discard(node)
        await node.ready()
        for pause in pauses():
            # From the kill on, not from its being noticed.
            pause.seconds = (pause.seconds or 0.0) + pause.began - began
        return pauses()


async def run(
    seconds: float, rate: float, seed: int, within: float, only: tuple[str, ...] = FAULTS
) -> Report:
    """These faults in turn for so long; what was wrong, and what it cost."""
    dice = random.Random(seed)
    with (
        tempfile.TemporaryDirectory(prefix="messenger-cluster-") as name,
        EmbeddedPostgres(Path(name) / "data", durable=False) as postgres,
        contextlib.ExitStack() as stack,
    ):
        bring_up_to_date(postgres.dsn)
        nats = NatsServer()
        stack.callback(nats.kill)
        nats.start()
        cluster = Cluster(Path(name), postgres, nats)
        for node in cluster.nodes:
            node.start()
            stack.callback(node.kill)
        for node in cluster.nodes:
            print(f"{node.base} serves after {await node.ready():.1f} s", flush=True)
        keeper = asyncio.create_task(cluster.look_after())
        try:
            people = await gather(cluster.nodes, WRITERS, within)
            report = Report()
            quiet = await _under_load(cluster, people, report, seconds, rate, dice, only)
            report.ended = cluster.ended
            await cluster.all_serve()
            await check(cluster.nodes, people, report, quiet)
            for one in people.all:
                await one.client.disconnect()
            return report
        finally:
            keeper.cancel()
            for node in cluster.nodes:
                node.process.send_signal(signal.SIGCONT)


async def _under_load(
    cluster: Cluster,
    people: People,
    report: Report,
    seconds: float,
    rate: float,
    dice: random.Random,
    only: tuple[str, ...],
) -> list[tuple[float, float]]:
    """Write through all of it, and hear the rest; return the times in which there was no fault."""
    await people.arrive()
    stop = asyncio.Event()
    running = [asyncio.create_task(one.live(stop, WRITERS / rate)) for one in people.all]
    quiet: list[tuple[float, float]] = []
    rates = []
    began_at, used = time.monotonic(), time.process_time()
    try:
        while time.monotonic() < began_at + seconds:
            for what in only:
                began, before = time.monotonic(), acknowledged(people.writers)
                await asyncio.sleep(dice.uniform(4, 6))
                quiet.append((began + 1.5, time.monotonic()))
                rates.append((acknowledged(people.writers) - before) / (time.monotonic() - began))
                pauses = await cluster.fault(what, dice, people)
                report.faults += 1
                report.back += [max(each.seconds or 0.0 for each in pauses)] if pauses else []
                await _acknowledging(people.writers)
                _tell(what, acknowledged(people.writers), pauses)
                await cluster.all_serve()
                await people.come_home()
                if time.monotonic() > began_at + seconds:
                    break
    finally:
        stop.set()
    report.own_cores = (time.process_time() - used) / (time.monotonic() - began_at)
    report.calm_rate = sorted(rates)[len(rates) // 2]
    await asyncio.wait_for(asyncio.gather(*running), 90)
    for one in people.all:
        await one.settle()
    return quiet


def _tell(what: str, sent: int, pauses: list[Pause]) -> None:
    """A line for a fault; of people who came back late what they did meanwhile."""
    took = sorted(each.seconds or 0.0 for each in pauses)
    said = f", its {len(took)} people back after {took[0]:.2f} to {took[-1]:.2f} s" if took else ""
    print(f"{what:12} {sent:7} acknowledged{said}", flush=True)
    for pause in pauses:
        if (pause.seconds or 0.0) > WITHIN:
            steps = ", ".join(f"{at:.2f} {step}" for at, step in pause.steps)
            print(f"{'':12} {pause.seconds:.2f} s: closed with {pause.code}, {steps}", flush=True)


async def _acknowledging(writers: list[Person]) -> None:
    """Until everybody's messages are acknowledged again."""
    before = [len(one.attempts) for one in writers]
    async with asyncio.timeout(60):
        while any(len(one.attempts) <= had for one, had in zip(writers, before, strict=True)):
            await asyncio.sleep(0.02)


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--seconds", type=float, default=180)
    given.add_argument("--rate", type=float, default=200, help="messages a second")
    given.add_argument("--within", type=float, default=2.0, help="seconds to wait for an answer")
    given.add_argument("--only", choices=FAULTS, nargs="+", default=FAULTS, help="these faults")
    given.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = given.parse_args()
    print(f"seed {options.seed}")
    what = tuple(options.only)
    report = asyncio.run(run(options.seconds, options.rate, options.seed, options.within, what))
    for problem in report.problems[:20]:
        print(f"WRONG: {problem}")
    late, back = report.late or [0.0], sorted(report.back)
    print(
        f"outside of faults {report.calm_rate:.0f} messages a second of {options.rate:.0f};"
        f" this program took {report.own_cores:.2f} of a core\n"
        f"{report.faults} faults; {report.acknowledged} messages, {report.resent} of them after a"
        f" repeat; {report.moves} moves, {report.tasks} tasks; {len(report.problems)} problems;"
        f" {report.ended} servers began afresh; the last reader"
        f" {late[len(late) // 2] * 1000:.0f} ms, at most {late[-1] * 1000:.0f} ms behind the first"
    )
    if back:
        each = " ".join(f"{seconds:.2f}" for seconds in back)
        print(
            f"people of a killed server back within {back[-1]:.2f} s; of {len(back)} kills {each}"
        )
    return 1 if report.problems or (back and back[-1] > WITHIN) else 0


if __name__ == "__main__":
    sys.exit(main())
