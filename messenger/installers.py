"""Installers of the desktop client, where the server offers them: `DATA_DIR/downloads`.

`index.json` there names what may be fetched; any other file is not there for anybody. It is written
last, and as a whole: who fetches meanwhile gets the version before, or this one.
"""

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

System = Literal["windows", "macos", "linux"]

INDEX: Final = "index.json"
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
MADE: Final = re.compile(
    r"Messenger-(?P<version>\d+\.\d+\.\d+(?:-[0-9a-z.]+)?)-(?P<system>win|mac|linux)"
    r"-(?P<arch>x64|arm64|x86_64|aarch64|amd64)\.(?P<kind>exe|msi|dmg|AppImage|deb|rpm)"
)
"""`artifactName` of desktop/builder.ts; package managers have other words for processors."""
BESIDE: Final = re.compile(
    r"(latest(-mac|-linux(-arm64)?)?\.yml|Messenger-[\w.-]+\.(blockmap|zip))"
)
"""What an update is found and checked by: lists, and what has changed since the version before."""
DICTIONARY: Final = re.compile(r"[a-z]{2}-[A-Za-z]{2,4}-\d+-\d+\.bdic")
"""Of the spelling checker, from Electron's `hunspell_dictionaries.zip` (`dictionaries`)."""
SYSTEMS: Final[dict[str, System]] = {"win": "windows", "mac": "macos", "linux": "linux"}
PROCESSORS: Final = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}


class Installer(msgspec.Struct, frozen=True, kw_only=True):
    """A program to install, by the system and processor it is for. `size` is in bytes."""

    name: Annotated[str, Meta(description="The file's name: it is fetched from `/downloads/NAME`.")]
    version: Annotated[str, Meta(description="The version of the program in it.")]
    system: Annotated[System, Meta(description="The system it is for.")]
    arch: Annotated[Literal["x64", "arm64"], Meta(description="The processor it is for.")]
    kind: Annotated[str, Meta(description="`exe`, `msi`, `dmg`, `AppImage`, `deb` or `rpm`.")]
    size: int
    sha256: Annotated[str, Meta(description="Its hash, in hexadecimal digits.")]


class Index(msgspec.Struct, frozen=True, kw_only=True):
    installers: list[Installer] = []
    beside: list[str] = []
    """Files for updates, and dictionaries."""

    @property
    def names(self) -> set[str]:
        return {*self.beside, *(each.name for each in self.installers)}


class NothingThere(ValueError):
    """There is no installer of ours in this directory: `bin/desktop` makes them."""


class Offered:
    """What a server offers, read again only when it was published anew."""

    def __init__(self, data_dir: Path) -> None:
        self.directory = data_dir / "downloads"
        # State: the index as it was last read, and when that file was written.
        self.index = Index()
        self.written = 0

    def __repr__(self) -> str:
        return f"<Offered {len(self.index.installers)} installers>"

    def current(self) -> Index:
        try:
            written = (self.directory / INDEX).stat().st_mtime_ns
            if written != self.written:
                self.index = read(self.directory)
                self.written = written
        except FileNotFoundError:
            return Index()
        return self.index

    def path(self, name: str) -> Path | None:
        """Where an offered file is; None for any other name."""
        return self.directory / name if name in self.current().names else None


def read(directory: Path) -> Index:
    """Raises FileNotFoundError where nothing was published yet."""
    return msgspec.json.decode((directory / INDEX).read_bytes(), type=Index)


def publish(source: Path, data_dir: Path) -> Index:
    """Offer the installers in `source` in place of those offered now; raises NothingThere.

    The newest version alone: what else lies there is left where it is.
    """
    files = sorted(path for path in source.iterdir() if path.is_file() and not path.is_symlink())
    found = [(path, made) for path in files if (made := MADE.fullmatch(path.name)) is not None]
    if not found:
        raise NothingThere(NothingThere.__doc__)
    newest = max((made["version"] for _, made in found), key=_order)
    chosen = {path: made for path, made in found if made["version"] == newest}
    beside = [path for path in files if _is_beside(path, newest)]
    target = data_dir / "downloads"
    target.mkdir(parents=True, exist_ok=True)
    installers = [_installer(_put(path, target), made) for path, made in chosen.items()]
    for path in beside:
        _put(path, target)
    # Chromium asks for either spelling of its name.
    words = [path for path in files if DICTIONARY.fullmatch(path.name)]
    named = {name: path for path in words for name in (path.name, path.name.lower())}
    for name, path in named.items():
        _put(path, target, name)
    index = Index(installers=installers, beside=[*(path.name for path in beside), *named])
    _write(target / INDEX, msgspec.json.encode(index))
    for old in target.iterdir():
        if old.name not in index.names and old.name != INDEX:
            old.unlink()
    return index


def _is_beside(path: Path, version: str) -> bool:
    named = BESIDE.fullmatch(path.name) is not None
    return named and (path.suffix == ".yml" or f"-{version}-" in path.name)


def _order(version: str) -> tuple[list[int], bool, str]:
    numbers, _, rest = version.partition("-")
    return [int(each) for each in numbers.split(".")], rest == "", rest


def _installer(path: Path, made: re.Match[str]) -> Installer:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return msgspec.convert(
        {
            "name": path.name,
            "version": made["version"],
            "system": SYSTEMS[made["system"]],
            "arch": PROCESSORS.get(made["arch"], made["arch"]),
            "kind": made["kind"],
            "size": path.stat().st_size,
            "sha256": digest,
        },
        Installer,
    )


def _put(path: Path, target: Path, name: str = "") -> Path:
    beside = target / f".{path.name}.new"
    shutil.copyfile(path, beside)
    beside.chmod(0o644)
    return beside.replace(target / (name or path.name))


def _write(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
