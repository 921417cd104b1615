"""What operators are told to write is what the program understands."""

import re
import shlex
from pathlib import Path

import click
import pytest

from messenger.cli import main
from messenger.config.notes import notes
from messenger.config.settings import SETTINGS
from messenger.runtime import RUNTIME

ROOT = Path(__file__).parents[2]
PAGES = ("docs/self-hosting.md", "docs/operations.md")


def test_table_of_settings_is_complete_and_current() -> None:
    page = (ROOT / "docs/self-hosting.md").read_text()
    rows = [f"| `{n.name}` | {n.default} | {n.sentence} |" for n in notes()]
    assert re.findall(r"^\| `[A-Z].*$", page, re.M) == rows


def test_the_settings_that_change_while_it_runs_are_named() -> None:
    page = (ROOT / "docs/self-hosting.md").read_text()
    told = page.partition("may also change while the server runs")[2].partition("\n\n")[0]
    assert set(re.findall("`([A-Z_]+)`", told)) == RUNTIME.keys()


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("docker-compose.yml", r"^      ([A-Z_]+): \$\{[A-Z_]+:-[^}]+\}$"),
        ("deploy/Dockerfile", r"(?<=\s)([A-Z_]+)=[/\d]"),
        ("deploy/messenger.service", r"^Environment=([A-Z_]+)="),
        ("deploy/caddy/messenger.caddy", r"([A-Z_]{8,})="),
        ("deploy/nginx/messenger.conf", r"([A-Z_]{8,})="),
    ],
)
def test_deployments_set_what_there_is_to_set(file: str, names: str) -> None:
    named = set(re.findall(names, (ROOT / file).read_text(), re.M))
    named -= {
        "DOMAIN",
        "PATH",
        "PIP_NO_CACHE_DIR",
        "PIP_DISABLE_PIP_VERSION_CHECK",
        "PIP_CONSTRAINT",
    }
    assert named
    assert named <= SETTINGS.keys()


def commands() -> list[str]:
    blocks = [
        block
        for page in PAGES
        for block in re.findall(
            r"```sh\n(.*?)```|`(messenger .*?)`", (ROOT / page).read_text(), re.S
        )
    ]
    lines = [line for pair in blocks for text in pair for line in text.splitlines()]
    known = "admin|backup|db|doctor|init|install|jobs|uninstall|upgrade"
    found = [re.search(rf"(?:^|[/ ])messenger ((?:{known})\b.*)", line) for line in lines]
    return sorted({each[1] for each in found if each})


@pytest.mark.parametrize("line", commands())
def test_command_is_understood(line: str) -> None:
    words = shlex.split(line, comments=True)
    command: click.Command = main
    context = click.Context(main, info_name="messenger")
    while isinstance(command, click.Group) and not (
        # `admin invite` does something by itself.
        command.invoke_without_command and words and words[0].startswith("-")
    ):
        name, found, words = command.resolve_command(context, words)
        assert found is not None
        command, context = found, click.Context(found, info_name=name, parent=context)
    command.make_context(command.name, words)


def test_commands_were_found() -> None:
    assert len(commands()) > 12
