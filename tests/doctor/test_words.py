"""Everything that can be found is said in both languages, and has been provoked."""

import ast
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from messenger.doctor import words
from messenger.files.trial import Fault
from tests.doctor.provoked import PROVOKED, STOOD_IN

SOURCES = sorted(Path(words.__file__).parent.glob("*.py"))


def found_by_looks() -> dict[str, set[str]]:
    """The codes that the looks give to `well`, `advice` and `wrong`, by state."""
    found: dict[str, set[str]] = {"well": set(), "bad": set()}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in ("well", "advice", "wrong", "kind") and node.args:
                states = {"well": ["well"], "kind": ["well", "bad"]}.get(node.func.id, ["bad"])
                for each in codes_of(node.args[0]):
                    for state in states:
                        found[state].add(each)
    return found


def codes_of(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.Name):
        return ["upgrade", "origin"]
    text = ast.unparse(node)
    prefix = text.split("'")[1].partition("{")[0]
    return [prefix + each for each in ENDS[prefix]]


ENDS = {
    "migration_": ("pending", "changed", "unknown"),
    "bucket_": get_args(Fault),
    "archive_": ("missing", "changed", "chain"),
}


def test_every_code_has_its_words_and_no_words_are_left_over() -> None:
    found = found_by_looks()
    assert found["well"] | found["bad"] == words.LANGUAGES["en"].keys()
    assert words.LANGUAGES["ru"].keys() == words.LANGUAGES["en"].keys()


@pytest.mark.parametrize("locale", ["en", "ru"])
def test_what_is_found_has_a_sentence_and_a_fix(locale: str) -> None:
    found, said = found_by_looks(), words.LANGUAGES[locale]
    assert [code for code in found["well"] if not said[code].well] == []
    assert [code for code in found["bad"] if not (said[code].bad and said[code].fix)] == []


def test_both_languages_tell_the_same_values() -> None:
    def values(said: words.Said) -> tuple[set[str | None], set[str | None]]:
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in (said.well, said.bad + said.fix)
        ]
        return fields[0], fields[1]

    english, russian = words.LANGUAGES["en"], words.LANGUAGES["ru"]
    assert {c: values(english[c]) for c in english} == {c: values(russian[c]) for c in english}
    assert all(re.search("[а-яё]|DATA_DIR|TCP|TLS|WebSocket|wal|somax", each.name, re.IGNORECASE)
               for each in russian.values())  # fmt: skip


def test_every_finding_is_provoked_and_mended_by_a_test() -> None:
    assert set().union(*PROVOKED.values()) == found_by_looks()["bad"]


def test_what_stands_in_for_a_fix_is_of_a_finding() -> None:
    assert STOOD_IN.keys() <= set().union(*PROVOKED.values())
