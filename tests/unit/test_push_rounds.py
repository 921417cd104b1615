"""When a large chat is told of: ever later while people go on writing, at once after a rest."""

import asyncio
from typing import Any

from messenger.push.rounds import GAP, LONGEST, Rounds

CHAT = 7
ANYTHING: Any = object()


def say(rounds: Rounds, *, for_all: bool = False) -> None:
    assert rounds.put(CHAT, ANYTHING, ANYTHING, for_all=for_all) is None


async def begun(rounds: Rounds, *, within: float) -> float | None:
    """Seconds until a round begins, which is told at once; None: none does."""
    loop = asyncio.get_running_loop()
    since = loop.time()
    while loop.time() < since + within:
        for chat_id, _ in rounds.due():
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
