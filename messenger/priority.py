"""Has the work of a whole process wait for everybody else's."""

import contextlib
import os
from pathlib import Path
from typing import Final

LAST: Final = 19


def step_back(niceness: int = LAST) -> None:
    """Be given a processor after others, as nice(1) has it; with its session, if it leads one.

    Another's session, as a terminal's, stays as it is.
    """
    os.nice(niceness)
    if os.getsid(0) == os.getpid():
        step_session_back(os.getpid(), niceness)


def step_session_back(leader: int, niceness: int = LAST) -> None:
    """Have the session of a process come after others, where Linux groups tasks by session.

    Where it groups tasks by session (autogroup, sched(7)), niceness counts within a session alone:
    beside a server in another one, a process of nice 19 is given as much as it.
    """
    with contextlib.suppress(OSError):
        Path(f"/proc/{leader}/autogroup").write_text(str(niceness))
