"""What server and client read the same way in a search: stems of words, and names of operators."""

import json
from pathlib import Path
from typing import Any

import pytest
import Stemmer

from messenger.search import operators

HERE = Path(__file__).parents[1] / "vectors"
STEMS: dict[str, dict[str, str]] = json.loads((HERE / "stems.json").read_text())
OPERATORS: dict[str, Any] = json.loads((HERE / "operators.json").read_text())


@pytest.mark.parametrize("language", STEMS)
def test_the_list_has_the_stems_of_the_servers_stemmer(language: str) -> None:
    stem = Stemmer.Stemmer(language).stemWord
    assert {word: stem(word) for word in STEMS[language]} == STEMS[language]


def test_the_list_has_the_operators_of_the_server() -> None:
    assert {"names": operators.NAMES, "values": operators.VALUES} == OPERATORS
