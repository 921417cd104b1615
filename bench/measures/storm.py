"""STORM: the server comes back, and so does everybody, at once.

Each of 2,000 has 100 chats of 200 members and says how far it had read, as a client does that lost
its connection. Who is refused asks again, as clients do.
"""

import asyncio
from time import perf_counter
from typing import Final

import msgspec

from bench.client import Fault, Socket, close_all, open_all
from bench.filling import Cursors, Filling
from bench.process import Usage
from bench.report import Row
from bench.server import WEBSOCKET, Account
from bench.stage import Stage, percentile, undisturbed
from messenger.store.embedded import running_dsn

CHATS_EACH: Final = 100
MEMBERS: Final = 200
MESSAGES: Final = 10
WITHIN: Final = 60.0
AGAIN: Final = 0.5
"""Seconds until who was refused asks again."""


class Returned(msgspec.Struct):
    """How long each took to be up to date, and how often any was refused."""

    seconds: list[float] = []
    refused: int = 0
    reasons: set[str] = set()


async def storm(stage: Stage) -> list[Row]:
    count = stage.plan.storm_sockets
    people = await stage.people(count)
    dsn = running_dsn(stage.server.data_dir)
    assert dsn is not None
    cursors, epoch = await asyncio.to_thread(_fill, dsn, people)
    stage.restart()
    sockets = [Socket(stage.codec, WEBSOCKET, each.token) for each in people]
    returned = Returned()
    usage, began = Usage.now(stage.server.pid), perf_counter()
    with undisturbed():
        await open_all(sockets, stage.server.port)
        opened = perf_counter() - began
        async with asyncio.timeout(WITHIN):
            await asyncio.gather(
                *(
                    _return(socket, cursors[each.id], epoch, began, returned)
                    for socket, each in zip(sockets, people, strict=True)
                )
            )
    took = perf_counter() - began
    used = Usage.now(stage.server.pid).cores(usage, took)
    await close_all(sockets)
    words = f"all connected after {opened:.1f} s; {sorted(returned.reasons)}"
    stage.note("STORM", words, used)
    what = f"{count:,} back after a restart"
    median = percentile(returned.seconds, 50)
    return [
        Row(measure="STORM", what=f"{what}, the last", value=took, unit="s", aim=8),
        Row(measure="STORM", what=f"{what}, the median", value=median, unit="s"),
        Row(measure="STORM", what="refused", value=returned.refused, unit="", aim=0),
    ]


def _fill(dsn: str, people: list[Account]) -> tuple[Cursors, int]:
    """Chats in which each has equally many neighbours; where everybody stands, and the epoch."""
    filling = Filling(dsn)
    try:
        members = min(MEMBERS, len(people))
        chats = filling.chats(people[0].id, len(people) * CHATS_EACH // members)
        pairs = [
            (chat, people[(at * 7 + step * 11) % len(people)].id)
            for at, chat in enumerate(chats)
            for step in range(members)
        ]
        filling.members(pairs)
        for chat in chats:
            filling.messages(chat, people[:3], MESSAGES, people[0].id)
        filling.settle()
        return filling.cursors(), filling.epoch()
    finally:
        filling.close()


async def _return(
    socket: Socket, cursors: list[tuple[int, int]], epoch: int, began: float, returned: Returned
) -> None:
    while True:
        try:
            await socket.ask("subscribe", within=WITHIN, all=True, cursors=cursors, epoch=epoch)
        except Fault as fault:
            if socket.fault is not None:
                raise
            returned.refused += 1
            returned.reasons.add(str(fault))
            await asyncio.sleep(AGAIN)
        else:
            returned.seconds.append(perf_counter() - began)
            return
