"""Has the work of a whole process wait for everybody else's."""

import contextlib
import os
from pathlib import Path
from typing import Final

LAST: Final = 19


def step_back() -> None:
    """Be the last to be given a processor, as nice(1) has it; with its session, if it leads one.

    Another's session, as a terminal's, stays as it is.
    """
    os.nice(LAST)
    if os.getsid(0) == os.getpid():
        step_session_back(os.getpid())


def step_session_back(leader: int) -> None:
    """Have the session of a process come last; nothing happens where Linux has no autogroups.

    Where it groups tasks by session (autogroup, sched(7)), niceness counts within a session alone:
    beside a server in another one, a process of nice 19 is given as much as it.
    """
    with contextlib.suppress(OSError):
        Path(f"/proc/{leader}/autogroup").write_text(str(LAST))
