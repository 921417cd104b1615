import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from messenger.config import settings
from messenger.config.settings import SETTINGS

Messenger = Callable[..., Result]


def test_nothing_is_wrong_before_the_first_start(messenger: Messenger) -> None:
    result = messenger("doctor")
    assert result.exit_code == 0
    assert "Everything is well." in result.stdout


def test_nothing_is_wrong_with_a_current_database(
    output_of: Callable[..., Any], dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    report = output_of("doctor")
    assert {check["name"] for check in report["checks"]} >= {"database", "clock", "schema"}


def test_what_is_wrong_is_told_and_what_to_do(
    messenger: Messenger, empty: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty)
    monkeypatch.setenv("MESSENGER_PORT", "1")
    (tmp_path / "secret_key").write_text("k" * 40)
    (tmp_path / "secret_key").chmod(0o644)
    result = messenger("doctor")
    assert result.exit_code == 1
    assert "BAD  permissions" in result.stdout
    assert f"-> chmod 600 {tmp_path / 'secret_key'}" in result.stdout
    assert "0001.core is pending" in result.stdout
    assert "perhaps PORT was meant" in result.stdout


def test_settings_that_have_no_effect_yet_are_named(
    messenger: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETENTION_DAYS", "7")
    monkeypatch.setenv("VAPID_SUBJECT", " ")
    said = messenger("doctor").stdout
    assert "ok   setting: RETENTION_DAYS is set, but has no effect in this version" in said
    assert "VAPID_SUBJECT" not in said


def test_every_malformed_setting_is_told(
    messenger: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eighty")
    monkeypatch.setenv("LOG_LEVEL", "loud")
    result = messenger("doctor")
    assert result.exit_code == 1
    assert result.stdout.count("BAD ") == 3  # two settings, and the last line


def test_no_secret_is_shown(
    messenger: Messenger, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn.replace("messenger@", "messenger:hunter2@"))
    monkeypatch.setenv("SECRET_KEY", "hunter3" * 9)
    assert "hunter" not in messenger("doctor").output


def test_every_setting_is_read_somewhere() -> None:
    config = Path(settings.__file__).parent
    files = [path for path in config.parent.rglob("*.py") if config not in path.parents]
    sources = "".join(path.read_text() for path in files)
    names = [name.lower() for name in SETTINGS]
    assert [each for each in names if not re.search(rf"(?i)settings\]?\.{each}\b", sources)] == []
