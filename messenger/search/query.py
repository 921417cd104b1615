"""Reads what was typed: words, phrases, what is not wanted, alternatives, operators.

Whatever is no operator is a word, so nothing that can be typed is an error but too much of it. The
text is read once. Places are those of Python's characters; `finding` tells them in UTF-16 units.
"""

import re
from typing import Final, NamedTuple

from messenger.errors import ValidationFailed
from messenger.search.operators import EITHER, NAMES

MOST: Final = 32
"""Words of a query."""

_blank = re.compile(r"\s*")
_operator = re.compile(r"([^\W\d_]{1,12}):(?!//)")
_quotes: Final = {'"': '"', "«": "»", "“": "”", "„": "“”"}
_run = re.compile(r'[^\s"«“„]+')
_value = re.compile(r"\S+")


class Atom(NamedTuple):
    """A word as typed, or a phrase."""

    text: str
    start: int
    end: int
    quoted: bool


class Clause(NamedTuple):
    """One of its atoms is wanted, or none of them."""

    atoms: tuple[Atom, ...]
    negated: bool


class Operator(NamedTuple):
    """`name` in English, `value` as written, without quotes."""

    name: str
    value: str
    negated: bool
    start: int
    end: int


class Query(NamedTuple):
    """`unfinished`: its end may be the middle of a word."""

    clauses: tuple[Clause, ...]
    operators: tuple[Operator, ...]
    unfinished: bool


def read(q: str) -> Query:
    """Raises ValidationFailed for more words than `MOST`."""
    clauses: list[Clause] = []
    operators: list[Operator] = []
    at, joined = _blank.match(q, 0).end(), False  # type: ignore[union-attr]
    while at < len(q):
        begun = at
        negated = q[at] in "-−–" and at + 1 < len(q) and not q[at + 1].isspace()
        at += negated
        named = _operator.match(q, at)
        if named is not None and named[1].lower() in NAMES:
            value, at = _read_value(q, named.end())
            operators.append(Operator(NAMES[named[1].lower()], value, negated, begun, at))
            joined = False
        else:
            atom = _read_atom(q, at)
            at = atom.end
            if not atom.quoted and atom.text.lower() in EITHER and clauses and at < len(q):
                joined = not clauses[-1].negated
            elif any(each.isalnum() for each in atom.text):
                if joined and not negated:
                    clauses[-1] = clauses[-1]._replace(atoms=(*clauses[-1].atoms, atom))
                else:
                    clauses.append(Clause((atom,), negated))
                joined = False
        at = _blank.match(q, at).end()  # type: ignore[union-attr]
    if sum(len(clause.atoms) for clause in clauses) + len(operators) > MOST:
        raise ValidationFailed(f"A query has at most {MOST} words.", field="q")
    return Query(tuple(clauses), tuple(operators), _is_unfinished(q, clauses))


def _is_unfinished(q: str, clauses: list[Clause]) -> bool:
    last = clauses[-1].atoms[-1] if clauses else None
    return last is not None and not last.quoted and last.end == len(q)


def _read_value(q: str, at: int) -> tuple[str, int]:
    if at < len(q) and q[at] in _quotes:
        return _read_quoted(q, at)
    found = _value.match(q, at)
    return (found[0], found.end()) if found else ("", at)


def _read_atom(q: str, at: int) -> Atom:
    if q[at] in _quotes:
        text, end = _read_quoted(q, at)
        return Atom(text, at, end, quoted=True)
    found = _run.match(q, at)
    assert found is not None
    return Atom(found[0], at, found.end(), quoted=False)


def _read_quoted(q: str, at: int) -> tuple[str, int]:
    closing = _quotes[q[at]]
    for end in range(at + 1, len(q)):
        if q[end] in closing:
            return q[at + 1 : end], end + 1
    return q[at + 1 :], len(q)
