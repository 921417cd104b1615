"""What is wrong with the machine is found, and its fix, followed to the letter, mends it."""

import os
import resource
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from messenger.doctor import machine
from tests.doctor.provoked import bad, run
from tests.small_disk import filled, small_disk

NOBODY = 65534


@pytest.fixture
def open_dir() -> Iterator[Path]:
    """A directory that every account may get to."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@contextmanager
def nobody() -> Iterator[None]:
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_directory_of_another_account(open_dir: Path) -> None:
    with nobody():
        found = bad(machine.directory(open_dir))
    run(found["data_dir"])
    with nobody():
        assert bad(machine.directory(open_dir)) == {}


def test_keys_that_others_can_read(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("k" * 40)
    (tmp_path / "secret_key").chmod(0o644)
    tmp_path.chmod(0o777)
    while found := bad(machine.directory(tmp_path)):
        run(found["permissions"])
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8) as disk:
        least = 2**20
        filler = filled(disk, but=least // 2)
        assert "disk" in bad(machine.room(disk, least, 0))
        filler.unlink()
        assert bad(machine.room(disk, least, 0)) == {}
        inodes = os.statvfs(disk).f_favail - 4
        files = [disk / str(number) for number in range(6)]
        for each in files:
            each.touch()
        assert "inodes" in bad(machine.room(disk, least, inodes))
        for each in files:
            each.unlink()
        assert bad(machine.room(disk, least, inodes)) == {}


def test_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(available: int) -> dict[str, object]:
        (tmp_path / "meminfo").write_text(
            f"MemTotal: 9 kB\nMemAvailable: {available} kB\nSwapFree: 0 kB\nHugePages_Free: 0\n"
        )
        return dict(bad(machine.memory(tmp_path)))

    least = told(1000)["memory"].values["least"]  # type: ignore[attr-defined]
    assert told(least * 1024) == {}
    # Where it is hidden, what is free is enough or says nothing.
    free = {"SC_PAGE_SIZE": 4096, "SC_AVPHYS_PAGES": least * 256}
    monkeypatch.setattr("os.sysconf", free.__getitem__)
    assert [each.values for each in machine.memory(tmp_path / "nowhere")] == [{"free": least}]
    free["SC_AVPHYS_PAGES"] -= 1
    assert list(machine.memory(tmp_path / "nowhere")) == []


def test_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1000, hard))
    try:
        found = bad([machine.open_files()])["open_files"]
        # What `ulimit -n` of its fix does.
        resource.setrlimit(resource.RLIMIT_NOFILE, (found.values["least"], hard))
        assert bad([machine.open_files()]) == {}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_bounds_of_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a copy of /proc/sys: the machine's own is everybody's."""
    sysctl = tmp_path / "bin" / "sysctl"
    sysctl.parent.mkdir()
    sysctl.write_text(
        '#!/bin/sh\n[ "$1" = -w ] || exit 1\npath=$(echo "${2%%=*}" | tr . /)\n'
        f'echo "${{2#*=}}" >"{tmp_path}/sys/$path"\n'
    )
    sysctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{sysctl.parent}:{os.environ['PATH']}")
    for name, value in (("core/somaxconn", 128), ("ipv4/tcp_keepalive_time", 7200)):
        path = tmp_path / "sys/net" / name
        path.parent.mkdir(parents=True)
        path.write_text(f"{value}\n")
    found = bad(machine.kernel(tmp_path, remote=True))
    assert found.keys() == {"somaxconn", "keepalive"}
    for each in found.values():
        run(each)
    assert bad(machine.kernel(tmp_path, remote=True)) == {}


@pytest.mark.parametrize("able", ["yes", "no"])
def test_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, able: str) -> None:
    """With tools that remember: the machine's own clock is everybody's."""
    done = {
        "timedatectl": f'[ "$1 $2" = "set-ntp true" ] && [ {able} = yes ] && touch {tmp_path}/on',
        "apt-get": f'[ "$3" = systemd-timesyncd ] && touch {tmp_path}/on',
    }
    shown = f"echo NTPSynchronized=$([ -e {tmp_path}/on ] && echo yes || echo no) CanNTP={able}"
    for name, line in done.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n{shown}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    run(bad(machine.clock())["clock"])
    assert [each.state for each in machine.clock()] == ["well"]
