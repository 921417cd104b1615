"""GROWTH: what the same answers cost as the tables grow: 10³, 10⁵, 10⁶ messages, and 5·10⁶.

What is asked for stays the same: a page is as long in a small database as in a large one. So a
factor above one is the table's size, and nothing else: what is filled in seconds was said over
months elsewhere, so search and pushes have read it before anything is measured.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Final

import aiohttp
import msgspec

from bench.client import Fault, Socket, close_all, open_all
from bench.filling import Filling
from bench.report import Row, number
from bench.server import WEBSOCKET, Account
from bench.stage import Stage, caught_up, percentile, quiet
from messenger.store.embedded import running_dsn

FIRST: Final = 1_000
SIZES: Final = (FIRST, 100_000, 1_000_000)
LONG: Final = 5_000_000
AIM: Final = 1.5
PEOPLE: Final = 20
CHATS: Final = 100
OPEN_TASKS: Final = 400
DONE: Final = 50
"""Of so many messages' worth of work there is one task, and it is done."""
CARDS: Final = 200
ON_BOARD: Final = 4_000
"""Done ones that are still on the board: the server allows no more than it is told to."""
ROUNDS: Final = 25
HURRIED: Final = [sys.executable, "-P", "-m", "bench.hurried"]
READ_WITHIN: Final = 3_600.0
"""Seconds for what was filled in to be read by a server that does nothing else."""

Ask = Callable[[], Awaitable[None]]


class Town(msgspec.Struct):
    """Who and what is there at every size."""

    reader: Account
    newcomer: Account
    people: list[Account]
    big: int
    others: list[int]
    done_column: int
    messages: int = 0


async def growth(stage: Stage) -> list[Row]:
    dsn = running_dsn(stage.server.data_dir)
    assert dsn is not None
    town = await _found(stage, dsn)
    sizes = (*SIZES, LONG) if stage.plan.long else SIZES
    took: dict[str, list[float]] = {}
    for size in sizes:
        began = perf_counter()
        await asyncio.to_thread(_grow, dsn, town, size)
        filled, began = perf_counter() - began, perf_counter()
        await _settle(stage, dsn)
        read = perf_counter() - began
        await quiet(stage.plan.patience)
        before, began = stage.usage(stage.server), perf_counter()
        for what, ms in (await _measure(stage, town)).items():
            took.setdefault(what, []).append(ms)
        used = stage.usage(stage.server).cores(before, perf_counter() - began)
        words = f"{size:,} messages filled in {filled:.0f} s, read in {read:.0f} s"
        stage.note("GROWTH", words, used)
    for what, figures in took.items():
        stage.note("GROWTH", f"{what}: " + ", ".join(f"{number(ms)} ms" for ms in figures))
    return [_row(what, figures, sizes[-1]) for what, figures in took.items()]


def _row(what: str, figures: list[float], last: int) -> Row:
    return Row(
        measure="GROWTH", what=f"{what}, 10^3 → {last:,}", value=figures[-1] / figures[0],
        unit="×", aim=AIM,
    )  # fmt: skip


# What is there


async def _found(stage: Stage, dsn: str) -> Town:
    people = await stage.people(PEOPLE)
    owner = people[0]
    ids = [each.id for each in people[1:]]
    big = (await stage.api.post("/chats", owner.token, title="Big", member_ids=ids, board=True))[
        "id"
    ]
    board = await _get(stage, owner, f"/chats/{big}/board")
    columns = board["data"]["columns"]
    filling = Filling(dsn)
    try:
        others = filling.chats(owner.id, CHATS)
        filling.members([(chat, each.id) for chat in others for each in people])
        for chat in others:
            filling.messages(chat, people, 60, people[1].id)
        filling.tasks([*others], people, OPEN_TASKS, done=False)
        filling.tasks([*others], people, OPEN_TASKS, done=True)
        filling.tasks([big], people, CARDS, done=False, column=columns[0]["id"])
        # As many done ones as our client asks for: a longer answer would be no growth.
        last = columns[-1]["id"]
        filling.tasks([big], people, 50, done=True, column=last, start=2 * ON_BOARD)
    finally:
        filling.close()
    return Town(people[1], people[2], people, big, others, columns[-1]["id"])


