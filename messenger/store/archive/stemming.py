"""Which of some texts have all of some words, in any of their forms, in Russian or English."""

from collections.abc import Sequence
from typing import Final

from messenger.store.archive.session import Session

# The Russian configuration stems Latin words as English ones.
MATCHING: Final = """
    select place - 1 from unnest(%(texts)s::text[]) with ordinality as t(text, place)
    where to_tsvector('russian', text) @@ plainto_tsquery('russian', %(words)s) order by place
"""


def matching(session: Session, texts: Sequence[str], words: str) -> list[int]:
    """Their places in the list."""
    if not texts:
        return []
    return [row[0] for row in session.rows(MATCHING, texts=list(texts), words=words)]
