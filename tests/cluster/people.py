"""People of several servers, who do what a client does: one that has ended is left for another.

They notice an end at once, wait as long as a client does (`static/src/lib/backoff.ts`, or what a
1001 says), and then come back by another server, as a balancer would have it. Each has a home, to
which it is called back once all is well, so that every server has its share again.
"""

import asyncio
import contextlib
import random
import time
from typing import Any, Final

import msgspec

from tests.faults.people import LOST, WEBSOCKETS, Attempt, Writer, settle_in
from tests.faults.server import ServerProcess
from tests.live.client import Client, JsonSocket, MsgpackSocket, Refused

BEHIND: Final = 1.0
"""Seconds that a writer makes up for after a fault; a longer silence is not written afterwards."""
FIRST_WAIT: Final = 0.3
LONGEST_WAIT: Final = 30.0
GOING_AWAY: Final = 1001


class Pause(msgspec.Struct):
    """A time without a connection: of which server, since when (monotonic), and what was done."""

    base: str
    began: float
    code: int | None
    """How the socket was closed; None: it was left."""
    steps: list[tuple[float, str]] = []
    """Seconds after its beginning, and what came then."""
    seconds: float | None = None
    """How long it was; None as long as it is."""

    def step(self, what: str) -> None:
        self.steps.append((round(time.monotonic() - self.began, 2), what))


