"""The process that draws: `python -m messenger.files.previews.worker`, jobs in, previews out.

It meets what strangers made, in libraries written in C, so it is bounded by the kernel: memory,
time of the processor, no file of its own, none of the server's settings. It ends when its input
does, which is when the server ends.
"""

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from messenger.files.previews.drawing import draw, draw_squares
from messenger.files.previews.jobs import (
    LENGTH,
    AnyJob,
    Job,
    Reply,
    TextJob,
    decode_job,
    encode_reply,
    framed,
)
from messenger.priority import step_back

MEMORY: Final = 400 * 1024 * 1024
"""Bytes of address space: 40 megapixels in four channels, twice, and the libraries."""
SECONDS: Final = 15
"""Of the processor's time for one job; it must end though the server has been killed."""
NICENESS: Final = 10
"""Messages go first."""
PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    bound()
    jobs, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no reply
    while (content := received(jobs)) is not None:
        job = decode_job(content)
        allow_time()
        replies.write(framed(encode_reply(done(job))))
        replies.flush()


def done(job: AnyJob) -> Reply:
    path = Path(job.path)
    if isinstance(job, Job):
        return draw(path, job.side)
    if isinstance(job, TextJob):
        # Imported by the first document.
        from messenger.files.previews.reading import read_text

        return read_text(path)
    return draw_squares(path, job.sides, job.crop)


def bound() -> None:
    step_back(NICENESS)
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS knows the first one by name only
            resource.setrlimit(kind, (most, most))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def allow_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def received(jobs: BinaryIO) -> bytes | None:
    """The next job, or None at the end of the input."""
    head = jobs.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    return jobs.read(length)


if __name__ == "__main__":
    main()
