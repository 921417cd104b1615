"""What one message to many readers costs, on one server and spread over two that speak by NATS.

    python -m tests.cluster.fanout [--readers 2000] [--messages 300]

Servers are measured by their own CPU time (the scheduler's count), so that it matters to nothing
what the client, PostgreSQL, NATS or anybody else takes of the machine. Three runs, as many messages
in each, one at a time: all readers on one server; half of them on each of two; and none but the
first server's own, while the other has sockets of another chat and many lanes, and handles the
messages for nobody of its own. That is done with a hundred at a time as well: what is dear in it
is that a process which rests is woken for each.

A server that is busy delivers frames / (its CPU time) a second; of two, the busier one says how
many all of them are. `more` is how many times as many two deliver as one.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Final

import msgspec

from bench.client import Socket
from bench.process import cpu_seconds
from bench.wire import MSGPACK, Span
from messenger.cli.database import bring_up_to_date
from messenger.store.embedded import EmbeddedPostgres
from tests.cluster.nats import NatsServer
from tests.conftest import KEYS
from tests.faults.server import ServerProcess

PEOPLE: Final = 100
AT_ONCE: Final = 20
EVERY_LANE: Final = PEOPLE
SETTLE: Final = 15.0
TOGETHER: Final = 100
"""Messages at a time, where it is many."""
OFTEN: Final = 20
"""Times as many messages where the cost of one is small."""
WITHIN: Final = 60.0
TEXT: Final = "A message of an ordinary length, as people write them to one another. " * 2


class Reader(Socket):
    """Counts what comes, without a look into it."""

    count = 0
    counts = False

    def take(self, data: bytes, spans: list[Span]) -> None:
        if not self.counts:
            super().take(data, spans)
            return
        for first, start, stop in spans:
            if first & 0xF == self.codec.opcode:
                self.count += 1
            else:
                self.receive(first, data[start:stop])


class Cost(msgspec.Struct, frozen=True):
    """Seconds of CPU of each server, of the client; frames that arrived."""

    servers: list[float]
    idle: list[float]
    """The same of a time without messages, as long."""
    client: float
    seconds: float
    frames: int
    wakeups: list[int]
    """Times that each server went to rest, and was woken."""

    @property
    def busier(self) -> float:
        return max(self.servers)

    def rate(self) -> float:
        """Frames a second that these servers deliver, each with a core of its own."""
        return self.frames / self.busier


class Hall:
    """Servers, people who are signed in, and two chats that all of them are in."""

    def __init__(self, servers: list[ServerProcess]) -> None:
        self.servers = servers
        self.people: list[tuple[int, str]] = []
        self.chats: list[int] = []

    async def fill(self) -> None:
        first = self.servers[0]
        for n in range(PEOPLE):
            signed_up = await first.request(
                "POST", "/auth/register", username=f"reader{n}", password="a long password it is"
            )
            self.people.append((signed_up["data"]["user"]["id"], signed_up["data"]["access"]))
        ids = [id for id, _ in self.people[1:]]
        for title in ("Hall", "Elsewhere"):
            made = await first.request(
                "POST", "/chats", self.people[0][1], title=title, member_ids=ids
            )
            self.chats.append(made["data"]["id"])

    async def sockets(self, server: ServerProcess, count: int, chat: int) -> list[Reader]:
        gate = asyncio.Semaphore(AT_ONCE)

        async def opened(n: int) -> Reader:
            async with gate:
                return await self._socket(server, n % PEOPLE, chat)

        return await asyncio.gather(*map(opened, range(count)))

    async def _socket(self, server: ServerProcess, person: int, chat: int) -> Reader:
        id, token = self.people[person]
        loop = asyncio.get_running_loop()
        _, reader = await loop.create_connection(
            lambda: Reader(MSGPACK, "/api/v1/ws", token), "127.0.0.1", server.port
        )
        await asyncio.wait_for(reader.opened, WITHIN)
        # Their own streams are in all lanes.
        await reader.ask("subscribe", within=WITHIN, streams=[[chat, None], [id, None]], epoch=0)
        return reader

    async def cost(self, readers: list[Reader], messages: int, at_once: int = 1) -> Cost:
        """Of so many messages, so many each time that those before have reached everybody."""
        writer = await self._socket(self.servers[0], 0, self.chats[1])
        for each in readers:
            each.counts, each.count = True, 0
        pids = [server.process.pid for server in self.servers]
        before, own, began = [*map(cpu_seconds, pids)], time.process_time(), time.monotonic()
        rests = [*map(wakeups, pids)]
        for n in range(at_once, messages + 1, at_once):
            await asyncio.gather(*(self._say(writer) for _ in range(at_once)))
            while any(each.count < n for each in readers):
                await asyncio.sleep(0.001)
                for each in readers:
                    if each.fault is not None:
                        raise each.fault
                if time.monotonic() > began + WITHIN * 4:
                    raise TimeoutError("messages do not arrive")
        seconds, client = time.monotonic() - began, time.process_time() - own
        used = [cpu_seconds(pid) - at for pid, at in zip(pids, before, strict=True)]
        rests = [wakeups(pid) - at for pid, at in zip(pids, rests, strict=True)]
        before = [*map(cpu_seconds, pids)]
        await asyncio.sleep(seconds)
        idle = [cpu_seconds(pid) - at for pid, at in zip(pids, before, strict=True)]
        frames = sum(each.count for each in readers)
        writer.close()
        return Cost(used, idle, client, seconds, frames, rests)

    async def _say(self, writer: Reader) -> None:
        key = str(uuid.uuid4())
        await writer.ask("message.send", chat_id=self.chats[0], client_message_id=key, text=TEXT)


def wakeups(pid: int) -> int:
    """How often a process has waited for anything (proc(5))."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])


