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


TOLD = """
from messenger.cli.progress import telling
seconds = iter(range(1000))
with telling("Exporting", lambda: float(next(seconds))) as tell:
    for number in range(100):
        tell(f"log {number} of 100", number * 2**20)
"""


def printed(term: str, shown: str = SHOWN) -> str:
    """What the terminal gets; it holds what is written until it is read: more than this line."""
    ours, theirs = os.openpty()
    environ = {**os.environ, "TERM": term}
    command = [sys.executable, "-P", "-c", shown]
    done = subprocess.run(command, stderr=theirs, timeout=PATIENCE, env=environ)
    # Something has to be there to be read.
    os.write(theirs, b"done")
    os.close(theirs)
    read = b""
    while not read.endswith(b"done"):
        # As much as a terminal gives at a time.
        read += os.read(ours, 10_000)
    text = read.decode()
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


def test_where_work_stands_is_one_line_that_renews_itself() -> None:
    text = printed("xterm-256color", TOLD)
    assert "\rExporting: log 99 of 100, 99.0 MiB\x1b[K" in text
    assert "\n" not in text
    # Nothing of it stays.
    assert text.endswith("\r\x1b[Kdone")


def test_where_no_line_can_be_renewed_work_is_told_of_rarely() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", TOLD], capture_output=True, timeout=PATIENCE)
    lines = done.stderr.decode().splitlines()
    assert lines[0] == "Exporting: log 29 of 100, 29.0 MiB"
    assert len(lines) == 3
