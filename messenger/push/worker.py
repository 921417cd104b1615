"""The process that sends: `python -m messenger.push.worker`, parcels in, results out.

Sealing and TLS are the processor's work, and messages go first: so it has a lower priority, and
none of the server's settings. It ends when its input does, which is when the server ends.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import msgspec

from messenger.outgoing.requests import Outgoing
from messenger.priority import step_back
from messenger.push.frames import Done, Send, framed, read
from messenger.push.posting import Result
from messenger.push.sending import Posting

NICENESS: Final = 10
"""Messages go first."""


async def serve(outgoing: Outgoing) -> None:
    """Until there is no more input."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    transport, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # what a library prints is no result
    posting, decoder = Posting(outgoing), msgspec.msgpack.Decoder(Send)

    def answer(number: int, done: "asyncio.Future[Result]") -> None:
        if not done.cancelled():
            transport.write(framed(Done(number, done.result())))

    try:
        while True:
            asked: Any = await read(reader, decoder)
            posting.send(asked.parcel).add_done_callback(partial(answer, asked.number))
    except asyncio.IncompleteReadError:
        return
    finally:
        await posting.close()
        await outgoing.close()


def main(make: Callable[[], Outgoing] = Outgoing) -> None:
    """`make` is for tests, whose push services are in the house."""
    import uvloop

    step_back(NICENESS)

    async def run() -> None:
        await serve(make())

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


if __name__ == "__main__":
    main()
