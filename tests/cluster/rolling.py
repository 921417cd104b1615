"""Servers are replaced one after the other while people write: what do these see of it?

    python -m tests.cluster.rolling [--rounds 4] [--rate 150] [--servers 3] [--seed N]

Each server in turn is told to stop (SIGTERM), ends in order, and is started again as the next
version, which says another version and API level, and brings a migration that goes beside this one;
once all are, back to this one, and so on. People write, move cards, read and call by REST through
all of it. Besides what holds under faults (`checking`) nobody may be refused anything, find a
request cut off, or lose a connection but by a 1001 that says when to come back. Prints a line for
each server, and exits with 1 when anything is wrong.
"""

import argparse
import asyncio
import contextlib
import random
import re
import shutil
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec

from messenger.cli.database import bring_up_to_date
from messenger.protocol.events import API_LEVEL
from messenger.shipped import CHECKOUT
from messenger.store.embedded import EmbeddedPostgres
from tests.cluster.checking import Found, acknowledged, check
from tests.cluster.nats import NatsServer
from tests.cluster.people import GOING_AWAY, People, Person, gather
from tests.conftest import KEYS
from tests.faults.server import ServerProcess

WRITERS: Final = 12
BETWEEN: Final = 2.0
"""Seconds from one server's return to the next one's end."""
CALL_EVERY: Final = 0.03
NEXT: Final = "99.0.0"


class Report(Found):
    restarts: int = 0
    pauses: list[float] = msgspec.field(default_factory=list)
    """Seconds without a connection, of everybody who lost one, ascending."""
    stopped: list[float] = msgspec.field(default_factory=list)
    """Seconds that servers took to end."""
    calls: int = 0
    warnings: list[str] = msgspec.field(default_factory=list)
    """What servers warned of."""
    levels: set[int] = msgspec.field(default_factory=set)
    """API levels that people were told when they came back."""


def next_version(directory: Path) -> Path:
    """The same program under another version and API level, beside links to what it needs."""
    directory.mkdir()
    shutil.copytree(CHECKOUT / "messenger", directory / "messenger")
    shutil.copytree(CHECKOUT / "migrations", directory / "migrations")
    migration = directory / "migrations" / "9999.next.sql"
    migration.write_text("-- beside: yes\nalter table messages add next text;\n")
    for name in ("static", "deploy", "setup.cfg"):
        (directory / name).symlink_to(CHECKOUT / name)
    events = directory / "messenger" / "protocol" / "events.py"
    text, count = re.subn(
        r"(?m)^API_LEVEL = \d+$", f"API_LEVEL = {API_LEVEL + 1}", events.read_text()
    )
    assert count == 1
    events.write_text(text)
    about = directory / f"messenger-{NEXT}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: messenger\nVersion: {NEXT}\n")
    return directory


def warnings(node: ServerProcess) -> list[str]:
    words = node.log.read_text().splitlines()
    return [f"{node.base} {line}" for line in words if " WARNING " in line or " ERROR " in line]


class Caller:
    """Asks and changes by REST, on connections that are kept, of a server that takes them.

    As a balancer does: what a server refuses before it has any of it goes to the next one.
    """

    def __init__(self, nodes: list[ServerProcess], person: Person) -> None:
        self.bases = [node.base for node in nodes]
        self.token = person.client.token
        self.chat = person.chats[0]
        # State: how many calls were answered, and what was wrong with others.
        self.answered = 0
        self.problems: list[str] = []

    async def live(self, stop: asyncio.Event) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with aiohttp.ClientSession(headers=headers) as http:
            while not stop.is_set():
                for base in self.bases:
                    await self._call(http, base)
                await asyncio.sleep(CALL_EVERY)

    async def _call(self, http: aiohttp.ClientSession, base: str) -> None:
        where = f"{base}/api/v1/chats/{self.chat}"
        draft = {"text": str(uuid.uuid4())}
        try:
            async with http.get(f"{where}/messages?limit=1") as answer:
                self._look(base, "GET", answer.status)
            async with http.put(f"{where}/draft", json=draft) as answer:
                self._look(base, "PUT", answer.status)
        except aiohttp.ClientConnectorError:
            # It listens no more: a balancer asks another one.
            pass
        except aiohttp.ClientError as error:
            self.problems.append(f"{base}: a call was cut off: {error!r}")

    def _look(self, base: str, method: str, status: int) -> None:
        self.answered += 1
        if status >= 400:
            self.problems.append(f"{base}: {method} was answered with {status}")


