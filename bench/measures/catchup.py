"""F: somebody comes back after a thousand messages."""

import statistics
from time import perf_counter
from typing import Any

from bench.client import PATIENCE, Fault, Log, Member, Socket, check, close_all, open_all
from bench.report import Row
from bench.server import WEBSOCKET, Account
from bench.stage import Stage, settled
from bench.twin import PATH
from bench.wire import SENTENCE, Codec

MESSAGES = 1000
WINDOW = 16


class Return(Member):
    """Comes back with cursors, and notes when it has all it missed."""

    def __init__(
        self, codec: Codec, path: str, who: Account, log: Log, cursors: dict[int, int]
    ) -> None:  # fmt: skip
        super().__init__(codec, path, who.token, log, SENTENCE)
        self.seq = cursors[log.chat_id]
        self.cursors = cursors

    async def catch_up(self, port: int, epoch: int) -> tuple[float, float, float]:
        """Milliseconds from connecting to having all, from asking to having all, and to the ack."""
        log, upto = self.log, self.seq + MESSAGES
        log.arrivals.clear()
        began = perf_counter()
        await open_all([self], port)
        asked = perf_counter()
        answer = await self.ask(
            "subscribe", all=True, cursors=list(self.cursors.items()), epoch=epoch
        )
        answered = perf_counter()
        check([self])
        state = next(state for state in answer["streams"] if state["id"] == log.chat_id)
        if self.seq != upto or state["seq"] != upto or state.get("reset"):
            raise Fault(f"{self!r} came back to {state}, not to {upto}")
        ((_, complete),) = log.arrivals[upto]
        return (complete - began) * 1e3, (complete - asked) * 1e3, (answered - began) * 1e3


async def f(stage: Stage) -> list[Row]:
    alice, bob = await stage.people(2)
    log = Log(stage.codec, await stage.api.group("F", (alice, bob)))
    cursors, epoch = await _leave_off(stage, bob)
    await _write(await stage.enter(log, [alice]))
    with stage.twin() as twin:
        people = twin.people(2)
        members = await twin.room(people)
        same = members[0].log
        members[1].close()
        await _write(members[:1])
        took, bare = [], []
        log.timed = same.timed = True
        for _ in range(stage.plan.returns):
            back = Return(stage.codec, PATH, people[1], same, {same.chat_id: 0})
            bare.append((await back.catch_up(twin.port, 1))[0])
            await close_all([back])
            back = Return(stage.codec, WEBSOCKET, bob, log, cursors)
            took.append(await back.catch_up(stage.server.port, epoch))
            await close_all([back])
    from_connect, from_subscribe, to_ack = (
        statistics.median(figures) for figures in zip(*took, strict=True)
    )
    stage.note("F", f"from subscribe {from_subscribe:.1f} ms; its ack after {to_ack:.1f} ms")
    return [
        Row(
            measure="F",
            what="back after 1,000 messages",
            value=from_connect,
            unit="ms",
            aim=10,
            limit=statistics.median(bare),
            limit_name="bare server ms",
        )
    ]


async def _leave_off(stage: Stage, who: Account) -> tuple[dict[int, int], int]:
    """Where somebody stands in everything they read, and in which epoch."""
    socket = Socket(stage.codec, WEBSOCKET, who.token)
    await open_all([socket], stage.server.port)
    answer: dict[str, Any] = await socket.ask("subscribe", all=True)
    await close_all([socket])
    return {state["id"]: state["seq"] for state in answer["streams"]}, answer["epoch"]


async def _write(members: list[Member]) -> None:
    (writer,) = members
    left = MESSAGES
    deadline = perf_counter() + PATIENCE
    while left and perf_counter() < deadline:
        count = min(WINDOW, left)
        writer.post(count)
        left -= count
        await settled(members)
    if len(writer.acked) != MESSAGES:
        raise Fault(f"only {len(writer.acked)} of {MESSAGES} messages were stored")
    await close_all(members)
