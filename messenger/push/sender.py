"""The process that sends as the server sees it: started for the first push, replaced when it ends.

What it had when it ended is sent again: a device may be told twice, under the same tag.
"""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from typing import Final

import msgspec

from messenger.push.frames import Done, Send, framed, read
from messenger.push.posting import Parcel, Result
from messenger.push.sending import LOST

log = logging.getLogger(__name__)

IDLE_SECONDS: Final = 300.0
"""After which the process, some 45 MB, is let go."""
COMMAND: Final = (sys.executable, "-P", "-m", "messenger.push.worker")
KEPT: Final = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "SSL_CERT_FILE")
ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "1", "PYTHONUTF8": "1"}


class Sender:
    """Hands parcels to the process, and results back."""

    def __init__(
        self, *, command: tuple[str, ...] = COMMAND, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._command = command
        self._idle_seconds = idle_seconds
        # State: who waits for what number, what is not written yet, and the task that keeps the
        # process while there is something to send.
        self._waiting: dict[int, asyncio.Future[Result]] = {}
        self._unsent: list[bytes] = []
        self._count = 0
        self._news = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        process = self._process and self._process.pid
        return f"<Sender {len(self._waiting)} under way, process {process}>"

    def send(self, parcel: Parcel) -> asyncio.Future[Result]:
        self._count += 1
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting[self._count] = future
        self._unsent.append(framed(Send(self._count, parcel)))
        self.warm()
        return future

    def warm(self) -> None:
        self._news.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="pushes")

    async def _run(self) -> None:
        """Keep the process until it has been idle for long, or has ended."""
        try:
            await self._serve()
        except Exception as error:
            # It ended, or says what is no result: with the next parcel there is another one.
            log.warning("the process that sends pushes ended: %r", error)
        finally:
            self._task = None
            self._give_up()
            await self._end()

    async def _serve(self) -> None:
        process = await self._started()
        assert process.stdin is not None
        reading = asyncio.get_running_loop().create_task(self._read(process))
        try:
            while not reading.done():
                self._news.clear()
                unsent, self._unsent = self._unsent, []
                if unsent:
                    process.stdin.write(b"".join(unsent))
                    await process.stdin.drain()
                    continue
                waiting = asyncio.get_running_loop().create_task(self._news.wait())
                await asyncio.wait(
                    {waiting, reading},
                    timeout=self._idle_seconds,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                waiting.cancel()
                if not (self._waiting or self._unsent or self._news.is_set()):
                    return
            await reading
        finally:
            reading.cancel()

    async def _started(self) -> asyncio.subprocess.Process:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=kept | ENVIRONMENT,
            start_new_session=True,  # Ctrl-C is for the server, which ends its worker
        )
        return self._process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        decoder = msgspec.msgpack.Decoder(Done)
        while True:
            done = await read(process.stdout, decoder)
            future = self._waiting.pop(done.number, None)
            if future is not None and not future.done():
                future.set_result(done.result)

    def _give_up(self) -> None:
        waiting, self._waiting, self._unsent = self._waiting, {}, []
        for future in waiting.values():
            if not future.done():
                future.set_result(LOST)

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def close(self) -> None:
        task = self._task
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
