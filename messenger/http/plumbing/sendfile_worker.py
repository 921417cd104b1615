"""The process that moves bytes: `python -I -S sendfile_worker.py SOCKET STALL_SECONDS`.

Of the standard library only, for it is started by the first download and costs some 8 MB. Over the
socket (SOCK_SEQPACKET) come records with two descriptors each, a reader's socket and a file; what
became of each goes back. It ends when its input does, which is when the server ends.
"""

import contextlib
import os
import select
import socket
import struct
import sys
from time import monotonic

NICENESS = 10
"""A tenth of the loop's share of a processor, where both want it."""
PIECE = 128 * 1024
"""Bytes for one reader before the next one has a turn; the kernel is not interrupted in it."""
LOOK_EVERY = 1.0
"""Seconds between looks at who takes nothing."""
ASKED = struct.Struct("<QQQ")
"""A number, and from which byte of the file to which; without descriptors: drop that number."""
ENDED = struct.Struct("<Qi")
"""The number, and how it ended: 0, an errno, or one of these."""
SHORT, STALLED, DROPPED = -1, -2, -3
"""The file ends too early; the reader takes nothing; as told."""


class Transfer:
    """Some bytes of a file on their way into a socket."""

    def __init__(self, number: int, line: int, file: int, start: int, end: int) -> None:
        self.number = number
        self.line = line
        self.file = file
        self.at = start
        self.end = end
        self.moved_at = monotonic()


class Worker:
    """All that is under way."""

    def __init__(self, door: socket.socket, stall_seconds: float) -> None:
        self.door = door
        self.stall_seconds = stall_seconds
        self.poll = select.epoll()
        # State: by the socket of the reader, and by number; and when it was looked for stalls.
        self._by_line: dict[int, Transfer] = {}
        self._by_number: dict[int, Transfer] = {}
        self._looked_at = monotonic()

    def run(self) -> None:
        """Until there is no more input."""
        door = self.door.fileno()
        self.poll.register(door, select.EPOLLIN)
        while True:
            for line, _ in self.poll.poll(LOOK_EVERY):
                if line != door:
                    self._advance(line)
                elif not self._hear():
                    return
            self._look()

    def _hear(self) -> bool:
        said, given, _, _ = socket.recv_fds(self.door, ASKED.size, 2)
        if not said:
            return False
        number, start, end = ASKED.unpack(said)
        if len(given) < 2:
            # No room for descriptors, or a word about one that may have ended by now.
            for each in given:
                os.close(each)
            known = self._by_number.get(number)
            if known is not None:
                self._end(known, DROPPED)
            elif start < end:
                self.door.send(ENDED.pack(number, DROPPED))
            return True
        line, file = given
        self._by_line[line] = self._by_number[number] = Transfer(number, line, file, start, end)
        self.poll.register(line, select.EPOLLOUT)
        return True

    def _advance(self, line: int) -> None:
        """Give a reader who has room for it the next piece."""
        transfer = self._by_line.get(line)
        if transfer is None:
            return
        try:
            count = min(PIECE, transfer.end - transfer.at)
            sent = os.sendfile(line, transfer.file, transfer.at, count)
        except BlockingIOError:
            return
        except OSError as error:
            self._end(transfer, error.errno or SHORT)
            return
        transfer.at += sent
        transfer.moved_at = monotonic()
        if sent == 0:
            self._end(transfer, SHORT)
        elif transfer.at == transfer.end:
            self._end(transfer, 0)

    def _look(self) -> None:
        """Let go of who takes nothing."""
        now = monotonic()
        if now < self._looked_at + min(LOOK_EVERY, self.stall_seconds):
            return
        self._looked_at = now
        for transfer in [*self._by_line.values()]:
            if now > transfer.moved_at + self.stall_seconds:
                self._end(transfer, STALLED)

    def _end(self, transfer: Transfer, how: int) -> None:
        del self._by_line[transfer.line], self._by_number[transfer.number]
        # A duplicate of it is the server's: closing alone would leave it here.
        self.poll.unregister(transfer.line)
        os.close(transfer.line)
        os.close(transfer.file)
        self.door.send(ENDED.pack(transfer.number, how))


def main() -> None:
    os.nice(NICENESS)
    door = socket.socket(fileno=int(sys.argv[1]))
    door.setblocking(True)
    # The server has ended, and with it all that is under way.
    with contextlib.suppress(ConnectionError):
        Worker(door, float(sys.argv[2])).run()


if __name__ == "__main__":
    main()
