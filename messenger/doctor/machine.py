"""The machine: who may write where, room on disks, memory, open files, the kernel, the clock."""

import os
import resource
import shlex
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from messenger.config import Settings, secret_key, vapid_key
from messenger.doctor.finding import Finding, advice, well, wrong

FREE_BYTES: Final = 2**30
"""Below this PostgreSQL soon stops for want of room, and takes the server with it."""
FREE_INODES: Final = 20_000
"""Each upload takes a few; a nightly backup links each file once more."""
AVAILABLE_BYTES: Final = 150 * 2**20
"""Room for a picture's preview beside what runs already."""
OPEN_FILES: Final = 4096
"""Each connection takes one; a thousand people with two devices each, twice over at a restart."""
BACKLOG: Final = 4096
"""What the server asks of `listen`; the kernel cuts it to its own bound without a word."""
KEEPALIVE_SECONDS: Final = 600
"""Silence after which the kernel asks whether the other end is there; firewalls forget sooner."""
PROC: Final = Path("/proc")


def look(settings: Settings) -> Iterator[Finding]:
    """Everything that can be seen without the server and the database."""
    yield from directory(settings.data_dir)
    yield from room(settings.data_dir)
    yield from memory()
    yield from kernel(PROC, remote=settings.database_url is not None)
    yield from clock()


def directory(data_dir: Path) -> Iterator[Finding]:
    """Whether DATA_DIR can be written to by this account, and its keys be read by no other."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = shlex.quote(str(data_dir))
    if os.access(data_dir, os.W_OK | os.X_OK, effective_ids=True):
        yield well("data_dir", path=data_dir)
    else:
        me = f"{os.geteuid()}:{os.getegid()}"
        yield wrong("data_dir", path=data_dir, me=me, command=f"chown -R {me} {path}")
    keys = ((each.path_in(data_dir), 0o077) for each in (secret_key, vapid_key))
    for found, forbidden in ((data_dir, 0o022), *keys):
        if not found.exists():
            continue
        mode = stat.S_IMODE(found.stat().st_mode)
        if not mode & forbidden:
            yield well("permissions", path=found, mode=f"{mode:o}")
            continue
        command = f"chmod {mode & ~forbidden:o} {shlex.quote(str(found))}"
        yield wrong("permissions", path=found, mode=f"{mode:o}", command=command)


def room(data_dir: Path, bytes: int = FREE_BYTES, inodes: int = FREE_INODES) -> Iterator[Finding]:
    """Bytes and inodes that are left where DATA_DIR is."""
    disk = os.statvfs(data_dir)
    free = disk.f_bavail * disk.f_frsize
    said = {"free": f"{free / 2**30:.1f}", "least": f"{bytes / 2**30:.1f}", "path": data_dir}
    yield well("disk", **said) if free >= bytes else wrong("disk", **said)
    if disk.f_files:  # btrfs counts none
        counted = {"free": disk.f_favail, "least": inodes, "path": data_dir}
        yield well("inodes", **counted) if disk.f_favail >= inodes else wrong("inodes", **counted)


def memory(proc: Path = PROC) -> Iterator[Finding]:
    """What could be taken without swapping; nothing where the kernel does not tell."""
    try:
        lines = (proc / "meminfo").read_text().splitlines()
    except OSError:
        # The service does not see it (ProcSubset=). What is cached counts as taken then: little
        # that is free says nothing, and much is enough.
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        if free >= AVAILABLE_BYTES:
            yield well("memory", free=free // 2**20)
        return
    kilobytes = {
        name: int(rest.split()[0]) for name, rest in (line.split(":", 1) for line in lines)
    }
    available = kilobytes.get("MemAvailable", 0) + kilobytes.get("SwapFree", 0)
    said = {"free": available // 1024, "least": AVAILABLE_BYTES // 2**20}
    enough = available * 1024 >= AVAILABLE_BYTES
    yield well("memory", **said) if enough else wrong("memory", **said)


def open_files(soft: int | None = None) -> Finding:
    """How many files, and so connections, the server may have open; this process's, unless told."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if soft is None else soft
    if most == resource.RLIM_INFINITY or most >= OPEN_FILES:
        return well("open_files", most=most)
    return advice("open_files", most=most, least=OPEN_FILES)


def kernel(proc: Path, *, remote: bool) -> Iterator[Finding]:
    """Bounds of the kernel that are met before the server's own."""
    found = number(proc / "sys/net/core/somaxconn")
    if found is not None and found < BACKLOG:
        command = f"sysctl -w net.core.somaxconn={BACKLOG}"
        yield advice("somaxconn", value=found, least=BACKLOG, command=command)
    elif found is not None:
        yield well("somaxconn", value=found)
    found = number(proc / "sys/net/ipv4/tcp_keepalive_time")
    # Browsers are pinged by us. Only a database on another machine may be silent for hours.
    if remote and found is not None and found > KEEPALIVE_SECONDS:
        command = f"sysctl -w net.ipv4.tcp_keepalive_time={KEEPALIVE_SECONDS}"
        yield advice("keepalive", value=found, most=KEEPALIVE_SECONDS, command=command)


def number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def clock() -> Iterator[Finding]:
    """Whether somebody sets this machine's clock; nothing where systemd does not know."""
    asked = ["timedatectl", "show", "--property=NTPSynchronized", "--property=CanNTP"]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, timeout=3).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return
    if "NTPSynchronized=yes" in said:
        yield well("clock")
    elif "CanNTP=no" in said:
        # A minimal Debian has nobody who could; the package begins at once.
        yield advice("clock", command="apt-get install -y systemd-timesyncd")
    elif "NTPSynchronized=no" in said:
        yield advice("clock", command="timedatectl set-ntp true")
