"""What the archive costs: `python -P -m tests.archive.measure fill|run|page|send DIRECTORY …`.

`fill` makes a database with a past in a directory (how many chats, messages in each, days), `run`
archives it (messages a second, the process's memory), `page` reads pages of 50 from all over the
archive (percentiles, ms). `send` has a server on it, sends 200 messages a second, without and then
with the nightly run beside it.
"""

import asyncio
import os
import random
import resource
import statistics
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, process_time

import aiohttp

from messenger.archive.reading import Reading
from messenger.archive.running import Policy, Run
from messenger.archive.vault import Vault
from messenger.search.rebuilding import Rebuilding
from messenger.store.archive.session import Session
from messenger.store.db import Database
from messenger.store.embedded import EmbeddedPostgres, running_dsn
from messenger.store.schema.migrate import migrate
from tests.archive.past import catch_up, fill
from tests.faults.files import signed_in
from tests.faults.server import ServerProcess

PAGES = 400
RATE = 200
SENDING, LONGEST = 60, 120
"""Seconds of sending without the run, and at most beside it."""
SETTLE = 5.0
WINDOW = 2.0
"""Seconds of one window: what a machine does once a minute is in few of them."""


def run(dsn: str, vault: Vault) -> None:
    with Session(dsn) as session:
        started, worked = monotonic(), process_time()
        report = asyncio.run(Run(session, vault, Policy(30, 2, False), datetime.now(UTC)).run())
        took = monotonic() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{report.messages} messages in {took:.1f} s: {report.messages / took:.0f}/s,"
            f" {process_time() - worked:.1f} s of CPU here, {memory:.0f} MB, {report.bytes} bytes"
        )


async def indexed(dsn: str, vault: Vault) -> None:
    """Make the index of the search: a server would make it beside the sending."""
    database = Database(dsn, size=2)
    await database.open()
    await Rebuilding(database, Reading(database, vault), lambda: datetime.now(UTC), 0.0).run()
    await database.close()


async def pages(dsn: str, vault: Vault) -> None:
    with Session(dsn) as session:
        lines = session.rows("select stream_id as chat, max(last_seq) as last from archive_parts"
                             " where messages > 0 group by 1")  # fmt: skip
        user = session.value("select min(user_id) from members")
    database, choose, times = Database(dsn, size=2), random.Random(1), []
    work = 0.0
    await database.open()
    reading = Reading(database, vault)
    for _ in range(PAGES):
        line = choose.choice(lines)
        place = choose.randint(100, line.last)
        started, worked = monotonic(), process_time()
        page = await reading.page(user, line.chat, 50, before=place)
        times.append(1000 * (monotonic() - started))
        work += 1000 * (process_time() - worked)
        assert len(page.messages) == 50
    await database.close()
    times.sort()
    marks = (times[len(times) // 2], times[len(times) * 95 // 100], times[-1])
    print("page of 50: p50 {:.1f} ms, p95 {:.1f} ms, most {:.1f} ms".format(*marks))
    print(f"{work / PAGES:.1f} ms of CPU each, in this process")


async def send(directory: Path) -> None:
    """Percentiles of sending (ms) without the nightly run, and beside it, in turns."""
    server = ServerProcess(directory, settings={"BACKUP_KEEP_DAYS": "0"})
    server.start()
    try:
        await server.ready()
        token, chat = await signed_in(server)
        await asyncio.sleep(SETTLE)
        with Session(running_dsn(directory) or "") as session:
            catch_up(session)
        for turn in ("without", "with", "without"):
            archive = None
            if turn == "with":
                archive = await asyncio.create_subprocess_exec(
                    sys.executable, "-P", "-m", "messenger", "archive", "run", "--gently", "--json",
                    env={**os.environ, **server.settings, "DATA_DIR": str(directory)},
                    stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
            sent = await _sent(server, token, chat, archive)
            shown = ", ".join(f"{mark:.1f}" for mark in _marks([took for _, took in sent]))
            windows: dict[int, list[float]] = {}
            for begun, took in sent:
                windows.setdefault(int(begun / WINDOW), []).append(took)
            usual = statistics.median(_marks(window)[-1] for window in windows.values())
            print(f"{turn}: {len(sent)} sent; p50, p95, p99: {shown} ms;"
                  f" p99 of the usual {WINDOW:.0f} s: {usual:.1f} ms", flush=True)  # fmt: skip
    finally:
        server.kill()


def _marks(times: list[float]) -> list[float]:
    """p50, p95, p99."""
    times = sorted(times)
    return [times[int(len(times) * share)] for share in (0.5, 0.95, 0.99)]


async def _sent(
    server: ServerProcess, token: str, chat: int, archive: asyncio.subprocess.Process | None
) -> list[tuple[float, float]]:
    """Send for a while, or for as long as the archive is at work.

    When each was sent (s since the first), and how long it took to be stored (ms).
    """
    times: list[tuple[float, float]] = []
    headers = {"Authorization": f"Bearer {token}"}
    address = f"{server.base}/api/v1/chats/{chat}/messages"

    async def one(http: aiohttp.ClientSession) -> None:
        sent = monotonic()
        body = {"client_message_id": str(uuid.uuid4()), "text": "while it is archived"}
        async with http.post(address, json=body, headers=headers) as answer:
            assert answer.status == 201
            await answer.read()
        times.append((sent - begun, 1000 * (monotonic() - sent)))

    ended = asyncio.ensure_future(archive.wait()) if archive else None
    begun = monotonic()
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as sending:
        for number in range(RATE * (LONGEST if ended else SENDING)):
            if ended is not None and ended.done():
                break
            sending.create_task(one(http))
            await asyncio.sleep(max(0.0, begun + (number + 1) / RATE - monotonic()))
    if ended is not None:
        print(f"the run took {monotonic() - begun:.0f} s", flush=True)
        if not ended.done():
            print("and has not ended yet")
            archive.terminate()  # type: ignore[union-attr]
            await ended
    return times


def main(
    what: str, directory: str, chats: str = "50", messages: str = "4000", days: str = "60"
) -> None:
    where = Path(directory)
    if what == "send":
        with EmbeddedPostgres(where) as postgres:
            asyncio.run(indexed(postgres.dsn, Vault(where / "archives", None, "disk")))
        asyncio.run(send(where))
        return
    with EmbeddedPostgres(where) as postgres:
        if what == "fill":
            migrate(postgres.dsn)
            with Session(postgres.dsn) as session:
                fill(session, int(chats), int(messages), int(days), now=datetime.now(UTC))
                catch_up(session)
                session.rows("analyze")
        elif what == "run":
            run(postgres.dsn, Vault(where / "archives", None, "disk"))
        else:
            asyncio.run(pages(postgres.dsn, Vault(where / "archives", None, "disk")))


if __name__ == "__main__":
    main(*sys.argv[1:])
