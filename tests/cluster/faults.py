"""Three servers, NATS and PostgreSQL under load, with one fault after the other; then a checker.

    python -m tests.cluster.faults [--seconds 180] [--rate 200] [--within 2] [--seed N]

Everybody writes by the clock: a slow answer delays what follows it, and takes nothing off the rate.
What was reached outside of faults is printed, with what this program itself took of a core: the
machine has to have that beside three servers, NATS and PostgreSQL. Ten minutes at 200 a second:

    python -m tests.cluster.faults --seconds 600 --rate 200

In turn a server is killed (-9), a server is stopped and goes on (split brain), NATS is killed, NATS
hangs (cut off), PostgreSQL is killed and started again. Acknowledged is stored, once, under the
number that was told, and heard by everybody in order; every move of a card counted once, every task
is there once, and all servers say the same. Whoever's server does not answer goes
to the next one. Prints a line for each fault and exits with 1 when anything is wrong.
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
from typing import Any, Final

import msgspec

from messenger.cli.database import bring_up_to_date
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.embedded.supervisor import Supervisor
from tests.cluster.nats import NatsServer
from tests.conftest import KEYS
from tests.faults.people import LOST, WEBSOCKETS, Attempt, Writer, settle_in
from tests.faults.server import ServerProcess
from tests.live.client import Client, JsonSocket, MsgpackSocket, Refused

NODES: Final = 3
WRITERS: Final = 12
BEHIND: Final = 1.0
"""Seconds that a writer makes up for after a fault; a longer silence is not written afterwards."""
FAULTS: Final = ("kill", "stop", "nats killed", "postgres", "nats hangs")


class Report(msgspec.Struct):
    problems: list[str] = []
    acknowledged: int = 0
    resent: int = 0
    moves: int = 0
    tasks: int = 0
    faults: int = 0
    ended: int = 0
    """Servers that ended by themselves and were started again."""
    back: list[float] = []
    """Seconds until the people of a killed server were all on others."""
    calm_rate: float = 0.0
    """Messages a second that were acknowledged outside of faults."""
    own_cores: float = 0.0
    """What this program took of a core: people, watchers, the keeper."""
    late: list[float] = []
    """Seconds from an answer to the last of the watchers, where no fault was at work."""


class Cluster:
    """The servers, and what they need; everything that a machine's service manager would do."""

    def __init__(
        self, directory: Path, postgres: EmbeddedPostgres, nats: NatsServer, within: float
    ) -> None:
        """`within`: seconds until somebody who is not answered goes to the next server."""
        self.within = within
        self.postgres = postgres
        self.nats = nats
        self.supervisor = Supervisor(postgres)
        settings = {"BUS": nats.url, **KEYS}
        self.nodes = [
            ServerProcess(directory / f"node{n}", postgres.dsn, settings) for n in range(NODES)
        ]
        # State: those that are down on purpose, how many ended by themselves, when the last fault
        # was over.
        self.held: set[ServerProcess] = set()
        self.ended = 0
        self.quiet_since = time.monotonic()
        self.faulty = False

    async def look_after(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                await self.supervisor.look()
            for node in self.nodes:
                if node not in self.held and node.process.poll() is not None:
                    self.ended += 1
                    node.start()
            await asyncio.sleep(0.2)

    async def fault(self, what: str, dice: random.Random, people: list["Person"]) -> float | None:
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
        return None

    async def _kill(self, node: ServerProcess, people: list["Person"]) -> float:
        theirs = [person for person in people if person.client.base == node.base]
        self.held.add(node)
        node.kill()
        began = time.monotonic()
        while any(not one.connected or one.client.base == node.base for one in theirs):
            if time.monotonic() - began > 30:
                break
            await asyncio.sleep(0.01)
        took = time.monotonic() - began
        node.start()
        self.held.discard(node)
        await node.ready()
        return took


class Person(Writer):
    """A writer who goes to the next server when this one does not answer."""

    def __init__(self, client: Client, chats: list[int], cluster: Cluster) -> None:
        super().__init__(client, chats)
        self.cluster = cluster
        self.moment: dict[tuple[int, int], float] = {}
        # State: when the next message is due.
        self.due = 0.0

    async def rest(self, pause: float) -> None:
        now = time.monotonic()
        self.due = max(self.due + pause, now - BEHIND)
        await asyncio.sleep(max(0.0, self.due - now))

    async def send(self, attempt: Attempt) -> None:
        async with asyncio.timeout(self.cluster.within):
            await super().send(attempt)

    async def come_back(self) -> None:
        async with asyncio.timeout(self.cluster.within):
            await super().come_back()

    async def lose(self) -> None:
        bases = [node.base for node in self.cluster.nodes]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await super().lose()
        self.connected = False
        self.client.base = bases[(bases.index(self.client.base) + 1) % NODES]

    def hear(self) -> None:
        now = time.monotonic()
        for event in self.client.events:
            self.moment.setdefault((event["stream"], event["seq"]), now)
        super().hear()


class Watcher(Person):
    """Somebody who only reads, and says when it came."""

    async def live(self, stop: asyncio.Event, pause: float) -> None:
        while not stop.is_set():
            try:
                if not self.connected:
                    await self.come_back()
                async with asyncio.timeout(self.cluster.within):
                    await self._ping()
            except (*LOST, *WEBSOCKETS):
                await self.lose()
            for _ in range(20):
                self.hear()
                await asyncio.sleep(0.025)

    async def _ping(self) -> None:
        await self.client.socket.send({"type": "ping", "id": 0})
        while (await self.client._next(self.client.signals))["type"] != "pong":
            pass


class Mover(Person):
    """Moves a card of its own to and fro, and makes a task now and then."""

    def place(self, chat: int, card: int, columns: list[int]) -> None:
        self.board, self.card, self.columns = chat, card, columns
        # State: the card's, as it was last told.
        self.version = 1

    async def send(self, attempt: Attempt) -> None:
        attempt.tries += 1
        number = int(attempt.text.split()[0])
        try:
            async with asyncio.timeout(self.cluster.within):
                if number % 10 == 9:
                    made = await self.client.ask(
                        "task.create", key=attempt.key, chat_id=self.board, title=attempt.key
                    )
                    attempt.seq = made["id"]
                else:
                    moved = await self.client.ask(
                        "task.move",
                        key=attempt.key,
                        task_id=self.card,
                        column_id=self.columns[sum(map(is_move, self.attempts)) % 2],
                    )
                    attempt.seq = moved["version"]
                    if moved["version"] <= self.version:
                        self.problems.append(
                            f"{attempt.key}: moved at {self.client.base} with try {attempt.tries},"
                            f" version {moved['version']} after {self.version}"
                        )
                    self.version = moved["version"]
        except Refused as refused:
            if refused.code != "unavailable":
                self.problems.append(f"{attempt.key} was refused: {refused}")
                attempt.seq = 0
            await asyncio.sleep(0.02)
        self.hear()


def is_move(attempt: Attempt) -> bool:
    return int(attempt.text.split()[0]) % 10 != 9


async def run(seconds: float, rate: float, seed: int, within: float) -> Report:
    """All faults in turn for so long; what was wrong, and what it cost."""
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
        cluster = Cluster(Path(name), postgres, nats, within)
        for node in cluster.nodes:
            node.start()
            stack.callback(node.kill)
        for node in cluster.nodes:
            print(f"{node.base} serves after {await node.ready():.1f} s", flush=True)
        keeper = asyncio.create_task(cluster.look_after())
        try:
            return await _under_load(cluster, seconds, rate, dice)
        finally:
            keeper.cancel()
            for node in cluster.nodes:
                node.process.send_signal(signal.SIGCONT)


async def _people(cluster: Cluster) -> tuple[list[Person], list[Mover], list[Watcher]]:
    kinds = (JsonSocket, MsgpackSocket)
    clients = [
        await settle_in(cluster.nodes[n % NODES], f"person{n}", kinds[n % 2])
        for n in range(WRITERS + 6)
    ]
    owner, first = clients[0], cluster.nodes[0]
    members = [client.user_id for client in clients]
    chats = [
        (await _made(first, owner, "/chats", title=f"Group {n}", member_ids=members))["id"]
        for n in range(2)
    ]
    board = await _made(first, owner, "/chats", title="Board", board=True, member_ids=members)
    writers = [Person(client, chats, cluster) for client in clients[:WRITERS]]
    movers = [Mover(client, chats, cluster) for client in clients[WRITERS : WRITERS + 3]]
    columns = [
        (await _made(first, owner, f"/chats/{board['id']}/columns", title=title))["id"]
        for title in ("to", "fro")
    ]
    for mover in movers:
        # The first move leaves this column: to the end of its own, a card may be there already.
        card = await _made(
            first, owner, "/tasks", chat_id=board["id"], title="card", column_id=columns[0]
        )
        mover.place(board["id"], card["id"], columns)
    return writers, movers, [Watcher(client, chats, cluster) for client in clients[WRITERS + 3 :]]


async def _made(node: ServerProcess, client: Client, path: str, **body: Any) -> Any:
    return (await node.request("POST", path, client.token, **body))["data"]


async def _under_load(cluster: Cluster, seconds: float, rate: float, dice: random.Random) -> Report:
    writers, movers, watchers = await _people(cluster)
    people = [*writers, *movers, *watchers]
    # Who is not there yet does not hear what the others say first.
    for one in people:
        while not one.connected:
            try:
                await one.come_back()
            except (*LOST, *WEBSOCKETS):
                await one.lose()
    stop, report = asyncio.Event(), Report()
    pause = len(writers) / rate
    running = [asyncio.create_task(one.live(stop, pause)) for one in people]
    until, calm, rates = time.monotonic() + seconds, [], []
    began_at, used = time.monotonic(), time.process_time()
    try:
        while time.monotonic() < until:
            for what in FAULTS:
                began, before = time.monotonic(), _acknowledged(writers)
                await asyncio.sleep(dice.uniform(4, 6))
                calm.append((began + 1.5, time.monotonic()))
                rates.append((_acknowledged(writers) - before) / (time.monotonic() - began))
                took = await cluster.fault(what, dice, people)
                report.faults += 1
                if took is not None:
                    report.back.append(took)
                await _acknowledging(writers)
                sent = _acknowledged(writers)
                said = "" if took is None else f", its people back after {took:.2f} s"
                print(f"{what:12} {sent:7} acknowledged{said}", flush=True)
                if time.monotonic() > until:
                    break
    finally:
        stop.set()
    report.own_cores = (time.process_time() - used) / (time.monotonic() - began_at)
    report.calm_rate = sorted(rates)[len(rates) // 2]
    await asyncio.wait_for(asyncio.gather(*running), 90)
    for one in people:
        await one.settle()
    report.ended = cluster.ended
    report.late = _lateness(writers, watchers, calm)
    await _all_serve(cluster)
    await _check(cluster, writers, movers, watchers, report)
    for one in people:
        await one.client.disconnect()
    return report


async def _all_serve(cluster: Cluster) -> None:
    """Until every server answers: one that ended with PostgreSQL is started again meanwhile."""
    for node in cluster.nodes:
        while node.process.poll() is not None:
            await asyncio.sleep(0.1)
        await node.ready()


def _acknowledged(writers: list[Person]) -> int:
    return sum(one.seq is not None for who in writers for one in who.attempts)


async def _acknowledging(writers: list[Person]) -> None:
    """Until everybody's messages are acknowledged again."""
    before = [len(one.attempts) for one in writers]
    async with asyncio.timeout(60):
        while any(len(one.attempts) <= had for one, had in zip(writers, before, strict=True)):
            await asyncio.sleep(0.02)


def _lateness(
    writers: list[Person], watchers: list[Watcher], calm: list[tuple[float, float]]
) -> list[float]:
    """From the first who heard an event to the last watcher: of those that came in quiet times."""
    found = []
    for key, first in writers[0].moment.items():
        if any(start <= first <= end for start, end in calm):
            found.append(max(one.moment.get(key, first) for one in watchers) - first)
    return sorted(found)


async def _check(
    cluster: Cluster,
    writers: list[Person],
    movers: list[Mover],
    watchers: list[Watcher],
    report: Report,
) -> None:
    attempts = {one.key: one for who in writers for one in who.attempts}
    report.resent = sum(one.tries > 1 for one in attempts.values())
    token, chats = writers[0].client.token, writers[0].chats
    for node in cluster.nodes:
        stored = {}
        for chat in chats:
            messages = await _everything(node, f"/chats/{chat}/messages?", "seq", token)
            if [each["n"] for each in messages] != list(range(1, len(messages) + 1)):
                report.problems.append(f"{node.base}: chat {chat} has gaps")
            stored |= {each["client_message_id"]: (chat, each["seq"]) for each in messages}
        told = {one.key: (one.chat, one.seq) for one in attempts.values()}
        report.problems += [f"{key} is not as told" for key in told if stored.get(key) != told[key]]
        report.problems += [f"nobody sent {key}" for key in stored.keys() - told.keys()]
    report.acknowledged = len(attempts)
    for one in [*writers, *movers, *watchers]:
        report.problems += one.problems
        heard = [key for chat in chats for _, key in one.heard.get(chat, ()) if key is not None]
        if len(heard) != len(set(heard)) or set(heard) != attempts.keys():
            missing = len(attempts.keys() - set(heard))
            report.problems.append(f"{one.client.user_id} heard {len(heard)}, {missing} missing")
    await _check_board(cluster, movers, report)


async def _check_board(cluster: Cluster, movers: list[Mover], report: Report) -> None:
    wanted = {one.key for who in movers for one in who.attempts if not is_move(one)}
    report.tasks = len(wanted)
    seen = []
    for node in cluster.nodes:
        path = f"/chats/{movers[0].board}/tasks?"
        tasks = await _everything(node, path, "id", movers[0].client.token)
        seen.append(sorted((each["id"], each["column_id"], each["position"]) for each in tasks))
        titles = [each["title"] for each in tasks if each["title"] != "card"]
        if sorted(titles) != sorted(wanted):
            report.problems.append(f"{node.base}: {len(titles)} tasks of {len(wanted)}")
        versions = {each["id"]: each["version"] for each in tasks}
        for mover in movers:
            moves = sum(map(is_move, mover.attempts))
            report.moves += moves if node is cluster.nodes[0] else 0
            if versions[mover.card] != 1 + moves:
                said = f"a card was moved {versions[mover.card] - 1} times of {moves}"
                report.problems.append(f"{node.base}: {said}")
    if any(each != seen[0] for each in seen):
        report.problems.append("the servers' boards differ")


async def _everything(node: ServerProcess, path: str, by: str, token: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = 0
    name = "after_seq" if by == "seq" else "after"
    more = "&limit=200" if by == "seq" else ""
    while page := (await node.request("GET", f"{path}{name}={after}{more}", token))["data"]:
        found += page
        after = page[-1][by]
    return found


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--seconds", type=float, default=180)
    given.add_argument("--rate", type=float, default=200, help="messages a second")
    given.add_argument("--within", type=float, default=2.0, help="seconds to wait for an answer")
    given.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = given.parse_args()
    print(f"seed {options.seed}")
    report = asyncio.run(run(options.seconds, options.rate, options.seed, options.within))
    for problem in report.problems[:20]:
        print(f"WRONG: {problem}")
    late = report.late or [0.0]
    print(
        f"outside of faults {report.calm_rate:.0f} messages a second of {options.rate:.0f};"
        f" this program took {report.own_cores:.2f} of a core\n"
        f"{report.faults} faults; {report.acknowledged} messages, {report.resent} of them after a"
        f" repeat; {report.moves} moves, {report.tasks} tasks; {len(report.problems)} problems;"
        f" {report.ended} servers began afresh; people of a killed server back within"
        f" {max(report.back, default=0.0):.2f} s; the last reader"
        f" {late[len(late) // 2] * 1000:.0f} ms, at most {late[-1] * 1000:.0f} ms behind the first"
    )
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
