"""A whole system in one process and on one clock: clients, sockets, a server, a store.

Everything that can go wrong goes wrong at random, from one seed: connections drop and are noticed
late, the store is slow, away, or silent about what it did, and the server is killed. Clients keep
what is unanswered, send it again under the same keys and resume from their cursors. After a while
the trouble ends, and then everything has to come to rest.
"""

import asyncio
import random
from datetime import timedelta
from typing import Any

import async_solipsism

from messenger import errors
from messenger.auth import AccessClaims

from .cast import Stage, clock, open_stage
from .checker import Checker
from .clients import Client
from .memory import ConnectionLost, Memory, Way
from .mirror import Mirror
from .wires import GENEROUS, Connection, Server, task

NAMES = ("alice", "bob", "carol", "dave", "erin")
TROUBLE = 8.0
"""Simulated seconds of it."""
REST = 60.0
"""Simulated seconds to come to rest in, afterwards."""


class World:
    """One run."""

    def __init__(self, seed: int, stage: Stage) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.memory: Memory = stage.memory
        self.org_id = stage.directory.org_id
        self.checker = Checker(self.memory)
        self.trouble = True
        self.away_until = 0.0
        self.sockets = 0
        self.memory.page = 20
        self.memory.trip = self.trip
        self.lobby = stage.lobby
        self.direct = stage.alice_and_bob
        self.server = Server(self)
        self.clients = [
            Client(self, identity.username, identity.user_id, identity.session_id)
            for identity in stage.directory.identities.by_session.values()
        ]

    def read_access(self, token: str) -> AccessClaims:
        user_id, session_id = token.split()
        return AccessClaims(int(user_id), session_id, clock() + timedelta(days=1))

    # Weather

    def latency(self) -> float:
        return self.chance.choice((0.0005, 0.001, 0.005, 0.02, 0.08)) if self.trouble else 0.001

    async def trip(self, call: str, way: Way) -> None:
        if not self.trouble:
            await asyncio.sleep(0.0005)
            return
        await asyncio.sleep(self.chance.choice((0, 0.0005, 0.001, 0.003, 0.01, 0.05)))
        bad = self.chance.random()
        if asyncio.get_running_loop().time() < self.away_until or bad < 0.01:
            raise errors.Unavailable
        if call == "journal" and way == "back" and bad < 0.05:
            raise ConnectionLost

    async def make_trouble(self) -> None:
        """The database goes away for a while, or the server dies."""
        while self.trouble:
            await asyncio.sleep(self.chance.expovariate(1 / 3.0))
            if self.chance.random() < 0.5:
                length = self.chance.choice((0.05, 0.5, 2.0))
                self.away_until = asyncio.get_running_loop().time() + length
            else:
                self.kill()

    def kill(self) -> None:
        self.server.kill()
        self.memory.crash()
        for client in self.clients:
            if client.connection is not None:
                client.connection.drop()
        self.server = Server(self)

    # What clients want

    def invent(self, client: Client) -> dict[str, Any]:
        chance = self.chance
        chats = [id for id in client.mirrors if id in (self.lobby, self.direct)]
        chat = chance.choice(chats or [self.lobby])
        seqs = [*client.mirrors[chat].messages] if chat in client.mirrors else []
        new = f"{chance.getrandbits(32):08x}-0000-4000-8000-{chance.getrandbits(48):012x}"
        change = {"chat_id": chat, "key": new, "seq": chance.choice(seqs or [1])}
        other = chance.choice(self.clients).user_id
        kind = chance.choices(
            (
                "send",
                "edit",
                "delete",
                "react",
                "unreact",
                "pin",
                "mark",
                "drag",
                "rename",
                "add",
                "remove",
            ),
            (60, 4, 3, 5, 3, 2, 5, 20, 5, 10, 5),
        )[0]
        match kind:
            case "send":
                return {"type": "message.send", "chat_id": chat, "client_message_id": new,
                        "text": f"{client.name} says {new}"}  # fmt: skip
            case "edit":
                return change | {"type": "message.edit", "text": f"edited {new}"}
            case "delete" | "pin":
                return change | {"type": f"message.{kind}"}
            case "react" | "unreact":
                type = "reaction.add" if kind == "react" else "reaction.remove"
                return change | {"type": type, "emoji": chance.choice("👍✅")}
            case "drag" | "rename" if self.lobby in client.mirrors:
                return self.invent_change(client.mirrors[self.lobby], kind, new)
            case "mark":
                return {"type": "read.mark", "chat_id": chat, "read_seq": change["seq"]}
            case "add":
                return {"type": "member.add", "chat_id": self.lobby, "key": new,
                        "user_ids": [other]}  # fmt: skip
            case _:
                return {"type": "member.remove", "chat_id": self.lobby, "key": new,
                        "user_id": other}  # fmt: skip

    def invent_change(self, board: Mirror, kind: str, key: str) -> dict[str, Any]:
        """Of a card as the client has it before them."""
        card = self.chance.choice([*board.tasks.values()])
        version = self.chance.choice((card["version"], None))
        change = {"task_id": card["id"], "key": key, "version": version}
        if kind == "rename":
            return change | {"type": "task.update", "title": f"do {key}"}
        column, before = self.chance.choice([*board.columns]), self.chance.choice([*board.tasks])
        return change | {"type": "task.move", "column_id": column, "before": before}

    def written(self, connection: Connection, frame: dict[str, Any]) -> None:
        if "stream" in frame and "seq" in frame:
            self.checker.written(connection.client.user_id, frame)
        elif frame["type"] == "ack" and connection is connection.client.connection:
            asked = connection.client.asked.get(frame["id"])
            if asked is not None and asked.command["type"] == "member.remove":
                data = frame["data"]
                if data.get("left_at") is not None:
                    self.checker.removal_acked(data["chat_id"], data["user_id"], data["rev"])

    # From the beginning to the end

    async def run(self) -> None:
        living = [asyncio.ensure_future(client.run()) for client in self.clients]
        living.append(asyncio.ensure_future(self.make_trouble()))
        await asyncio.sleep(TROUBLE)
        self.trouble = False
        deadline = asyncio.get_running_loop().time() + REST
        while not all(client.at_rest for client in self.clients):
            if asyncio.get_running_loop().time() > deadline:
                restless = [client.name for client in self.clients if not client.at_rest]
                self.checker.wrong(f"I8 {restless} never got everything (seed {self.seed})")
                break
            await asyncio.sleep(0.2)
        for each in living:
            each.cancel()
        self.server.kill()
        await asyncio.sleep(5)
        self.checker.check_stored()
        self.checker.check_acked()
        self.checker.check_order()


async def simulate(seed: int) -> Checker:
    asyncio.get_running_loop().set_task_factory(task)
    stage = await open_stage(GENEROUS)
    alice, *others = [await stage.add(name) for name in NAMES]
    stage.lobby = await stage.make_group(alice, *others, board=True)
    for name in NAMES:
        await stage.add_task(alice, stage.lobby, f"for {name}")
    stage.alice_and_bob = await stage.open_direct(alice, others[0])
    world = World(seed, stage)

    def broke(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        world.checker.wrong(f"{context['message']}: {context.get('exception')!r} (seed {seed})")

    asyncio.get_running_loop().set_exception_handler(broke)
    await world.run()
    return world.checker


def run(seed: int) -> Checker:
    """Run one seed; what it broke is in the checker."""
    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        return runner.run(simulate(seed))
