"""Bringing a range of a log back into the tables, for a while."""

from datetime import datetime

import msgspec

from messenger.archive import finishing, rewriting
from messenger.archive.format import MESSAGE, seq_of
from messenger.archive.vault import ArchiveProblem, Vault
from messenger.store.archive import index, returning
from messenger.store.archive.index import Part
from messenger.store.archive.session import Session

AT_ONCE = 500


class Restored(msgspec.Struct):
    """How much came back."""

    messages: int = 0
    events: int = 0


async def restore(
    session: Session, vault: Vault, chat: int, first: int, last: int, days: int, now: datetime
) -> Restored:
    """Bring the messages and events of a range back; safe to repeat.

    They stay for so many days; then the next run archives them again.
    """
    if not session.lock():
        raise ArchiveProblem("The archive is at work: restore when it has finished.")
    # What a run has begun to take away would be taken away again.
    await finishing.clear(session, vault)
    await finishing.finish(session, vault, now)
    returning.hold(session, chat, first, last, days)
    done = Restored()
    for part in index.of_range(session, chat, first, last):
        waiting: list[bytes] = []
        async for line in rewriting.lines(vault, part):
            if first <= seq_of(line) <= last:
                waiting.append(line)
            if len(waiting) == AT_ONCE:
                _give_back(session, part, waiting, done)
                waiting = []
        _give_back(session, part, waiting, done)
    return done


def _give_back(session: Session, part: Part, waiting: list[bytes], done: Restored) -> None:
    messages = [line for line in waiting if MESSAGE in line[:64]]
    events = [line for line in waiting if MESSAGE not in line[:64]]
    counts = returning.give_back(session, part, _whole(messages), _whole(events))
    done.messages += counts[0]
    done.events += counts[1]


def _whole(lines: list[bytes]) -> str:
    return f"[{b','.join(lines).decode()}]"
