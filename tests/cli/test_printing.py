"""What the command line prints of what people wrote."""

from messenger.cli.printing import table


def test_nothing_that_people_wrote_moves_a_terminals_cursor() -> None:
    rows = [("1", "a\x1b[2Jb\nc"), ("22", "обычный «текст» 👍")]
    assert table(("ID", "TEXT"), rows) == [
        "ID  TEXT", "1   a\ufffd[2Jb\ufffdc", "22  обычный «текст» 👍"
    ]  # fmt: skip
