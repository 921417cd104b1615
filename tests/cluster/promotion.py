"""A standby of PostgreSQL is promoted while people write: what is lost, and whether it is said.

    python -m tests.cluster.promotion [--seconds 4]

Twice, with the replication of PostgreSQL itself: of a synchronous standby, and of
an asynchronous one that has fallen behind. The primary is killed, the standby promoted; the server
finds it by `target_session_attrs=read-write`, steps down with the exit code 4 and is started again,
as the service manager does. Of the first nothing that was acknowledged may be missing; of the other
something is, and the new epoch has every client load anew what it held of it.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg2

from messenger.cli.database import bring_up_to_date
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.embedded.account import choose
from messenger.store.embedded.binaries import find
from tests.conftest import KEYS
from tests.faults.people import LOST, WEBSOCKETS, Writer, settle_in
from tests.faults.server import ServerProcess
from tests.live.client import JsonSocket, MsgpackSocket

PATIENCE: Final = 60.0
HISTORY_CHANGED: Final = 4


class Standby(EmbeddedPostgres):
    """A copy of another one, which follows it until it is promoted."""

    def follow(self, primary: EmbeddedPostgres) -> None:
        account = choose(primary.cluster, primary.data_dir)
        program = find(account, None).directory / "pg_basebackup"
        opened(self.data_dir)
        into = ["-D", str(self.cluster), "--write-recovery-conf", "--checkpoint=fast"]
        where = primary.dsn.replace("/messenger?", "/postgres?")
        subprocess.run([program, "-d", where, *into], check=True, capture_output=True)
        self.start()
        until = time.monotonic() + PATIENCE
        while not asked(primary.dsn, "select 1 from pg_stat_replication where state = 'streaming'"):
            assert time.monotonic() < until, f"it does not follow:\n{self.log.read_text()[-2000:]}"
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        with contextlib.suppress(psycopg2.OperationalError):
            psycopg2.connect(self.dsn.replace("/messenger?", "/postgres?")).close()
            return True
        return False

    def receiver(self) -> int:
        """The process that takes the log of the primary."""
        return int(asked(self.dsn, "select pid from pg_stat_wal_receiver")[0][0])

    def promote(self) -> None:
        asked(self.dsn, "select pg_promote()")


def opened(folder: Path) -> None:
    """Where the account of one PostgreSQL finds the socket of the other."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)


def asked(dsn: str, *questions: str) -> list[Any]:
    connection = psycopg2.connect(dsn)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for question in questions:
                cursor.execute(question)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


class Report(msgspec.Struct):
    synchronous: bool
    acknowledged: int = 0
    lost: int = 0
    epochs: tuple[int, int] = (0, 0)
    code: int | None = None
    """How the server ended."""
    back: float = 0.0
    """Seconds from the end of the primary until the server is ready again."""
    resets: int = 0
    """Streams that a client which came back was told to load anew."""
    problems: list[str] = []

    def judge(self) -> None:
        if self.code != HISTORY_CHANGED:
            self.problems.append(f"the server ended with {self.code}")
        if self.epochs[0] == self.epochs[1]:
            self.problems.append("the epoch is the same")
        if not self.resets:
            self.problems.append("a client was not told to load anew")
        if self.synchronous and self.lost:
            self.problems.append(f"{self.lost} acknowledged messages are lost")
        if not self.synchronous and not self.lost:
            self.problems.append("nothing was lost: the standby was not behind")


async def promote(synchronous: bool, seconds: float) -> Report:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="messenger-standby-")))
        opened(folder)
        opened(folder / "primary")
        primary = EmbeddedPostgres(folder / "primary", durable=False)
        standby = Standby(folder / "standby", durable=False)
        primary.start()
        stack.callback(primary.stop)
        bring_up_to_date(primary.dsn)
        standby.follow(primary)
        stack.callback(standby.stop)
        if synchronous:
            wanted = "alter system set synchronous_standby_names = '*'"
            asked(primary.dsn, wanted, "select pg_reload_conf()")
        both = standby.dsn.partition("host=")[2]
        dsn = f"{primary.dsn},{both}&target_session_attrs=read-write"
        server = ServerProcess(folder / "node", dsn, {"LOG_LEVEL": "warning", **KEYS})
        server.start()
        stack.callback(server.kill)
        await server.ready()
        return await _under_load(server, primary, standby, Report(synchronous), seconds)


