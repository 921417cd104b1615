"""Folders of backups: what they are called."""

from datetime import UTC, datetime
from pathlib import Path

from messenger.backup.folders import PARTIAL, begin, moment_of

NOW = datetime(2026, 11, 30, 3, 0, 59, tzinfo=UTC)


def test_backups_of_one_second_have_names_of_their_own(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        folder = begin(tmp_path, NOW)
        whole = folder.with_name(folder.name.removesuffix(PARTIAL))
        # What is whole is not empty, so nothing may be renamed to it.
        (folder / "manifest.json").write_text("{}")
        folder.rename(whole)
        names.append(whole.name)
    assert names == ["2026-11-30T03-00-59Z", "2026-11-30T03-01-00Z", "2026-11-30T03-01-01Z"]
    assert all(map(moment_of, names))