class Person(Writer):
    """A writer who goes to the next server when this one does not answer."""

    def __init__(
        self, client: Client, chats: list[int], nodes: list[ServerProcess], within: float
    ) -> None:
        """`within`: seconds until somebody who is not answered goes to the next server."""
        super().__init__(client, chats)
        self.bases = [node.base for node in nodes]
        self.within = within
        self.home = client.base
        self.moment: dict[tuple[int, int], float] = {}
        # State: when the next message is due; whether it is to come home; pauses, the newest last;
        # tries in a row that failed; refusals that were told.
        self.due = 0.0
        self.called = False
        self.pauses: list[Pause] = []
        self.failures = 0
        self.refusals: list[str] = []

    @property
    def is_home(self) -> bool:
        return self.connected and self.client.base == self.home

    async def rest(self, pause: float) -> None:
        if not self.connected:
            return
        now = time.monotonic()
        self.due = max(self.due + pause, now - BEHIND)
        ended, _ = await asyncio.wait([self.client.reader], timeout=max(0.0, self.due - now))
        if ended:
            await self.lose()
        elif self.called:
            await self._go_home()

    async def send(self, attempt: Attempt) -> None:
        try:
            async with asyncio.timeout(self.within):
                await self.give(attempt)
        except Refused as refused:
            self.refusals.append(f"{refused} ({self.client.base}, {time.monotonic():.2f})")
            if refused.code != "unavailable":
                self.problems.append(f"{attempt.key} was refused: {refused}")
                attempt.seq = 0
            await asyncio.sleep(0.02)

    async def give(self, attempt: Attempt) -> None:
        """Send it once; raises Refused."""
        attempt.tries += 1
        ack = await self.client.send(attempt.chat, attempt.text, attempt.key)
        if attempt.tries == 1 and ack["duplicate"]:
            self.problems.append(f"{attempt.key} was a duplicate at its first try")
        attempt.seq = ack["seq"]
        self.hear()

    async def come_back(self) -> None:
        async with asyncio.timeout(self.within):
            await super().come_back()
        self.failures = 0
        if self.pauses and self.pauses[-1].seconds is None:
            pause = self.pauses[-1]
            pause.seconds = time.monotonic() - pause.began
            pause.step(f"back at {self.client.base}")

    async def lose(self) -> None:
        """Leave this server, and wait until it is time to ask the next one."""
        if self.connected:
            # What could not be sent may be the first sign of an end that is about to be read.
            await asyncio.wait([self.client.reader], timeout=0.1)
        wait = self._leave()
        await self._let_go()
        self.client.base = self.bases[(self.bases.index(self.client.base) + 1) % len(self.bases)]
        await asyncio.sleep(wait)

    def _leave(self) -> float:
        """Note it; the seconds to wait, by what the server said or else by those of a client."""
        closed = self.client.closed if self.connected else None
        if self.connected:
            code = closed.code if closed is not None else None
            self.pauses.append(Pause(self.client.base, time.monotonic(), code))
        elif self.pauses and self.pauses[-1].seconds is None:
            self.pauses[-1].step(f"nothing from {self.client.base}")
        if closed is not None and closed.code == GOING_AWAY:
            return float(msgspec.json.decode(closed.reason)["retry_after_ms"]) / 1000
        whole = min(LONGEST_WAIT, FIRST_WAIT * 2**self.failures)
        self.failures += 1
        return whole * random.uniform(0.5, 1.0)

    async def _let_go(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await super().lose()
        self.connected = False

    async def _go_home(self) -> None:
        self.called = False
        await self._let_go()
        self.client.base = self.home

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
                async with asyncio.timeout(self.within):
                    await self._ping()
            except (*LOST, *WEBSOCKETS):
                await self.lose()
            for _ in range(20):
                if self.connected:
                    self.hear()
                    await self.rest(0.025)

    async def _ping(self) -> None:
        await self.client.socket.send({"type": "ping", "id": 0})
        while (await self.client._next(self.client.signals))["type"] != "pong":
            pass


class Mover(Person):
    """Moves a card of its own to and fro, and makes a task now and then."""

    def place(self, chat: int, card: int, columns: list[int]) -> None:
        """`columns`: where the card is moved first, and where it stands."""
        self.board, self.card, self.columns = chat, card, columns
        # State: the card's, as it was last told.
        self.version = 1

    async def give(self, attempt: Attempt) -> None:
        attempt.tries += 1
        if not is_move(attempt):
            made = await self.client.ask(
                "task.create", key=attempt.key, chat_id=self.board, title=attempt.key
            )
            attempt.seq = made["id"]
        else:
            # Every time the other column: a card that stands there already is not moved.
            moves = sum(map(is_move, self.attempts))
            moved = await self.client.ask(
                "task.move",
                key=attempt.key,
                task_id=self.card,
                column_id=self.columns[(moves - 1) % 2],
            )
            attempt.seq = moved["version"]
            if moved["version"] <= self.version:
                self.problems.append(
                    f"{attempt.key}: moved at {self.client.base} with try {attempt.tries},"
                    f" version {moved['version']} after {self.version}"
                )
            self.version = moved["version"]
        self.hear()


def is_move(attempt: Attempt) -> bool:
    return int(attempt.text.split()[0]) % 10 != 9


class People(msgspec.Struct):
    """All of them; everybody is in every chat."""

    writers: list[Person]
    movers: list[Mover]
    watchers: list[Watcher]

    @property
    def all(self) -> list[Person]:
        return [*self.writers, *self.movers, *self.watchers]

    async def arrive(self) -> None:
        """Until everybody is there: who is not does not hear what the others say first."""
        for one in self.all:
            while not one.connected:
                try:
                    await one.come_back()
                except (*LOST, *WEBSOCKETS):
                    await one.lose()

    async def come_home(self) -> None:
        """Until everybody is where they began, whose servers are there."""
        async with asyncio.timeout(30):
            while away := [one for one in self.all if not one.is_home]:
                for one in away:
                    one.called = one.connected
                await asyncio.sleep(0.02)


async def gather(nodes: list[ServerProcess], writers: int, within: float) -> People:
    """People who are spread over the servers, two groups, and a board with a card each of three."""
    kinds = (JsonSocket, MsgpackSocket)
    clients = [
        await settle_in(nodes[n % len(nodes)], f"person{n}", kinds[n % 2])
        for n in range(writers + 6)
    ]
    owner, first = clients[0], nodes[0]
    ids = [client.user_id for client in clients]
    chats = [
        (await _made(first, owner, "/chats", title=f"Group {n}", member_ids=ids))["id"]
        for n in range(2)
    ]
    board = await _made(first, owner, "/chats", title="Board", board=True, member_ids=ids)
    columns = [
        (await _made(first, owner, f"/chats/{board['id']}/columns", title=title))["id"]
        for title in ("to", "fro")
    ]
    given = chats, nodes, within
    movers = [Mover(client, *given) for client in clients[writers : writers + 3]]
    for mover in movers:
        card = await _made(
            first, owner, "/tasks", chat_id=board["id"], title="card", column_id=columns[1]
        )
        mover.place(board["id"], card["id"], columns)
    return People(
        [Person(client, *given) for client in clients[:writers]],
        movers,
        [Watcher(client, *given) for client in clients[writers + 3 :]],
    )


async def _made(node: ServerProcess, client: Client, path: str, **body: Any) -> Any:
    return (await node.request("POST", path, client.token, **body))["data"]
