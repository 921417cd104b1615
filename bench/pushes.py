"""Pushes that stay in the house: `python -m bench.pushes ROLE …`, each role a process.

`serve`: the server, whose pushes are sent by `send`, to whom every push service is `take`.
"""

import asyncio
import os
import signal
import socket
import ssl
import sys
from functools import partial
from pathlib import Path

from aiohttp.abc import AbstractResolver, ResolveResult

from messenger.outgoing.requests import Outgoing

NICENESS = 19
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


def note(path: str, taken: int) -> None:
    Path(path).write_text(f"{taken:09}")


def take(key: str, signed: str, port: str, count: str) -> None:
    """Take every push at once; write how many there were to a file, each tenth of a second."""
    os.nice(NICENESS)
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


def main() -> None:
    role, *given = sys.argv[1:]
    {"serve": serve, "send": send, "take": take}[role](*given)


if __name__ == "__main__":
    main()
