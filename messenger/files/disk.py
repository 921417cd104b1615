"""Reading a file on the disk without a thread where the kernel has it in memory already.

A thread for each piece costs four times what the piece does, and two hundred of them keep the loop
from its CPU. What is not in memory is waited for in a thread (RWF_NOWAIT, Linux 4.14).
"""

import asyncio
import errno
import os
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Final

NOT_NOW: Final = (errno.EAGAIN, errno.EOPNOTSUPP, errno.EINVAL)
"""It would have to be waited for; or this file system, or this kernel, does not say."""
NOWAIT: Final = getattr(os, "RWF_NOWAIT", None)


async def read(
    path: Path, start: int, end: int, step: Callable[[], int]
) -> AsyncGenerator[memoryview, None]:
    """The bytes from `start` up to `end`, in pieces of as many as `step` says then.

    What is open stays whole though it is removed meanwhile. Raises OSError, and ValueError where
    the file is shorter.
    """
    descriptor = await asyncio.to_thread(os.open, path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        while start < end:
            piece = memoryview(bytearray(min(step(), end - start)))
            got = _at_once(descriptor, piece, start)
            if got is None:
                got = await asyncio.to_thread(os.preadv, descriptor, [piece], start)
            if got == 0:
                raise ValueError(f"{path.name} ends at {start} bytes")
            yield piece[:got]
            start += got
    finally:
        os.close(descriptor)


def _at_once(descriptor: int, piece: memoryview, start: int) -> int | None:
    """How many bytes there were in memory; None where the disk has to be waited for."""
    if NOWAIT is None:
        return None
    try:
        return os.preadv(descriptor, [piece], start, NOWAIT)
    except OSError as error:
        if error.errno in NOT_NOW:
            return None
        raise
