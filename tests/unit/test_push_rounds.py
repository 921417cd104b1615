"""When a large chat is told of: ever later while people go on writing, at once after a rest."""

import asyncio
from typing import Any

from messenger.model import Event
from messenger.push.rounds import GAP, LONGEST, MOST, Rounds

CHAT = 7
ANYTHING: Any = object()


def say(rounds: Rounds, *, for_all: bool = False) -> None:
    assert rounds.put(CHAT, ANYTHING, ANYTHING, for_all=for_all) is None


async def begun(rounds: Rounds, *, within: float) -> float | None:
    """Seconds until a round begins, which is told at once; None: none does."""
    loop = asyncio.get_running_loop()
    since = loop.time()
    while loop.time() < since + within:
        for chat_id, *_ in rounds.due():
            rounds.end(chat_id)
            return round(loop.time() - since, 1)
        await asyncio.sleep(0.1)
    return None


async def test_rounds_are_further_and_further_apart_while_people_write() -> None:
    rounds, waited = Rounds(), []
    for _ in range(7):
        say(rounds)
        waited.append(await begun(rounds, within=2 * LONGEST))
    assert waited == [0, GAP, 2 * GAP, 4 * GAP, LONGEST, LONGEST, LONGEST]


async def test_first_message_after_a_round_of_nothing_is_told_at_once() -> None:
    rounds = Rounds()
    for _ in range(4):
        say(rounds)
        await begun(rounds, within=2 * LONGEST)
    assert await begun(rounds, within=LONGEST + 1) is None
    say(rounds)
    assert await begun(rounds, within=1) == 0
    say(rounds)
    assert await begun(rounds, within=LONGEST) == GAP


async def test_what_is_for_all_waits_as_if_it_were_the_second() -> None:
    rounds = Rounds()
    for _ in range(4):
        say(rounds)
        await begun(rounds, within=2 * LONGEST)
    say(rounds)
    await asyncio.sleep(1)
    say(rounds, for_all=True)
    assert await begun(rounds, within=LONGEST) == GAP - 1
    say(rounds, for_all=True)
    await asyncio.sleep(GAP + 1)
    say(rounds)
    assert await begun(rounds, within=1) == 0


def event(seq: int) -> Event:
    return Event(stream=CHAT, seq=seq, type="message.created", at="", by=1, data=None)


async def test_what_comes_while_a_full_round_is_told_is_told_in_the_next() -> None:
    rounds = Rounds()
    for seq in range(1, MOST + 1):
        rounds.put(CHAT, event(seq), ANYTHING)
    [due] = rounds.due()
    assert [rounds.put(CHAT, event(seq), ANYTHING) for seq in range(101, 201)] == [None] * 100
    assert rounds.put(CHAT, event(201), ANYTHING) == event(101)
    assert rounds.end(CHAT) == due.came
    await asyncio.sleep(GAP)
    [due] = rounds.due()
    assert [each.seq for each, _ in due.came] == list(range(102, 202))


async def test_a_round_that_could_not_be_told_is_due_with_what_has_come_since() -> None:
    rounds = Rounds()
    for seq in range(1, MOST + 1):
        rounds.put(CHAT, event(seq), ANYTHING)
    rounds.due()
    rounds.again(CHAT)
    assert rounds.put(CHAT, event(101), ANYTHING) == event(1)
    [due] = rounds.due()
    assert [each.seq for each, _ in due.came] == list(range(2, 102))


async def test_what_comes_for_all_while_a_round_is_told_is_next_after_it() -> None:
    rounds = Rounds()
    for seq in range(1, 5):
        rounds.put(CHAT, event(seq), ANYTHING)
        if seq < 4:
            await begun(rounds, within=2 * LONGEST)
    await asyncio.sleep(LONGEST)
    rounds.due()
    rounds.put(CHAT, event(5), ANYTHING, for_all=True)
    rounds.end(CHAT)
    assert await begun(rounds, within=LONGEST) == GAP
