"""What senders are owed is looked up when somebody needs it, and memory keeps little till then."""

import asyncio

from messenger.store.owed import UNREAD, Marks, Owed

CHAT, ALICE, BOB = 3, 1, 2


class Stored:
    """A batch whose senders are owed something; it counts how often that was looked up."""

    def __init__(self, count: int, marks: Marks) -> None:
        self.posts = [None] * count
        self.marks = marks
        self.looks = 0

    def owing(self) -> Marks:
        self.looks += 1
        return self.marks


def mark(who: int, seq: int) -> Marks:
    return {(CHAT, who): (seq, seq)}


async def test_the_marks_of_a_batch_are_looked_up_for_who_reads_them() -> None:
    paid: list[Marks] = []
    owed = Owed(lambda: pay(owed, paid))
    first, second = Stored(1, mark(ALICE, 5)), Stored(1, mark(ALICE, 6))
    owed.keep(first)
    owed.keep(second)
    assert (first.looks, second.looks) == (0, 0)
    await owed.settled([BOB])
    assert ((first.looks, second.looks), paid) == ((1, 1), [])
    await owed.settled([ALICE])
    assert paid == [mark(ALICE, 6)]
    owed.close()


async def test_they_are_stored_a_second_later_where_nobody_reads_them() -> None:
    paid: list[Marks] = []
    owed = Owed(lambda: pay(owed, paid))
    batch = Stored(1, mark(BOB, 7))
    owed.keep(batch)
    await asyncio.sleep(0.9)
    assert (batch.looks, paid) == (0, [])
    await asyncio.sleep(0.2)
    assert paid == [mark(BOB, 7)]
    owed.keep(Stored(1, mark(BOB, 8)))
    await asyncio.sleep(1.1)
    assert paid == [mark(BOB, 7), mark(BOB, 8)]
    owed.close()


async def test_batches_are_not_kept_beyond_some_hundred_messages() -> None:
    owed = Owed(lambda: None)
    small = [Stored(1, mark(ALICE, seq)) for seq in range(UNREAD)]
    for batch in small:
        owed.keep(batch)
    assert sum(batch.looks for batch in small) == 0
    large = Stored(512, mark(BOB, 900))
    owed.keep(large)
    assert [batch.looks for batch in (*small, large)] == [1] * (UNREAD + 1)
    assert owed.marks == mark(ALICE, UNREAD - 1) | mark(BOB, 900)
    owed.keep(Stored(512, mark(BOB, 901)))
    assert owed.marks[CHAT, BOB] == (901, 901)
    owed.close()


async def test_what_is_kept_while_a_statement_stores_the_others_is_stored_after_it() -> None:
    paid: list[Marks] = []
    owed = Owed(lambda: None)
    owed.keep(Stored(1, mark(ALICE, 1)))
    owed.ask()
    marks, _ = owed.rows()
    owed.keep(Stored(1, mark(ALICE, 2)))
    owed.ended(marks)
    owed._pay = lambda: pay(owed, paid)
    await asyncio.sleep(1.1)
    assert paid == [mark(ALICE, 2)]
    owed.close()


def pay(owed: Owed, paid: list[Marks]) -> None:
    """Store all of them at once."""
    marks, rows = owed.rows()
    assert len(rows) == len(marks)
    paid.append(marks)
    owed.ended(marks)
