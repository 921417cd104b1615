"""Encrypts to a public key of age, and back (https://age-encryption.org/v1, by pyrage).

Run as a program (`python -m messenger.backup.sealing seal|open KEY`, pairs of paths on standard
input as JSON lines): the library holds the interpreter while it computes, and a server must not
stand still for that.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from messenger.priority import step_back

Pair = tuple[str, str]


class SealingFailed(Exception):
    """A part could not be encrypted or decrypted; the message says why."""


async def sealed(
    way: Literal["seal", "open"], key: str, pairs: Iterable[tuple[Path, Path]]
) -> None:
    """Encrypt to a recipient, or decrypt with the identities of a file, each source into a target.

    Raises SealingFailed.
    """
    lines = b"".join(msgspec.json.encode([str(a), str(b)]) + b"\n" for a, b in pairs)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", __name__, way, key, stdin=PIPE, stderr=PIPE
    )
    _, words = await process.communicate(lines)
    if process.returncode != 0:
        last = words.decode(errors="replace").strip().splitlines()[-1:] or ["it was ended"]
        raise SealingFailed(f"The backup could not be {way}ed: {last[0]}")


def main() -> None:
    import pyrage

    step_back(15)
    way, key = sys.argv[1:3]
    if way == "seal":
        recipients = [pyrage.x25519.Recipient.from_str(key)]
    else:
        lines = [line.strip() for line in Path(key).read_text().splitlines()]
        written = [line for line in lines if line.startswith("AGE-SECRET-KEY-")]
        identities = [pyrage.x25519.Identity.from_str(line) for line in written]
    for line in sys.stdin:
        source, target = msgspec.json.decode(line, type=Pair)
        aside = f"{target}.new"
        if way == "seal":
            pyrage.encrypt_file(source, aside, recipients)
        else:
            pyrage.decrypt_file(source, aside, identities)
        Path(aside).chmod(0o600)
        Path(aside).rename(target)


if __name__ == "__main__":
    main()
