"""What PostgreSQL leaves out has nothing that the matcher would find."""

import re
import sys

import pytest

from messenger.search.expanding import Option, Wanting
from messenger.search.matching import Matcher
from messenger.search.patterns import PLAIN, UNUSUAL, of_phrases, of_words
from messenger.search.words import UNUSUAL as READ_CLOSER
from messenger.search.words import words_of

SURROGATES = range(0xD800, 0xE000)


def test_all_that_may_be_of_a_word_is_plain_or_unusual() -> None:
    either = re.compile(f"[{PLAIN}{UNUSUAL}]")
    missed = [
        f"{number:x}"
        for number in range(0x80, sys.maxunicode + 1)
        if number not in SURROGATES
        and READ_CLOSER.search(chr(number).lower().replace("ё", "е"))
        and not either.match(chr(number))
    ]
    assert missed == []


def test_signs_that_people_write_let_nothing_through() -> None:
    assert not re.search(f"[{UNUSUAL}]", "«Акт» — „№ 5“ “a” ‘b’ … • § ©™ 5 €, 7 ₽ → ✅ ☺️ 🙂👍🏽❤")


def phrase(text: str) -> list[Wanting]:
    forms = tuple(word.form for word in words_of(text))
    return [Wanting((Option((), forms),), negated=False, atoms=())]


@pytest.mark.parametrize(
    "text",
    [
        "акт сверки", "Нужен АКТ\nсверки!", "акт-сверки", "(Акт) — «Сверки»", "факт, акт_сверки",
        "а\u0301кт сверки", "акт све\u00adрки", "факт сверки", "акт и сверки", "акт сверкий", "акт",
        "Ёлки и ёжик", "елки И ЁЖИК", "ёлки и ежикъ", "café и акт сверки",
    ],
)  # fmt: skip
@pytest.mark.parametrize("wanted", ["акт сверки", "ёлки и ёжик"])
def test_a_text_with_the_phrase_is_let_through(text: str, wanted: str) -> None:
    found = Matcher(phrase(wanted)).match(text) is not None
    let = all(re.search(each, text) for each in of_phrases(phrase(wanted)))
    assert let or not found
    if not re.search(f"[{UNUSUAL}]", text):
        assert let == found


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("подписали договор аренды", True), ("Договор на аренду", True), ("ДОГОВОР\nАРЕНДУ", True),
        ("аренду, договор", False), ("договор", False),
    ],
)  # fmt: skip
def test_words_are_looked_for_in_their_order(text: str, has: bool) -> None:
    [pattern] = of_words(["договор", "аренд"])
    assert bool(re.search(pattern, text, re.DOTALL)) == has


def test_what_is_typed_is_no_pattern() -> None:
    [pattern] = of_words(["a.b(c", "[d]*"])
    assert re.search(pattern, "A.b(c и [d]*".lower(), re.DOTALL)
    assert not re.search(pattern, "axb(c и dd", re.DOTALL)
