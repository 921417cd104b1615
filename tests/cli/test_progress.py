import os
import subprocess
import sys

from tests.waiting import PATIENCE

SHOWN = """
from messenger.cli.progress import progress
with progress("Baking", 3) as advance:
    for _ in range(3):
        advance()
"""


def printed(term: str) -> str:
    """What the terminal gets; it holds what is written until it is read: more than this line."""
    ours, theirs = os.openpty()
    environ = {**os.environ, "TERM": term}
    command = [sys.executable, "-P", "-c", SHOWN]
    done = subprocess.run(command, stderr=theirs, timeout=PATIENCE, env=environ)
    # Something has to be there to be read.
    os.write(theirs, b"done")
    os.close(theirs)
    text = os.read(ours, 10_000).decode()
    os.close(ours)
    assert done.returncode == 0
    return text


def test_progress_is_shown_on_a_terminal() -> None:
    text = printed("xterm-256color")
    assert "Baking" in text
    assert "3/3" in text


def test_a_terminal_that_only_prints_lines_gets_none() -> None:
    assert printed("dumb") == "done"


def test_nothing_is_printed_elsewhere() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", SHOWN], capture_output=True, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
