"""kill -9 around a letter's handing in: none is lost, and what comes twice was under way just then.

Invitations, because their letters are stored with what asks for them; the server is the real one.
"""

import asyncio
import itertools
import os
import random
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from tests.faults.server import ServerProcess
from tests.mail.service import MailService, mail_service
from tests.waiting import PATIENCE

PASSWORD = "correct horse battery"
KILLS, LONG = 6, 50
A_ROUND = 3
"""Letters that wait at once: one is under way at the kill, others are before and behind it."""
AROUND = 0.02
"""Seconds around the answer: the server notes within milliseconds that the letter has gone."""


class Killing:
    """Kills a server once a letter has come so far, and knows whose it was."""

    def __init__(self, server: ServerProcess, dice: random.Random) -> None:
        self.server = server
        self.dice = dice
        self.moments = itertools.cycle(["addressed", "taken", "answered"])
        # State: at which of a round's letters it kills, and when; the letter that came last; whose
        # letters were under way.
        self.left = 0
        self.moment = "taken"
        self.last = ""
        self.under_way: set[str] = set()
        self.armed = False
        self.killed = asyncio.Event()

    def arm(self) -> None:
        self.left, self.moment = self.dice.randint(1, A_ROUND), next(self.moments)
        self.armed = True
        self.killed.clear()

    def came(self, step: str, recipient: str) -> None:
        """What the mail server calls: a letter was `addressed`, or `taken`."""
        self.last = recipient
        if not self.armed or recipient in self.under_way:
            return
        if step == "addressed":
            self.left -= 1
        if self.left > 0:
            return
        if self.moment == step:
            self.armed = False
            self.kill(recipient)
        elif self.moment == "answered" and step == "taken":
            self.armed = False
            wait = self.dice.uniform(0, AROUND)
            asyncio.get_running_loop().call_later(wait, self.kill, recipient)

    def kill(self, recipient: str) -> None:
        self.server.kill()
        # Of one that was only addressed nothing had left. Behind one that was answered the next may
        # be on its way by then.
        if self.moment != "addressed":
            self.under_way |= {recipient, self.last}
        self.killed.set()


def settings_of(service: MailService) -> dict[str, str]:
    return {
        "SMTP_URL": f"smtp://127.0.0.1:{service.port}?tls=off",
        "MAIL_FROM": "messenger@example.org",
        "BASE_URL": "https://chat.example.org",
        "WRITE_RATE_LIMIT": "100000/10s",
    }


async def opened(server: ServerProcess) -> str:
    """Start it, with an administrator; their token."""
    server.start()
    await server.ready()
    command = ("admin", "user", "add", "root", "--admin", "--password-stdin")
    adding = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "messenger", *command),
        env={**os.environ, "DATA_DIR": str(server.data_dir), "DATABASE_URL": str(server.dsn)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    await adding.communicate(PASSWORD.encode())
    assert adding.returncode == 0
    body = {"login": "root", "password": PASSWORD}
    return str((await server.request("POST", "/auth/login", **body))["data"]["access"])


async def invite(
    server: ServerProcess, token: str, round: int, asked: list[str], count: int = A_ROUND
) -> None:
    """Order letters; those that were acknowledged are added to what was asked."""
    for number in range(count):
        address = f"p{round}.{number}@b.org"
        try:
            await server.request("POST", "/admin/invites", token, email=address)
        except aiohttp.ClientError:
            return
        asked.append(address)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not is_so():
            await asyncio.sleep(0.05)


async def test_no_letter_is_lost_whenever_the_server_is_killed(
    dsn: str, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    async with mail_service(login=False) as service:
        server = ServerProcess(tmp_path / "data", dsn, settings_of(service))
        killing = Killing(server, random.Random(20_261_130))
        service.heard = killing.came
        asked: list[str] = []
        try:
            token = await opened(server)
            for round in range(LONG if pytestconfig.getoption("--long") else KILLS):
                killing.arm()
                await invite(server, token, round, asked)
                async with asyncio.timeout(PATIENCE):
                    await killing.killed.wait()
                server.start()
                await server.ready()
            await until(lambda: set(asked) <= {taken.recipient for taken in service.taken})
            # What is to come once more has come by then: letters leave in their order.
            await invite(server, token, LONG, asked, count=1)
            await until(lambda: service.taken[-1].recipient == asked[-1])
        finally:
            server.kill()
    came = defaultdict(list)
    for taken in service.taken:
        came[taken.recipient].append(str(taken.read["Message-ID"]))
    assert set(asked) <= came.keys()
    twice = {recipient for recipient, ids in came.items() if len(ids) > 1}
    assert twice, "what was taken and not noted goes once more"
    assert twice <= killing.under_way
    assert all(len(ids) <= 2 and len(set(ids)) == 1 for ids in came.values())


@pytest.mark.parametrize(("step", "times"), [("taken", 2), ("addressed", 1)])
async def test_a_letter_under_way_at_two_kills_comes_no_third_time(
    dsn: str, tmp_path: Path, step: str, times: int
) -> None:
    """One whose content had not left is not under way: it comes, however often."""
    async with mail_service(login=False) as service:
        server = ServerProcess(tmp_path / "data", dsn, settings_of(service))
        killed = asyncio.Event()
        asked: list[str] = []

        kills = 0

        def heard(came: str, recipient: str) -> None:
            nonlocal kills
            if came == step and recipient == asked[0] and kills < 2:
                kills += 1
                server.kill()
                killed.set()

        service.heard = heard
        try:
            token = await opened(server)
            asked.append("p0.0@b.org")
            await invite(server, token, 0, [], count=1)
            for _ in range(2):
                await asyncio.wait_for(killed.wait(), PATIENCE)
                killed.clear()
                server.start()
                await server.ready()
            await invite(server, token, 1, asked, count=1)
            await until(lambda: asked[1] in [taken.recipient for taken in service.taken])
        finally:
            server.kill()
    assert [taken.recipient for taken in service.taken] == [*[asked[0]] * times, asked[1]]
