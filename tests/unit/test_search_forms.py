"""How much a word of the same stem is what was typed."""

import pytest

from messenger.search.matching import OTHER, SAME, likeness
from messenger.search.words import stem


@pytest.mark.parametrize(
    ("typed", "form", "expected"),
    [
        ("договор", "договор", SAME),
        ("договор", "договоры", 1.0),
        ("договор", "договорами", 1.0),
        ("договор", "договорились", OTHER),
        ("договорились", "договориться", 1.0),
        ("оплата", "оплатили", OTHER),
        ("отчет", "отчеты", 1.0),
        ("отдел", "отделы", 1.0),
        ("люди", "человек", 1.0),
        ("invoice", "invoices", 1.0),
    ],
)
def test_forms_of_a_word_and_verbs_of_its_stem(typed: str, form: str, expected: float) -> None:
    assert stem(typed) == stem(form)
    assert likeness(stem(typed), typed, form) == expected
