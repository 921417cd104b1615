"""Which segment holds a place in the log, and which of a folder are segments."""

from pathlib import Path

import pytest

from messenger.backup.wal import segment_of, segments


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
