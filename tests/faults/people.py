"""People who keep writing through every fault, and remember what they were told."""

import asyncio
import uuid
from typing import Any

import aiohttp
import msgspec
import websockets

from tests.live.client import Client, Closed, JsonSocket, MsgpackSocket, Refused

LOST = (Closed, ConnectionError, OSError, TimeoutError, aiohttp.ClientError)
WEBSOCKETS = (websockets.InvalidStatus, websockets.InvalidMessage, websockets.ConnectionClosed)


class Attempt(msgspec.Struct):
    """One message somebody wants to have sent, and what became of it."""

    key: str
    chat: int
    text: str
    seq: int | None = None
    tries: int = 0


class Writer:
    """One person: an outbox that is resent until it is acknowledged, and all that was heard."""

    def __init__(self, client: Client, chats: list[int]) -> None:
        self.client = client
        self.chats = chats
        self.attempts: list[Attempt] = []
        self.cursors: dict[int, int] = {}
        self.heard: dict[int, list[tuple[int, str | None]]] = {}
        self.problems: list[str] = []
        self.connected = False

    async def live(self, stop: asyncio.Event, pause: float) -> None:
        """Write until told to stop, then until everything is acknowledged."""
        number = 0
        while not stop.is_set() or self.pending:
            try:
                if not self.connected:
                    await self.come_back()
                attempt = self.pending[0] if self.pending else self.new(number)
                number += 1
                await self.send(attempt)
            except (*LOST, *WEBSOCKETS):
                await self.lose()
            await self.rest(pause)

    async def rest(self, pause: float) -> None:
        """Until the next message."""
        await asyncio.sleep(pause)

    @property
    def pending(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts[-3:] if attempt.seq is None]

    def new(self, number: int) -> Attempt:
        attempt = Attempt(
            str(uuid.uuid4()), self.chats[number % len(self.chats)], f"{number} {'x' * 80}"
        )
        self.attempts.append(attempt)
        return attempt

    async def send(self, attempt: Attempt) -> None:
        attempt.tries += 1
        try:
            ack = await self.client.send(attempt.chat, attempt.text, attempt.key)
        except Refused as refused:
            if refused.code != "unavailable":
                self.problems.append(f"{attempt.key} was refused: {refused}")
                raise
            await asyncio.sleep(0.02)
            return
        if attempt.tries == 1 and ack["duplicate"]:
            self.problems.append(f"{attempt.key} was a duplicate at its first try")
        attempt.seq = ack["seq"]
        self.hear()

    async def come_back(self) -> None:
        await self.client.connect()
        try:
            states = await self.client.subscribe_all(self.cursors)
        except Refused as refused:
            if refused.code != "unavailable":
                raise
            # PostgreSQL takes its time to recover: come back once more.
            raise ConnectionError(str(refused)) from None
        for state in states["streams"]:
            if state.get("reset") or state.get("gone"):
                self.problems.append(f"could not resume: {state}")
            self.cursors.setdefault(state["id"], state["seq"])
        self.connected = True
        self.hear()

    async def lose(self) -> None:
        self.hear()
        self.connected = False
        try:
            await self.client.disconnect()
        except (*LOST, *WEBSOCKETS, AttributeError):
            pass
        self.client.answers.clear()
        await asyncio.sleep(0.05)

    def hear(self) -> None:
        """Take what came: each stream's `seq` goes up by one, always."""
        while self.client.events:
            event = self.client.events.popleft()
            stream, seq = event["stream"], event["seq"]
            if seq != self.cursors.get(stream, 0) + 1:
                self.problems.append(
                    f"stream {stream}: {seq} came after {self.cursors.get(stream)}"
                )
            self.cursors[stream] = seq
            key = event["data"].get("client_message_id") if event["data"] else None
            self.heard.setdefault(stream, []).append((seq, key))

    async def settle(self) -> None:
        """Hear everything that is still on its way, once nobody writes any more."""
        settled = False
        while not settled:
            try:
                if not self.connected:
                    await self.come_back()
                await self.client.expect_nothing_of(0, 0)
                self.hear()
                await self.client.subscribe_all(self.cursors)
                settled = True
            except (*LOST, *WEBSOCKETS):
                # One of several servers may begin afresh after another's end.
                await self.lose()
        self.hear()


async def settle_in(server: Any, name: str, kind: type[JsonSocket | MsgpackSocket]) -> Client:
    """Register somebody, with one kind of socket."""
    answer = await server.request(
        "POST", "/auth/register", username=name, password=f"{name} has a long password"
    )
    data = answer["data"]
    return Client(server.base, data["access"], data["user"]["id"], kind)
