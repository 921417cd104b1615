"""Why nothing is installed here: each reason a sentence, found before anything is changed."""

import os
import shutil
import socket
from pathlib import Path
from typing import Final

import msgspec

from messenger.host.machine import Machine
from messenger.host.plan import BASE, DATA, NAME, Answers

FREE: Final = 2 * 2**30
"""Bytes for a release, the one after it, and a database to begin with."""
UNITS: Final = (f"{NAME}.service", f"{NAME}.socket")
LISTEN: Final = "0A"
"""TCP_LISTEN, as /proc/net/tcp writes states."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at. `listeners` are programs by port; `free` bytes by folder."""

    root: bool
    systemd: bool
    apt: bool
    free: dict[str, int]
    listeners: dict[int, str]
    serving: bool
    resolves: bool


def refusals(answers: Answers, seen: Seen) -> list[str]:
    """Everything that stands in the way, each with what to do."""
    found = []
    if not seen.root:
        found.append("Only root can install a service: run it with sudo.")
    if not seen.systemd:
        found.append("systemd does not run here: `bin/messenger serve` needs no installation.")
    if not seen.apt and answers.proxy != "none":
        found.append(f"There is no apt to install {answers.proxy} with: use --proxy none.")
    found += [
        f"There are {free / 2**30:.1f} GiB free in {folder}, and at least {FREE / 2**30:.0f} are"
        " needed: free some."
        for folder, free in seen.free.items()
        if free < FREE
    ]
    if answers.port in seen.listeners and not seen.serving:
        by = seen.listeners[answers.port]
        found.append(f"Port {answers.port} is taken by {by}: stop that, or use --port.")
    if answers.site is not None:
        for port in (80, 443):
            by = seen.listeners.get(port, answers.proxy)
            if by != answers.proxy:
                found.append(
                    f"Port {port} is taken by {by}, and {answers.proxy} needs it: stop that, or use"
                    " --proxy none and have it pass requests on (docs/self-hosting.md)."
                )
    if not seen.resolves:
        found.append(
            f"The name {answers.domain} cannot be found: have it point at this machine first."
        )
    return found


def look(answers: Answers, machine: Machine) -> Seen:
    """See how things stand."""
    folders = {folder: existing(machine.path(folder)) for folder in (BASE, DATA)}
    return Seen(
        root=os.geteuid() == 0,
        systemd=Path("/run/systemd/system").is_dir(),
        apt=shutil.which("apt-get") is not None,
        free={name: shutil.disk_usage(path).free for name, path in folders.items()},
        listeners=listeners(),
        serving=machine.run(["systemctl", "is-active", "--quiet", *UNITS]).ok,
        resolves=answers.domain is None or resolves(answers.domain),
    )


def existing(path: Path) -> Path:
    """The nearest folder that is there."""
    return next(each for each in (path, *path.parents) if each.is_dir())


def resolves(name: str) -> bool:
    try:
        return bool(socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM))
    except OSError:
        return False


def listeners(proc: Path = Path("/proc")) -> dict[int, str]:
    """Which program listens on which TCP port; of another's process, `another program`."""
    inodes = {}
    for family in ("tcp", "tcp6"):
        try:
            lines = (proc / "net" / family).read_text().splitlines()[1:]
        except OSError:
            continue
        for cells in map(str.split, lines):
            if cells[3] == LISTEN:
                inodes[f"socket:[{cells[9]}]"] = int(cells[1].rpartition(":")[2], 16)
    found = dict.fromkeys(inodes.values(), "another program")
    for link in proc.glob("[0-9]*/fd/*"):
        try:
            port = inodes.get(str(link.readlink()))
            if port is not None:
                found[port] = (link.parents[1] / "comm").read_text().strip()
        except OSError:
            continue
    return found
