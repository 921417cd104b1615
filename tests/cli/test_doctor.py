import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from messenger import config

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


def test_a_setting_without_effect_yet_says_what_it_waits_for(messenger: Messenger) -> None:
    lines = messenger("doctor").stdout.splitlines()
    waiting = {line.split()[0]: line for line in lines if "no effect yet" in line}
    assert waiting.keys() == config.WITHOUT_EFFECT.keys()
    assert waiting["RETENTION_DAYS"].endswith("[no effect yet: waits for the archive]")


def test_every_other_setting_is_read_somewhere() -> None:
    """A setting that nobody reads must be listed as one without effect."""
    package = Path(config.__file__).parent
    sources = "".join(
        path.read_text() for path in package.rglob("*.py") if path.name != "config.py"
    )
    fields = {each for each in config.Settings.__struct_fields__ if each != "sources"}
    unread = {each for each in fields if not re.search(rf"(?i)settings\]?\.{each}\b", sources)}
    assert unread <= {name.lower() for name in config.WITHOUT_EFFECT}
