"""What takes long, on standard error: a bar or a line that renews itself on a terminal."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

DUMB = (None, "", "dumb", "unknown")
"""Values of TERM for terminals on which a bar would be lines of control characters."""


RENEWED_EVERY: Final = 0.1
"""Seconds between two looks of a line that renews itself."""
TOLD_EVERY: Final = 30.0
"""Seconds between two lines where none can be renewed: a journal, a file."""


def is_lively() -> bool:
    """Whether standard error is a terminal that can move its cursor."""
    return sys.stderr.isatty() and os.environ.get("TERM") not in DUMB


def megabytes(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"


@contextmanager
def telling(
    words: str, clock: Callable[[], float] = monotonic
) -> Iterator[Callable[[str, int], None]]:
    """Say where a piece of work of unknown length stands, and how many bytes are done.

    What is yielded may be called as often as there is something: it is said now and then.
    """
    lively = is_lively()
    every = RENEWED_EVERY if lively else TOLD_EVERY
    before, after = ("\r", "\x1b[K") if lively else ("", "\n")
    told_at = clock()

    def tell(where: str, done: int) -> None:
        nonlocal told_at
        now = clock()
        if now - told_at < every:
            return
        told_at = now
        sys.stderr.write(f"{before}{words}: {where}, {megabytes(done)}{after}")
        sys.stderr.flush()

    try:
        yield tell
    finally:
        if lively:
            # Whatever is printed next stands where the line was.
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


@contextmanager
def progress(words: str, steps: int) -> Iterator[Callable[[], None]]:
    """Show how far a piece of work is; what is yielded is called after each of its steps.

    Nothing is printed elsewhere than on a terminal that can move its cursor, nor where there is
    nothing to do.
    """
    if not steps or not is_lively():
        yield lambda: None
        return
    # Imported only when needed: importing rich takes as long as the rest of a start.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=steps)
        yield lambda: bar.advance(task)
