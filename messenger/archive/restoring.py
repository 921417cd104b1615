"""Bringing messages back into the tables, for a while."""

from messenger.archive import rewriting
from messenger.archive.format import LINES, seq_of
from messenger.archive.vault import ArchiveProblem, Vault
from messenger.store.archive import index, returning
from messenger.store.archive.session import Session

AT_ONCE = 500


async def restore(
    session: Session, vault: Vault, chat: int, first: int, last: int, days: int
) -> int:
    """Bring the messages of a range back; returns how many. Safe to repeat.

    They stay for so many days; then the next run archives them again.
    """
    if not session.lock():
        raise ArchiveProblem("The archive is at work: restore when it has finished.")
    returning.hold(session, chat, first, last, days)
    count = 0
    for part in index.of_range(session, chat, first, last):
        waiting: list[bytes] = []
        async for line in rewriting.lines(vault, part):
            if first <= seq_of(line) <= last and LINES.decode(line).message is not None:
                waiting.append(line)
            if len(waiting) == AT_ONCE:
                count += returning.give_back(session, part, _whole(waiting))
                waiting = []
        count += returning.give_back(session, part, _whole(waiting))
    return count


def _whole(lines: list[bytes]) -> str:
    return f"[{b','.join(lines).decode()}]"
