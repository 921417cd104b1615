"""Common words where nothing was said lately: no statement meets more than some thousands."""

import asyncio
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, cast

import pytest

from messenger.search import candidates, marks
from messenger.search.candidates import FIRST, Ask
from messenger.search.codes import of_word
from messenger.search.dictionary import Dictionary
from messenger.search.entries import What
from messenger.search.expanding import Option, Wanting
from messenger.search.figures import Figures
from messenger.search.filters import Sieve
from messenger.store.reads import search as reads
from messenger.store.reads.search import Candidate

CHAT, EPOCH, DAY = 17, datetime(1970, 1, 1, tzinfo=UTC), timedelta(days=1)
WIDTHS = {kind: marks.SLICE_SECONDS * marks.WIDER**place for place, kind in enumerate(marks.WIDTHS)}


class Index:
    """Entries that all have the word, by their days before now; `met`: by each statement."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, days: list[float]) -> None:
        now = datetime.now(UTC)
        self.at = sorted(now - each * DAY for each in days)
        self.met: list[int] = []
        monkeypatch.setattr(reads, "messages_with", self.messages_with)
        monkeypatch.setattr(reads, "last_said", self.last_said)

    async def messages_with(self, *_: Any, since: datetime, at: datetime, **given: Any) -> Any:
        anys = [group for name, group in given.items() if name.startswith("any") and group]
        groups = [*anys, *([each] for each in given["every"] or [])]
        slices = [g for g in groups if all(each[0] in WIDTHS and each[1:] for each in g)]
        found = range(bisect_left(self.at, since), bisect_left(self.at, at))
        told = [place for place in found if all(own(self.at[place]) & {*g} for g in slices)]
        self.met.append(len(told))
        latest = reversed(told[-given["limit"] :])
        return [Candidate(CHAT, place * 64, self.at[place]) for place in latest]

    async def last_said(self, *_: Any) -> datetime:
        return self.at[-1]


def own(at: datetime) -> set[str]:
    seconds = int((at - EPOCH).total_seconds())
    return {marks.mark(kind, seconds // width) for kind, width in WIDTHS.items()}


def spread(count: int, first: float, last: float) -> list[float]:
    return [first + (last - first) * each / count for each in range(count)]


@pytest.mark.parametrize(
    ("days", "most"),
    [
        (spread(20_000, 0, 800), 2_000),
        (spread(20_000, 100, 800), 2_000),
        (spread(20_000, 1_500, 2_500), 2_000),
        # One said that it is quiet here.
        ([0.001, *spread(20_000, 400, 1_200)], 3_000),
    ],
    ids=["busy", "quiet for 100 days", "quiet for four years", "quiet but for one"],
)
@pytest.mark.parametrize("in_chats", [False, True])
def test_common_words_are_not_all_read_where_it_is_quiet(
    monkeypatch: pytest.MonkeyPatch, days: list[float], most: int, in_chats: bool
) -> None:
    index = Index(monkeypatch, days)
    figures = Figures()
    figures.entries, figures.parts = 1_000_000.0, {"и": 0.02, f"c{CHAT}": 1.0}
    figures.in_slice, figures.oldest = 1_000_000 / (800 * 6), index.at[0]
    every = ["и", f"c{CHAT}"] if in_chats else ["и"]
    ask = Ask(1, every, [], [], [What.MESSAGE], EPOCH, FIRST[0], in_chats=in_chats)
    seen = cast(Any, {CHAT: type("Chat", (), {"n": 1_000_000})})
    found = asyncio.run(
        candidates.newest(cast(Any, None), ask, figures, seen, FIRST, 60, monotonic() + 60)
    )
    assert [each.at for each in found.rows] == index.at[::-1][:60]
    assert max(index.met) <= most
    assert len(index.met) <= 12


def test_all_that_there_is_is_found_however_old(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(monkeypatch, [0.5, 90.0, 400.0, 3_000.0])
    figures = Figures()
    figures.entries, figures.parts = 1_000_000.0, {"и": 0.02}
    figures.oldest = datetime.now(UTC) - 1_000 * DAY
    ask = Ask(1, ["и"], [], [], [What.MESSAGE], EPOCH, FIRST[0])
    found = asyncio.run(
        candidates.newest(cast(Any, None), ask, figures, {}, FIRST, 60, monotonic() + 60)
    )
    assert [each.at for each in found.rows] == index.at[::-1]


@pytest.mark.parametrize(
    ("words", "most", "ahead", "statements"),
    [
        ({"а": 0.02, "б": 0.01}, 60, 0, 1),
        # A great many of a phrase are looked through.
        ({"а": 0.04, "б": 0.03}, 240, 720, 1),
        # Six pages of the index for each that is shown: window by window.
        ({"а": 0.04, "б": 0.03}, 60, 0, 12),
    ],
)
def test_what_is_scattered_over_years_is_not_asked_for_window_by_window(
    monkeypatch: pytest.MonkeyPatch,
    words: dict[str, float],
    most: int,
    ahead: int,
    statements: int,
) -> None:
    index = Index(monkeypatch, spread(50, 0, 800))
    figures = Figures()
    figures.entries, figures.parts = 1_000_000.0, words
    figures.in_slice, figures.oldest = 1_000_000 / (800 * 6), index.at[0]
    ask = Ask(1, [*words], [], [], [What.MESSAGE], EPOCH, FIRST[0])
    third = cast(Any, {CHAT: type("Chat", (), {"n": 333_000})})
    found = asyncio.run(
        candidates.newest(
            cast(Any, None), ask, figures, third, FIRST, most, monotonic() + 60, ahead
        )
    )
    assert [each.at for each in found.rows] == index.at[::-1]
    assert found.ends
    assert len(index.met) <= statements


def test_a_word_that_is_said_twice_is_as_common() -> None:
    wanted = [Wanting((Option(({"и": 1.0},)),), negated=False, atoms=())] * 2
    dictionary = Dictionary(cast(Any, None))
    dictionary.numbers["и"] = 1
    asked = candidates.ask(Sieve(), wanted, dictionary, 1, [What.MESSAGE])
    assert asked is not None
    assert asked.every == [of_word(1)]
