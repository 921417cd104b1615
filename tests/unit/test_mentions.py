"""Whom a text mentions: shared examples, and that no text takes long."""

import json
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.rules.mentions import mentioned

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "mentions.json").read_text())
LONG = 10_000


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: repr(vector["text"]))
def test_client_and_server_mean_the_same_people(vector: dict[str, Any]) -> None:
    assert sorted(mentioned(vector["text"])) == vector["names"]


@given(st.text(alphabet="@ab.-_ \n`~>*1\\\t", max_size=60))
def test_no_mention_ends_like_a_sentence(written: str) -> None:
    names = mentioned(written)
    assert not any(name.endswith((".", "-", "_")) or "@" in name for name in names)


PIECES = (
    "@", "@a", "_@", "\\", "\\`", "`", "`@", "` `` ``` ", "```\n", "~~~\n@a\n", "> ", "- ", "1. ",
    "\t", "\n", "    @a\n\n", "](", "](@", "http://", "www.", "@a.", "@a@b", "@" + "-" * 70,
    "# @\n", "@a@" + "b" * 70, "`" * 99 + " ",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_no_text_takes_long(piece: str) -> None:
    text = "@a " + piece * (LONG // len(piece))
    least = min(_seconds(text) for _ in range(10))
    assert least < 0.04  # linear ones take 5 to 20 ms, of a core that others use too


def test_time_grows_with_the_length_alone() -> None:
    for piece in PIECES:
        once, ten = (min(_seconds("@a " + piece * n) for _ in range(3)) for n in (300, 3000))
        assert ten < 0.002 + 30 * once, piece


def _seconds(text: str) -> float:
    start = process_time()
    mentioned(text)
    return process_time() - start
