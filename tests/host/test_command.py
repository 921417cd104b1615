"""`install`, `uninstall` and `upgrade` as they are called, on a stage."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from messenger.cli import Failure, install, main
from messenger.host import plan, proxy
from messenger.host.plan import Answers

Messenger = Callable[..., Result]
CHAT = ("--domain", "Chat.Example.com.", "--proxy", "caddy", "--locale", "en")


@pytest.fixture
def messenger(tmp_path: Path) -> Messenger:
    return lambda *words: CliRunner().invoke(main, [*words, "--root", str(tmp_path)])


def test_a_stage_is_laid_out_once_and_taken_away_but_for_data_and_settings(
    messenger: Messenger, tmp_path: Path
) -> None:
    first = messenger("install", *CHAT)
    assert first.exit_code == 0, first.output
    assert "- write /etc/messenger/environment\n" in first.output
    settings = (tmp_path / "etc/messenger/environment").read_text()
    assert "BASE_URL=https://chat.example.com\n" in settings
    assert messenger("install").output == "Nothing differs.\n"
    changed = messenger("install", "--locale", "ru").output.splitlines()
    assert changed == [
        "- change /etc/messenger/environment",
        "- change /etc/messenger/install.json",
    ]
    gone = messenger("uninstall")
    assert gone.exit_code == 0, gone.output
    left = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"etc"}
    assert (tmp_path / "var/lib/messenger").is_dir()
    assert "Kept: the data" in gone.output


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("install", "--proxy", "caddy"), "caddy needs a name"),
        (("install", "--domain", "10.0.0.1"), "is no name"),
        (("install", "--domain", "a.b {\n:80"), "is no name"),
        (("uninstall",), "not installed here"),
        (("upgrade",), "not installed here"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(
    messenger: Messenger, tmp_path: Path, words: tuple[str, ...], reason: str
) -> None:
    result = messenger(*words)
    assert result.exit_code == 1
    assert reason in result.output
    assert [*tmp_path.iterdir()] == []


def nothing_given(**more: Any) -> dict[str, Any]:
    return {"domain": None, "proxy": None, "tls": None, "locale": None, "port": None, **more}


@pytest.mark.parametrize(
    ("given", "said", "answers"),
    [
        ({}, ["chat.a.org", "caddy", "en"], ("chat.a.org", "caddy", "en")),
        ({}, ["", "ru"], (None, "none", "ru")),
        ({"domain": "chat.a.org"}, ["nginx", "ru"], ("chat.a.org", "nginx", "ru")),
        ({"domain": "a.org", "proxy": "none", "locale": "en"}, [], ("a.org", "none", "en")),
    ],
)
def test_at_most_three_questions_are_asked_and_none_that_was_answered(
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, Any],
    said: list[str],
    answers: tuple[Any, ...],
) -> None:
    waiting = iter(said)
    monkeypatch.setattr(click, "prompt", lambda *_, **__: next(waiting))
    found = install.ask(None, nothing_given(**given), asking=True)
    assert (found.domain, found.proxy, found.locale) == answers
    assert next(waiting, None) is None
    assert install.ask(found, nothing_given(), asking=True) == found


def test_without_anybody_to_ask_a_name_is_served_by_caddy() -> None:
    found = install.ask(None, nothing_given(domain="chat.a.org"), asking=False)
    assert found.proxy == "caddy"
    assert install.ask(None, nothing_given(), asking=False) == Answers()
    with pytest.raises(Failure, match="needs a name"):
        install.ask(found, nothing_given(domain=""), asking=False)


def test_an_upgrade_without_one_to_undo_says_so(messenger: Messenger, tmp_path: Path) -> None:
    messenger("install", *CHAT)
    (tmp_path / "opt/messenger/current").symlink_to("releases/0.1.0-abc")
    result = messenger("upgrade", "--undo")
    assert result.exit_code == 1
    assert "no upgrade to undo" in result.output
    assert json.loads((tmp_path / plan.ANSWERS[1:]).read_text())["source"] is None
    assert "Say which wheel" in messenger("upgrade").output
    assert proxy.IMPORT in (tmp_path / proxy.CADDYFILE[1:]).read_text()