def shut(readers: list[Reader]) -> None:
    for each in readers:
        each.close()


async def measure(count: int, messages: int) -> dict[str, Cost]:
    costs: dict[str, Cost] = {}
    with contextlib.ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="messenger-fanout-"))
        postgres = stack.enter_context(EmbeddedPostgres(Path(name) / "data", durable=False))
        bring_up_to_date(postgres.dsn)
        nats = NatsServer()
        stack.callback(nats.kill)
        nats.start()

        async def served(number: int, bus: str) -> ServerProcess:
            settings = {"BUS": bus, "LOG_LEVEL": "warning", "WS_MAX_CONNECTIONS_PER_USER": "1000"}
            settings |= KEYS
            server = ServerProcess(Path(name) / f"node{number}", postgres.dsn, settings)
            server.start()
            stack.callback(server.kill)
            await server.ready()
            return server

        alone = Hall([await served(0, "none")])
        await alone.fill()
        readers = await alone.sockets(alone.servers[0], count, alone.chats[0])
        costs["one"] = await alone.cost(readers, messages)
        shut(readers)
        alone.servers[0].stop()
        two = Hall([await served(1, nats.url), await served(2, nats.url)])
        two.people, two.chats = alone.people, alone.chats
        here = await two.sockets(two.servers[0], count // 2, two.chats[0])
        there = await two.sockets(two.servers[1], count // 2, two.chats[0])
        costs["two"] = await two.cost(here + there, messages)
        shut(here + there)
        few = await two.sockets(two.servers[0], 1, two.chats[0])
        elsewhere = await two.sockets(two.servers[1], EVERY_LANE, two.chats[1])
        # Who has just left is still being told of.
        await asyncio.sleep(SETTLE)
        costs["others"] = await two.cost(few, messages * OFTEN)
        costs["at once"] = await two.cost(few, messages * OFTEN, TOGETHER)
        shut(few + elsewhere)
    return costs


def told(costs: dict[str, Cost], messages: int) -> list[str]:
    lines = []
    for name, cost in costs.items():
        each = ", ".join(f"{1e6 * used / cost.frames:.2f}" for used in cost.servers)
        lines.append(
            f"{name:7} {cost.frames:8} frames; CPU of each server per frame of all: {each} µs;"
            f" client {cost.client / cost.seconds:.2f} of a core (not counted)"
        )
    one, two = costs["one"], costs["two"]
    lines.append(
        f"delivered by a core each: one {one.rate():,.0f} frames/s, two {two.rate():,.0f};"
        f" more: {two.rate() / one.rate():.2f} times"
    )
    for name, how in (("others", "one at a time"), ("at once", f"{TOGETHER} at a time")):
        cost = costs[name]
        for_nobody = (cost.servers[1] - cost.idle[1]) / cost.frames
        lines.append(
            f"a message for another's readers alone, {how}: {1e6 * for_nobody:.0f} µs of a server's"
            f" CPU, {cost.wakeups[1] / cost.frames:.2f} wakeups"
        )
    return lines


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--readers", type=int, default=2000)
    given.add_argument("--messages", type=int, default=300)
    given.add_argument("--least", type=float, default=1.7, help="how many times as many by two")
    options = given.parse_args()
    costs = asyncio.run(measure(options.readers, options.messages))
    print("\n".join(told(costs, options.messages)), flush=True)
    return 0 if costs["two"].rate() >= options.least * costs["one"].rate() else 1


if __name__ == "__main__":
    sys.exit(main())
