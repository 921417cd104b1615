"""Files from another server than ours: `python -m bench.elsewhere PORT FILE`.

What messages wait for beside as many downloads that our server has nothing to do with: they take
the processors all the same. It has the least right to them that still sends as much.
"""

import os
import selectors
import socket
import sys
from pathlib import Path

from messenger.http.plumbing.sendfile_worker import NICENESS, PIECE


class Sending:
    """One reader, and how far they are: -1 before the head is out."""

    def __init__(self) -> None:
        self.at = -1


def serve(port: int, path: Path) -> None:
    """To everybody who connects, whatever they ask for, the whole file; never returns."""
    os.nice(NICENESS)
    size, file = path.stat().st_size, os.open(path, os.O_RDONLY)
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode()
    waiting = selectors.DefaultSelector()
    with socket.create_server(("127.0.0.1", port), backlog=1024) as door:
        waiting.register(door, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                line: socket.socket = key.fileobj  # type: ignore[assignment]
                if line is door:
                    reader, _ = door.accept()
                    waiting.register(reader, selectors.EVENT_READ, Sending())
                    continue
                sending: Sending = key.data
                try:
                    if sending.at < 0:
                        line.recv(PIECE)
                        line.setblocking(False)
                        line.send(head)
                        sending.at = 0
                        waiting.modify(line, selectors.EVENT_WRITE, sending)
                    sending.at += os.sendfile(line.fileno(), file, sending.at, PIECE)
                except BlockingIOError:
                    continue
                except ConnectionError:
                    sending.at = size
                if sending.at == size:
                    waiting.unregister(line)
                    line.close()


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]))
