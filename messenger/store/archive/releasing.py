"""What goes with a part that is removed for good: its messages' files and keys stay no longer."""

from typing import Final

from messenger.store.archive.index import Part
from messenger.store.archive.session import Session

# Files become loose, and the next sweep removes those that nothing else has.
LET_GO: Final = """
    with gone as (
        delete from attachments a where a.chat_id = %(stream)s
        and a.seq between %(first)s and %(last)s and a.seq <> all(%(kept)s)
        and not exists (select from messages m where m.chat_id = a.chat_id and m.seq = a.seq)
        returning file_id)
    update files set loose = true where id in (select file_id from gone)
"""


def let_go(session: Session, part: Part) -> None:
    """Detach the files of a part's messages; harmless when it is done again."""
    session.rows(
        LET_GO, stream=part.stream_id, first=part.first_seq, last=part.last_seq, kept=part.kept
    )
