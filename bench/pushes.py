"""Pushes that stay in the house: `python -m bench.pushes ROLE …`, each role a process.

`serve`: the server, whose pushes are sent by `send`, to whom every push service is `take`.
`elsewhere`: as many pushes that the server has nothing to do with; they take the processors, too.
"""

import asyncio
import os
import signal
import socket
import ssl
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import uvloop
from aiohttp.abc import AbstractResolver, ResolveResult

from messenger.outgoing.requests import Outgoing
from messenger.priority import step_back

LAST = 19
TOGETHER = 16
"""Pushes that leave together: what our server makes of them on the average."""
TEXT = "x" * 400
TAKEN = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


class Here(AbstractResolver):
    """Every name is a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=self.port, family=socket.AF_INET,
                proto=0, flags=0,
            )
        ]  # fmt: skip

    async def close(self) -> None:
        pass


def door(signed: str, port: str) -> Outgoing:
    tls = ssl.create_default_context(cafile=signed)
    tls.check_hostname = False
    resolver = Here(int(port))
    return Outgoing(is_allowed=lambda address: address == "127.0.0.1", resolver=resolver, tls=tls)


def serve(signed: str, port: str) -> None:
    """`messenger serve`, as the environment has it."""
    from messenger import app, cli
    from messenger.push.sender import Sender

    command = (sys.executable, "-P", "-m", "bench.pushes", "send", signed, port)
    app.Sender = partial(Sender, command=command)  # type: ignore[misc, assignment]
    sys.argv = ["messenger", "serve"]
    cli.main()


def send(signed: str, port: str) -> None:
    from messenger.push import worker

    worker.main(lambda: door(signed, port))


def elsewhere(signed: str, port: str, rate: str) -> None:
    """So many pushes a second, sealed and sent by a process that nobody waits for."""
    from messenger.push.posting import Parcel
    from messenger.push.sending import Posting
    from messenger.push.worker import NICENESS
    from tests.push.service import Browser

    os.setsid()
    step_back(NICENESS)
    browser = Browser("bench", "https://fcm.googleapis.com")
    parcel = Parcel(
        endpoint=browser.endpoint, authorization=f"vapid {TEXT}", payload=TEXT.encode(),
        ttl=60, urgency="high", topic="chat-1", **browser.keys(),
    )  # fmt: skip

    async def run() -> None:
        posting, loop = Posting(door(signed, port)), asyncio.get_running_loop()
        due = loop.time()
        while True:
            for _ in range(TOGETHER):
                posting.send(parcel)
            due += TOGETHER / float(rate)
            await asyncio.sleep(due - loop.time())

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


def note(path: str, taken: int) -> None:
    # Whoever reads it finds a number: a file that is written in place is empty for a moment.
    beside = Path(f"{path}.new")
    beside.write_text(f"{taken:09}")
    beside.replace(path)


def take(key: str, signed: str, port: str, count: str) -> None:
    """Take every push at once; write how many there were to a file, each tenth of a second."""
    os.nice(LAST)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(signed, key)
    taken = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal taken
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length))
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                return
            taken += 1
            writer.write(TAKEN)

    async def run() -> None:
        await asyncio.start_server(answer, "127.0.0.1", int(port), ssl=context)
        while True:
            note(count, taken)
            await asyncio.sleep(0.05)

    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    asyncio.run(run())


ROLES: dict[str, Callable[..., None]] = {
    "serve": serve, "send": send, "take": take, "elsewhere": elsewhere,
}  # fmt: skip


def main() -> None:
    role, *given = sys.argv[1:]
    ROLES[role](*given)


if __name__ == "__main__":
    main()
