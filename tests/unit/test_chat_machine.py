"""One chat under every change there is, by members and strangers, one by one and at once."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import async_solipsism
import msgspec
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from messenger import errors
from messenger.model import Identity, MemberRole
from messenger.protocol import commands
from messenger.protocol.command import Command

from .cast import SETTINGS, Reader, Stage, fresh_key, open_stage, settled
from .memory import Way
from .mirror import Mirror

T = TypeVar("T")
NAMES = ("alice", "bob", "carol", "dave", "erin")
EMOJI = ("👍", "❤️", "✅")
ROLES: tuple[MemberRole, ...] = ("owner", "admin", "member")
PATIENT = replace(SETTINGS, message_rate_limit=(1_000_000, 1))


class Lobby:
    """The chat, as the acts need it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.id = stage.lobby

    @property
    def head(self) -> int:
        return self.stage.memory.tops[self.id].seq

    def pick(self, number: int) -> int:
        """A message's number; now and then one that is none."""
        seqs = [seq for chat, seq in self.stage.memory.messages if chat == self.id]
        return [*seqs, 1][number % (len(seqs) + 1)]


Act = tuple[str, str, int, str]
"""What, by whom, a number to choose a thing by, and a person it may be about."""
ACTS: dict[str, Callable[[Lobby, int, Identity, Identity], Command]] = {
    "send": lambda c, n, me, _: commands.SendMessage(
        chat_id=c.id, client_message_id=fresh_key(), text=f"{n} @bob"
    ),
    "repeat": lambda c, n, me, _: commands.SendMessage(
        chat_id=c.id, client_message_id=f"00000000-0000-4000-a000-{n % 4:012x}", text=f"{n % 4}"
    ),
    "edit": lambda c, n, me, _: commands.EditMessage(chat_id=c.id, seq=c.pick(n), text=f"edit {n}"),
    "delete": lambda c, n, me, _: commands.DeleteMessage(chat_id=c.id, seq=c.pick(n)),
    "react": lambda c, n, me, _: commands.AddReaction(
        chat_id=c.id, seq=c.pick(n), emoji=EMOJI[n % 3]
    ),
    "unreact": lambda c, n, me, _: commands.RemoveReaction(
        chat_id=c.id, seq=c.pick(n), emoji=EMOJI[n % 3]
    ),
    "pin": lambda c, n, me, _: commands.PinMessage(chat_id=c.id, seq=c.pick(n)),
    "unpin": lambda c, n, me, _: commands.UnpinMessage(chat_id=c.id, seq=c.pick(n)),
    "rename": lambda c, n, me, _: commands.UpdateChat(chat_id=c.id, title=f"Lobby {n % 3}"),
    "add": lambda c, n, me, other: commands.AddMembers(chat_id=c.id, user_ids=[other.user_id]),
    "remove": lambda c, n, me, other: commands.RemoveMember(chat_id=c.id, user_id=other.user_id),
    "leave": lambda c, n, me, _: commands.RemoveMember(chat_id=c.id, user_id=me.user_id),
    "promote": lambda c, n, me, other: commands.UpdateMember(
        chat_id=c.id, user_id=other.user_id, role=ROLES[n % 3]
    ),
    "mark": lambda c, n, me, _: commands.MarkRead(
        chat_id=c.id, read_seq=n % (c.head + 1), received_seq=(n * 7) % (c.head + 1)
    ),
}
acts = st.tuples(
    st.sampled_from([*ACTS, "send", "send"]),
    st.sampled_from(NAMES),
    st.integers(0, 200),
    st.sampled_from(NAMES),
)


class ChatMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=async_solipsism.EventLoop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.runner.close()

    @initialize(seed=st.integers(0, 2**16))
    def open(self, seed: int) -> None:
        self.run(self.opened(random.Random(seed)))

    async def opened(self, chance: random.Random) -> None:
        self.stage = await open_stage(PATIENT)
        self.who = {name: await self.stage.add(name) for name in NAMES}
        alice, bob, carol, *_ = self.who.values()
        self.stage.lobby = await self.stage.make_group(alice, bob, carol)
        self.lobby = Lobby(self.stage)
        self.opened_at = self.lobby.head
        self.readers = {name: self.listen(identity) for name, identity in self.who.items()}
        # Somebody whom no removal reaches, for nobody may be in the chat all the time.
        self.spy = Reader(self.stage.directory, Identity(0, "", "spy", "user"))
        self.stage.stream(self.lobby.id).add(self.spy)
        self.mirrors = [Mirror.of(self.stage.memory, self.lobby.id)]

        async def jitter(call: str, way: Way) -> None:
            await asyncio.sleep(chance.choice((0, 0, 0.001, 0.004)))

        self.stage.memory.trip = jitter

    def listen(self, identity: Identity) -> Reader:
        inside = self.stage.memory.readable(identity.user_id, self.lobby.id)
        chats = [self.lobby.id] if inside else []
        reader = self.stage.reader(identity, identity.user_id, *chats)
        reader.everything = True
        return reader

    async def do(self, act: Act) -> Any:
        what, name, number, other = act
        command = ACTS[what](self.lobby, number, self.who[name], self.who[other])
        try:
            return await self.stage.ask(self.who[name], command)
        except errors.DomainError as refusal:
            return refusal

    async def together(self, some: list[Act]) -> list[Any]:
        results = await asyncio.gather(*(self.do(act) for act in some))
        await settled()
        return results

    @rule(act=acts)
    def one(self, act: Act) -> None:
        before = self.lobby.head
        inside = self.stage.memory.readable(self.who[act[1]].user_id, self.lobby.id)
        (result,) = self.run(self.together([act]))
        assert inside or isinstance(result, errors.NotFound)
        assert not isinstance(result, errors.Unavailable)
        if isinstance(result, errors.DomainError):
            assert self.lobby.head == before

    @rule(some=st.lists(acts, min_size=2, max_size=6))
    def several_at_once(self, some: list[Act]) -> None:
        for result in self.run(self.together(some)):
            assert not isinstance(result, errors.Unavailable)

    @rule()
    def take_a_snapshot(self) -> None:
        self.mirrors = [*self.mirrors[-2:], Mirror.of(self.stage.memory, self.lobby.id)]

    @rule()
    def nothing_for_a_while(self) -> None:
        async def idle() -> None:
            await asyncio.sleep(200)
            self.stage.directory.unload()

        self.run(idle())
        assert self.lobby.id not in self.stage.directory.chats

    @invariant()
    def numbers_have_no_gap(self) -> None:
        for stream, rows in self.stage.memory.log.items():
            head = self.stage.memory.tops[stream].seq
            assert [row.seq for row in rows] == list(range(1, head + 1))

    @invariant()
    def everybody_saw_exactly_what_happened_while_they_were_in(self) -> None:
        rows = self.stage.memory.log[self.lobby.id][self.opened_at :]
        happened = [(row.seq, row.type, row.by) for row in rows]
        assert told(self.spy, self.lobby.id) == happened
        for name, reader in self.readers.items():
            user_id, inside = self.who[name].user_id, name in NAMES[:3]
            expected = []
            for row, said in zip(rows, happened, strict=True):
                if (row.type, row.subject) == ("member.left", user_id):
                    inside = False
                if inside:
                    expected.append(said)
                if (row.type, row.subject) == ("member.joined", user_id):
                    inside = True
            assert told(reader, self.lobby.id) == expected

    @invariant()
    def snapshot_and_events_make_the_present(self) -> None:
        present = Mirror.of(self.stage.memory, self.lobby.id)
        for mirror in self.mirrors:
            live, caught_up = mirror.copy(), mirror.copy()
            for event in self.spy.events(self.lobby.id):
                live.apply(event)
            for row in self.stage.memory.log[self.lobby.id]:
                read = self.stage.memory._event(row)
                caught_up.apply(msgspec.to_builtins(read))
            assert live == caught_up == present

    @invariant()
    def unread_is_what_came_after_the_mark(self) -> None:
        memory, chat_id = self.stage.memory, self.lobby.id
        for (chat, user_id), seat in memory.members.items():
            if chat == chat_id:
                later = [
                    m for (c, s), m in memory.messages.items() if c == chat_id and s > seat.read_seq
                ]
                my = memory._my(user_id, chat_id)
                assert my is not None
                assert memory.tops[chat_id].n - seat.read_n == len(later)
                alive = [m for m in later if m.deleted_at is None]
                assert my.unread == (len(alive) if my.left_at is None else 0)
                assert seat.read_seq <= seat.received_seq <= self.lobby.head


def told(reader: Reader, stream: int) -> list[tuple[int, str, int | None]]:
    return [(said["seq"], said["type"], said["by"]) for said in reader.events(stream)]


def test_chat_keeps_its_promises_whatever_its_members_do() -> None:
    # Not made smaller: that takes minutes, and what fails is 25 steps at the most.
    quick = settings(max_examples=30, stateful_step_count=25, phases=[Phase.generate])
    run_state_machine_as_test(ChatMachine, settings=quick)
