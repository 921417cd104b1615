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
from collections.abc import Iterator, Sequence
from time import perf_counter

from bench import photos

NICENESS = 19
BUFFER = 2**20
BOUNDARY = "crowd"


def command(what: Sequence[str]) -> list[str]:
    return [sys.executable, "-P", "-m", "bench.crowd", *what]


def downloads(port: str, token: str, id: str, count: str) -> Iterator[int]:
    """So many at once, one after the other on each connection; bytes as they come."""
    request = (
        f"GET /api/v1/files/{id} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()
    held, waiting = bytearray(BUFFER), selectors.DefaultSelector()

    def begin() -> None:
        line = socket.create_connection(("127.0.0.1", int(port)))
        line.sendall(request)
        line.setblocking(False)
        waiting.register(line, selectors.EVENT_READ)

    for _ in range(int(count)):
        begin()
    while True:
        for key, _ in waiting.select():
            line: socket.socket = key.fileobj  # type: ignore[assignment]
            got = line.recv_into(held)
            yield got
            if not got:
                waiting.unregister(line)
                line.close()
                begin()


def archives(port: str, token: str, chat: str) -> Iterator[int]:
    """One after the other; bytes of each that was taken."""
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
        line.request("POST", f"/api/v1/uploads?chat_id={chat}", body, headers)
        answer = line.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"{answer.status}: {said[:300]!r}")
        yield len(body)
        line.close()


def main() -> None:
    kind, *given = sys.argv[1:]
    os.nice(NICENESS)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    count, began = 0, perf_counter()
    try:
        for got in {"downloads": downloads, "archives": archives}[kind](*given):
            count += got
    except KeyboardInterrupt:
        print(f"{kind}: {count / 1e6 / (perf_counter() - began):,.0f} MB/s")


if __name__ == "__main__":
    main()
