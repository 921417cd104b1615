"""The bare server beside ours, with the same people, rooms and clients."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from bench import process
from bench.child import Child, free_port, inherited
from bench.client import Log, Member, open_all
from bench.server import Account
from bench.wire import SENTENCE, Codec

PATH = "/ws"


class Twin(Child):
    """A fresh bare server; its names are its tokens."""

    def __init__(self, data_dir: Path, dsn: str, codec: Codec, cpu: int | None) -> None:
        port = free_port()
        command = [sys.executable, "-P", "-m", "bench.bare", str(port), dsn]
        super().__init__(command, inherited(), port, data_dir / "bare.log")
        self.codec = codec
        self.cpu = cpu
        self._rooms = 0

    def start(self) -> None:
        super().start()
        if self.cpu is not None:
            process.pin(self.pid, self.cpu)

    def people(self, count: int) -> list[Account]:
        return [Account(number, f"person{number}", f"person{number}") for number in range(count)]

    async def make(self, people: Sequence[Account]) -> Log:
        self._rooms += 1
        room = {"id": self._rooms, "people": [each.token for each in people]}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"http://127.0.0.1:{self.port}/rooms", json=room) as answer,
        ):
            answer.raise_for_status()
        return Log(self.codec, self._rooms)

    async def room(self, people: Sequence[Account]) -> list[Member]:
        """A new room, with these people connected."""
        log = await self.make(people)
        members = [Member(self.codec, PATH, each.token, log, SENTENCE) for each in people]
        await open_all(members, self.port)
        await asyncio.gather(*(member.follow() for member in members))
        return members
