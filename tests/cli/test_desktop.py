"""`desktop`: what is published is listed; a directory without installers is a failure."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Messenger


def test_installers_are_published_and_listed(
    messenger: Messenger,
    output_of: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    made = tmp_path / "release"
    made.mkdir()
    result = messenger("desktop", "publish", str(made))
    assert result.exit_code == 1
    assert "bin/desktop" in result.stderr
    assert messenger("desktop", "list").stdout == "nothing is offered\n"
    (made / "Messenger-0.1.0-win-x64.exe").write_bytes(b"MZ")
    published = output_of("desktop", "publish", str(made))
    assert [each["system"] for each in published["installers"]] == ["windows"]
    assert output_of("desktop", "list") == published
    assert "Messenger-0.1.0-win-x64.exe" in messenger("desktop", "list").stdout
