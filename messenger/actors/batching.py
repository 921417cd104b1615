"""Changes that share a commit: a board that many drag on at once costs one fsync, not one each.

Each is decided on what the ones before will leave, then all are stored or none.
Nothing is answered before that, not even a refusal: it may show what
the ones before did. Only for changes of nothing but the own stream.
"""

import logging
from collections.abc import Callable

from messenger import errors
from messenger.actors.actor import Envelope
from messenger.actors.stream_actor import TRIES, StreamActor, request_key
from messenger.decision import Decision, merge
from messenger.model import Event, timestamp
from messenger.storage import AskedKey, Duplicate, NotStored, StaleHead

log = logging.getLogger(__name__)

Outcomes = list[tuple[Envelope, Decision | errors.DomainError]]


BATCH_SIZE = 64
"""Changes in one commit, at most."""


def take_batch(
    actor: StreamActor, envelope: Envelope, alike: Callable[[Envelope], bool]
) -> list[Envelope]:
    """An envelope and those at hand, right behind it, that may be stored with it."""
    keys = {_asked_key(envelope)}

    def joins(other: Envelope) -> bool:
        """A repeat waits until what it repeats is stored."""
        if not alike(other):
            return False
        asked = _asked_key(other)
        fresh = asked is None or asked not in keys
        keys.add(asked)
        return fresh

    return [envelope, *actor.following(joins, BATCH_SIZE - 1)]


def _asked_key(envelope: Envelope) -> AskedKey | None:
    key = envelope.command.key
    return None if key is None else (envelope.identity.user_id, key)


async def commit_batch(actor: StreamActor, envelopes: list[Envelope]) -> None:
    """Decide and store, in their order; every envelope is answered. Their keys must differ."""
    left = envelopes
    try:
        left = await _without_repeats(actor, left)
        left = _within_rate(actor, left)
        for tries_left in reversed(range(TRIES)):
            try:
                outcomes, events = await _decide_and_commit(actor, left, alone=not tries_left)
                break
            except (StaleHead, Duplicate):
                # Another process wrote, or used a key, an instant ago: look at what is so now.
                if not tries_left:
                    raise NotStored from None
                await actor.refresh()
                left = await _without_repeats(actor, left)
    except Exception as error:
        if not isinstance(error, errors.Unavailable):
            asked = {"asked_by": [dict(each.trace) for each in left]}
            log.exception("%d changes failed together in %r", len(left), actor, extra=asked)
        # Memory is ahead of what is stored, or the outcome is unknown.
        actor.reload()
        for envelope in left:
            envelope.reply.refuse(errors.Unavailable())
    else:
        if events:
            actor.context.streams.publish(events)
        _answer(actor, outcomes, events)


async def _without_repeats(actor: StreamActor, envelopes: list[Envelope]) -> list[Envelope]:
    """Answer those whose change was made before; return the others."""
    keys = [request_key(envelope) for envelope in envelopes]
    asked = [(key.user_id, key.key) for key in keys if key is not None]
    if not asked:
        return envelopes
    used_keys = await actor.context.store.find_keys(asked)
    fresh = []
    for envelope, key in zip(envelopes, keys, strict=True):
        used = None if key is None else used_keys.get((key.user_id, key.key))
        if key is None or used is None:
            fresh.append(envelope)
            continue
        try:
            await actor.answer_repeat(envelope, key, used)
        except errors.DomainError as error:
            envelope.reply.refuse(error)
    return fresh


def _within_rate(actor: StreamActor, envelopes: list[Envelope]) -> list[Envelope]:
    """Refuse those whose makers write too much; return the others."""
    kept = []
    for envelope in envelopes:
        try:
            actor.context.check_rate(envelope.identity, envelope.command)
        except errors.RateLimited as error:
            envelope.reply.refuse(error)
        else:
            kept.append(envelope)
    return kept


async def _decide_and_commit(
    actor: StreamActor, envelopes: list[Envelope], alone: bool
) -> tuple[Outcomes, list[Event]]:
    outcomes: Outcomes = []
    before = 0

    async def decide() -> Decision:
        nonlocal before
        await actor.known_head()
        place, before = actor.place(), max(actor.place(), actor.stream.seq)
        outcomes[:] = await _decide_in_order(actor, envelopes, before)
        merged = merge(
            [outcome for _, outcome in outcomes if isinstance(outcome, Decision)], (actor.id, place)
        )
        if not merged.entries and await actor.outdated():
            raise StaleHead
        return merged

    _, events = await actor.commit_decision(decide, alone)
    if events and events[0].seq != before + 1:
        # Messages of another server came between: the numbers are others than were predicted.
        actor.apply(events)
    return outcomes, events


async def _decide_in_order(actor: StreamActor, envelopes: list[Envelope], seq: int) -> Outcomes:
    outcomes: Outcomes = []
    for envelope in envelopes:
        try:
            decision = await actor.decide(envelope)
        except errors.Unavailable:
            raise
        except errors.DomainError as error:
            outcomes.append((envelope, error))
            continue
        outcomes.append((envelope, decision.under(request_key(envelope))))
        actor.apply(predicted_events(actor, decision, seq))
        seq += len(decision.entries)
    return outcomes


def predicted_events(actor: StreamActor, decision: Decision, seq: int) -> list[Event]:
    """The events a decision will come to, when `seq` is the number before them."""
    at = timestamp(actor.context.clock())
    return [
        Event(entry.type, actor.id, number, at, decision.by, entry.with_number(number).data)
        for number, entry in enumerate(decision.entries, seq + 1)
    ]


def _answer(actor: StreamActor, outcomes: Outcomes, events: list[Event]) -> None:
    for envelope, outcome in outcomes:
        if isinstance(outcome, Decision):
            own, events = events[: len(outcome.entries)], events[len(outcome.entries) :]
            actor.answer(envelope, outcome, own)
        else:
            envelope.reply.refuse(outcome)
