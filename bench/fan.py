"""Frames alone: aiohttp that writes WebSocket frames which were built beforehand.

What it reaches is what the machine gives. `python -m bench.fan PORT`: at /fan each frame that
comes in leaves to everybody there, at /burst it is answered with 1,000 frames.
"""

import asyncio
import sys

import uvloop
from aiohttp import web

PAYLOAD = b"x" * 180
FRAME = bytes((0x82, 126, 0, len(PAYLOAD))) + PAYLOAD
BURST = 1000


class Fan:
    """Everybody who is there."""

    def __init__(self) -> None:
        self.transports: list[asyncio.Transport] = []

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket, transport = await _accept(request)
        self.transports.append(transport)
        try:
            async for _ in socket:
                for each in self.transports:
                    each.write(FRAME)
        finally:
            self.transports.remove(transport)
        return socket


async def burst(request: web.Request) -> web.WebSocketResponse:
    socket, transport = await _accept(request)
    frames = FRAME * BURST
    async for _ in socket:
        transport.write(frames)
    return socket


async def _accept(request: web.Request) -> tuple[web.WebSocketResponse, asyncio.Transport]:
    socket = web.WebSocketResponse(compress=False, decode_text=False)
    await socket.prepare(request)
    assert request.transport is not None
    return socket, request.transport


def main() -> None:
    application = web.Application()
    application.router.add_get("/fan", Fan().handle)
    application.router.add_get("/burst", burst)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        loop = runner.get_loop()
        web.run_app(
            application,
            host="127.0.0.1",
            port=int(sys.argv[1]),
            access_log=None,
            print=None,
            loop=loop,
            backlog=1024,
        )


if __name__ == "__main__":
    main()
