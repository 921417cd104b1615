"""A board under every change there is: on paper, in the log, on every screen it is the same."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from messenger import config
from messenger.app import Server
from messenger.protocol.commands import CreateChat, UpdateMember
from tests.live.board_acts import ACTS, ANYBODY, CONFLICT, INVALID, Act, Make, chosen
from tests.live.board_model import Board, Card, Pile
from tests.live.client import Client, JsonSocket, MsgpackSocket, Refused
from tests.live.conftest import Stage

T = TypeVar("T")
SCREENS = {"alice": JsonSocket, "bob": MsgpackSocket, "carol": JsonSocket}
"""The owner, an admin, and a member who goes away now and then."""
CARDS_EACH = 3
FIELDS = {
    "column_id": "place",
    "position": "place",
    "archived_at": "archived",
    "status": "status",
    "title": "title",
}
"""What changes here of a card, and as what a conflict knows it."""
Choice = tuple[Make, tuple[int, int, int]]
numbers = st.integers(0, 9999)
names = st.sampled_from(list(SCREENS))
choices = st.tuples(st.sampled_from(ACTS), st.tuples(numbers, numbers, st.integers(0, 3)))


def in_order(things: list[Any]) -> list[Any]:
    return sorted(things, key=lambda thing: thing["position"].encode())


class Screen:
    """A board as a client holds it that knows nothing but events."""

    def __init__(self) -> None:
        self.seq = 0
        self.columns: dict[int, Any] = {}
        self.tasks: dict[int, Any] = {}
        # At which version which field of a card was last changed.
        self.changed: dict[int, dict[str, int]] = {}

    def take(self, client: Client, chat: int) -> None:
        while client.events:
            event = client.events.popleft()
            assert (event["stream"], event["seq"]) == (chat, self.seq + 1)
            self.seq = event["seq"]
            family = event["type"].partition(".")[0]
            if family == "task":
                self.keep(self.tasks, event["data"])
            elif family == "column":
                self.keep(self.columns, event["data"])

    def keep(self, table: dict[int, Any], data: Any) -> None:
        held = table.get(data["id"], {"rev": 0, "version": 0})
        if data["rev"] <= held["rev"]:
            return
        # Late, data comes as it stands by now: ahead of the event that brings it.
        step = data["version"] - held["version"]
        assert step == 1 or (step > 1 and data["rev"] > self.seq)
        table[data["id"]] = data
        if table is self.tasks and held["rev"]:
            names = {name for field, name in FIELDS.items() if held[field] != data[field]}
            changed = self.changed.setdefault(data["id"], {})
            changed.update(dict.fromkeys(names, data["version"]))

    def board(self) -> dict[str, Any]:
        columns = [c for c in self.columns.values() if c["deleted_at"] is None]
        tasks = {id: t for id, t in self.tasks.items() if t["deleted_at"] is None}
        return {"columns": in_order(columns), "tasks": tasks}


class BoardMachine(RuleBasedStateMachine):
    def __init__(self, runner: asyncio.Runner, stage: Stage, http: aiohttp.ClientSession) -> None:
        super().__init__()
        self.runner = runner
        self.stage = stage
        self.http = http
        self.clients: dict[str, Client] = {}
        self.screens = {name: Screen() for name in SCREENS}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        for name in list(self.clients):
            self.run(self.clients.pop(name).disconnect())

    @initialize()
    def open(self) -> None:
        self.run(self.opened())

    async def opened(self) -> None:
        ids = [(await self.stage.person(name)).user_id for name in SCREENS]
        made = await self.stage.ask("alice", CreateChat(title="x", member_ids=ids[1:], board=True))
        self.chat = int(made.id)
        promoted = UpdateMember(chat_id=self.chat, user_id=ids[1], role="admin")
        await self.stage.ask("alice", promoted)
        for name in SCREENS:
            await self.come(name)
        for column in (await self.fetched())["columns"]:
            for _ in range(CARDS_EACH):
                create = {"chat_id": self.chat, "title": "card", "column_id": column["id"]}
                await self.clients["alice"].ask("task.create", **create)
        self.paper = await self.written()

    async def come(self, name: str) -> None:
        """Connect, and hear all that was missed."""
        client = self.clients[name] = await self.stage.client(name, SCREENS[name])
        self.stage.clients.remove(client)
        await client.subscribe((self.chat, self.screens[name].seq))

    # Acts

    @rule(some=st.lists(st.tuples(names, choices), min_size=1, max_size=12))
    def one_after_another(self, some: list[tuple[str, Choice]]) -> None:
        """The paper knows what comes of each. What not everybody may, alice does."""

        async def in_turn() -> None:
            for name, choice in some:
                act = chosen(*choice, self.paper)
                anybody = choice[0] in ANYBODY and name in self.clients
                answer, refusal = await self.give(name if anybody else "alice", act)
                assert refusal == act.refusal
                if refusal is None:
                    act.apply(answer)
                elif refusal == CONFLICT:
                    await self.look()
                    assert answer == self.screens["alice"].tasks[act.fields["task_id"]]

        self.run(in_turn())

    @rule(some=st.lists(st.tuples(names, choices), min_size=2, max_size=6))
    def several_at_once(self, some: list[tuple[str, Choice]]) -> None:
        """Nobody can say which comes first: the paper is written anew from what is there."""

        async def together() -> None:
            given = [self.give(name, chosen(*choice, self.paper)) for name, choice in some]
            for answer, refusal in await asyncio.gather(*given):
                assert refusal in (None, "forbidden", "not_found", CONFLICT, INVALID)
                assert (answer is not None) == (refusal in (None, CONFLICT))
            await self.look()
            self.paper = await self.written()

        self.run(together())

    async def give(self, name: str, act: Act) -> tuple[Any, str | None]:
        """What a command is answered; of a refusal its code, and of a conflict what is there."""
        client = self.clients.get(name, self.clients["alice"])
        chat = {"chat_id": self.chat} if act.type.endswith(".create") else {}
        try:
            return await client.ask(act.type, **chat, **act.fields), None
        except Refused as refused:
            return (refused.error.get("details") or {}).get("current"), refused.code

    # Comings and goings

    @precondition(lambda self: "carol" in self.clients)
    @rule()
    def carol_goes_away(self) -> None:
        self.run(self.clients.pop("carol").disconnect())

    @precondition(lambda self: "carol" not in self.clients)
    @rule()
    def carol_comes_back(self) -> None:
        self.run(self.come("carol"))

    @rule()
    def the_chat_is_loaded_afresh(self) -> None:
        self.stage.server.directory.chat(self.chat).reload()

    @rule()
    def somebody_reads_it_from_the_beginning(self) -> None:
        async def read() -> Screen:
            late, screen = await self.stage.client("bob"), Screen()
            self.stage.clients.remove(late)
            await late.subscribe((self.chat, 0))
            screen.take(late, self.chat)
            await late.disconnect()
            return screen

        assert self.run(read()).board() == self.screens["alice"].board()

    # What holds after each

    async def fetched(self) -> dict[str, Any]:
        """The board and the chat's tasks, by REST."""
        who = await self.stage.person("alice")
        token = self.stage.server.tokens.access(who.user_id, who.session_id)
        found = []
        for path in (f"/chats/{self.chat}/board", f"/tasks?limit=200&chat_id={self.chat}"):
            headers = {"Authorization": f"Bearer {token}"}
            async with self.http.get(f"/api/v1{path}", headers=headers) as answer:
                found.append((await answer.json())["data"])
        tasks = {task["id"]: task for task in found[1]}
        assert len(tasks) == len(found[1]) < 200
        assert all(tasks[card["id"]] == card for card in found[0]["tasks"])
        return {"columns": found[0]["columns"], "tasks": tasks, "cards": found[0]["tasks"]}

    async def look(self) -> None:
        """Let every screen take in what has come for it."""
        for name, client in self.clients.items():
            await client.expect_nothing_of(0, 0)
            self.screens[name].take(client, self.chat)

    @invariant()
    def everybody_has_the_same_board(self) -> None:
        self.run(self.look())
        there = self.run(self.fetched())
        del there["cards"]
        for name in self.clients:
            assert self.screens[name].board() == there

    @invariant()
    def it_is_the_board_on_paper(self) -> None:
        there = self.run(self.fetched())
        assert [(c["id"], c["is_done"], c["version"]) for c in there["columns"]] == [
            (pile.id, pile.done, pile.version) for pile in self.paper.piles
        ]
        for pile in self.paper.piles:
            standing = [t for t in there["tasks"].values() if t["column_id"] == pile.id]
            assert [task["id"] for task in in_order(standing)] == [card.id for card in pile.cards]
            assert in_order(standing) == [t for t in there["cards"] if t["column_id"] == pile.id]
            assert all(card.done == pile.done or card.odd for card in pile.cards)
        assert there["tasks"].keys() == self.paper.cards.keys()
        for task in there["tasks"].values():
            card = self.paper.cards[task["id"]]
            assert (task["version"], task["title"]) == (card.version, card.title)
            assert (task["status"] == "done", task["closed_at"] is not None) == (card.done,) * 2
            assert (task["archived_at"] is not None) == card.archived
            assert (task["column_id"] is None) == (self.paper.under(card) is None)

    async def written(self) -> Board:
        """The board as it is, put on paper."""
        there = await self.fetched()
        paper = Board([Pile(c["id"], c["is_done"], c["version"]) for c in there["columns"]])
        off = [task for task in there["tasks"].values() if task["column_id"] is None]
        for task in (*there["cards"], *off):
            card = paper.cards[task["id"]] = Card(task["id"], task["title"], task["version"])
            card.done, card.archived = task["status"] == "done", task["archived_at"] is not None
            card.changed = dict(self.screens["alice"].changed.get(card.id, {}))
            if task["column_id"] is not None:
                pile = paper.pile(task["column_id"])
                pile.cards.append(card)
                card.odd = card.done != pile.done
        return paper


def test_a_board_is_the_same_for_all_whatever_they_do_to_it(dsn: str, tmp_path: Path) -> None:
    given = {
        "DATA_DIR": str(tmp_path),
        "PORT": "0",
        "BCRYPT_ROUNDS": "4",
        "WS_RATE_LIMIT_MAX_COMMANDS": "1000000",
    }
    with asyncio.Runner() as runner:
        server = Server(config.load(given), dsn)
        runner.run(server.start())
        stage = Stage(server)
        http = runner.run(session(stage.base))
        try:
            run_state_machine_as_test(
                partial(BoardMachine, runner, stage, http),  # type: ignore[arg-type]
                settings=settings(max_examples=10, stateful_step_count=15, deadline=None),
            )
        finally:
            runner.run(http.close())
            runner.run(server.stop())


async def session(base: str) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(base)
