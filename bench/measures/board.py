"""K: twenty people drag the same thirty cards of one board, each holding what they last saw.

A drag carries the card's `version`; who is too late takes the present card out of the refusal
and goes on. Everybody follows the board, and at the end holds what a newcomer is given.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import aiohttp

from bench.client import PATIENCE, Fault, Socket, check, open_all
from bench.limits import fdatasync_ms
from bench.process import Usage
from bench.report import Row
from bench.server import WEBSOCKET, Account
from bench.stage import Stage, percentile, undisturbed
from bench.wire import FIRST_ID, Codec

PEOPLE = 20
CARDS = 30
PER_LOOP = 5
"""Times the seconds of other closed loops: conflicts come in waves."""

Card = dict[str, Any]


class Dragger(Socket):
    """Somebody with the board before them, who drags a card as soon as the last one lies."""

    def __init__(self, codec: Codec, who: Account, chat_id: int, chance: random.Random) -> None:
        super().__init__(codec, WEBSOCKET, who.token)
        self.user_id = who.id
        self.chat_id = chat_id
        self.chance = chance
        # State: the board as the events made it, the drag under way, and what came of the others:
        # when each was answered and after how long, as which version of its card, and whether that
        # was made by it, according to the log; how many were refused.
        self.seq = 0
        self.columns: list[int] = []
        self.cards: dict[int, Card] = {}
        self.running = False
        self.drags = FIRST_ID
        self.dragged: tuple[Card, float] | None = None
        self.answered: list[tuple[float, float]] = []
        self.acked: set[tuple[int, int]] = set()
        self.made: set[tuple[int, int]] = set()
        self.refused = 0

    def __repr__(self) -> str:
        return f"<Dragger at {self.seq}, {len(self.made)} moves, {self.refused} refused>"

    async def follow(self) -> None:
        """Hear the chat from its beginning."""
        epoch = (await self.ask("subscribe", streams=[[self.chat_id, None]]))["epoch"]
        answer = await self.ask("subscribe", streams=[[self.chat_id, 0]], epoch=epoch)
        (state,) = answer["streams"]
        if state.get("reset") or state["seq"] != self.seq:
            raise Fault(f"{self!r} may not follow: {state}")

    def told(self, frame: dict[str, Any]) -> None:
        if "seq" in frame:
            self._heard(frame)
        elif frame.get("id") != self.drags or self.dragged is None:
            super().told(frame)
        elif frame["type"] == "ack":
            self._lies(frame["data"])
        else:
            self._too_late(frame["error"])

    def _heard(self, event: dict[str, Any]) -> None:
        kind, data = event["type"], event["data"]
        if event["stream"] != self.chat_id or event["seq"] != self.seq + 1:
            self.fail(f"{self!r} was sent {kind} {event['stream']}:{event['seq']}")
        self.seq = event["seq"]
        if kind == "column.created":
            self.columns.append(data["id"])
        elif kind.startswith("task."):
            self._hold(data)
            if kind == "task.moved" and event["by"] == self.user_id:
                self.made.add((data["id"], data["version"]))

    def _hold(self, card: Card) -> None:
        held = self.cards.get(card["id"])
        if held is None or card["rev"] > held["rev"]:
            self.cards[card["id"]] = card

    # Drags

    def drag(self) -> None:
        """Take any card to another column, before any card there or last."""
        card = self.chance.choice(list(self.cards.values()))
        column = self.chance.choice([id for id in self.columns if id != card["column_id"]])
        there = [id for id, other in self.cards.items() if other["column_id"] == column]
        self.drags += 1
        self.dragged = card, perf_counter()
        self.send(
            {
                "type": "task.move",
                "id": self.drags,
                "task_id": card["id"],
                "column_id": column,
                "before": self.chance.choice([*there, None]),
                "version": card["version"],
            }
        )

    def _lies(self, card: Card) -> None:
        before = self._answered(card)
        # Somebody may have put it there already: then it is acknowledged as it stands.
        if card["rev"] > self.seq or card["version"] < before["version"]:
            self.fail(f"a drag of {before} was acknowledged as {card} at {self.seq}")
        self.acked.add((card["id"], card["version"]))
        self._go_on(card)

    def _too_late(self, error: dict[str, Any]) -> None:
        current: Card = (error.get("details") or {}).get("current") or {"id": None, "version": 0}
        before = self._answered(current)
        if error["code"] != "version_conflict" or current["version"] <= before["version"]:
            self.fail(f"a drag of {before} was answered {error}")
            return
        self.refused += 1
        self._go_on(current)

    def _answered(self, card: Card) -> Card:
        assert self.dragged is not None
        (before, at), self.dragged = self.dragged, None
        now = perf_counter()
        self.answered.append((now, (now - at) * 1000))
        if card["id"] != before["id"]:
            self.fail(f"a drag of {before} was answered with {card}")
        return before

    def _go_on(self, card: Card) -> None:
        self._hold(card)
        if self.running and self.fault is None:
            self.drag()


async def k(stage: Stage) -> list[Row]:
    people = await stage.people(PEOPLE)
    ids = [each.id for each in people[1:]]
    token = people[0].token
    chat = (await stage.api.post("/chats", token, title="K", member_ids=ids, board=True))["id"]
    for number in range(CARDS):
        await stage.api.post("/tasks", token, title=f"card {number}", chat_id=chat)
    draggers = [
        Dragger(stage.codec, each, chat, random.Random(number))
        for number, each in enumerate(people)
    ]
    await open_all(draggers, stage.server.port)
    await asyncio.gather(*(dragger.follow() for dragger in draggers))
    with undisturbed():
        rows = await _drag(stage, draggers)
    await _verify(stage, token, draggers)
    for dragger in draggers:
        dragger.close()
    return rows


async def _drag(stage: Stage, draggers: Sequence[Dragger]) -> list[Row]:
    for dragger in draggers:
        dragger.running = True
        dragger.drag()
    await asyncio.sleep(stage.plan.warm)
    usage, began = Usage.now(stage.server.pid), perf_counter()
    counts = _counts(draggers)
    await asyncio.sleep(stage.plan.seconds * PER_LOOP)
    ended = perf_counter()
    made, refused = (now - then for now, then in zip(_counts(draggers), counts, strict=True))
    used = Usage.now(stage.server.pid).cores(usage, ended - began)
    await _settled(draggers)
    took = [ms for each in draggers for at, ms in each.answered if began <= at < ended]
    probe = fdatasync_ms(stage.server.data_dir, stage.plan.probes)
    stage.note("K", f"{len(took)} drags in {ended - began:.0f} s; fdatasync {probe:.3f} ms; {used}")
    fdatasync = stage.limits.fdatasync_ms
    return [
        Row(
            measure="K",
            what="moves of 30 cards by 20",
            value=made / (ended - began),
            unit="/s",
            more_is_better=True,
            limit=stage.limits.rows[1],
            limit_name="rows/s, 1 a commit",
        ),
        _row("drag → answer p50", percentile(took, 50), "ms", None, fdatasync),
        _row("drag → answer p99", percentile(took, 99), "ms", 50, fdatasync),
        _row("came too late (409)", 100 * refused / max(1, len(took)), "%", None, None),
    ]


def _row(what: str, value: float, unit: str, aim: float | None, limit: float | None) -> Row:
    return Row(
        measure="K",
        what=what,
        value=value,
        unit=unit,
        aim=aim,
        limit=limit,
        limit_name="fdatasync ms" if limit else "",
    )


def _counts(draggers: Sequence[Dragger]) -> tuple[int, int]:
    return sum(len(each.made) for each in draggers), sum(each.refused for each in draggers)


async def _settled(draggers: Sequence[Dragger]) -> None:
    """Wait until every drag is answered and everybody has heard of it."""
    for dragger in draggers:
        dragger.running = False
    deadline = perf_counter() + PATIENCE
    while any(each.dragged for each in draggers) or len({each.seq for each in draggers}) > 1:
        check(draggers)
        if perf_counter() > deadline:
            raise Fault(f"not every drag was answered: {draggers[:3]}")
        await asyncio.sleep(0.01)
    check(draggers)


async def _verify(stage: Stage, token: str, draggers: Sequence[Dragger]) -> None:
    """No card is lost or doubled, all boards are the same, every change was somebody's."""
    url = f"http://127.0.0.1:{stage.server.port}/api/v1/chats/{draggers[0].chat_id}/board"
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        board = (await answer.json())["data"]
    cards: dict[int, Card] = {card["id"]: card for card in board["tasks"]}
    places = Counter((card["column_id"], card["position"]) for card in board["tasks"])
    if len(board["tasks"]) != CARDS or len(cards) != CARDS or max(places.values()) > 1:
        raise Fault(f"{CARDS} cards became {len(board['tasks'])}, in {len(places)} places")
    different = [each for each in draggers if each.cards != cards or each.seq != board["seq"]]
    if different:
        raise Fault(f"the board is another for {different}")
    made = Counter(pair for each in draggers for pair in each.made)
    changed = {(id, n) for id, card in cards.items() for n in range(2, card["version"] + 1)}
    if made != Counter(changed):
        raise Fault(f"{made.total()} moves are in the log, and {len(changed)} were made")
    for each in draggers:
        if not each.made <= each.acked <= changed:
            raise Fault(f"{each!r} was acknowledged {len(each.acked)} moves")
