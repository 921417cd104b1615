"""`admin settings`: what may change while a server runs, from a shell."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

Messenger = Callable[..., Result]
Output = Callable[..., Any]


@pytest.fixture(autouse=True)
def _database(messenger: Messenger, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)


def test_settings_are_set_listed_and_reset(messenger: Messenger, output_of: Output) -> None:
    [set_] = output_of("admin", "settings", "set", "registration", "closed")
    assert (set_["value"], set_["source"]) == ("closed", "database")
    # Other commands keep to it.
    assert "REGISTRATION is closed" in messenger("admin", "invite").stderr
    listed = {each["name"]: each for each in output_of("admin", "settings", "list")}
    assert listed["REGISTRATION"]["value"] == "closed"
    [reset] = output_of("admin", "settings", "reset", "REGISTRATION")
    assert (reset["value"], reset["source"]) == ("invite", "default")
    [told] = output_of("admin", "audit", "--action", "settings", "--limit", "1")
    assert told["details"]["changes"] == {"REGISTRATION": {"before": "closed", "after": "invite"}}


def test_what_the_environment_says_or_cannot_be_is_misuse(
    messenger: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETENTION_DAYS", "10")
    for name, value in (("RETENTION_DAYS", "5"), ("REGISTRATION", "maybe"), ("PORT", "80")):
        result = messenger("admin", "settings", "set", name, value)
        assert result.exit_code == 2, name
        assert name in result.stderr