def _grow(dsn: str, town: Town, size: int) -> None:
    """Half of the new messages are of one chat; the newcomer reads none of them."""
    filling = Filling(dsn)
    try:
        more, before = size - town.messages, town.messages
        filling.messages(town.big, town.people, more // 2, town.newcomer.id)
        for chat in town.others:
            filling.messages(chat, town.people, more // 2 // len(town.others), town.newcomer.id)
        done = more // DONE
        first = min(ON_BOARD, before // DONE // 2)
        cards = min(ON_BOARD - first, done // 2)
        filling.tasks(
            [town.big], town.people, cards, done=True, column=town.done_column, start=first
        )
        filling.tasks([town.big, *town.others], town.people, done - cards, done=True)
        for each in town.people:
            if each is not town.newcomer:
                filling.read_all(each.id)
    finally:
        filling.close()
    town.messages = size


async def _settle(stage: Stage, dsn: str) -> None:
    """Let all that follows a message be done, then start the server that is measured."""
    command = stage.server.command
    stage.server.command = HURRIED
    try:
        stage.restart()
        if not await caught_up(dsn, READ_WITHIN):
            raise Fault("search and pushes did not come to the end of what was filled in")
        filling = Filling(dsn)
        try:
            await asyncio.to_thread(filling.settle)
        finally:
            filling.close()
    finally:
        stage.server.command = command
        stage.restart()


# What is asked


async def _measure(stage: Stage, town: Town) -> dict[str, float]:
    """Milliseconds of each, the lower quartile of some rounds: others may use the machine too."""
    took: dict[str, list[float]] = {}
    socket = Socket(stage.codec, WEBSOCKET, town.reader.token)
    await open_all([socket], stage.server.port)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{stage.server.port}") as session:
        asks = _asks(session, socket, town)
        for round in range(ROUNDS):
            for what, ask in asks.items():
                began = perf_counter()
                await ask()
                if round >= 3:
                    took.setdefault(what, []).append((perf_counter() - began) * 1e3)
    await close_all([socket])
    return {what: percentile(figures, 25) for what, figures in took.items()}


def _asks(session: aiohttp.ClientSession, socket: Socket, town: Town) -> dict[str, Ask]:
    def get(path: str, who: Account = town.reader) -> Ask:
        async def ask() -> None:
            await _read(session, who, path)

        return ask

    keys = iter(range(10**9))

    async def send() -> None:
        key = f"{town.messages:08x}-0000-4000-8000-{next(keys):012x}"
        await socket.ask("message.send", chat_id=town.big, client_message_id=key, text="x" * 100)

    async def subscribe() -> None:
        await socket.ask("subscribe", all=True)

    history = f"/chats/{town.big}/messages"
    return {
        "send": send,
        "history, the latest": get(history),
        "history, the middle": get(f"{history}?around_seq={max(30, town.messages // 4)}"),
        "tasks": get("/tasks"),
        "tasks, mine and open": get("/tasks?assigned_to=me&status=open"),
        "tasks, all open": get("/tasks?status=open"),
        "summary": get("/tasks/summary"),
        "chats": get("/chats"),
        "chats of who never read": get("/chats", town.newcomer),
        "bootstrap": get("/sync/bootstrap?done=50"),
        "bootstrap of who never read": get("/sync/bootstrap?done=50", town.newcomer),
        "subscribe to all": subscribe,
        "board": get(f"/chats/{town.big}/board?done=50"),
    }


async def _read(session: aiohttp.ClientSession, who: Account, path: str) -> bytes:
    headers = {"Authorization": f"Bearer {who.token}"}
    async with session.get(f"/api/v1{path}", headers=headers) as answer:
        text = await answer.read()
    if answer.status != 200:
        raise Fault(f"GET {path} was answered with {answer.status}: {text[:300]!r}")
    return text


async def _get(stage: Stage, who: Account, path: str) -> dict[str, dict[str, list[dict[str, int]]]]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{stage.server.port}") as session:
        return msgspec.json.decode(await _read(session, who, path))  # type: ignore[no-any-return]
