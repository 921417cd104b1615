"""A real S3 server (moto's) in a process of its own, and buckets on it."""

import itertools
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import PATIENCE

_numbers = itertools.count(1)


@contextmanager
def s3_server(directory: Path) -> Iterator[str]:
    """The address of a server that holds nothing yet; it writes its log there."""
    log = directory / "s3.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            stdout=output,
            stderr=output,
        )
    try:
        yield _address(log)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _address(log: Path) -> str:
    """What the server says once it listens."""
    for _ in range(300):
        found = re.search(r"Running on (http://\S+)", log.read_text())
        if found:
            return found[1]
        time.sleep(0.1)
    raise RuntimeError(f"The S3 server did not start: {log.read_text()}")


def new_bucket(address: str) -> dict[str, str]:
    """Make a bucket; return the settings that put files into it."""
    name = f"files-{next(_numbers)}"
    urllib.request.urlopen(urllib.request.Request(f"{address}/{name}", method="PUT")).close()
    return {
        "FILE_STORAGE": "s3",
        "S3_URL": f"s3://{name}/messenger",
        "S3_ENDPOINT": address,
        "S3_ACCESS_KEY_ID": "test",
        "S3_SECRET_ACCESS_KEY": "test",
    }
