"""The words of the server: the same in both languages, the right forms; texts without marks."""

import pytest

from messenger.push.plain import plain
from messenger.words import EN, RU, say


def test_both_catalogs_have_the_same_words() -> None:
    assert RU.keys() == EN.keys()


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