async def run(rounds: int, rate: float, servers: int, seed: int) -> Report:
    """Replace all servers so many times; what was wrong, and what people saw of it."""
    random.seed(seed)
    with (
        tempfile.TemporaryDirectory(prefix="messenger-rolling-") as name,
        EmbeddedPostgres(Path(name) / "data", durable=False) as postgres,
        contextlib.ExitStack() as stack,
    ):
        bring_up_to_date(postgres.dsn)
        nats = NatsServer()
        stack.callback(nats.kill)
        nats.start()
        settings = {"BUS": nats.url, "WRITE_RATE_LIMIT": "1000000/10s", **KEYS}
        nodes = [
            ServerProcess(Path(name) / f"node{n}", postgres.dsn, settings) for n in range(servers)
        ]
        for node in nodes:
            node.start()
            stack.callback(node.kill)
        for node in nodes:
            await node.ready()
        people = await gather(nodes, WRITERS, within=10.0)
        versions = [next_version(Path(name) / "next"), None]
        report = Report()
        await _under_load(nodes, people, report, versions, rounds, rate)
        await check(nodes, people, report)
        report.warnings = [line for node in nodes for line in warnings(node)]
        for one in people.all:
            await one.client.disconnect()
        return report


async def _under_load(
    nodes: list[ServerProcess],
    people: People,
    report: Report,
    versions: list[Path | None],
    rounds: int,
    rate: float,
) -> None:
    await people.arrive()
    stop, callers = asyncio.Event(), [Caller(nodes, one) for one in people.writers[:2]]
    running = [asyncio.create_task(one.live(stop, WRITERS / rate)) for one in people.all]
    running += [asyncio.create_task(one.live(stop)) for one in callers]
    try:
        for turn in range(rounds):
            program = versions[turn % len(versions)]
            for node in nodes:
                await asyncio.sleep(BETWEEN)
                await _replace(node, program, people, report)
    finally:
        stop.set()
    await asyncio.wait_for(asyncio.gather(*running), 90)
    for one in people.all:
        await one.settle()
        report.problems += [f"{one.client.user_id} was told {each}" for each in one.refusals]
    for caller in callers:
        report.calls += caller.answered
        report.problems += caller.problems
    report.pauses.sort()


async def _replace(
    node: ServerProcess, program: Path | None, people: People, report: Report
) -> None:
    """Stop it in order, start the other version in its place, and have its people come home."""
    theirs = [one for one in people.all if one.client.base == node.base]
    began = time.monotonic()
    code = await asyncio.to_thread(node.stop)
    report.stopped.append(time.monotonic() - began)
    if code != 0:
        report.problems.append(f"{node.base} ended with {code}")
    node.program = program
    node.start()
    again = await node.ready()
    report.restarts += 1
    level = await _told(node)
    if level != API_LEVEL + (program is not None):
        report.problems.append(f"{node.base} is of API level {level}")
    await people.come_home()
    pauses = [one.pauses.pop() for one in theirs if one.pauses]
    if len(pauses) != len(theirs):
        report.problems.append(f"{len(theirs) - len(pauses)} people of {node.base} saw no end")
    for pause in pauses:
        if pause.code != GOING_AWAY:
            report.problems.append(f"{pause.base} closed with {pause.code}: {pause.steps}")
        report.pauses.append(pause.seconds or 0.0)
    report.problems += [f"{each} lost {one.base}" for each in people.all for one in each.pauses]
    for one in people.all:
        one.pauses.clear()
        report.levels.add(one.client.welcome["api_level"])
    longest = max((pause.seconds or 0.0 for pause in pauses), default=0.0)
    print(
        f"{node.base} ended within {report.stopped[-1]:.2f} s, serves again after {again:.2f} s as"
        f" API level {level}; {acknowledged(people.writers)} acknowledged; its {len(pauses)} people"
        f" were away for up to {longest:.2f} s",
        flush=True,
    )


async def _told(node: ServerProcess) -> int:
    told: Any = await node.request("GET", "/server")
    return int(told["data"]["api_level"])


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rounds", type=int, default=4, help="there and back is two")
    given.add_argument("--rate", type=float, default=150, help="messages a second")
    given.add_argument("--servers", type=int, default=3)
    given.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = given.parse_args()
    print(f"seed {options.seed}")
    report = asyncio.run(run(options.rounds, options.rate, options.servers, options.seed))
    for problem in report.problems[:20]:
        print(f"WRONG: {problem}")
    if report.problems:
        print("\n".join(report.warnings[-20:]))
    pauses = report.pauses or [0.0]
    print(
        f"{report.restarts} servers replaced; {report.acknowledged} messages, {report.resent} of"
        f" them after a repeat; {report.moves} moves, {report.tasks} tasks, {report.calls} calls;"
        f" {len(report.problems)} problems; people were away for {pauses[len(pauses) // 2]:.2f} s,"
        f" the longest for {pauses[-1]:.2f} s; API levels {sorted(report.levels)}"
    )
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
