from collections.abc import Iterator
from pathlib import Path

import pytest

from messenger.archive.vault import Vault
from messenger.store.archive.session import Session


@pytest.fixture
def session(dsn: str) -> Iterator[Session]:
    with Session(dsn) as session:
        yield session


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "archives", None, "disk")
