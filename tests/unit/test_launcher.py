"""`bin/` with a Python that only notes what it was asked; CI itself is the real installation."""

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

BIN = Path(__file__).parents[2] / "bin"
TOOLS = ("awk", "cat", "cksum", "cp", "dirname", "flock", "grep", "ls", "ln", "mkdir", "mv")
TOOLS += ("readlink", "rm", "sed", "sh", "sleep")

# Answers as Python would, and notes each installation; FAKE_* choose its failures.
PYTHON = r"""#!/bin/sh
case "$1 $2" in
"-c import sys"*) exit "${FAKE_TOO_OLD:-0}" ;;
"-c import ensurepip"*) exit "${FAKE_NO_VENV:-0}" ;;
"-m venv") echo venv >>"$NOTES"; mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
"-m pip") sleep "${FAKE_PIP_SECONDS:-0}"; echo "pip $*" >>"$NOTES"; exit "${FAKE_PIP_FAILS:-0}" ;;
"-P -m") shift 2; for each; do printf '<%s>' "$each"; done; echo ;;
esac
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


class Checkout:
    """A checkout with the real `bin/`, and an environment with nothing but what `bin/` needs."""

    def __init__(self, home: Path) -> None:
        self.root = home / "check out"
        self.tools = home / "tools"
        self.notes = home / "notes"
        shutil.copytree(BIN, self.root / "bin")
        for name in ("setup.cfg", "setup.py", "pyproject.toml", "constraints.txt"):
            (self.root / name).write_text("")
        self.tools.mkdir()
        for name in TOOLS:
            found = shutil.which(name)
            if found is not None:
                (self.tools / name).symlink_to(found)
        self.python = self.tools / "python3.12"
        self.python.write_text(PYTHON)
        self.python.chmod(0o755)

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[str]":
        given = list(command) or [str(self.root / "bin" / "messenger")]
        return subprocess.Popen(
            given,
            env={"PATH": str(self.tools), "NOTES": str(self.notes), **environment},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str, **environment: str) -> tuple[int, str, str]:
        process = self.start(*command, **environment)
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def noted(self) -> list[str]:
        """What was installed since the last look: `venv`, or what pip was to install."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        self.notes.unlink(missing_ok=True)
        return [line.split()[-1] if line.startswith("pip") else line for line in lines]


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    with tempfile.TemporaryDirectory(prefix="messenger-") as home:
        Path(home).chmod(0o755)
        yield Checkout(Path(home))


@pytest.fixture
def installed(checkout: Checkout) -> Checkout:
    assert checkout.run()[0] == 0
    checkout.noted()
    return checkout


def test_first_start_installs_says_so_and_runs(checkout: Checkout) -> None:
    messenger = str(checkout.root / "bin" / "messenger")
    code, out, err = checkout.run(messenger, "admin", "user add", "")
    assert (code, out) == (0, "<messenger><admin><user add><>\n")
    assert "installing" in err
    assert checkout.noted() == ["venv", "setuptools", "out"]


def test_later_starts_install_nothing_and_are_silent(installed: Checkout) -> None:
    assert installed.run() == (0, "<messenger>\n", "")
    assert installed.noted() == []