async def _under_load(
    server: ServerProcess,
    primary: EmbeddedPostgres,
    standby: Standby,
    report: Report,
    seconds: float,
) -> Report:
    clients = [
        await settle_in(server, f"person{n}", (JsonSocket, MsgpackSocket)[n % 2]) for n in range(4)
    ]
    owner, ids = clients[0], [client.user_id for client in clients]
    made = await server.request("POST", "/chats", owner.token, title="Group", member_ids=ids[1:])
    chat = made["data"]["id"]
    people = [Writer(client, [chat]) for client in clients]
    for one in people:
        await one.come_back()
    stop = asyncio.Event()
    writing = [asyncio.create_task(_write(one, stop)) for one in people]
    await asyncio.sleep(seconds / 2)
    if not report.synchronous:
        # Cut off: what is acknowledged from here on never gets there.
        receiver = standby.receiver()
        os.kill(receiver, signal.SIGSTOP)
    await asyncio.sleep(seconds / 2)
    began = time.monotonic()
    os.kill(int((primary.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    stop.set()
    await asyncio.wait(writing)
    if not report.synchronous:
        os.kill(receiver, signal.SIGKILL)
    # A killed receiver has the standby begin anew.
    async with asyncio.timeout(PATIENCE):
        while not _promoted(standby):
            await asyncio.sleep(0.1)
    with contextlib.suppress(subprocess.TimeoutExpired):
        report.code = await asyncio.to_thread(server.process.wait, PATIENCE)
    if report.code is None:
        raise AssertionError(f"the server goes on:\n{server.log.read_text()[-3000:]}")
    server.start()
    await server.ready()
    report.back = time.monotonic() - began
    await _compare(server, people, chat, report)
    return report


def _promoted(standby: Standby) -> bool:
    try:
        if not standby.poll():
            standby.launch()
        standby.promote()
        return not asked(standby.dsn, "select pg_is_in_recovery()")[0][0]
    except psycopg2.Error:
        return False


async def _write(one: Writer, stop: asyncio.Event) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        try:
            async with asyncio.timeout(2.0):
                await one.send(one.new(number))
        except (*LOST, *WEBSOCKETS):
            return


async def _compare(server: ServerProcess, people: list[Writer], chat: int, report: Report) -> None:
    stored, after = set(), 0
    path = f"/chats/{chat}/messages?limit=200&after_seq="
    while page := (await server.request("GET", f"{path}{after}", people[0].client.token))["data"]:
        stored |= {each["client_message_id"] for each in page}
        after = page[-1]["seq"]
    told = {each.key for one in people for each in one.attempts if each.seq is not None}
    report.acknowledged, report.lost = len(told), len(told - stored)
    one = people[0]
    before = one.client.welcome["epoch"]
    await one.lose()
    await one.client.connect()
    report.epochs = before, one.client.welcome["epoch"]
    cursors = [list(item) for item in one.cursors.items()]
    states = await one.client.ask("subscribe", all=True, cursors=cursors, epoch=before)
    report.resets = sum(bool(state.get("reset")) for state in states["streams"])
    for each in people:
        await each.lose()


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--seconds", type=float, default=4.0)
    seconds = given.parse_args().seconds
    wrong = 0
    for synchronous in (True, False):
        report = asyncio.run(promote(synchronous, seconds))
        report.judge()
        print(
            f"{'synchronous' if synchronous else 'asynchronous'} standby promoted:"
            f" {report.acknowledged} acknowledged, {report.lost} lost; the server ended with"
            f" {report.code} and was ready again after {report.back:.1f} s;"
            f" epoch {report.epochs[0]} became {report.epochs[1]}, {report.resets} streams reset",
            flush=True,
        )
        for problem in report.problems:
            print(f"WRONG: {problem}", flush=True)
        wrong += len(report.problems)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
