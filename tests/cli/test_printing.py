"""What the command line prints of what people wrote."""

import re

import click
from click.testing import CliRunner

from messenger.cli import main
from messenger.cli.printing import table


def test_nothing_that_people_wrote_moves_a_terminals_cursor() -> None:
    rows = [("1", "a\x1b[2Jb\nc"), ("22", "обычный «текст» 👍")]
    assert table(("ID", "TEXT"), rows) == [
        "ID  TEXT", "1   a\ufffd[2Jb\ufffdc", "22  обычный «текст» 👍"
    ]  # fmt: skip


def test_help_says_of_every_command_what_it_does_as_a_whole() -> None:
    groups: list[tuple[click.Group, list[str]]] = [(main, [])]
    for group, path in groups:
        shown = CliRunner().invoke(main, [*path, "--help"], terminal_width=80).output
        assert re.search(r"\w\.\.\.$", shown, re.MULTILINE) is None, shown
        for name in group.list_commands(click.Context(group)):
            command = group.get_command(click.Context(group), name)
            if isinstance(command, click.Group):
                groups.append((command, [*path, name]))
    assert len(groups) > 10
