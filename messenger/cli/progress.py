"""A bar for what takes long: on standard error, and only where that is a terminal."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

DUMB = (None, "", "dumb", "unknown")
"""Values of TERM for terminals on which a bar would be lines of control characters."""


@contextmanager
def progress(words: str, steps: int) -> Iterator[Callable[[], None]]:
    """Show how far a piece of work is; what is yielded is called after each of its steps.

    Nothing is printed elsewhere than on a terminal that can move its cursor, nor where there is
    nothing to do.
    """
    if not steps or not sys.stderr.isatty() or os.environ.get("TERM") in DUMB:
        yield lambda: None
        return
    # Imported only when needed: importing rich takes as long as the rest of a start.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=steps)
        yield lambda: bar.advance(task)
