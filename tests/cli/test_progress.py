import os
import subprocess
import sys

SHOWN = """
from messenger.cli.progress import progress
with progress("Baking", 3) as advance:
    for _ in range(3):
        advance()
"""


def test_progress_is_shown_on_a_terminal() -> None:
    ours, theirs = os.openpty()
    # The terminal holds what is written until it is read: more than this one line.
    done = subprocess.run([sys.executable, "-P", "-c", SHOWN], stderr=theirs, timeout=30)
    os.close(theirs)
    printed = os.read(ours, 10_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "Baking" in printed
    assert "3/3" in printed


def test_nothing_is_printed_elsewhere() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", SHOWN], capture_output=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
