"""Bytes that must be there and are rarely asked for: in a file without a name, not in memory.

Whatever becomes of the files that they were read from, they stay as they were at the start.
"""

import contextlib
import os
import tempfile
import weakref
from collections.abc import Callable
from functools import partial
from typing import IO


class Shelf:
    """A file of the system's temporary directory, of which it keeps at hand what it has room for.

    It is closed when nobody has anything on the shelf any more.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        with contextlib.suppress(OSError):
            self._file = tempfile.TemporaryFile(prefix="messenger-", buffering=0)  # noqa: SIM115
            weakref.finalize(self, self._file.close)

    def __repr__(self) -> str:
        return f"<Shelf {'in memory' if self._file is None else 'on disk'}>"

    def put(self, content: bytes) -> Callable[[], bytes]:
        """Return what gives it back; where there is no room on disk it stays in memory."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                at = self._file.seek(0, os.SEEK_END)
                if self._file.write(content) == len(content):
                    return partial(self._read, self._file, at, len(content))
        return lambda: content

    def _read(self, file: IO[bytes], at: int, size: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(file.fileno(), size, at)
        file.seek(at)
        return file.read(size)
