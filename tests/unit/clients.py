"""The simulation's clients: an outbox, cursors, and a picture of each chat, as the contract has it.

What is unanswered is kept, and sent again under the same key on the next connection; what was
heard is resumed from.
"""

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from .cast import EPOCH
from .checker import Seen
from .mirror import Mirror
from .wires import Connection

if TYPE_CHECKING:
    from .simulation import World

SILENCE = 25.0
"""Seconds after which a client that got no answer may say so: an actor's deadline is shorter."""
AUTH = 1
"""The id of the first command on every connection."""
RETRIED = frozenset({"unavailable", "rate_limited"})


class Unanswered(msgspec.Struct):
    """A command in a client's outbox."""

    command: dict[str, Any]
    waiting_since: float = 0.0


class Client:
    """One person's device: an outbox, cursors, and a picture of each chat."""

    def __init__(self, world: "World", name: str, user_id: int, session_id: str) -> None:
        self.world = world
        self.name = name
        self.user_id = user_id
        self.token = f"{user_id} {session_id}"
        self.connection: Connection | None = None
        self.live = False
        self.outbox: list[Unanswered] = []
        self.asked: dict[int, Unanswered | None] = {}
        self.cursors: dict[int, int] = {}
        self.mirrors: dict[int, Mirror] = {}

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    # Going on and off line

    async def run(self) -> None:
        chance = self.world.chance
        while True:
            await asyncio.sleep(chance.expovariate(1 / 0.15))
            if self.connection is None:
                self.connect()
            elif self.world.trouble and chance.random() < 0.04:
                self.connection.drop()
            elif self.world.trouble and self.live and len(self.outbox) < 4:
                self.outbox.append(Unanswered(self.world.invent(self)))
                self.transmit(self.outbox[-1])
            elif any(0 < one.waiting_since < self.now - SILENCE for one in self.outbox):
                self.connection.seen.wrong("a command was never answered")
                self.connection.drop()

    def connect(self) -> None:
        self.connection = Connection(self.world, self, self.world.server)
        self.live = False
        self.asked = {}
        self.ask({"type": "auth", "token": self.token}, None)
        self.subscribe(self.connection)
        for unanswered in self.outbox:
            self.transmit(unanswered)

    def subscribe(self, connection: Connection) -> None:
        if connection is self.connection:
            connection.seen.subscribing(self.cursors)
            cursors = list(self.cursors.items())
            self.ask({"type": "subscribe", "all": True, "cursors": cursors, "epoch": EPOCH}, None)

    def ask(self, command: dict[str, Any], unanswered: Unanswered | None) -> None:
        if self.connection is not None:
            id = len(self.asked) + 1
            self.asked[id] = unanswered
            self.connection.send(command | {"id": id})

    def transmit(self, unanswered: Unanswered) -> None:
        if unanswered not in self.outbox or self.connection is None:
            return
        unanswered.waiting_since = self.now
        if unanswered.command["type"] == "message.send":
            self.world.checker.attempt(self.user_id, unanswered.command, self.now)
        self.ask(unanswered.command, unanswered)

    # What the server says

    def take(self, connection: Connection, frame: dict[str, Any]) -> None:
        if connection.lost or connection is not self.connection:
            return
        seen = connection.seen
        match frame["type"]:
            case "ack":
                seen.answer(frame["id"])
                self.acked(seen, self.asked[frame["id"]], frame["data"])
            case "error":
                seen.answer(frame["id"])
                self.refused(connection, frame["id"], frame["error"]["code"])
            case "subscription.ended":
                seen.ended(frame["stream"])
                self.forget(frame["stream"])
            case _ if "seq" in frame and "stream" in frame:
                seen.event(frame)
                self.event(frame)

    def acked(self, seen: Seen, unanswered: Unanswered | None, data: dict[str, Any]) -> None:
        if unanswered is None:
            if "streams" in data:
                seen.subscribed(data["streams"])
                self.subscribed(data["streams"])
            return
        if unanswered in self.outbox:
            self.outbox.remove(unanswered)
        command = unanswered.command
        if command["type"] == "message.send":
            self.world.checker.acked(command["client_message_id"], data["seq"], self.now)
            seen.sent(command["chat_id"], data["seq"])

    def refused(self, connection: Connection, id: int, code: str) -> None:
        unanswered = self.asked[id]
        later = asyncio.get_running_loop().call_later
        wait = self.world.chance.uniform(0.1, 0.5)
        if id == AUTH:
            connection.drop()
        elif unanswered is None:
            later(wait, self.subscribe, connection)
        elif code in RETRIED:
            unanswered.waiting_since = 0.0
            later(wait, self.transmit, unanswered)
        elif unanswered in self.outbox:
            self.outbox.remove(unanswered)

    def subscribed(self, states: list[dict[str, Any]]) -> None:
        self.live = True
        for state in states:
            if state.get("gone"):
                self.forget(state["id"])
            elif state.get("reset") or state["seq"] > self.cursors.get(state["id"], -1):
                # New, or heard of and fetched while the answer was still under way.
                self.fetch(state["id"], state["seq"])

    def event(self, event: dict[str, Any]) -> None:
        stream, data = event["stream"], event["data"]
        self.cursors[stream] = max(event["seq"], self.cursors.get(stream, 0))
        if stream in self.mirrors:
            self.mirrors[stream].apply(event)
        if event["type"] in ("chat.joined", "chat.left"):
            if data["left_at"] is not None:
                self.forget(data["chat_id"])
            elif data["chat_id"] not in self.cursors:
                self.fetch(data["chat_id"], data["seq"])

    def fetch(self, stream: int, seq: int) -> None:
        """The snapshot; what one may not read any more is not there."""
        self.cursors[stream] = seq
        memory = self.world.memory
        if memory.readable(self.user_id, stream):
            self.mirrors[stream] = Mirror.of(memory, stream)
            self.cursors[stream] = max(seq, memory.tops[stream].seq)

    def forget(self, stream: int) -> None:
        self.cursors.pop(stream, None)
        self.mirrors.pop(stream, None)

    @property
    def at_rest(self) -> bool:
        """Nothing unsaid, and everything heard."""
        if self.outbox or self.connection is None or not self.live:
            return False
        memory = self.world.memory
        chats = [id for id in memory.chats if memory.readable(self.user_id, id)]
        heads = {id: memory.tops[id].seq for id in [self.user_id, *chats]}
        return self.cursors == heads and all(
            self.mirrors.get(id) == Mirror.of(memory, id) for id in chats
        )
