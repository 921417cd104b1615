"""A consumer of the log: does something once for every event, in the order of each stream.

It hears what this process publishes, and reads from the log what it did not hear: after a start,
what others wrote, more than fits into memory. Cursors are stored once a second, and never past
work that is not finished: a crash repeats some of it and loses none.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from time import monotonic, process_time
from typing import Final

from messenger.model import Event
from messenger.resting import Rests
from messenger.store import events as log_of
from messenger.store.db import Database
from messenger.store.rows import consumers

log = logging.getLogger(__name__)

MOST_HEARD: Final = 10_000
"""Events kept in memory until it is their turn; what is more is read from the log."""
PAUSE: Final = 0.005
"""Seconds from news to a look: what was said has left by then, and what comes next comes later."""
REMEMBERED: Final = 50_000
"""Streams whose cursor is known without asking."""


class Consumer:
    """What all consumers share; a subclass says what to `take`."""

    rests = Rests()

    def __init__(self, database: Database, name: str) -> None:
        self.database = database
        # Whether this process is the one, of several, that does the work.
        self.leads: Callable[[], bool] = lambda: True
        self.name = name
        # State: by stream the events heard and not yet taken, without a hole between them; how far
        # it is to be read from the log, and to be passed over, for nobody wanted it;
        # the last event taken, the cursors that are to be stored, and those that are.
        self.heard: dict[int, list[Event]] = {}
        self.waiting = 0
        self.heads: dict[int, int] = {}
        self.unwanted: dict[int, int] = {}
        self.cursors: dict[int, int] = {}
        self.changed: set[int] = set()
        self.stored: dict[int, int] = {}
        # Of events taken: how much of their work is not finished.
        self.owed: dict[int, Counter[int]] = {}
        # Whether it has begun, whether it takes just now, since when without a rest, and how many
        # times as long the next one is.
        self._begun = False
        self._taking = False
        self._restless = monotonic()
        self._times = self.rests.page
        self._news = asyncio.Event()
        self._due: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.waiting} waiting, {len(self.owed)} streams owed>"

    async def take(self, stream: int, events: list[Event]) -> None:
        """Do the work for events of a stream, which follow one another. May be called again."""
        raise NotImplementedError

    @property
    def wanted(self) -> bool:
        """Whether anybody is there for whom it is done: otherwise the log is not even read."""
        return True

    @property
    def busy(self) -> bool:
        """Whether there is anything that was heard and not taken."""
        return self._taking or bool(self.heard or self.heads or self.unwanted)

    # Hearing: plain calls, on the way of every message

    def published(self, stream: int, events: list[Event]) -> None:
        if not self.leads():
            return
        last = events[-1].seq
        if not self.wanted:
            # It is committed: nobody need ask how far the log goes.
            self.unwanted[stream] = max(last, self.unwanted.get(stream, 0))
        elif stream in self.heads or not self._keep_in_mind(stream, events):
            # The log is read for it anyway.
            self.heads[stream] = max(last, self.heads.get(stream, 0))
        self._look_soon()

    def _keep_in_mind(self, stream: int, events: list[Event]) -> bool:
        """Whether these follow one another and what was heard, so that they are all there is."""
        first, last = events[0].seq, events[-1].seq
        heard = self.heard.get(stream)
        if heard is not None and last <= heard[-1].seq:
            return True
        if last - first != len(events) - 1 or (heard and first != heard[-1].seq + 1):
            return False
        if heard is None:
            self.heard[stream] = list(events)
        else:
            heard += events
        self.waiting += len(events)
        if self.waiting > MOST_HEARD:
            self._let_go(self.heard)
            self.heard, self.waiting = {}, 0
        return True

    def grew(self, stream: int, seq: int) -> None:
        """Others wrote up to there."""
        if self.leads() and seq > self.heads.get(stream, 0):
            self.heads[stream] = seq
            self._look_soon()

    def _look_soon(self) -> None:
        """Have `run` look; what was said is on its way to its readers before that."""
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(PAUSE, self._look_now)

    def _look_now(self) -> None:
        self._due = None
        self._news.set()

    def _let_go(self, heard: dict[int, list[Event]]) -> None:
        for stream, events in heard.items():
            self.grew(stream, events[-1].seq)

    # Taking

    async def run(self, well: Callable[[], None] = lambda: None) -> None:
        """Take what is heard, for ever; what fails is read from the log again."""
        if not self._begun:
            await consumers.begin(self.database, self.name)
            await self.look()
            self._begun = True
        well()
        while True:
            await self._news.wait()
            self._news.clear()
            await self.turn()
            well()
            await asyncio.sleep(self.rests.after_turn(monotonic() - self._restless))

    async def look(self) -> None:
        """Find streams that have more than was read: also what nobody told of."""
        for stream, seq in (await consumers.behind(self.database, self.name)).items():
            if seq > self.cursors.get(stream, 0):
                self.grew(stream, seq)

    async def turn(self) -> None:
        """Take all that was heard by now."""
        heard, self.heard, self.waiting = self.heard, {}, 0
        heads, self.heads = self.heads, {}
        unwanted, self.unwanted = self.unwanted, {}
        todo = list({**heads, **heard, **unwanted})
        self._taking = True
        self._restless = monotonic()
        try:
            await self._learn(todo)
            for stream, seq in unwanted.items():
                if self.wanted:
                    heads[stream] = max(seq, heads.get(stream, 0))
                else:
                    self._go_on(stream, seq)
            # From its end: what was just said does not wait for what is read from the log.
            todo.sort(key=lambda stream: self._comes_next(stream, heard.get(stream, [])))
            while todo:
                stream = todo[-1]
                whole = await self._advance(stream, heard.get(stream, []), heads.get(stream, 0))
                todo.pop()
                heard.pop(stream, None)
                if not whole:
                    await self._let_in(todo, heard)
        finally:
            # Not empty when something failed: from where the cursor stands, the log has it.
            self._taking = False
            for stream in todo:
                self._let_go({stream: heard[stream]} if stream in heard else {})
                self.grew(stream, max(heads.get(stream, 0), unwanted.get(stream, 0)))

    def _comes_next(self, stream: int, events: list[Event]) -> bool:
        """Whether these go on where the stream's cursor is: nothing is read from the log first."""
        return bool(events) and events[0].seq <= self.cursors[stream] + 1

    async def _let_in(self, todo: list[int], heard: dict[int, list[Event]]) -> None:
        """Have what was just said go first; what needs the log waits for the next turn."""
        await self._learn(list(self.heard))
        for stream, events in list(self.heard.items()):
            if stream in self.cursors and self._comes_next(stream, events):
                todo.append(stream)
                del self.heard[stream]
                self.waiting -= len(events)
                before = heard.get(stream)
                if before is None or before[-1].seq < events[-1].seq:
                    # All from the cursor on that was heard of before is among these.
                    heard[stream] = events

    async def _learn(self, streams: list[int]) -> None:
        unknown = [stream for stream in streams if stream not in self.cursors]
        if unknown:
            found = await consumers.cursors(self.database, self.name, unknown)
            for stream in unknown:
                self.cursors.setdefault(stream, found.get(stream, 0))
                self.stored.setdefault(stream, found.get(stream, 0))

    async def _advance(self, stream: int, heard: list[Event], head: int) -> bool:
        """Take a stream's events; False: after a page something was heard, the rest comes later."""
        head = max(head, heard[-1].seq if heard else 0)
        while (cursor := self.cursors[stream]) < head:
            # The ordinary case is that it goes on where the cursor is, and is taken as it is.
            heard_of = bool(heard) and heard[0].seq <= cursor + 1
            if heard_of:
                events, heard = heard[cursor + 1 - heard[0].seq :], []
                if not events:
                    continue
            else:
                if not self.wanted:
                    await self._pass_over(stream, head)
                    return True
                upto = heard[0].seq - 1 if heard else head
                events = await log_of.read(self.database, stream, cursor, upto)
                if not events:
                    # Archived, or a head that was announced and rolled back.
                    first = (await log_of.firsts(self.database, [stream])).get(stream, 1)
                    if first <= cursor + 1 and not heard:
                        return True
                    self.cursors[stream] = upto if heard else first - 1
                    continue
            await self.take(stream, events)
            self._go_on(stream, events[-1].seq)
            if not heard_of and await self._is_overtaken():
                self.grew(stream, head)
                return False
        return True

    def _go_on(self, stream: int, seq: int) -> None:
        if seq > self.cursors[stream]:
            self.cursors[stream] = seq
            self.changed.add(stream)

    async def _pass_over(self, stream: int, head: int) -> None:
        """Let the cursor go on without reading; no further than what is stored."""
        there = (await log_of.heads(self.database, [stream])).get(stream, 0)
        self._go_on(stream, min(head, there))

    async def _is_overtaken(self) -> bool:
        """Rest after a page of the log; whether something was heard, which then goes first."""
        await self._rest()
        return bool(self.heard)

    async def _rest(self) -> None:
        """Leave to chats what is theirs of the time, in the middle of a long turn."""
        began, used = monotonic(), process_time()
        await asyncio.sleep(self.rests.after_page(began - self._restless, self._times))
        self._restless = monotonic()
        others = (process_time() - used) / max(self._restless - began, 1e-6)
        self._times = self.rests.times(others)

    # Work that goes on after `take`

    def hold(self, stream: int, seq: int) -> None:
        """Work of an event goes on: its stream's cursor is not stored past it."""
        self.owed.setdefault(stream, Counter())[seq] += 1

    def release(self, stream: int, seq: int) -> None:
        owed = self.owed[stream]
        owed[seq] -= 1
        if not owed[seq]:
            del owed[seq]
            self.changed.add(stream)
        if not owed:
            del self.owed[stream]

    def reached(self, stream: int) -> int:
        """The last event of which, and of all before, the work is finished."""
        owed = self.owed.get(stream)
        return min(owed) - 1 if owed else self.cursors[stream]

    async def keep(self) -> None:
        """Store the cursors that moved; called once a second, and at the end."""
        changed, self.changed = self.changed, set()
        reached = {stream: self.reached(stream) for stream in changed}
        moved = {stream: seq for stream, seq in reached.items() if seq > self.stored[stream]}
        try:
            if moved:
                await consumers.save(self.database, self.name, moved)
        except BaseException:
            self.changed |= changed
            raise
        self.stored.update(moved)
        if len(self.cursors) > REMEMBERED and not self._taking:
            self._forget()

    def _forget(self) -> None:
        busy = {*self.changed, *self.owed, *self.heard, *self.heads}
        for stream in [stream for stream in self.cursors if stream not in busy]:
            if self.stored[stream] == self.cursors[stream]:
                del self.cursors[stream], self.stored[stream]
