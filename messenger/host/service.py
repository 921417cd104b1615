"""The service as the machine keeps it: begun, ended, asked whether it is ready; and its account.

Knows systemd by its command, so that a test may put another one on the PATH.
"""

import json
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, Final

from messenger.host import settings_file
from messenger.host.machine import CommandFailed, Machine, Said
from messenger.host.plan import DATA, ENVIRONMENT, NAME, PORT, SERVED, UNITS
from messenger.host.releases import program

READY_WITHIN: Final = 120.0
"""Seconds that a server has to become ready, once systemd says that it runs."""
LINES: Final = "12"
EVERYWHERE: Final = ("0.0.0.0", "::")
RUNS: Final = re.compile(r"/releases/(?P<name>[^/]+)/")


class Service:
    """`messenger.service` of a machine."""

    def __init__(self, machine: Machine, patience: float = READY_WITHIN) -> None:
        self.machine = machine
        self.patience = patience

    def __repr__(self) -> str:
        return f"<Service on {self.machine!r}>"

    def settings(self) -> dict[str, str]:
        """Its environment, as far as it is its own."""
        data = str(self.machine.path(DATA)) if self.machine.staged else DATA
        return {"DATA_DIR": data, **settings_file.read(self.machine.read(ENVIRONMENT) or "")}

    def run(self, release: str, *words: str) -> Said:
        """Run a command of a release as the service's account, with the service's settings."""
        given = [program(self.machine, release), *words]
        if os.geteuid() == 0 and not self.machine.staged:
            given = ["runuser", "-u", NAME, "--", *given]
        return self.machine.run(given, self.settings())

    def do(self, release: str, *words: str) -> str:
        """The same, for a command that must succeed; raises CommandFailed."""
        said = self.run(release, *words)
        if not said.ok:
            raise CommandFailed(last_words(said))
        return said.out

    def units(self) -> list[str]:
        """What is begun and ended with it: its socket first, where it has one."""
        names = (f"{NAME}.socket", f"{NAME}.service")
        return [name for name in names if self.machine.path(f"{UNITS}/{name}").exists()]

    def ask(self, release: str, *words: str) -> Any:
        """What such a command answers with --json; raises CommandFailed."""
        return answer(self.do(release, *words, "--json"))

    def start(self) -> None:
        self.machine.do("systemctl", "start", *self.units())

    def stop(self) -> None:
        """End it, and its socket too: a visitor would start it again."""
        self.machine.do("systemctl", "stop", *self.units())

    def restart(self) -> None:
        """Have systemd stop it and start it: one order, which goes on when we are killed."""
        socket = f"{NAME}.socket"
        active = self.machine.run(["systemctl", "is-active", "--quiet", socket]).ok
        if socket in self.units() and not active:
            # A socket is not given to a service that runs already.
            self.stop()
            self.start()
            return
        self.machine.do("systemctl", "restart", f"{NAME}.service")

    def release(self) -> str | None:
        """Which release runs now; None when none does."""
        shown = self.machine.run(
            ["systemctl", "show", "-p", "MainPID", "--value", f"{NAME}.service"]
        )
        pid = shown.out.strip()
        try:
            words = self.machine.path(f"/proc/{int(pid)}/cmdline").read_text()
        except (OSError, ValueError):
            return None
        match = RUNS.search(words)
        return match["name"] if match else None

    def wait_ready(self, still: Callable[[], bool] = lambda: True) -> bool:
        """Whether it answers that it is ready, before patience ends."""
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline and still():
            if self.is_ready():
                return True
            time.sleep(0.05)
        return False

    def is_ready(self) -> bool:
        settings = self.settings()
        host = settings.get("HOST", SERVED)
        host = SERVED if host in EVERYWHERE else host
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{settings.get('PORT', PORT)}/ready"
        try:
            # What is set for the machine's own requests to others is not for this one.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(url, timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError, ValueError):
            return False

    def log(self) -> str:
        """Its last words."""
        journal = ["journalctl", "-u", NAME, "-n", LINES, "--no-pager", "-o", "cat"]
        return self.machine.run(journal).out.strip()

    def newest_migration(self, release: str) -> str:
        """The id of the last migration that a release knows."""
        return str(self.ask(release, "db", "newest")["newest"])


def answer(out: str) -> Any:
    """The JSON that a command of ours ends with: a migration may print what it selects before."""
    return json.loads(out.rstrip().rpartition("\n")[2])


def last_words(said: Said) -> str:
    """What a command of ours says of its failure, without the word before it."""
    return (said.err.strip() or said.out.strip()).removeprefix("Error: ")[-1500:]