def test_later_starts_cost_less_than_50_ms(installed: Checkout) -> None:
    def seconds() -> float:
        """Of the processor: a machine that is busy is no slow start."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        installed.run()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    assert min(seconds() for _ in range(10)) < 0.05


@pytest.mark.parametrize("name", ["setup.cfg", "setup.py", "pyproject.toml", "constraints.txt"])
def test_changed_input_is_installed_in_place(installed: Checkout, name: str) -> None:
    (installed.root / name).write_text("changed")
    assert installed.run()[0] == 0
    assert installed.noted() == ["setuptools", "out"]
    assert installed.run()[0] == 0
    assert installed.noted() == []


def test_checkout_that_was_moved_is_installed_anew(installed: Checkout) -> None:
    moved = installed.root.with_name("elsewhere")
    installed.root.rename(moved)
    installed.root = moved
    assert installed.run()[0] == 0
    assert installed.noted() == ["venv", "setuptools", str(moved)]


def test_interrupted_installation_is_begun_anew(installed: Checkout) -> None:
    (installed.root / ".venv" / ".installed").unlink()
    (installed.root / ".venv" / "half").write_text("")
    assert installed.run()[0] == 0
    assert installed.noted() == ["venv", "setuptools", "out"]
    assert not (installed.root / ".venv" / "half").exists()


def test_installation_that_fails_is_told_and_tried_again(checkout: Checkout) -> None:
    code, out, err = checkout.run(FAKE_PIP_FAILS="1")
    assert (code, out) == (1, "")
    assert "installation failed" in err
    checkout.noted()
    assert checkout.run()[0] == 0
    assert checkout.noted() == ["venv", "setuptools", "out"]


def test_failed_refresh_is_begun_anew(installed: Checkout) -> None:
    (installed.root / "setup.cfg").write_text("changed")
    assert installed.run(FAKE_PIP_FAILS="1")[0] == 1
    installed.noted()
    assert installed.run()[0] == 0
    assert installed.noted()[0] == "venv"


def test_python_that_went_away_is_replaced(installed: Checkout) -> None:
    (installed.root / ".venv" / "bin" / "python").unlink()
    (installed.root / ".venv" / "bin" / "python").symlink_to("/nowhere/python3.11")
    assert installed.run()[0] == 0
    assert installed.noted()[0] == "venv"


@pytest.mark.parametrize("has_flock", [True, False], ids=["flock", "no flock"])
def test_first_starts_at_once_install_once(checkout: Checkout, has_flock: bool) -> None:
    if not has_flock:
        (checkout.tools / "flock").unlink(missing_ok=True)
    starts = [checkout.start(FAKE_PIP_SECONDS="0.2") for _ in range(3)]
    assert [each.communicate(timeout=PATIENCE)[0] for each in starts] == ["<messenger>\n"] * 3
    assert checkout.noted() == ["venv", "setuptools", "out"]
    assert not (checkout.root / ".venv.holder").is_symlink()


def test_lock_of_the_dead_is_broken(checkout: Checkout) -> None:
    (checkout.tools / "flock").unlink(missing_ok=True)
    dead = subprocess.Popen(["true"])
    dead.wait()
    (checkout.root / ".venv.holder").symlink_to(str(dead.pid))
    assert checkout.run()[0] == 0


def test_link_to_the_launcher_works_from_anywhere(installed: Checkout) -> None:
    link = installed.root.parent / "msg"
    link.symlink_to("check out/bin/messenger")
    assert installed.run(str(link), "x") == (0, "<messenger><x>\n", "")


def test_without_python_the_package_to_install_is_named(checkout: Checkout) -> None:
    checkout.python.unlink()
    code, _, err = checkout.run()
    assert code == 1
    assert err.startswith("messenger: Python 3.11 or newer is needed")
    assert "apt install python3 python3-venv" in err
    assert len(err.splitlines()) == 1


def test_python_that_is_too_old_is_passed_over(checkout: Checkout) -> None:
    code, _, err = checkout.run(FAKE_TOO_OLD="1")
    assert code == 1
    assert "Python 3.11 or newer" in err


def test_python_without_venv_is_told_from_none(checkout: Checkout) -> None:
    code, _, err = checkout.run(FAKE_NO_VENV="1")
    assert code == 1
    assert err.startswith("messenger: python3.12 lacks the venv module")
    assert "python3-venv" in err


def test_name_with_nothing_behind_it_is_passed_over(checkout: Checkout) -> None:
    shim = checkout.tools / "python3.13"
    shim.write_text("#!/bin/sh\necho 'no such version' >&2\nexit 127\n")
    shim.chmod(0o755)
    code, out, err = checkout.run()
    assert (code, out) == (0, "<messenger>\n")
    assert "no such version" not in err


def test_tests_add_their_tools_and_the_server_is_content_with_them(installed: Checkout) -> None:
    test = str(installed.root / "bin" / "test")
    assert installed.run(test, "--version")[1] == "<pytest><--version>\n"
    assert installed.noted() == ["setuptools", "out[test]"]
    assert installed.run()[0] == 0
    assert installed.noted() == []


def test_refresh_keeps_the_tools_for_tests(checkout: Checkout) -> None:
    checkout.run(str(checkout.root / "bin" / "test"))
    checkout.noted()
    (checkout.root / "setup.cfg").write_text("changed")
    assert checkout.run()[0] == 0
    assert checkout.noted() == ["setuptools", "out[test]"]


@as_root
def test_checkout_of_another_account_runs_but_is_not_installed_into(checkout: Checkout) -> None:
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    (checkout.tools / "setpriv").symlink_to(shutil.which("setpriv") or "/nowhere")
    messenger = str(checkout.root / "bin" / "messenger")
    code, _, err = checkout.run(*nobody, messenger)
    assert code == 1
    assert "cannot be written" in err
    assert "as root" in err
    checkout.run()
    assert checkout.run(*nobody, messenger)[:2] == (0, "<messenger>\n")


@as_root
def test_venv_of_another_account_is_not_touched(installed: Checkout) -> None:
    os.chown(installed.root / ".venv", 65534, 65534)
    (installed.root / "setup.cfg").write_text("changed")
    code, _, err = installed.run()
    assert code == 1
    assert "belongs to nobody" in err
    assert installed.noted() == []
