"""Turns the words of a query into keys that the index has: forms, relatives, beginnings, slips.

A clause has options, one of which is wanted; an option has groups, one key of each is wanted. Each
key weighs what it is worth: the word itself most, what it may have been meant to be least.
Corrections are looked for only where what was typed finds nothing that its person may read.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

import msgspec

from messenger.search.dictionary import Dictionary, has_slips, swaps
from messenger.search.query import Atom, Clause, Query
from messenger.search.variants import in_other_letters, other_layout
from messenger.search.vocabulary import ALSO
from messenger.search.words import Word, composed, read, stem, whole_key, words_of

EXACT: Final = 1.0
WHOLE: Final = 1.3
BEGINNING: Final = 0.8
LAYOUT: Final = 0.9
LETTERS: Final = 0.7
RELATIVE: Final = 0.55
MEANT: Final = 0.6
SLIP: Final = 0.5

Group = dict[str, float]
"""What each key is worth."""


class Option(msgspec.Struct, frozen=True):
    """One key of each group; of a phrase the forms, one after the other, in the text itself.

    `typed`: the forms that were typed, by their keys.
    """

    groups: tuple[Group, ...]
    phrase: tuple[str, ...] = ()
    typed: dict[str, str] = {}


class Wanting(msgspec.Struct, frozen=True):
    """A clause: one of its options. `replaced`: the words that took the typed one's place."""

    options: tuple[Option, ...]
    negated: bool
    atoms: tuple[Atom, ...]
    replaced: bool = False


async def expand(
    dictionary: Dictionary, query: Query, *, typing: bool, instead: bool
) -> list[Wanting]:
    """The clauses of a query, as what the index is asked for.

    `instead`: what was typed finds nothing, so that also what was meant by it is asked for.
    """
    last = query.clauses[-1].atoms[-1] if query.unfinished and typing else None
    guesses = _guesses(query) if instead else ()
    await dictionary.learn(chain(_first_keys(query), guesses), _start(last))
    found = []
    for clause in query.clauses:
        options: list[Option] = []
        replaced = False
        for atom in clause.atoms:
            words = list(words_of(composed(atom.text)))
            options += await _options(dictionary, atom, words, clause, unfinished=atom is last)
            if instead and not clause.negated and not atom.quoted:
                more = await _instead(dictionary, atom.text, words, unfinished=atom is last)
                options += more
                replaced |= bool(more)
        if options or not clause.negated:
            found.append(Wanting(tuple(options), clause.negated, clause.atoms, replaced))
    asking = [each for each in found if not _is_empty(each)]
    if not any(not each.negated for each in asking):
        # Nothing but words that every text has: they are looked for in the newest texts.
        asking += [_literal(each) for each in found if _is_empty(each) and not each.negated]
    return asking


def _literal(wanting: Wanting) -> Wanting:
    """Its words as they are, which no index has."""
    options = tuple(_phrase(list(words_of(composed(atom.text)))) for atom in wanting.atoms)
    return Wanting(options, wanting.negated, wanting.atoms)


def _is_empty(wanting: Wanting) -> bool:
    """Whether it asks for nothing but stop words: they are in no index."""
    return bool(wanting.options) and all(
        not option.groups and not option.phrase for option in wanting.options
    )


def _first_keys(query: Query) -> Iterable[str]:
    for clause in query.clauses:
        for atom in clause.atoms:
            for word in words_of(composed(atom.text)):
                yield from word.keys
                if not atom.quoted:
                    yield from (stem(each) for long in ALSO.get(word.form, ()) for each in long)


def _guesses(query: Query) -> Iterable[str]:
    """What is looked up to find what was meant, most of it, so that it takes one statement."""
    for clause in query.clauses:
        for atom in clause.atoms:
            if clause.negated or atom.quoted:
                continue
            words = list(words_of(composed(atom.text)))
            layout = other_layout(atom.text) or ""
            yield from _keys_of([layout])
            if len(words) == 1:
                yield from _keys_of(in_other_letters(words[0].form))
            for word in (*words, *words_of(composed(layout))):
                for form in {word.form, *word.keys[:1]}:
                    yield from swaps(form) if has_slips(form) else ()


def _start(unfinished: Atom | None) -> str | None:
    """How the word begins that is being typed, if others that begin so are looked for."""
    words = [*words_of(composed(unfinished.text))] if unfinished else []
    return words[-1].form if words and _has_beginnings(words[-1]) else None


def _has_beginnings(word: Word) -> bool:
    return len(word.form) > 1 or not word.keys


async def _options(
    dictionary: Dictionary,
    atom: Atom,
    words: Sequence[Word],
    clause: Clause,
    *,
    unfinished: bool,
) -> list[Option]:
    """What an atom asks for as it is typed."""
    if atom.quoted:
        return [_phrase(words)]
    if clause.negated:
        # Nothing but the word itself: who does not want bills may want billing.
        groups = tuple(dict.fromkeys(word.keys[:1], EXACT) for word in words if word.keys)
        return [Option(groups)]
    return await _as_typed(dictionary, words, atom.text, unfinished=unfinished)


