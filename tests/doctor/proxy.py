"""A reverse proxy with faults that can be switched on: what `doctor` is to find from outside."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Proxy:
    """Passes everything on, as a good one does, but for what is switched off."""

    def __init__(self) -> None:
        self.port = 0
        self.upstream = 0
        # What it does.
        self.says_who = True
        self.names = "203.0.113.7"
        self.says_https = True
        self.passes_host = True
        self.passes_upgrade = True
        self.passes_frames = True
        self.most = 10**9
        self.answers: str | None = None
        self.tls: ssl.SSLContext | None = None
        self.writers: list[asyncio.StreamWriter] = []

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            await self._pass(reader, writer)
        writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int((re.search(r"(?i)content-length: (\d+)", head) or [0, 0])[1])
        if self.answers is not None or length > self.most:
            status = self.answers or "413 Too Large"
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno".encode()
            )
            await writer.drain()
            await reader.read(length)
            return
        upstream = await asyncio.open_connection("127.0.0.1", self.upstream)
        self.writers.append(upstream[1])
        upstream[1].write(self._changed(head).encode())
        piping = [asyncio.ensure_future(pipe(upstream[0], writer))]
        if self.passes_frames or "upgrade: websocket" not in head.lower():
            piping.append(asyncio.ensure_future(pipe(reader, upstream[1])))
        # The answer's end is the connection's: each has one request.
        await asyncio.wait(piping[:1])
        for each in piping:
            each.cancel()
        upstream[1].close()

    def _changed(self, head: str) -> str:
        lines = head.rstrip().split("\r\n")
        upgrades = any(line.lower().startswith("upgrade:") for line in lines)
        if not upgrades or not self.passes_upgrade:
            lines = [each for each in lines if not re.match(r"(?i)(connection|upgrade):", each)]
            lines.append("Connection: close")
        if not self.passes_host:
            lines = [re.sub(r"(?i)^host: .*", "Host: backend:1", each) for each in lines]
        if self.says_who:
            lines.append(f"X-Forwarded-For: {self.names}")
        if self.says_https:
            lines.append("X-Forwarded-Proto: https")
        return "\r\n".join([*lines, "", ""])


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


@asynccontextmanager
async def proxying(tls: ssl.SSLContext | None = None) -> AsyncIterator[Proxy]:
    proxy = Proxy()
    server = await asyncio.start_server(proxy.take, "127.0.0.1", 0, ssl=tls)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for writer in proxy.writers:
            if not writer.transport.is_closing():
                writer.transport.abort()
        await server.wait_closed()
