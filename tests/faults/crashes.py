"""kill -9 of the server and of PostgreSQL under load; then every message is looked at.

    python -m tests.faults.crashes [--rounds 10] [--people 12] [--processes 2]

Acknowledged means stored, once, under the `seq` that was told; nobody's stream
has a gap or a repeat; the server serves again within three seconds. Prints one
line a kill and exits with 1 when anything is wrong.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from tests.faults.people import Writer, settle_in
from tests.faults.server import ServerProcess
from tests.live.client import JsonSocket, MsgpackSocket

SERVING_WITHIN = 3.0
"""Seconds, on a machine that does nothing else."""


class Report(msgspec.Struct):
    """What a run came to."""

    problems: list[str]
    acknowledged: int = 0
    resent: int = 0
    outages: list[float] = []


async def crash(
    rounds: int, people: int, seed: int, within: float = SERVING_WITHIN, processes: int = 1
) -> Report:
    """Kill the server and PostgreSQL `rounds` times each while `people` write.

    Of several `processes` behind the port one is killed, whichever it is.
    """
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="messenger-faults-") as directory:
        server = ServerProcess(Path(directory) / "data", processes=processes)
        server.start()
        try:
            await server.ready()
            report = await _under_load(server, rounds, people, dice)
        finally:
            server.stop()
    slow = [outage for outage in report.outages if outage > within]
    if slow:
        report.problems.append(f"serving again took too long: {slow}")
    return report


async def _under_load(
    server: ServerProcess, rounds: int, people: int, dice: random.Random
) -> Report:
    writers = await _gather_people(server, people)
    # Who is not there yet does not hear what the others say first.
    await asyncio.gather(*(writer.come_back() for writer in writers))
    stop = asyncio.Event()
    running = [asyncio.create_task(writer.live(stop, 0.002)) for writer in writers]
    report = Report(problems=[])
    for kill in dice.sample(["server", "postgres"] * rounds, 2 * rounds):
        await asyncio.sleep(dice.uniform(0.3, 1.0))
        report.outages.append(await _kill(server, kill, writers, dice))
        print(f"{kill:8} killed; acknowledging again after {report.outages[-1]:.2f} s", flush=True)
    stop.set()
    await asyncio.wait_for(asyncio.gather(*running), 60)
    for writer in writers:
        await writer.settle()
    await _check(server, writers, report)
    for writer in writers:
        await writer.client.disconnect()
    return report


async def _gather_people(server: ServerProcess, count: int) -> list[Writer]:
    kinds = (JsonSocket, MsgpackSocket)
    clients = [await settle_in(server, f"person{n}", kinds[n % 2]) for n in range(count)]
    chats = []
    for first in range(2):
        members = [client.user_id for client in clients]
        made = await server.request(
            "POST", "/chats", clients[first].token, title=f"Group {first}", member_ids=members
        )
        chats.append(made["data"]["id"])
    return [Writer(client, chats) for client in clients]


async def _kill(
    server: ServerProcess, what: str, writers: list[Writer], dice: random.Random
) -> float:
    """Kill, restart as a service manager would; return the seconds until the next ack."""
    before = _acknowledged(writers)
    began = time.monotonic()
    if what == "server" and server.processes > 1:
        server.kill_one(dice)
    elif what == "server":
        server.kill()
        server.start()
    else:
        server.kill_postgres()
    await asyncio.sleep(0.05)
    before = max(before, _acknowledged(writers))
    while _acknowledged(writers) <= before:
        if time.monotonic() - began > 30:
            raise AssertionError(
                f"nothing was acknowledged again:\n{server.log.read_text()[-3000:]}"
            )
        await asyncio.sleep(0.01)
    return time.monotonic() - began


def _acknowledged(writers: list[Writer]) -> int:
    return sum(attempt.seq is not None for writer in writers for attempt in writer.attempts)


async def _check(server: ServerProcess, writers: list[Writer], report: Report) -> None:
    """Hold what people were told against what is stored."""
    stored: dict[str, tuple[int, int, str]] = {}
    token = writers[0].client.token
    for chat in writers[0].chats:
        numbers = []
        for message in await _everything(server, chat, token):
            key = message["client_message_id"]
            if key in stored:
                report.problems.append(f"{key} is stored twice")
            stored[key] = (chat, message["seq"], message["text"])
            numbers.append(message["n"])
        if numbers != list(range(1, len(numbers) + 1)):
            report.problems.append(f"chat {chat}: the numbers of its messages have gaps")
    attempted = set()
    for writer in writers:
        report.problems += writer.problems
        for attempt in writer.attempts:
            attempted.add(attempt.key)
            report.resent += attempt.tries > 1
            if attempt.seq is None:
                report.problems.append(f"{attempt.key} was never acknowledged")
            elif stored.get(attempt.key) != (attempt.chat, attempt.seq, attempt.text):
                report.problems.append(f"{attempt.key} was acknowledged and is not there as told")
            else:
                report.acknowledged += 1
        for chat in writer.chats:
            heard = [key for _, key in writer.heard.get(chat, ()) if key is not None]
            if set(heard) != {key for key, (where, _, _) in stored.items() if where == chat}:
                report.problems.append(f"somebody did not hear all of chat {chat}")
    if set(stored) - attempted:
        report.problems.append("something is stored that nobody sent")


async def _everything(server: ServerProcess, chat: int, token: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    after = 0
    while True:
        page = await server.request(
            "GET", f"/chats/{chat}/messages?after_seq={after}&limit=200", token
        )
        if not page["data"]:
            return messages
        messages += page["data"]
        after = messages[-1]["seq"]


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rounds", type=int, default=10)
    given.add_argument("--people", type=int, default=12)
    given.add_argument("--processes", type=int, default=1)
    given.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = given.parse_args()
    print(f"seed {options.seed}")
    report = asyncio.run(
        crash(options.rounds, options.people, options.seed, processes=options.processes)
    )
    for problem in report.problems[:20]:
        print(f"WRONG: {problem}")
    print(
        f"{report.acknowledged} acknowledged, {report.resent} of them after a repeat; "
        f"{len(report.problems)} problems; longest outage {max(report.outages):.2f} s"
    )
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
