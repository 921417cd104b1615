"""Starts PostgreSQL's programs on a directory, under the account they are to run as."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic
from typing import IO, Final

from .account import Account
from .binaries import environment

ORDER_EVERY: Final = 0.5
"""Seconds between orders to end; a repeated one changes nothing for who has heard."""
_BECOME = Path(__file__).with_name("become.py")


def spawn(
    account: Account, program: Path, directory: Path, options: list[str], output: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start a program with `-D directory`, to be told to stop when we die (on Linux)."""
    if threading.current_thread() is not threading.main_thread():
        # Linux takes the end of the forking thread for our death.
        raise RuntimeError("PostgreSQL must be started from the main thread")
    handed_over: list[int] = []
    where = str(directory)
    if not account.can_enter(directory):
        # The account may own the directory, but not pass those above it (a checkout in /root).
        # An open descriptor leads there without making anything above readable to others.
        handed_over = [os.open(directory, os.O_RDONLY | os.O_DIRECTORY)]
        where = f"/proc/self/fd/{handed_over[0]}"
    become = [sys.executable, "-I", "-S", str(_BECOME)]
    identity = [str(account.uid), str(account.gid), str(os.getpid())]
    try:
        return subprocess.Popen(
            [*become, *identity, str(program), "-D", where, *options],
            cwd="/",
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=handed_over,
            start_new_session=True,  # Ctrl-C is for us; we stop it in order
        )
    finally:
        for descriptor in handed_over:
            os.close(descriptor)


def ended(process: subprocess.Popen[bytes], order: int, patience: float) -> bool:
    """Order a program to end; whether it does so in time.

    Sent again and again: a signal that comes while PostgreSQL is starting is lost without notice.
    """
    until = monotonic() + patience
    while (left := until - monotonic()) > 0:
        process.send_signal(order)
        try:
            process.wait(min(left, ORDER_EVERY))
        except subprocess.TimeoutExpired:
            continue
        return True
    return False
