"""A task's title out of a message."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.rules.text import FIRST_LINE_MAX, check_title, first_line
from messenger.rules.visible import has_visible

TITLES = [
    ("Купить кофе", "Купить кофе"),
    ("  Купить   кофе \t в офис  ", "Купить кофе в офис"),
    ("\n\n  \nВторая строка\nтретья", "Вторая строка"),
    ("# Заголовок\nтекст", "Заголовок"),
    ("###### Мелкий", "Мелкий"),
    ("> цитата", "цитата"),
    ("> > - [x] вложено", "вложено"),
    ("- пункт", "пункт"),
    ("* пункт", "пункт"),
    ("1. пункт", "пункт"),
    ("12) пункт", "пункт"),
    ("[ ] пункт", "пункт"),
    ("- [ ] **сделать** отчёт", "сделать отчёт"),
    ("**Важно:** *сегодня* ~~вчера~~", "Важно: сегодня вчера"),
    ("__жирно__ и _курсив_", "жирно и курсив"),
    ("***оба***", "оба"),
    ("запусти `make *all*` снова", "запусти make *all* снова"),
    ("см. [договор](https://example.com/a_(b)) завтра", "см. договор завтра"),
    ('![схема](https://example.com/x.png "подпись")', "схема"),
    ("**[ссылка](http://example.com) и `код`**", "ссылка и код"),
    ("@bob сделай отчёт", "сделай отчёт"),
    ("@bob, @carol.k: сделайте отчёт", "сделайте отчёт"),
    ("@bob — сделай", "сделай"),
    ("@bob\nсделай отчёт", "сделай отчёт"),
    ("сделай вместе с @bob", "сделай вместе с @bob"),
    ("---\nпосле черты", "после черты"),
    ("```python\nprint(1)\n```", "print(1)"),
    ("snake_case_name и 2 * 3 * 4", "snake_case_name и 2 * 3 * 4"),
    ("#123 закрыть", "#123 закрыть"),
    ("-5 градусов", "-5 градусов"),
    ("2.1.12 выпустить", "2.1.12 выпустить"),
    ("a\x07b\u2028c", "a b"),
    ("🎉\nготово", "готово"),
]


@pytest.mark.parametrize(("text", "title"), TITLES)
def test_title_is_the_first_line_as_a_reader_sees_it(text: str, title: str) -> None:
    assert first_line(text) == title


@pytest.mark.parametrize("text", ["@bob", "🎉🎉", "***", "?!"])
def test_what_has_no_words_stays_as_it_is(text: str) -> None:
    assert first_line(f" {text}\n") == text


def test_long_line_is_cut_after_a_whole_word() -> None:
    title = first_line("слово, " * 40)
    assert title == "слово, " * 16 + "слово…"
    assert len(title) <= FIRST_LINE_MAX


def test_line_of_exactly_the_limit_is_kept_whole() -> None:
    assert first_line("a" * FIRST_LINE_MAX) == "a" * FIRST_LINE_MAX


def test_word_longer_than_the_limit_is_cut_inside() -> None:
    assert first_line("a" * 121) == "a" * 119 + "…"


@pytest.mark.parametrize("text", ["*_" * 2500, "`" * 5000, "[" * 5000, "> " * 2500, "*a " * 1600])
def test_hostile_text_is_read_quickly(text: str) -> None:
    started = time.process_time()
    first_line(text)
    assert time.process_time() - started < 0.5


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00")))
def test_whatever_is_a_message_gives_a_title(text: str) -> None:
    title = first_line(text)
    if has_visible(text):
        check_title(title)
    assert len(title) <= FIRST_LINE_MAX
