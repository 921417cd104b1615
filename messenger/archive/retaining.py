"""What was deleted of the archive's messages and is on legal hold, brought to what is retained.

The parts of a held log stay as they are, so it is read from there: with every run, and before an
export.
"""

from messenger.archive import rewriting
from messenger.archive.format import MESSAGE, seq_of
from messenger.archive.vault import Vault
from messenger.store.archive import index, retaining
from messenger.store.archive.session import Session


async def retain(session: Session, vault: Vault) -> None:
    """Bring it there, for the one that holds the lock; safe to repeat."""
    index.supersede_live(session)
    for part in retaining.held(session):
        gone = set(part.superseded)
        async with rewriting.fetched(vault, part) as path:
            with rewriting.opened(path) as file:
                found = [
                    line for line in file if MESSAGE in line[:64] and seq_of(line) in gone
                ]  # fmt: skip
        retaining.retain(session, part, f"[{b','.join(found).decode()}]")
