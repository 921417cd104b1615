"""Releases beside one another: each a virtual environment that a wheel was put into, whole or not.

Nothing here touches the one that is in force, but `switch`, which is one step.
"""

import hashlib
import json
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import Final

from messenger.host.machine import CommandFailed, Machine
from messenger.host.plan import BASE

RELEASES: Final = f"{BASE}/releases"
CURRENT: Final = f"{BASE}/current"
WHOLE: Final = "whole.json"
"""Written last into a release: the hash of its wheel. What lacks it was cut short."""
KEPT: Final = 3


class NoWheel(Exception):
    """This file is no wheel of ours; the message says why."""


def name_of(wheel: Path) -> str:
    """What the release of a wheel is called: version, and the commit or else the wheel's hash."""
    version, commit = described(wheel)
    digest = sha256(wheel)
    if commit is None:
        return f"{version}-{digest[:10]}"
    # What was changed since the commit is told apart by what came of it.
    return f"{version}-{commit[:10]}" + (f"-{digest[:6]}" if commit.endswith("+") else "")


def described(wheel: Path) -> tuple[str, str | None]:
    """A wheel's version and commit; raises NoWheel."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
            headers = HeaderParser().parsestr(archive.read(metadata).decode())
            commit = archive.read("messenger/commit.txt").decode().strip()
    except (OSError, zipfile.BadZipFile, StopIteration, KeyError) as error:
        raise NoWheel(f"{wheel} is no wheel of the messenger: {error}") from error
    if headers["Name"] != "messenger":
        raise NoWheel(f"{wheel} is a wheel of {headers['Name']}.")
    return headers["Version"], None if commit.startswith("$") or not commit else commit


def sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def build(checkout: Path, into: Path, machine: Machine) -> Path:
    """Make a wheel of a checkout, with the Python that runs this; raises CommandFailed.

    The checkout's own environment has what that takes. A release's has not: then pip has it come
    from the index, into an environment that it throws away.
    """
    own = Path(sys.prefix) == checkout / ".venv"
    # What an earlier build left would be taken along.
    machine.remove(str(checkout / "build"))
    machine.do(
        sys.executable, "-P", "-m", "pip", "wheel", "--quiet", "--no-deps",
        *(["--no-build-isolation"] if own else []),
        "--disable-pip-version-check", "--wheel-dir", str(into), str(checkout),
        environ={"PIP_CONSTRAINT": str(checkout / "constraints.txt")},
    )  # fmt: skip
    machine.remove(str(checkout / "build"))
    return next(into.glob("messenger-*.whl"))


def lay(machine: Machine, wheel: Path) -> str:
    """Put a wheel into a release of its own, unless that is there; returns its name.

    Other packages come from the index, in the versions that the wheel names, or from the folder
    that the wheel lies in. Raises NoWheel, CommandFailed.
    """
    name = name_of(wheel)
    place = machine.path(f"{RELEASES}/{name}")
    if is_whole(machine, name):
        return name
    machine.remove(f"{RELEASES}/{name}")
    place.parent.mkdir(parents=True, exist_ok=True)
    # Nobody's settings of pip, and no packages of the system's, are to be in it.
    machine.do(base_python(), "-I", "-m", "venv", str(place))
    with zipfile.ZipFile(wheel) as archive:
        (place / "constraints.txt").write_bytes(archive.read("messenger/_deploy/constraints.txt"))
    machine.do(
        str(place / "bin" / "python"), "-P", "-m", "pip", "install", "--quiet", "--no-input",
        "--disable-pip-version-check", "--no-warn-script-location", "--find-links",
        str(wheel.parent), "--constraint", str(place / "constraints.txt"), str(wheel),
        environ={"PIP_USER": "0"},
    )  # fmt: skip
    machine.write(f"{RELEASES}/{name}/{WHOLE}", json.dumps({"wheel": sha256(wheel)}), 0o644)
    return name


def base_python() -> str:
    """The system's Python that this one was made of."""
    return str(Path(getattr(sys, "_base_executable", sys.executable)))


def is_whole(machine: Machine, name: str) -> bool:
    return machine.path(f"{RELEASES}/{name}/{WHOLE}").is_file()


def program(machine: Machine, name: str) -> str:
    """A release's `messenger`."""
    return str(machine.path(f"{RELEASES}/{name}/bin/messenger"))


def deploy(machine: Machine, name: str) -> Path | None:
    """The files of an installation that a release brings."""
    inside = machine.path(f"{RELEASES}/{name}/lib").glob("python3*/site-packages/messenger/_deploy")
    return next(inside, None)


def current(machine: Machine) -> str | None:
    """The release in force."""
    target = machine.link_of(CURRENT)
    return None if target is None else Path(target).name


def switch(machine: Machine, name: str) -> None:
    """Put another release in force; what runs goes on with its own until it is restarted."""
    if not is_whole(machine, name):
        raise CommandFailed(f"The release {name} is not whole.")
    machine.link(CURRENT, f"releases/{name}")


def whole(machine: Machine) -> list[str]:
    """Those that are there, the oldest first."""
    places = machine.path(RELEASES).glob(f"*/{WHOLE}")
    return [each.parent.name for each in sorted(places, key=lambda each: each.stat().st_mtime)]


def drop_old(machine: Machine, keep: set[str]) -> list[str]:
    """Remove all but the newest few and those named; returns the names of what went."""
    old = [name for name in whole(machine)[:-KEPT] if name not in keep]
    for name in old:
        # First what says that it is whole: half of one is none.
        machine.remove(f"{RELEASES}/{name}/{WHOLE}")
        machine.remove(f"{RELEASES}/{name}")
    return old
