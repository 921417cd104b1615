"""Slices of time, and words that are passed over: what the search asks first, and reads least."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from messenger.search import marks
from messenger.search.figures import Figures
from messenger.search.matching import Words
from messenger.search.vocabulary import IRREGULAR
from messenger.search.words import compounds, keys_of
from messenger.store.reads.search import KEYS
from tests.search.relevance import CORPUS

NOW = datetime(2026, 11, 30, 13, 37, 5, tzinfo=UTC)
MIGRATION = Path(__file__).parents[2] / "migrations" / "0036.search_slices.sql"


def own(at: datetime) -> set[str]:
    """The marks that the index makes of an entry's time, by its own expression."""
    ms = int(at.timestamp() * 1000)
    made = re.findall(r"'([tuv])' \|\| cast\(search_entries.at / (\d+) as text\)", KEYS)
    return {f"{kind}{ms // int(width)}" for kind, width in made}


@pytest.mark.parametrize("count", [1, 2, 8, 9, 63, 64, 65, 200, marks.MOST_SLICES])
def test_few_marks_tell_a_span_of_time_without_a_hole(count: int) -> None:
    slices, begins = marks.slices(NOW, count)
    assert len(slices) <= marks.WIDER + 1
    step = timedelta(seconds=marks.SLICE_SECONDS)
    assert begins <= NOW - (count - 1) * step
    moments = [begins + each * step for each in range(int((NOW - begins) / step) + 1)]
    assert all(own(at) & {*slices} for at in [*moments, NOW])
    assert not own(begins - timedelta(milliseconds=1)) & {*slices}


def test_the_index_is_asked_by_its_own_expression() -> None:
    widths = re.findall(r"'([tuv])' \|\| \(at / (\d+)\)", MIGRATION.read_text())
    assert widths == re.findall(r"'([tuv])' \|\| cast\(search_entries.at / (\d+)", KEYS)
    seconds = [marks.SLICE_SECONDS * marks.WIDER**each for each in range(len(marks.WIDTHS))]
    assert widths == [
        (str(kind), str(1000 * each)) for kind, each in zip(marks.WIDTHS, seconds, strict=True)
    ]


def test_words_that_are_said_together_are_expected_in_more_than_chance_has_it() -> None:
    figures = Figures()
    figures.entries, figures.parts = 1_000_000.0, {"a": 0.04, "b": 0.01}
    by_chance, cautious = figures.expected([["a"], ["b"]])
    assert by_chance == pytest.approx(400)
    assert cautious == pytest.approx(2_000)
    assert figures.expected([]) == (1_000_000, 1_000_000)


@pytest.mark.parametrize("wanted", ["договор", "человек идти", "getUserName 123-45", "елка dying"])
def test_no_word_is_passed_over_that_has_a_wanted_key(wanted: str) -> None:
    words = Words(frozenset(keys_of(wanted)), whole=False)
    texts = [*CORPUS.values(), *IRREGULAR, "Ёлки ёлку dies Die getUserName user_name №123-45"]
    written = {each[0] for text in texts for each in compounds(text)}
    assert {each: words[each] for each in written} == {each: words.read(each) for each in written}
