"""People who only take and give files, in a process of their own: `python -m bench.crowd`.

Until it is ended; then it says how much it was. It runs when nobody else wants to: what is
measured is the server, not who gets the client's CPU.
"""

import http.client
import os
import selectors
import signal
import socket
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from time import perf_counter

from bench import photos

NICENESS = 19
BUFFER = 2**20
BOUNDARY = "crowd"


def command(what: Sequence[str]) -> list[str]:
    return [sys.executable, "-P", "-m", "bench.crowd", *what]


def downloads(port: str, id: str, count: str, *tokens: str) -> Iterator[int]:
    """So many at once, people in turn, one after the other; bytes as they come."""
    held, waiting = bytearray(BUFFER), selectors.DefaultSelector()

    def begin(token: str) -> None:
        request = (
            f"GET /api/v1/files/{id} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
            f"Authorization: Bearer {token}\r\n\r\n"
        )
        line = socket.create_connection(("127.0.0.1", int(port)))
        line.sendall(request.encode())
        line.setblocking(False)
        waiting.register(line, selectors.EVENT_READ, token)

    for token in islice(cycle(tokens), int(count)):
        begin(token)
    while True:
        for key, _ in waiting.select():
            line: socket.socket = key.fileobj  # type: ignore[assignment]
            got = line.recv_into(held)
            yield got
            if not got:
                waiting.unregister(line)
                line.close()
                begin(key.data)


def archives(port: str, token: str, chat: str) -> Iterator[int]:
    """One after the other; bytes of each as they are taken."""
    head = (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file; filename=a.zip\r\n\r\n"
    ).encode()
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    while True:
        body = head + photos.archive(zipfile.ZIP_STORED) + f"\r\n--{BOUNDARY}--\r\n".encode()
        line = http.client.HTTPConnection("127.0.0.1", int(port))
        line.putrequest("POST", f"/api/v1/uploads?chat_id={chat}")
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            line.putheader(name, value)
        line.endheaders()
        for at in range(0, len(body), BUFFER):
            line.send(body[at : at + BUFFER])
            yield len(body[at : at + BUFFER])
        answer = line.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"{answer.status}: {said[:300]!r}")
        line.close()


def main() -> None:
    kind, *given = sys.argv[1:]
    os.nice(NICENESS)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    count, began = 0, perf_counter()
    kinds: dict[str, Callable[..., Iterator[int]]] = {
        "downloads": downloads,
        "archives": archives,
    }
    try:
        for got in kinds[kind](*given):
            count += got
    except KeyboardInterrupt:
        print(f"{kind}: {count / 1e6 / (perf_counter() - began):,.0f} MB/s")


if __name__ == "__main__":
    main()