def _phrase(words: Sequence[Word]) -> Option:
    groups = tuple(dict.fromkeys(word.keys[:1], EXACT) for word in words if word.keys)
    return Option(groups, tuple(word.form for word in words))


async def _as_typed(
    dictionary: Dictionary, words: Sequence[Word], typed: str, *, unfinished: bool
) -> list[Option]:
    groups: list[Group] = []
    meant: list[Option] = []
    for place, word in enumerate(words):
        is_last = unfinished and place == len(words) - 1
        if not word.keys and not is_last:
            continue
        groups.append(await _group(dictionary, word, unfinished=is_last))
        if len(words) == 1:
            for long in ALSO.get(word.form, ()):
                keys = [stem(each) for each in long if read(each)[1]]
                if len(keys) > 1 or (keys and keys[0] not in groups[-1]):
                    meant.append(Option(tuple({key: MEANT} for key in keys)))
    groups = [group for group in groups if group]
    forms = {word.keys[0]: word.form for word in words if word.keys}
    options = [Option(tuple(groups), typed=forms)]
    whole = whole_key(words[0].form if len(words) == 1 else _written(typed)) if words else ()
    if whole and len(words) > 1:
        await dictionary.learn(whole)
        options.insert(0, Option(({whole[0]: WHOLE},)))
        if unfinished:
            found = await dictionary.beginning(whole[0])
            options.insert(1, Option((dict.fromkeys(found, BEGINNING),))) if found else None
    return [*options, *meant]


def _written(typed: str) -> str:
    """Without what stands around it: `(2024-15),`."""
    start = next((i for i, each in enumerate(typed) if each.isalnum()), 0)
    end = next((i for i in range(len(typed), 0, -1) if typed[i - 1].isalnum()), len(typed))
    return typed[start:end]


async def _group(dictionary: Dictionary, word: Word, *, unfinished: bool) -> Group:
    group: Group = {}
    if unfinished and _has_beginnings(word):
        group |= dict.fromkeys(await dictionary.beginning(word.form), BEGINNING)
    for key in word.keys[:1]:
        group |= dict.fromkeys(dictionary.relatives(key), RELATIVE) | {key: EXACT}
    return group


async def _instead(
    dictionary: Dictionary, typed: str, words: Sequence[Word], *, unfinished: bool
) -> list[Option]:
    """What was meant, if what was typed is in nothing: the likeliest of what is there."""
    layout = other_layout(typed)
    if layout is not None:
        found = await _replaced(dictionary, layout, LAYOUT, unfinished=unfinished)
        if found is not None:
            return [found]
    if len(words) == 1:
        forms = in_other_letters(words[0].form)
        await dictionary.learn(_keys_of(forms))
        for form in forms:
            found = await _replaced(dictionary, form, LETTERS, unfinished=unfinished)
            if found is not None:
                return [found]
    slips = [await _slipped(dictionary, word, unfinished=unfinished) for word in words]
    if all(group for group in slips) and slips:
        return [Option(tuple(slips))]
    if layout is not None:
        slips = [
            await _slipped(dictionary, word, unfinished=False)
            for word in words_of(composed(layout))
        ]
        if slips and all(slips):
            return [Option(tuple(slips))]
    if len(words) == 1:
        for form in in_other_letters(words[0].form)[:3]:
            near = await dictionary.near(form)
            if near:
                return [Option((dict.fromkeys(near, SLIP),))]
    return []


def _keys_of(texts: Iterable[str]) -> Iterable[str]:
    return (key for text in texts for word in words_of(composed(text)) for key in word.keys)


async def _replaced(
    dictionary: Dictionary, text: str, weight: float, *, unfinished: bool
) -> Option | None:
    """Another text in the place of the typed one, if the index has all of its words."""
    words = list(words_of(composed(text)))
    await dictionary.learn(_keys_of([text]))
    groups = []
    for place, word in enumerate(words):
        last = unfinished and place == len(words) - 1
        if not word.keys and not last:
            continue
        group = await _group(dictionary, word, unfinished=last)
        group = {key: worth * weight for key, worth in group.items() if dictionary.has(key)}
        if not group:
            return None
        groups.append(group)
    return Option(tuple(groups)) if groups else None


async def _slipped(dictionary: Dictionary, word: Word, *, unfinished: bool) -> Group:
    found = dict.fromkeys(await dictionary.near(word.form), SLIP)
    if not found and word.keys and word.keys[0] != word.form:
        found = dict.fromkeys(await dictionary.near(word.keys[0]), SLIP)
    # That others have written it says nothing: who searches may not read all of it.
    if any(dictionary.has(key) for key in word.keys[:1]):
        found |= await _group(dictionary, word, unfinished=unfinished)
    return found
