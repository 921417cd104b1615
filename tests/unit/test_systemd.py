import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from messenger import systemd


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The service manager's end."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messages:
        messages.bind(str(tmp_path / "notify"))
        messages.settimeout(1)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield messages


def test_state_is_told(heard: socket.socket) -> None:
    systemd.notify("READY=1")
    assert heard.recv(100) == b"READY=1"


def test_abstract_address_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"messenger-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messages:
        messages.bind("\0" + name)
        messages.settimeout(1)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
        systemd.notify("STOPPING=1")
        assert messages.recv(100) == b"STOPPING=1"


def test_without_systemd_nothing_is_said(
    heard: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET")
    systemd.notify("READY=1")
    heard.setblocking(False)
    with pytest.raises(BlockingIOError):
        heard.recv(100)


def test_lost_manager_does_not_stop_the_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    systemd.notify("READY=1")
    assert "systemd could not be told READY=1" in caplog.text


OWN = "the process itself"
"""Its id differs between workers, and a test's name may not."""


@pytest.mark.parametrize(
    ("usec", "pid", "seconds"),
    [
        ("30000000", OWN, 30.0),
        ("30000000", "", 30.0),
        ("30000000", "1", None),
        ("", "", None),
        ("0", "", None),
        ("soon", "", None),
    ],
)
def test_watchdog_is_for_the_process_it_names(
    monkeypatch: pytest.MonkeyPatch, usec: str, pid: str, seconds: float | None
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == OWN else pid)
    assert systemd.watchdog_seconds() == seconds
