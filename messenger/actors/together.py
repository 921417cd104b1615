"""Changes that share a commit: a board that many drag on at once costs one fsync, not one each.

Each is decided on what the ones before will leave, then all are stored or none.
Nobody hears of anything before that, not even of a refusal: it may show what
the ones before did. Only for changes of nothing but the own stream.
"""

import logging
from collections.abc import Callable

from messenger import errors
from messenger.actors.actor import Letter
from messenger.actors.owner import Decide, Owner, request_key
from messenger.decision import Decision, joined
from messenger.model import Event, timestamp
from messenger.storage import AskedKey, Moved, Taken

log = logging.getLogger(__name__)

Made = list[tuple[Letter, Decision | errors.DomainError]]


TOGETHER = 64
"""Changes in one commit, at most."""


def run_of(owner: Owner, letter: Letter, alike: Callable[[Letter], bool]) -> list[Letter]:
    """A letter and those at hand, right behind it, that may be stored with it."""
    keys = {_asked(letter)}

    def joins(other: Letter) -> bool:
        """A repeat waits until what it repeats is stored."""
        if not alike(other):
            return False
        asked = _asked(other)
        fresh = asked is None or asked not in keys
        keys.add(asked)
        return fresh

    return [letter, *owner.following(joins, TOGETHER - 1)]


def _asked(letter: Letter) -> AskedKey | None:
    key = letter.command.key
    return None if key is None else (letter.identity.user_id, key)


async def change_all(owner: Owner, letters: list[Letter], decide: Decide) -> None:
    """Decide and store, in their order; every letter is answered. Their keys must differ."""
    left = letters
    try:
        try:
            left = _at_pace(owner, await _without_repeats(owner, left))
            made, events = await _stored(owner, left, decide)
        except (Moved, Taken):
            # Somebody else wrote, or used a key, an instant ago: look at what is so now.
            await owner.refresh()
            left = await _without_repeats(owner, left)
            made, events = await _stored(owner, left, decide)
    except Exception as error:
        if not isinstance(error, errors.Unavailable):
            log.exception("%d changes failed together in %r", len(left), owner)
        # Memory is ahead of what is stored, or nobody knows.
        owner.reload()
        for letter in left:
            letter.reply.refuse(errors.Unavailable())
    else:
        if events:
            owner.directory.publish(events)
        _answer(owner, made, events)


async def _without_repeats(owner: Owner, letters: list[Letter]) -> list[Letter]:
    """Answer those whose change was made before; return the others."""
    keys = [request_key(letter) for letter in letters]
    asked = [(key.user_id, key.key) for key in keys if key is not None]
    if not asked:
        return letters
    found = await owner.store.find_keys(asked)
    fresh = []
    for letter, key in zip(letters, keys, strict=True):
        used = None if key is None else found.get((key.user_id, key.key))
        if key is None or used is None:
            fresh.append(letter)
            continue
        try:
            await owner.answer_repeat(letter, key, used)
        except errors.DomainError as error:
            letter.reply.refuse(error)
    return fresh


def _at_pace(owner: Owner, letters: list[Letter]) -> list[Letter]:
    """Refuse those whose makers write too much; return the others."""
    kept = []
    for letter in letters:
        try:
            owner.directory.check_pace(letter)
        except errors.RateLimited as error:
            letter.reply.refuse(error)
        else:
            kept.append(letter)
    return kept


async def _stored(owner: Owner, letters: list[Letter], decide: Decide) -> tuple[Made, list[Event]]:
    await owner.known_head()
    head = owner.directory.stream(owner.id).seq
    made = await _decided(owner, letters, decide, head)
    whole = joined([said for _, said in made if isinstance(said, Decision)], (owner.id, head))
    if not whole.entries and not whole.keys:
        return made, []
    return made, await owner.commit(whole)


async def _decided(owner: Owner, letters: list[Letter], decide: Decide, seq: int) -> Made:
    made: Made = []
    for letter in letters:
        try:
            decision = await decide(owner, letter)
        except errors.Unavailable:
            raise
        except errors.DomainError as error:
            made.append((letter, error))
            continue
        made.append((letter, decision.under(request_key(letter))))
        owner.apply(_foretold(owner, decision, seq))
        seq += len(decision.entries)
    return made


def _foretold(owner: Owner, decision: Decision, seq: int) -> list[Event]:
    """The events a decision will come to, when `seq` is the number before them."""
    at = timestamp(owner.now())
    return [
        Event(entry.type, owner.id, number, at, decision.by, entry.numbered(number).data)
        for number, entry in enumerate(decision.entries, seq + 1)
    ]


def _answer(owner: Owner, made: Made, events: list[Event]) -> None:
    for letter, said in made:
        if isinstance(said, Decision):
            own, events = events[: len(said.entries)], events[len(said.entries) :]
            owner.answer(letter, said, own)
        else:
            letter.reply.refuse(said)
