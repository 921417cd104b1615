"""Changes of cards that share a commit: each on what the ones before will leave, all or none."""

import asyncio
from typing import Any

import msgspec
import pytest

from messenger import errors
from messenger.decision import Answer, Decision, RequestKey
from messenger.model import Column, Identity, Task
from messenger.protocol.tasks import MoveTask, UpdateTask

from .cast import Reader, Stage, fresh_key, settled, until
from .memory import Memory, away
from .test_chat_actor import later, refused, remove_elsewhere, rename


class Board:
    """A chat with three columns and three cards in the first."""

    def __init__(
        self, stage: Stage, owner: Identity, chat_id: int, cards: list[Task], reader: Reader
    ) -> None:
        self.stage = stage
        self.owner = owner
        self.chat_id = chat_id
        self.cards = cards
        self.reader = reader

    @property
    def columns(self) -> list[Column]:
        found = self.stage.memory.columns.values()
        return sorted(found, key=lambda column: column.position.encode())

    def move(self, card: int, to: int, **more: Any) -> MoveTask:
        return MoveTask(task_id=self.cards[card].id, column_id=self.columns[to].id, **more)

    def titles(self, column: int) -> list[str]:
        """As stored, in order."""
        here = self.columns[column].id
        cards = [card for card in self.stage.memory.tasks.values() if card.column_id == here]
        return [
            card.title for card in sorted(cards, key=lambda card: (card.position or "").encode())
        ]


@pytest.fixture
async def board(stage: Stage, alice: Identity, bob: Identity) -> Board:
    id = await stage.make_group(alice, bob, board=True)
    cards = [await stage.add_task(alice, id, title) for title in "abc"]
    return Board(stage, alice, id, cards, stage.reader(bob, id))


async def held(board: Board, *asked: tuple[Identity, Any]) -> tuple[asyncio.Event, list[Any]]:
    """Commands that wait behind a commit which a gate holds; and what becomes of them."""
    stage, gate = board.stage, asyncio.Event()
    stage.memory.once("commit", "out", gate.wait)
    first = later(stage.ask(board.owner, UpdateTask(task_id=board.cards[2].id, title="held")))
    await settled()
    waiting = [later(stage.ask(who, command)) for who, command in asked]
    await settled()
    assert not first.done()
    return gate, waiting


