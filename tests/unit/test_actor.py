import asyncio
import gc
import logging
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from messenger import logs, place
from messenger.actors.actor import DEADLINE, MAILBOX, Actor, Envelope, FutureReply, NoReply
from messenger.errors import Forbidden, NotFound, Unavailable
from messenger.model import SYSTEM


class Doer(Actor):
    """Does what it is sent: a callable, which may return something to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.loads = 0
        self.done: list[Any] = []
        self.loading: Callable[[], Awaitable[None]] | None = None

    async def load(self) -> None:
        self.loads += 1
        if self.loading is not None:
            await self.loading()

    def turn(self, envelope: Envelope) -> Awaitable[None] | None:
        result = envelope.command()
        self.done.append(result)
        if asyncio.iscoroutine(result):
            return self.waiting_turn(envelope, result)
        envelope.reply.answer(result)
        return None

    async def waiting_turn(self, envelope: Envelope, work: Awaitable[Any]) -> None:
        envelope.reply.answer(await work)


class Prompt(Doer):
    """Takes its turns where envelopes come in, when it can."""

    at_once = (object,)


@pytest.fixture(params=[Doer, Prompt])
async def doer(request: pytest.FixtureRequest) -> Doer:
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture
async def prompt() -> Prompt:
    """It has its state, and nothing to do."""
    prompt = Prompt()
    await tell(prompt, lambda: None)
    await asyncio.sleep(0)
    assert prompt.idle
    return prompt


def tell(actor: Actor, command: Callable[[], Any]) -> asyncio.Future[Any]:
    reply = FutureReply()
    actor.tell(Envelope(SYSTEM, command, reply))
    return reply.future


def fail(error: Exception) -> Callable[[], Any]:
    def command() -> None:
        raise error

    return command


async def test_envelopes_are_taken_in_the_order_they_came(doer: Doer) -> None:
    answers = [tell(doer, lambda n=n: n) for n in range(200)]  # type: ignore[misc]
    assert await asyncio.gather(*answers) == list(range(200))
    assert doer.done == list(range(200))


async def test_turn_that_waits_holds_back_the_next(doer: Doer) -> None:
    order: list[str] = []

    async def slow() -> None:
        await asyncio.sleep(1)
        order.append("slow")

    await asyncio.gather(tell(doer, slow), tell(doer, lambda: order.append("quick")))
    assert order == ["slow", "quick"]


async def test_idle_actor_has_no_task(doer: Doer) -> None:
    answer = tell(doer, lambda: 1)
    assert not doer.idle
    await answer
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_others_get_their_turn_beside_a_busy_actor(doer: Doer) -> None:
    answers = [tell(doer, lambda: None) for _ in range(MAILBOX)]
    await asyncio.sleep(0)
    assert 0 < sum(answer.done() for answer in answers) < MAILBOX
    await asyncio.gather(*answers)


async def test_state_is_loaded_once(doer: Doer) -> None:
    await asyncio.gather(tell(doer, lambda: 1), tell(doer, lambda: 2))
    await tell(doer, lambda: 3)
    assert doer.loads == 1


async def test_full_mailbox_refuses_one_asker_and_keeps_the_rest(doer: Doer) -> None:
    answers = [tell(doer, lambda: "done") for _ in range(MAILBOX + 1)]
    with pytest.raises(Unavailable):
        await answers.pop()
    assert await asyncio.gather(*answers) == ["done"] * MAILBOX


async def test_domain_error_goes_to_its_asker_and_the_actor_lives_on(doer: Doer) -> None:
    refused, answered = tell(doer, fail(Forbidden("No."))), tell(doer, lambda: "yes")
    with pytest.raises(Forbidden, match="No"):
        await refused
    assert await answered == "yes"
    assert doer.loads == 1


async def test_crash_answers_unavailable_and_loads_afresh(
    doer: Doer, caplog: pytest.LogCaptureFixture
) -> None:
    crashed, answered = tell(doer, fail(KeyError("bug"))), tell(doer, lambda: "yes")
    with pytest.raises(Unavailable):
        await crashed
    assert await answered == "yes"
    assert doer.loads == 2
    assert caplog.record_tuples[0][1] == logging.ERROR


async def test_crash_in_the_waiting_part_of_a_turn_is_the_same(doer: Doer) -> None:
    async def crash() -> None:
        await asyncio.sleep(0)
        raise KeyError("bug")

    with pytest.raises(Unavailable):
        await tell(doer, crash)
    assert await tell(doer, lambda: "yes") == "yes"
    assert doer.loads == 2


async def test_unknown_outcome_loads_afresh(doer: Doer) -> None:
    with pytest.raises(Unavailable):
        await tell(doer, fail(Unavailable()))
    await tell(doer, lambda: 1)
    assert doer.loads == 2


async def test_failed_load_refuses_and_is_tried_again(doer: Doer) -> None:
    async def nothing_there() -> None:
        raise NotFound

    doer.loading = nothing_there
    with pytest.raises(NotFound):
        await tell(doer, lambda: 1)
    doer.loading = None
    assert await tell(doer, lambda: 1) == 1


async def test_what_changed_during_a_load_is_loaded_again(doer: Doer) -> None:
    """Somebody wrote after this load had read: its state is old before it is used."""

    async def changed_meanwhile() -> None:
        doer.loading = None
        doer.reload()

    doer.loading = changed_meanwhile
    await tell(doer, lambda: 1)
    await tell(doer, lambda: 2)
    assert doer.loads == 2


async def test_envelope_past_its_deadline_is_refused_and_never_acted_on(doer: Doer) -> None:
    tell(doer, lambda: asyncio.sleep(DEADLINE + 1))
    late = tell(doer, lambda: "late")
    with pytest.raises(Unavailable):
        await late
    assert await tell(doer, lambda: "on") == "on"
    assert "late" not in doer.done


async def test_everyone_hears_by_the_deadline_while_a_turn_hangs(doer: Doer) -> None:
    """Also who asked the turn itself; it goes on, and what it says in the end is not heard."""
    loop = asyncio.get_running_loop()
    started, heard = loop.time(), []
    turn = tell(doer, lambda: asyncio.sleep(3 * DEADLINE, "done"))
    await asyncio.sleep(1)
    for answer in [turn, *(tell(doer, lambda: "late") for _ in range(3))]:
        answer.add_done_callback(lambda _: heard.append(loop.time() - started))
    await asyncio.sleep(2 * DEADLINE)
    assert [round(at) for at in heard] == [DEADLINE, DEADLINE + 1, DEADLINE + 1, DEADLINE + 1]
    assert isinstance(turn.exception(), Unavailable)
    assert await tell(doer, lambda: "on") == "on"
    assert len(doer.done) == 2


async def test_stop_returns_when_all_that_waits_is_done(doer: Doer) -> None:
    answers = [tell(doer, lambda: asyncio.sleep(1, "done")) for _ in range(3)]
    await doer.stop()
    assert [answer.result() for answer in answers] == ["done"] * 3


async def test_envelope_after_stop_is_refused_at_once(doer: Doer) -> None:
    await doer.stop()
    answer = tell(doer, lambda: 1)
    assert isinstance(answer.exception(), Unavailable)


async def test_envelope_during_stop_is_refused_at_once(doer: Doer) -> None:
    before = tell(doer, lambda: asyncio.sleep(1, "done"))
    stopping = asyncio.ensure_future(doer.stop())
    await asyncio.sleep(0)
    assert isinstance(tell(doer, lambda: 1).exception(), Unavailable)
    await stopping
    assert before.result() == "done"


async def test_answer_is_given_once() -> None:
    reply = FutureReply()
    reply.answer(1)
    reply.refuse(Forbidden())
    reply.answer(2)
    assert await reply.future == 1


async def test_what_needs_no_waiting_is_done_where_it_comes_in(prompt: Prompt) -> None:
    answer = tell(prompt, lambda: "done")
    assert answer.done()
    assert prompt.idle
    assert await answer == "done"


async def test_what_waits_comes_first_also_before_what_could_be_done_at_once(
    prompt: Prompt,
) -> None:
    order: list[str] = []

    async def slow() -> None:
        await asyncio.sleep(1)
        order.append("slow")

    first = tell(prompt, slow)
    second = tell(prompt, lambda: order.append("quick"))
    assert not prompt.idle
    assert not second.done()
    await asyncio.gather(first, second)
    assert order == ["slow", "quick"]


async def test_what_a_turn_asks_of_its_own_actor_comes_after_it(prompt: Prompt) -> None:
    order: list[str] = []
    inner: list[asyncio.Future[Any]] = []

    def outer() -> None:
        inner.append(tell(prompt, lambda: order.append("inner")))
        order.append("outer")

    await tell(prompt, outer)
    await inner[0]
    assert order == ["outer", "inner"]


async def test_a_refusal_at_once_is_held_against_what_is_stored(prompt: Prompt) -> None:
    tries: list[int] = []

    def stranger() -> str:
        tries.append(len(tries))
        if len(tries) == 1:
            raise NotFound
        return "let in"

    async def outdated() -> bool:
        return True

    prompt.outdated = outdated  # type: ignore[method-assign]
    assert await tell(prompt, stranger) == "let in"
    assert tries == [0, 1]


async def test_a_turn_at_once_is_in_the_context_of_who_asks(prompt: Prompt) -> None:
    place.CURRENT.set(place.Place("192.0.2.1"))
    seen: list[object] = []

    def look() -> None:
        seen.append((place.CURRENT.get(), logs.connection_id.get()))

    logs.connection_id.set("c1")
    await tell(prompt, look)
    assert seen == [(place.Place("192.0.2.1"), "c1")]


async def test_a_turn_that_waits_is_in_the_context_of_nobody_but_its_asker(prompt: Prompt) -> None:
    place.CURRENT.set(place.Place("192.0.2.1"))
    logs.connection_id.set("c1")
    seen: list[object] = []

    async def look() -> None:
        seen.append((place.CURRENT.get(), logs.connection_id.get()))

    await tell(prompt, look)
    assert seen == [(place.Place("192.0.2.1"), None)]


async def test_mail_that_was_left_comes_before_what_could_be_done_at_once(prompt: Prompt) -> None:
    hangs, left = tell(prompt, lambda: asyncio.sleep(1)), tell(prompt, lambda: "left")
    await asyncio.sleep(0)
    assert prompt._task is not None
    prompt._task.cancel()
    await asyncio.wait([prompt._task])
    assert prompt.idle
    assert prompt.waiting == 1
    assert await tell(prompt, lambda: "next") == "next"
    assert left.done()
    assert prompt.done[-2:] == ["left", "next"]
    assert not hangs.done()


async def test_a_refusal_at_once_is_let_go_without_the_collector(prompt: Prompt) -> None:
    refusals: list[weakref.ref[Exception]] = []

    def noted(error: Exception) -> Exception:
        refusals.append(weakref.ref(error))
        return error

    def command() -> None:
        raise noted(Forbidden())

    gc.disable()
    try:
        prompt.tell(Envelope(SYSTEM, command, NoReply()))
        await prompt.stop()
        assert [each() for each in refusals] == [None]
    finally:
        gc.enable()
