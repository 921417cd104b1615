"""The key that signs tokens: made once, kept under DATA_DIR, for the server's account alone."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from messenger.config.accounts import KEY_BYTES


def path_in(data_dir: Path) -> Path:
    return data_dir / "secret_key"


def read_or_make(data_dir: Path) -> bytes:
    """The key kept under a data directory; raise ValueError or OSError when it is of no use."""
    path = path_in(data_dir)
    try:
        key = path.read_bytes().strip()
    except FileNotFoundError:
        key = _make(path)
    if len(key) < KEY_BYTES:
        raise ValueError(
            f"{path} is damaged: restore it, or delete it and everyone signs in again."
        )
    return key


def _make(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written whole under another name (mkstemp makes it 0600), then linked: of several starts at
    # once the first wins, and none ever reads half a key.
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix="secret_key.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_urlsafe(48).encode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(aside, path)
    finally:
        Path(aside).unlink()
    return path.read_bytes().strip()
