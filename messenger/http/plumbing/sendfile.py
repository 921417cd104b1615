"""Files go from the disk into sockets in a process of their own, which gives way to the loop.

The kernel does it (sendfile). A thread would do, were it not for the interpreter's lock: one with
a lower right to a processor keeps the loop waiting whenever it has the one and not the other.
Linux only: elsewhere `lane` does it.
"""

import asyncio
import logging
import os
import socket
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import Final

from messenger.http.plumbing import sendfile_worker as worker
from messenger.http.plumbing.sendfile_worker import ASKED, ENDED
from messenger.priority import AGAIN, step_session_back

log = logging.getLogger(__name__)

AVAILABLE: Final = sys.platform == "linux"
STALL_SECONDS: Final = 60.0
"""Who takes nothing for so long is let go; a film that was paused asks for the rest of it."""
IDLE_SECONDS: Final = 300.0
"""After which the process is let go."""
WORKER: Final = Path(__file__).with_name("sendfile_worker.py")


class Transfer:
    """Some bytes of a file on their way into a socket."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def __repr__(self) -> str:
        return f"<Transfer {self.number}{' over' * self.is_over}>"

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
        if self.is_over:
            return
        if error is None:
            self._over.set_result(None)
        else:
            self._over.set_exception(error)
            self._over.exception()  # who was cancelled does not ask for it


Told = tuple[bytes, tuple[int, ...]]
"""A record, and the descriptors that go with it."""


class Sendfile:
    """The process as the server sees it, begun by the first download."""

    def __init__(self) -> None:
        # State: who waits for what number; what the process was not told yet, for its ear is full;
        # the process and our end of the line; and when it is let go.
        self._transfers: dict[int, Transfer] = {}
        self._count = 0
        self._untold: deque[Told] = deque()
        self._process: subprocess.Popen[bytes] | None = None
        self._door: socket.socket | None = None
        self._letting_go: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<Sendfile {'at work' if self._process else 'not begun'}>"

    def send(self, line: int, file: int, start: int, end: int) -> Transfer:
        """Write a part of a file into a socket that does not block, and close both descriptors.

        Raises OSError where no process can be started.
        """
        try:
            self._begin()
        except OSError:
            os.close(line)
            os.close(file)
            raise
        self._count += 1
        transfer = self._transfers[self._count] = Transfer(self._count)
        self._tell(ASKED.pack(self._count, start, end), (line, file))
        return transfer

    def drop(self, transfer: Transfer) -> None:
        """Send no more of it; harmless for what has ended."""
        if not transfer.is_over:
            self._tell(ASKED.pack(transfer.number, 0, 0), ())

    def close(self) -> None:
        """End the process, and with it what is under way."""
        self._give_up(ConnectionError("the server stops"))

    def _begin(self) -> None:
        if self._letting_go is not None:
            self._letting_go.cancel()
            self._letting_go = None
        if self._door is not None:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            ours.setblocking(False)
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-S", WORKER, str(theirs.fileno()), str(STALL_SECONDS)],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is for the server, which ends its worker
                    env={},
                )
            except OSError:
                ours.close()
                raise
        # It cannot say so itself: of what is ours it has nothing.
        loop, given = asyncio.get_running_loop(), (self._process.pid, worker.NICENESS)
        if not step_session_back(*given):
            loop.call_later(AGAIN, step_session_back, *given)
        self._door = ours
        loop.add_reader(ours.fileno(), self._hear)

    # The line to it

    def _tell(self, record: bytes, given: tuple[int, ...]) -> None:
        self._untold.append((record, given))
        if len(self._untold) == 1:
            self._tell_more()

    def _tell_more(self) -> None:
        """As much as it takes; called again when it takes more."""
        if self._door is None:
            return
        loop = asyncio.get_running_loop()
        while self._untold:
            record, given = self._untold[0]
            try:
                socket.send_fds(self._door, [record], given)
            except BlockingIOError:
                loop.add_writer(self._door.fileno(), self._tell_more)
                return
            except OSError as error:
                # It has ended, or too many descriptors are on their way.
                self._ended(ASKED.unpack(record)[0], ConnectionError(str(error)))
            self._untold.popleft()
            for each in given:
                os.close(each)
        loop.remove_writer(self._door.fileno())

    def _hear(self) -> None:
        assert self._door is not None
        while True:
            try:
                said = self._door.recv(ENDED.size)
            except BlockingIOError:
                return
            except OSError:
                said = b""
            if not said:
                log.warning("the process that sends files ended")
                self._give_up(ConnectionError("the process that sends files ended"))
                return
            number, how = ENDED.unpack(said)
            self._ended(number, error_of(how))

    def _ended(self, number: int, error: Exception | None) -> None:
        transfer = self._transfers.pop(number, None)
        if transfer is not None:
            transfer.end_with(error)
        if not self._transfers and self._letting_go is None:
            loop = asyncio.get_running_loop()
            self._letting_go = loop.call_later(IDLE_SECONDS, self.close)

    def _give_up(self, error: Exception) -> None:
        if self._letting_go is not None:
            self._letting_go.cancel()
            self._letting_go = None
        door, self._door = self._door, None
        if door is not None:
            loop = asyncio.get_running_loop()
            loop.remove_reader(door.fileno())
            loop.remove_writer(door.fileno())
            door.close()
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
        while self._untold:
            for each in self._untold.popleft()[1]:
                os.close(each)
        transfers, self._transfers = self._transfers, {}
        for transfer in transfers.values():
            transfer.end_with(error)


def error_of(how: int) -> Exception | None:
    """What a transfer ended with, by the word of the process."""
    match how:
        case 0:
            return None
        case worker.SHORT:
            return OSError("the file ends too early")
        case worker.STALLED:
            return ConnectionError("the reader takes nothing")
        case worker.DROPPED:
            return ConnectionError("dropped")
    return OSError(how, os.strerror(how))
