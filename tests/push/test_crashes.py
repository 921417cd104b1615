"""kill -9 between commit and send: what was acknowledged is told, by the next start if need be.

At a few random moments, with `--long` at fifty.

Tasks, because each has a tag of its own; of messages only the newest of a chat would be seen.
"""

import asyncio
import math
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.faults.server import free_port
from tests.live.conftest import Stage
from tests.push.conftest import Room
from tests.push.service import push_service
from tests.waiting import PATIENCE

KILLS, LONG = 4, 50
LASTING, LASTS = 5, 3.0
"""Of so many rounds one lasts some seconds: what it told first is not told again."""
WINDOW = 2.0
"""Seconds that what was told may lie before the kill, if it is told again: cursors are stored once
a second, and what became of a push is noted first."""

LATE = 0.2
"""Seconds after a kill in which what was sent before it may still be read; no server starts so
fast."""


class Killed:
    """A server in another process."""

    def __init__(self, dsn: str, data_dir: Path, signed: Path, token: str) -> None:
        self.port = free_port()
        self.asked = [dsn, str(data_dir), str(self.port), str(signed)]
        self.token = token
        # When each process of it was killed; seconds between what is written to it.
        self.killed: list[float] = []
        self.pause = 0.0

    async def start(self, http: aiohttp.ClientSession) -> None:
        command = [sys.executable, "-m", "tests.push.house", *self.asked]
        self.process = subprocess.Popen(command)  # noqa: ASYNC220 - it is killed, not waited for
        async with asyncio.timeout(60):
            while True:
                try:
                    async with http.get(f"http://127.0.0.1:{self.port}/ready") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.killed.append(time.monotonic())
        self.process.kill()
        self.process.wait()

    async def assign(self, http: aiohttp.ClientSession, chat: int, to: int, title: str) -> Any:
        """The task's id; None where nothing was acknowledged."""
        body = {"chat_id": chat, "title": title, "assigned_to": to}
        url = f"http://127.0.0.1:{self.port}/api/v1/tasks"
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            async with http.post(url, json=body, headers=headers) as answer:
                return (await answer.json())["data"]["id"] if answer.status < 300 else None
        except aiohttp.ClientError:
            return None


async def test_every_assignment_is_told_whenever_the_server_is_killed(
    make_stage: Callable[[], Awaitable[Stage]],
    papers: tuple[Path, Path],
    dsn: str,
    tmp_path: Path,
    pytestconfig: pytest.Config,
) -> None:
    kills = LONG if pytestconfig.getoption("--long") else KILLS
    stage = await make_stage()
    public = stage.server.push.vapid.public
    dice = random.Random(20_261_129)
    acknowledged: set[int] = set()
    async with push_service(*papers, lambda: public) as service, aiohttp.ClientSession() as http:
        room = Room(stage, service, http)
        chat = await stage.group("alice", "bob")
        bob = (await stage.person("bob")).user_id
        await room.subscribe("bob")
        alice = await stage.person("alice")
        server = Killed(
            dsn, tmp_path, papers[1], stage.server.tokens.access(alice.user_id, alice.session_id)
        )
        await stage.server.stop()
        try:
            for round in range(kills):
                await server.start(http)
                writing = asyncio.create_task(write(server, http, chat, bob, acknowledged, round))
                enough = len(acknowledged) + dice.randint(1, 6)
                async with asyncio.timeout(60):
                    while len(acknowledged) < enough:
                        await asyncio.sleep(0.001)
                await asyncio.sleep(dice.uniform(0, 0.05))
                if round % LASTING == LASTING - 1:
                    # A chat has so many open tasks at the most.
                    server.pause = 0.05
                    await asyncio.sleep(LASTS + dice.uniform(0, 1))
                    server.pause = 0.0
                server.kill()
                await writing
            await server.start(http)
            until = time.monotonic() + PATIENCE
            while missing(service, acknowledged) and time.monotonic() < until:
                await asyncio.sleep(0.1)
            lost = missing(service, acknowledged)
            tags = {got.payload["task_id"]: got.shown["tag"] for got in service.got}
            again = told_again(service, server)
            # Cursors are stored once a second: what was told before that is not told again.
            await asyncio.sleep(4)
            server.kill()
            service.got.clear()
            await server.start(http)
            await asyncio.sleep(1)
        finally:
            server.kill()
    assert len(acknowledged) >= kills
    assert lost == set()
    assert all(tag == f"task-{task}" for task, tag in tags.items()), "twice is shown once"
    assert [age for age in again if age > WINDOW] == []
    assert service.got == []


async def write(
    server: Killed,
    http: aiohttp.ClientSession,
    chat: int,
    to: int,
    acknowledged: set[int],
    round: int,
) -> None:
    number = 0
    while server.process.poll() is None:
        made = await server.assign(http, chat, to, f"{round}.{number}")
        if made is not None:
            acknowledged.add(made)
        number += 1
        await asyncio.sleep(server.pause)


def missing(service: Any, acknowledged: set[int]) -> set[int]:
    return acknowledged - {got.payload.get("task_id") for got in service.got}


def told_again(service: Any, server: Killed) -> list[float]:
    """Of what was told again: how long before the kill it was told, in seconds."""
    times = defaultdict(list)
    for got in service.got:
        times[got.payload.get("task_id")].append(got.at)
    return [
        next((kill for kill in server.killed if at - LATE < kill < again - LATE), math.inf) - at
        for told in times.values()
        for at, again in pairwise(told)
    ]
