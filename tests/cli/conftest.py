"""The command line, run inside the test with nothing set but a data directory of its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from messenger.cli import main

Messenger = Callable[..., Result]


@pytest.fixture
def messenger(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Messenger:
    for name in ("DATABASE_URL", "SECRET_KEY", "HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return lambda *command: CliRunner().invoke(main, command)


@pytest.fixture
def output_of(messenger: Messenger) -> Callable[..., Any]:
    """What a command that succeeds prints for machines."""

    def run(*command: str) -> Any:
        result = messenger(*command, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return run
