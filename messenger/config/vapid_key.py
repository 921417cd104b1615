"""The key that signs pushes (RFC 8292): made once, kept under DATA_DIR, for the server alone.

It is a number of P-256, 32 bytes; browsers subscribe with its public half.
"""

import base64
import binascii
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

BYTES: Final = 32
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve's group (SEC 2, section 2.4.2): a private key is below it, and not 0."""
ADVICE: Final = "a private key of P-256 as 43 characters of base64url, or nothing and one is made"


def path_in(data_dir: Path) -> Path:
    return data_dir / "vapid_private_key"


def read(given: str) -> bytes:
    """A private key as a setting has it; raises ValueError with what to write instead."""
    try:
        key = base64.urlsafe_b64decode(given.strip() + "==")
    except (ValueError, binascii.Error):
        raise ValueError(ADVICE) from None
    if len(key) != BYTES or not 0 < int.from_bytes(key) < ORDER:
        raise ValueError(ADVICE)
    return key


def read_or_make(data_dir: Path) -> bytes:
    """The key kept under a data directory; raises ValueError or OSError when it is of no use."""
    path = path_in(data_dir)
    try:
        written = path.read_text()
    except FileNotFoundError:
        _write(path, replace=False)
        written = path.read_text()
    try:
        return read(written)
    except ValueError:
        raise ValueError(
            f"{path} is damaged: restore it, or delete it and every device subscribes again."
        ) from None


def rotate(data_dir: Path) -> None:
    """Put a new key in the place of the one that is kept."""
    _write(path_in(data_dir), replace=True)


def _write(path: Path, *, replace: bool) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Whole under another name (mkstemp makes it 0600): nobody ever reads half a key, and of several
    # starts at once the first one's key counts.
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(_made())
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(aside).replace(path)
        else:
            with suppress(FileExistsError):
                os.link(aside, path)
    finally:
        Path(aside).unlink(missing_ok=True)


def _made() -> str:
    number = 1 + secrets.randbelow(ORDER - 1)
    return base64.urlsafe_b64encode(number.to_bytes(BYTES)).rstrip(b"=").decode()
