"""Releases beside one another: of a wheel, whole or not there, and one in force."""

import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from messenger.host import releases
from messenger.host.machine import CommandFailed, Machine, Said

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def wheel(folder: Path, commit: str = COMMIT, name: str = "messenger", more: str = "") -> Path:
    path = folder / "messenger-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("messenger/commit.txt", f"{commit}\n")
        archive.writestr("messenger/_deploy/constraints.txt", f"click==8.2\n{more}")
        head = f"Metadata-Version: 2.4\nName: {name}\nVersion: 0.1.0\n\nName: other\n"
        archive.writestr("messenger-0.1.0.dist-info/METADATA", head)
    return path


class Pip:
    """Makes the virtual environment that is asked for; fails when it is told to."""

    def __init__(self) -> None:
        self.fails = False
        self.asked: list[list[str]] = []

    def __call__(self, words: Sequence[str], environ: Mapping[str, str] | None = None) -> Said:
        self.asked.append(list(words))
        if "--wheel-dir" in words:
            wheel(Path(words[words.index("--wheel-dir") + 1]))
        if "venv" in words:
            (Path(words[-1]) / "bin").mkdir(parents=True)
        return Said(1, "", "no index") if self.fails and "pip" in words else Said(0, "")


@pytest.mark.parametrize(
    ("commit", "called"),
    [
        (COMMIT, r"0\.1\.0-0123456789$"),
        (COMMIT + "+", r"0\.1\.0-0123456789-[0-9a-f]{6}$"),
        ("", r"0\.1\.0-[0-9a-f]{10}$"),
        ("$Format:%H$", r"0\.1\.0-[0-9a-f]{10}$"),
    ],
)
def test_a_release_is_called_by_what_it_was_made_of(
    tmp_path: Path, commit: str, called: str
) -> None:
    assert re.match(called, releases.name_of(wheel(tmp_path, commit)))


def test_changed_sources_are_another_release(tmp_path: Path) -> None:
    first = releases.name_of(wheel(tmp_path, COMMIT + "+"))
    assert releases.name_of(wheel(tmp_path, COMMIT + "+", more="x")) != first


def test_a_wheel_of_somebody_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(releases.NoWheel, match="a wheel of other"):
        releases.name_of(wheel(tmp_path, name="other"))
    (tmp_path / "no.whl").write_text("no")
    with pytest.raises(releases.NoWheel, match="no wheel"):
        releases.name_of(tmp_path / "no.whl")


def test_what_was_cut_short_is_made_anew_and_what_is_whole_is_not(tmp_path: Path) -> None:
    pip = Pip()
    machine = Machine(tmp_path / "root", pip)
    made = wheel(tmp_path)
    pip.fails = True
    with pytest.raises(CommandFailed, match="no index"):
        releases.lay(machine, made)
    name = releases.name_of(made)
    with pytest.raises(CommandFailed, match="not whole"):
        releases.switch(machine, name)
    left = machine.path(f"{releases.RELEASES}/{name}/left")
    left.write_text("of the first try")
    pip.fails = False
    assert releases.lay(machine, made) == name
    assert not left.exists()
    asked = len(pip.asked)
    assert releases.lay(machine, made) == name
    assert len(pip.asked) == asked
    releases.switch(machine, name)
    assert releases.current(machine) == name
    assert machine.path(releases.CURRENT).resolve() == machine.path(f"{releases.RELEASES}/{name}")


@pytest.mark.parametrize(("prefix", "isolated"), [(".venv", False), ("release", True)])
def test_a_release_builds_the_next_one_with_what_the_index_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str, isolated: bool
) -> None:
    """Its own environment lacks what a wheel is built with."""
    pip = Pip()
    monkeypatch.setattr("sys.prefix", str(tmp_path / prefix))
    made = releases.build(tmp_path, tmp_path, Machine(Path("/"), pip))
    assert made.is_file()
    assert ("--no-build-isolation" not in pip.asked[0]) == isolated


def test_old_ones_go_but_those_that_are_needed(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    for number in range(6):
        name = f"{releases.RELEASES}/{number}/{releases.WHOLE}"
        machine.write(name, "{}", 0o644)
        os.utime(machine.path(name), (number, number))
    assert releases.drop_old(machine, {"1"}) == ["0", "2"]
    assert releases.whole(machine) == ["1", "3", "4", "5"]
