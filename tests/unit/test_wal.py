"""Which segment holds a place in the log, which of a folder are segments; the archive's files."""

import hashlib
from pathlib import Path

import pytest

from messenger import config
from messenger.archive.vault import mirror_in
from messenger.backup.replaying import bring_archived
from messenger.backup.wal import segment_of, segments
from messenger.store.comparing import Archived


@pytest.mark.parametrize(
    ("lsn", "segment"),
    [
        ("0/2000028", "0000000000000002"),
        ("0/FFFFFFFF", "00000000000000FF"),
        ("1/0", "0000000100000000"),
        ("2A/3C000000", "0000002A0000003C"),
    ],
)
def test_a_place_in_the_log_lies_in_a_segment(lsn: str, segment: str) -> None:
    assert segment_of(lsn) == segment


def test_the_segment_that_is_being_written_comes_last_and_other_files_are_none(
    tmp_path: Path,
) -> None:
    names = ["000000010000000000000003.partial", "000000010000000000000002", "00000002.history"]
    for name in names:
        (tmp_path / name).touch()
    assert [path.name for path in segments(tmp_path)] == [names[1], names[0]]


def test_the_archive_is_as_it_was_at_the_moment_not_at_the_base(tmp_path: Path) -> None:
    settings = config.load({"DATA_DIR": str(tmp_path / "data")})
    here, mirror = tmp_path / "data" / "archives", mirror_in(tmp_path / "safe")
    for folder, name in (
        (here, "2026-11-29/stayed"),
        (here, "2026-11-29/written anew since, without what was deleted"),
        (mirror, "2026-11-30/came since"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    listed = [
        Archived("disk", name, hashlib.sha256(name.encode()).hexdigest(), None)
        for name in ("2026-11-29/stayed", "2026-11-30/came since", "2026-11-30/lost")
    ]
    assert bring_archived(settings, tmp_path / "safe", listed) == ["2026-11-30/lost"]
    found = {path.relative_to(here).as_posix() for path in here.glob("*/*")}
    assert found == {"2026-11-29/stayed", "2026-11-30/came since"}
