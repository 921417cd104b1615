"""A folder as one file that every computer opens: ZIP, with what is packed already stored as is."""

import os
import shutil
import zipfile
from pathlib import Path
from typing import Final

from messenger.archive.vault import sync
from messenger.export.format import CONTENTS

TIME: Final = (1980, 1, 1, 0, 0, 0)
"""ZIP has no other for "unknown"; the same data are the same bytes."""


def pack(folder: Path, target: Path) -> None:
    """Pack a folder into a file that has its name once it is whole and on the disk; memory is even.

    Raises OSError on a full disk, and then nothing is left.
    """
    aside = target.with_name(f".{target.name}.partial")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with zipfile.ZipFile(file, "w", allowZip64=True) as packed:
                for path in sorted(folder.rglob("*")):
                    if path.is_file():
                        _add(packed, path, path.relative_to(folder).as_posix())
            file.flush()
            os.fsync(file.fileno())
        aside.rename(target)
        sync(target.parent)
    finally:
        aside.unlink(missing_ok=True)


def _add(packed: zipfile.ZipFile, path: Path, name: str) -> None:
    entry = zipfile.ZipInfo(name, TIME)
    stored = name.startswith(f"{CONTENTS}/")
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    with path.open("rb") as source, packed.open(entry, "w", force_zip64=True) as into:
        shutil.copyfileobj(source, into, 1 << 20)
