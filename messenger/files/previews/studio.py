"""The worker as the server sees it: started for the first job, replaced when it fails, ended idle.

One process, one job at a time: a preview is the processor's work, and the other cores are for
messages. A job over which the worker ends, or does not answer in time, gets one more try in a
fresh one; then its file has no preview.
"""

import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from messenger.errors import Unavailable
from messenger.files.previews.jobs import (
    LENGTH,
    LONGEST_REPLY,
    SMALL,
    AnyJob,
    Crop,
    Job,
    NoPreview,
    Preview,
    Reason,
    Reply,
    Squares,
    SquaresJob,
    Text,
    TextJob,
    decode_reply,
    encode_job,
    framed,
)
from messenger.files.previews.turns import Turns

log = logging.getLogger(__name__)

SECONDS: Final = 20.0
"""For one job. The worst picture within the limits takes two on a calm machine."""
TRIES: Final = 2
IDLE_SECONDS: Final = 300.0
"""After which the worker, some 30 MB, is let go."""
WAITING: Final = 20_000
"""Jobs that may wait: two large archives. Each is some hundred bytes."""
COMMAND: Final = (sys.executable, "-P", "-m", "messenger.files.previews.worker")
KEPT: Final = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "1", "PYTHONUTF8": "1"}


class Failed(Exception):
    """The worker ended, or was ended, over a job."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Waiting:
    __slots__ = ("job", "reply")

    def __init__(self, job: AnyJob) -> None:
        self.job = job
        self.reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()


class Studio:
    """Makes previews, one at a time."""

    def __init__(
        self,
        *,
        command: tuple[str, ...] = COMMAND,
        seconds: float = SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._command = command
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        # Who waits, the task that is there while somebody does, the process, and when it goes.
        self._turns: Turns[Waiting] = Turns()
        self._task: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._going: asyncio.TimerHandle | None = None
        self._closed = False

    def __repr__(self) -> str:
        process = self._process and self._process.pid
        return f"<Studio {len(self._turns)} waiting, worker {process}>"

    async def preview(self, path: Path, side: int, user_id: int) -> Preview | NoPreview:
        """Draw the file at `path` for a person who has their turn among the others.

        Never fails over what is in the file. Raises Unavailable when too many wait, or at the end.
        """
        reply = await self._reply(Job(str(path), side), user_id, urgent=side <= SMALL)
        return reply if isinstance(reply, Preview | NoPreview) else NoPreview("crash")

    async def squares(
        self, path: Path, sides: list[int], crop: Crop | None, user_id: int
    ) -> Squares | NoPreview:
        """Draw a square of a picture, once for each of the sides; as `preview` else."""
        reply = await self._reply(SquaresJob(str(path), sides, crop), user_id, urgent=True)
        return reply if isinstance(reply, Squares | NoPreview) else NoPreview("crash")

    async def text(self, path: Path) -> Text | NoPreview:
        """Read what a document says, after all previews that wait; as `preview` else."""
        reply = await self._reply(TextJob(str(path)), 0, urgent=False)
        return reply if isinstance(reply, Text | NoPreview) else NoPreview("crash")

    async def _reply(self, job: AnyJob, user_id: int, *, urgent: bool) -> Reply:
        if self._closed or len(self._turns) >= WAITING:
            raise Unavailable
        waiting = Waiting(job)
        self._turns.add(user_id, waiting, urgent=urgent)
        self.warm()
        return await waiting.reply

    def warm(self) -> None:
        """Have the worker ready: it takes a tenth of a second to start, and uploads take longer."""
        if self._task is None and not self._closed:
            self._task = asyncio.create_task(self._run(), name="previews")

    async def close(self) -> None:
        """End the worker; who waits is refused."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        while (waiting := self._turns.next()) is not None:
            if not waiting.reply.done():
                waiting.reply.set_exception(Unavailable())
        await self._end()

    # The task

    async def _run(self) -> None:
        if self._going is not None:
            self._going.cancel()
        try:
            with suppress(OSError):  # a job that comes says so
                await self._started()
            while (waiting := self._turns.next()) is not None:
                await self._serve(waiting)
        finally:
            self._task = None
            if not self._closed:
                self._going = asyncio.get_running_loop().call_later(
                    self._idle_seconds, self._let_go
                )

    async def _serve(self, waiting: Waiting) -> None:
        if waiting.reply.done():  # nobody waits for it any more
            return
        try:
            reply = await self._drawn(waiting.job)
        except BaseException as error:
            if not waiting.reply.done():
                waiting.reply.set_exception(Unavailable())
            if isinstance(error, Exception):
                log.exception("no worker for previews")
                return
            raise
        if not waiting.reply.done():
            waiting.reply.set_result(reply)

    async def _drawn(self, job: AnyJob) -> Reply:
        reason: Reason = "crash"
        for _ in range(TRIES):
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._asked(job)
            except TimeoutError:
                reason = "time"
            except Failed as failed:
                reason = failed.reason
            await self._end()
        log.warning("no preview of %s: %s", job.path, reason)
        return NoPreview(reason)

    async def _asked(self, job: AnyJob) -> Reply:
        process = await self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(framed(encode_job(job)))
            await process.stdin.drain()
            (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
            if length > LONGEST_REPLY:
                raise Failed("crash")
            reply: Reply = decode_reply(await process.stdout.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            over = await process.wait() == -signal.SIGXCPU
            raise Failed("time" if over else "crash") from error
        except msgspec.DecodeError as error:
            raise Failed("crash") from error
        return reply

    # The process

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            kept = {name: os.environ[name] for name in KEPT if name in os.environ}
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=kept | ENVIRONMENT,
                start_new_session=True,  # Ctrl-C is for the server, which ends its worker
            )
        return self._process

    async def _end(self) -> None:
        if (process := self._let_go()) is not None:
            await process.wait()

    def _let_go(self) -> asyncio.subprocess.Process | None:
        if self._going is not None:
            self._going.cancel()
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
        return process