def commits(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> list[Decision]:
    """What is committed from now on."""
    seen: list[Decision] = []
    commit_now = memory.commit_now

    def watched(decision: Decision, at: Any) -> Any:
        seen.append(decision)
        return commit_now(decision, at)

    monkeypatch.setattr(memory, "commit_now", watched)
    return seen


async def test_changes_that_wait_are_one_commit_and_each_is_its_askers(
    board: Board, memory: Memory, alice: Identity, bob: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, waiting = await held(
        board,
        (alice, board.move(0, 1)),
        (bob, board.move(1, 1, before=board.cards[0].id)),
        (alice, UpdateTask(task_id=board.cards[0].id, title="A")),
    )
    seen = commits(memory, monkeypatch)
    gate.set()
    first, second, third = await asyncio.gather(*waiting)
    # The held one's commit, then the three.
    assert [len(decision.entries) for decision in seen] == [1, 3]
    assert (first.title, second.title, third.title) == ("a", "b", "A")
    assert (first.version, third.version) == (2, 3)
    assert third.rev == second.rev + 1 == first.rev + 2
    assert board.titles(1) == ["b", "A"]
    events = board.reader.events(board.chat_id)[-3:]
    assert [event["by"] for event in events] == [alice.user_id, bob.user_id, alice.user_id]
    assert [event["data"]["rev"] for event in events] == [first.rev, second.rev, third.rev]


async def test_what_has_just_left_the_board_is_changed_as_it_is_by_then(
    stage: Stage, board: Board, alice: Identity, bob: Identity
) -> None:
    """The store knows nothing of that before the commit which both share."""
    id = board.cards[0].id
    gate, waiting = await held(
        board,
        (alice, UpdateTask(task_id=id, status="done", archived=True)),
        (alice, UpdateTask(task_id=id, title="renamed")),
        (bob, MoveTask(task_id=id, column_id=board.columns[0].id)),
        (alice, UpdateTask(task_id=id, description="and back")),
    )
    gate.set()
    done = await asyncio.gather(*waiting)
    assert [task.version for task in done] == [2, 3, 4, 5]
    stored = stage.memory.tasks[id]
    assert (stored.title, stored.description, stored.archived_at) == ("renamed", "and back", None)


async def test_who_comes_second_is_shown_what_the_first_one_did(
    board: Board, alice: Identity, bob: Identity
) -> None:
    gate, (first, second) = await held(
        board, (alice, board.move(0, 1, version=1)), (bob, board.move(0, 2, version=1))
    )
    assert not second.done()
    gate.set()
    moved = await first
    refusal = await refused(second)
    assert isinstance(refusal, errors.VersionConflict)
    assert refusal.details["current"] == msgspec.to_builtins(moved)


async def test_repeat_in_the_same_breath_is_answered_as_the_first(
    board: Board, alice: Identity
) -> None:
    command = board.move(0, 1, key=fresh_key())
    gate, waiting = await held(board, (alice, command), (alice, command))
    gate.set()
    first, again = await asyncio.gather(*waiting)
    assert first == again
    assert first.version == 2


async def test_repeat_of_what_is_stored_is_answered_among_others(
    board: Board, alice: Identity, bob: Identity
) -> None:
    command = board.move(0, 1, key=fresh_key())
    moved = await board.stage.ask(alice, command)
    gate, waiting = await held(board, (bob, board.move(1, 1, key=fresh_key())), (alice, command))
    gate.set()
    other, again = await asyncio.gather(*waiting)
    assert again == moved
    assert other.column_id == moved.column_id


async def test_key_of_something_else_refuses_one_and_not_the_others(
    board: Board, alice: Identity, bob: Identity
) -> None:
    key = fresh_key()
    await board.stage.ask(alice, board.move(0, 1, key=key))
    gate, (wrong, right) = await held(
        board, (alice, board.move(0, 2, key=key)), (bob, board.move(1, 2))
    )
    gate.set()
    assert isinstance(await refused(wrong), errors.IdempotencyMismatch)
    assert (await right).column_id == board.columns[2].id


@pytest.mark.parametrize("way", ["out", "back"])
async def test_with_an_unknown_outcome_all_hear_so_and_memory_is_what_is_stored(
    board: Board, memory: Memory, alice: Identity, bob: Identity, way: Any
) -> None:
    gate, waiting = await held(board, (alice, board.move(0, 1)), (bob, board.move(1, 1)))
    if way == "back":
        # The held one's, which comes first.
        memory.once("commit", "back", settled)
    memory.once("commit", way, away)
    gate.set()
    for refusal in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(refusal, errors.Unavailable)
    await settled()
    assert board.titles(1) == ([] if way == "out" else ["a", "b"])
    again = await board.stage.ask(alice, board.move(0, 1))
    assert again == memory.tasks[again.id]
    # Behind the other one, which is there in one case alone: nothing counts that was never stored.
    assert again.version == (2 if way == "out" else 3)
    seqs = board.reader.seqs(board.chat_id)
    assert seqs == list(range(seqs[0], memory.tops[board.chat_id].seq + 1))


async def test_decided_anew_when_somebody_else_wrote_meanwhile(
    board: Board, memory: Memory, alice: Identity, bob: Identity
) -> None:
    gate, (moved, gone) = await held(board, (alice, board.move(0, 1)), (bob, board.move(1, 1)))

    async def elsewhere() -> None:
        rename(memory, board.chat_id, "Hall")
        remove_elsewhere(memory, board.chat_id, bob.user_id)

    memory.once("commit", "out", elsewhere)
    gate.set()
    assert (await moved).column_id == board.columns[1].id
    assert isinstance(await refused(gone), errors.NotFound)
    assert board.titles(1) == ["a"]


async def test_key_that_another_process_took_meanwhile_is_a_repeat(
    board: Board, memory: Memory, alice: Identity, bob: Identity
) -> None:
    command = board.move(0, 1, key=fresh_key())
    gate, (again, other) = await held(board, (alice, command), (bob, board.move(1, 1)))

    async def elsewhere() -> None:
        key = RequestKey(user_id=alice.user_id, key=command.key or "", digest=command.digest())
        answer = Answer(subject=("task.updated", board.chat_id, board.cards[0].id))
        memory.commit_now(Decision(answer=answer).under(key), memory.clock())

    memory.once("commit", "out", elsewhere)
    gate.set()
    assert (await again).version == 1
    assert (await other).version == 2


async def test_what_others_wrote_during_a_turn_counts_in_its_decision(
    board: Board, memory: Memory, bob: Identity
) -> None:
    async def removed() -> None:
        remove_elsewhere(memory, board.chat_id, bob.user_id)
        head = memory.tops[board.chat_id].seq
        board.stage.directory.streams.learn(board.chat_id, head, head)
        await until(lambda: board.stage.stream(board.chat_id).seq == head)

    memory.once("find_keys", "back", removed)
    refusal = await refused(board.stage.ask(bob, board.move(0, 1, key=fresh_key())))
    assert isinstance(refusal, errors.NotFound)
    assert board.titles(1) == []
