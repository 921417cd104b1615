"""The loop gets on beside a thread that computes."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

import pytest

from messenger.files.archive import Limits, entries
from messenger.process import SWITCH
from tests.files.zips import Member, zip_of

PYTHONS = 0.005


@pytest.fixture
def archives(tmp_path: Path) -> Iterator[None]:
    """A thread that begins to read a large archive, again and again."""
    path, over = tmp_path / "large.zip", Event()
    path.write_bytes(zip_of(Member(f"Файл {n}".encode("cp866"), b"") for n in range(10_000)))

    def read() -> None:
        while not over.is_set():
            next(entries(path, Limits(entry=1, unpacked=1)))

    thread = Thread(target=read)
    thread.start()
    yield
    over.set()
    thread.join()


async def asked(times: int) -> float:
    """Seconds that so many answers take, over a socket, all together."""
    loop, (here, there) = asyncio.get_running_loop(), socket.socketpair()
    took = 0.0
    with here, there:
        for each in (here, there):
            each.setblocking(False)
        for _ in range(times):
            waiting = asyncio.create_task(loop.sock_recv(there, 1))
            await asyncio.sleep(0.002)
            began = perf_counter()
            await loop.sock_sendall(here, b"x")
            await waiting
            took += perf_counter() - began
    return took


@pytest.mark.alone
@pytest.mark.usefixtures("archives")
async def test_loop_waits_less_for_a_thread_that_computes_than_python_lets_it() -> None:
    usual = sys.getswitchinterval()
    ours = pythons = 0.0
    try:
        # In turns: whatever else the machine does meanwhile, it does to both.
        for _ in range(10):
            sys.setswitchinterval(SWITCH)
            ours += await asked(40)
            sys.setswitchinterval(PYTHONS)
            pythons += await asked(40)
    finally:
        sys.setswitchinterval(usual)
    assert ours < 0.8 * pythons
