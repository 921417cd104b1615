"""The disk and the programs of a machine, or of a stage: another root, where nothing is run.

Everything that `host` changes is changed here.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec

LONGEST_WORDS: Final = 1500


class Said(msgspec.Struct, frozen=True):
    """How a program ended, and what it printed."""

    code: int
    out: str
    err: str = ""

    @property
    def ok(self) -> bool:
        return self.code == 0


class CommandFailed(Exception):
    """A program of the machine failed; the message says which, and its last words."""


class Run(Protocol):
    def __call__(self, words: Sequence[str], environ: Mapping[str, str] | None = None) -> Said: ...


def run_program(words: Sequence[str], environ: Mapping[str, str] | None = None) -> Said:
    """Run a program to its end, with what it prints kept."""
    whole = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", **(environ or {})}
    try:
        done = subprocess.run(
            list(words), env=whole, cwd="/", stdin=subprocess.DEVNULL, capture_output=True,
            text=True, errors="replace", check=False,
        )  # fmt: skip
    except OSError as error:
        return Said(127, "", f"{words[0]}: {error.strerror}")
    return Said(done.returncode, done.stdout, done.stderr)


class Machine:
    """A root and a way to run programs. Paths are those of the machine: `/etc/…` under the root."""

    def __init__(self, root: Path = Path("/"), run: Run = run_program) -> None:
        self.root = root
        self.run = run

    def __repr__(self) -> str:
        return f"<Machine {self.root}>"

    @property
    def staged(self) -> bool:
        """Whether this is a stage: files are laid out, and the machine itself is left alone."""
        return self.root != Path("/")

    def path(self, name: str) -> Path:
        return self.root / name.lstrip("/")

    def read(self, name: str) -> str | None:
        try:
            return self.path(name).read_text()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: str, mode: int, owner: str | None = None) -> None:
        """Put a file in its place whole: who reads meanwhile gets the old one, or the new one."""
        target = self.path(name)
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        descriptor, aside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(aside).chmod(mode)
            self.give(Path(aside), owner)
            Path(aside).replace(target)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
        synced(target.parent)

    def give(self, path: Path, owner: str | None) -> None:
        """Hand a path over to `account:group`; on a stage there are no such accounts."""
        if owner is not None and not self.staged:
            account, _, group = owner.partition(":")
            shutil.chown(path, account, group or account)

    def link(self, name: str, target: str) -> None:
        """Have a link point somewhere, in one step."""
        place = self.path(name)
        place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        aside = place.with_name(f".{place.name}.new")
        aside.unlink(missing_ok=True)
        aside.symlink_to(target)
        aside.replace(place)
        synced(place.parent)

    def link_of(self, name: str) -> str | None:
        place = self.path(name)
        return str(place.readlink()) if place.is_symlink() else None

    def remove(self, name: str) -> None:
        place = self.path(name)
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)

    def has_account(self, name: str) -> bool:
        try:
            pwd.getpwnam(name)
        except KeyError:
            return False
        return True

    def do(self, *words: str, environ: Mapping[str, str] | None = None) -> str:
        """Run a program, and return what it printed; raises CommandFailed."""
        said = self.run(words, environ)
        if not said.ok:
            last = (said.err.strip() or said.out.strip())[-LONGEST_WORDS:]
            raise CommandFailed(f"`{' '.join(words)}` ended with {said.code}: {last}")
        return said.out


def synced(directory: Path) -> None:
    """Have the names in a directory on the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
