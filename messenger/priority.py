"""Has the work of a whole process wait for everybody else's."""

import contextlib
import os
import struct
import sys
from pathlib import Path
from time import sleep
from typing import Final

LAST: Final = 19
TRIES: Final = 20
AGAIN: Final = 0.1
"""Seconds until a session that could not step back is told to once more."""
LONGEST: Final = 100_000_000
"""Nanoseconds of a slice: the longest that Linux gives."""
SCHED_SETATTR: Final = {"x86_64": 314, "aarch64": 274}
"""The system call's number, by machine: neither Python nor most of the C libraries have it."""
ATTRIBUTES: Final = struct.Struct("IIQiIQQQ")
"""`sched_attr` (sched_setattr(2)): size, policy, flags, niceness, priority, slice, and two more."""


def step_back(niceness: int = LAST) -> None:
    """Be given a processor after others, as nice(1) has it; with its session, if it leads one.

    Another's session, as a terminal's, stays as it is.
    """
    os.nice(niceness)
    if os.getsid(0) == os.getpid():
        for _ in range(TRIES):
            if step_session_back(os.getpid(), niceness):
                break
            sleep(AGAIN)
    else:
        give_way()


def step_session_back(leader: int, niceness: int = LAST) -> bool:
    """Have the session of a process come after others, where Linux groups tasks by session.

    Where it groups tasks by session (autogroup, sched(7)), niceness counts within a session alone:
    beside a server in another one, a process of nice 19 is given as much as it.

    False: later, for all who are not root may do so ten times a second together.
    """
    give_way(leader)
    try:
        Path(f"/proc/{leader}/autogroup").write_text(str(niceness))
    except BlockingIOError:
        return False
    except OSError:
        # It groups none, or may not be told to.
        pass
    return True


def wait_for_room(pid: int) -> None:
    """Have a process that is woken up leave a processor to whoever is at work on it.

    Whoever sends PostgreSQL a query wakes its process, which may then take the very processor that
    it was sent from: Linux has the one that has slept go first, if it is not told that it works in
    the background (SCHED_BATCH, sched(7)). Its share stays the same.
    """
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0))


def give_way(pid: int = 0) -> None:
    """Have a process (0: this thread), and what it starts, leave a processor once others want it.

    Niceness says how much one gets, not when: a slice that was begun is finished before whoever
    wakes has a turn, up to a tick of the clock later, which may be 4 ms (EEVDF, Linux 6.6). But who
    asked for a longer slice than others (6.12) makes room at once. Its share stays what it was.
    """
    number = SCHED_SETATTR.get(os.uname().machine)
    if sys.platform != "linux" or sys.maxsize < 2**32 or number is None:
        return
    # Not at the start: most servers never need it.
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        nice = os.getpriority(os.PRIO_PROCESS, pid)
        given = ATTRIBUTES.pack(ATTRIBUTES.size, os.SCHED_BATCH, 0, nice, 0, LONGEST, 0, 0)
        # Where it may not, as in some containers, it is as it was.
        ctypes.CDLL(None).syscall(ctypes.c_long(number), pid, given, 0)
