"""Files go from the disk into sockets in a thread of their own, which gives way to the loop.

The kernel does it (sendfile), without the interpreter's lock, and the thread has a lower right to
a processor than the loop: so a message waits for no download, however many there are. Linux only:
elsewhere a priority is the process's, and `lane` does it.
"""

import asyncio
import os
import select
import sys
import threading
from collections import deque
from time import monotonic
from typing import Final

AVAILABLE: Final = sys.platform == "linux"
NICENESS: Final = 10
"""A tenth of the loop's share of a processor, where both want it."""
PIECE: Final = 128 * 1024
"""Bytes for one reader before the next one has a turn; the kernel is not interrupted in it."""
STALL_SECONDS: Final = 60.0
"""Who takes nothing for so long is let go; a film that was paused asks for the rest of it."""
LOOK_EVERY: Final = 1.0
"""Seconds between looks at who takes nothing."""


class Transfer:
    """Some bytes of a file on their way into a socket.

    From `Sendfile.send` on all but `ended` is the thread's.
    """

    def __init__(self, line: int, file: int, start: int, end: int) -> None:
        self.line = line
        self.file = file
        self.at = start
        self.end = end
        self.moved_at = monotonic()
        self.begun = False
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = self._loop.create_future()

    def __repr__(self) -> str:
        return f"<Transfer {self.at} of {self.end}>"

    @property
    def is_over(self) -> bool:
        return self._over.done()

    async def ended(self, within: float) -> bool:
        """Wait so many seconds; raises ConnectionError, or OSError of the disk."""
        await asyncio.wait((self._over,), timeout=within)
        if self.is_over:
            self._over.result()
        return self.is_over

    def end_with(self, error: Exception | None) -> None:
        """Tell the loop, from the thread."""
        try:
            self._loop.call_soon_threadsafe(self._resolve, error)
        except RuntimeError:  # the loop has ended: nobody waits
            return

    def _resolve(self, error: Exception | None) -> None:
        if self._over.done():
            return
        if error is None:
            self._over.set_result(None)
        else:
            self._over.set_exception(error)
            self._over.exception()  # who was cancelled does not ask for it


class Sendfile:
    """The thread, begun by the first download."""

    def __init__(self) -> None:
        # State: what the thread is told, and how it is woken. Its own is in `_UnderWay`.
        self._told: deque[Transfer] = deque()
        self._bell: int | None = None
        self._thread: threading.Thread | None = None
        self._closing = False

    def __repr__(self) -> str:
        return f"<Sendfile {'at work' if self._thread else 'not begun'}>"

    def send(self, line: int, file: int, start: int, end: int) -> Transfer:
        """Write a part of a file into a socket that does not block, and close both descriptors."""
        transfer = Transfer(line, file, start, end)
        self._tell(transfer)
        return transfer

    def drop(self, transfer: Transfer) -> None:
        """Send no more of it; harmless for what has ended."""
        if self._bell is not None and not transfer.is_over:
            self._tell(transfer)

    def close(self) -> None:
        """End the thread, and with it what is under way."""
        if self._thread is None or self._bell is None:
            return
        self._closing = True
        os.eventfd_write(self._bell, 1)
        self._thread.join()
        os.close(self._bell)
        self._thread = self._bell = None

    def _tell(self, transfer: Transfer) -> None:
        if self._bell is None:
            self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
            self._thread = threading.Thread(
                target=self._run, args=(self._bell,), name="sendfile", daemon=True
            )
            self._thread.start()
        self._told.append(transfer)
        os.eventfd_write(self._bell, 1)

    # In the thread

    def _run(self, bell: int) -> None:
        # On Linux this is the thread's, not the process's.
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
        under_way = _UnderWay()
        with under_way.poll:
            under_way.poll.register(bell, select.EPOLLIN)
            while not self._closing:
                for line, _ in under_way.poll.poll(LOOK_EVERY):
                    if line == bell:
                        os.eventfd_read(bell)
                    else:
                        under_way.advance(line)
                self._hear(under_way)
                under_way.look()
            self._hear(under_way)
            under_way.end_all()

    def _hear(self, under_way: "_UnderWay") -> None:
        while self._told:
            under_way.take(self._told.popleft())


class _UnderWay:
    """What the thread is transfer."""

    def __init__(self) -> None:
        self.poll = select.epoll()
        # State: by socket; and when it was looked at who takes nothing.
        self._transfers: dict[int, Transfer] = {}
        self._looked_at = monotonic()

    def take(self, told: Transfer) -> None:
        """Begin with one that is new; told of again, it is to be dropped."""
        if told.begun:
            # One that has ended has no descriptors; others may have got their numbers.
            if self._transfers.get(told.line) is told:
                self._end(told, ConnectionError("dropped"))
            return
        told.begun = True
        self._transfers[told.line] = told
        self.poll.register(told.line, select.EPOLLOUT)

    def advance(self, line: int) -> None:
        """Give a reader who has room for it the next piece."""
        transfer = self._transfers.get(line)
        if transfer is None:
            return
        try:
            count = min(PIECE, transfer.end - transfer.at)
            sent = os.sendfile(line, transfer.file, transfer.at, count)
        except BlockingIOError:
            return
        except OSError as error:
            self._end(transfer, error)
            return
        transfer.at += sent
        transfer.moved_at = monotonic()
        if sent == 0:
            self._end(transfer, OSError(f"the file ends at {transfer.at} bytes"))
        elif transfer.at == transfer.end:
            self._end(transfer, None)

    def look(self) -> None:
        """Let go of who takes nothing."""
        now = monotonic()
        if now < self._looked_at + LOOK_EVERY:
            return
        self._looked_at = now
        for transfer in [*self._transfers.values()]:
            if now > transfer.moved_at + STALL_SECONDS:
                self._end(transfer, ConnectionError("the reader takes nothing"))

    def end_all(self) -> None:
        for transfer in [*self._transfers.values()]:
            self._end(transfer, ConnectionError("the server stops"))

    def _end(self, transfer: Transfer, error: Exception | None) -> None:
        del self._transfers[transfer.line]
        self.poll.unregister(transfer.line)
        os.close(transfer.line)
        os.close(transfer.file)
        transfer.end_with(error)
