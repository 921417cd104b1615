"""The words of the server: the same in both languages, the right forms; texts without marks."""

import json
from pathlib import Path

import pytest

from messenger.push.plain import plain
from messenger.words import EN, RU, say

LOCALES = Path(__file__).parents[2] / "static" / "src" / "locales"


def test_both_catalogs_have_the_same_words() -> None:
    assert RU.keys() == EN.keys()


SHARED = {
    "due_tomorrow": "notices.due_tomorrow",
    "due_now": "notices.due_now",
    "overdue": "notices.due_overdue",
    "message": "notices.hidden",
    "photo": "files.one_photo",
    "video": "files.one_video",
    "voice": "files.one_voice",
}


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_server_and_client_say_the_same_thing_in_the_same_words(locale: str) -> None:
    """A push and an open tab tell of one thing: each takes the place of the other."""
    client = json.loads((LOCALES / f"{locale}.json").read_text())
    assert {key: say(locale, key) for key in SHARED} == {
        key: client[other] for key, other in SHARED.items()
    }


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 файл"), (2, "2 файла"), (5, "5 файлов"), (11, "11 файлов"), (122, "122 файла")],
)
def test_numbers_have_their_forms(count: int, words: str) -> None:
    assert say("ru", "files", count=count) == words


def test_other_languages_are_told_in_english() -> None:
    assert (say("fr", "files", count=1), say("en", "files", count=2)) == ("1 file", "2 files")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**жирно** и _косо_, ~~нет~~", "жирно и косо, нет"),
        ("смотри [сюда](https://a.example/x_y_z)", "смотри сюда"),
        ("`code_with_marks` **", "code_with_marks **"),
        ("```py\nprint(1)\n```", "print(1)"),
        ("> цитата\n\nответ", "цитата\nответ"),
        ("snake_case_name, 2 * 3 * 4", "snake_case_name, 2 * 3 * 4"),
        ("https://a.example/a_b_c", "https://a.example/a_b_c"),
    ],
)
def test_text_is_told_without_its_marks(text: str, words: str) -> None:
    assert plain(text) == words
