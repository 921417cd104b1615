"""The protocol reference in `docs/` is what the code says."""

import re
from pathlib import Path

from messenger import config
from messenger.config.notes import notes
from messenger.errors import CATALOGUE
from messenger.protocol import events
from messenger.protocol.command import tag_of
from messenger.protocol.frames import COMMANDS
from messenger.reference.document import COMMAND, markdown
from messenger.reference.markdown import anchor

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"


def test_the_committed_page_is_up_to_date():
    assert PAGE.read_text() == markdown(), f"run: {COMMAND}"


def test_it_names_every_command_event_error_and_close_code():
    page = markdown()
    expected = [f"### `{tag_of(each)}`" for each in COMMANDS]
    expected += [f"| `{each}` |" for each in events.CHAT_EVENTS | events.USER_EVENTS]
    expected += [f"| `{each.code}` | {each.status} |" for each in CATALOGUE]
    expected += [f"| `{each.code}` | {each.reason} |" for each in events.CLOSES]
    assert [each for each in expected if each not in page] == []


def test_every_link_leads_to_a_heading():
    page = markdown()
    headings = {anchor(each) for each in re.findall(r"^#+ (.+)$", page, re.M)}
    links = set(re.findall(r"\]\(#([^)]+)\)", page))
    assert len(links) > 20
    assert links <= headings


def test_every_setting_is_explained_without_touching_a_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = config.load({"SECRET_KEY": "x" * 64, "VAPID_PRIVATE_KEY": "a" * 43})
    assert [note.name for note in notes()] == [name for name, _, _ in config.describe(settings)]
    assert all(note.sentence for note in notes())
    assert list(tmp_path.iterdir()) == []


def test_no_default_names_a_place_of_this_machine():
    assert not any(str(Path.home()) in note.default for note in notes())
