"""Finding words in the archive, by PostgreSQL's own stemming, as in what is still in the tables."""

from datetime import datetime

import msgspec

from messenger.archive import showing
from messenger.archive.format import LINES, Line
from messenger.archive.vault import Vault
from messenger.store.archive import index, stemming
from messenger.store.archive.session import Session

AT_ONCE = 1000


class Found(msgspec.Struct, frozen=True):
    chat_id: int
    seq: int
    at: datetime
    by: int | None
    text: str


async def search(
    session: Session, vault: Vault, words: str, chat: int | None, limit: int
) -> list[Found]:
    """Messages that have all the words, the latest first; reads the archive through."""
    found: list[Found] = []
    streams = {part.stream_id for part in index.parts(session, "done", "removing") if part.messages}
    for stream in sorted(streams if chat is None else streams & {chat}):
        waiting: list[Line] = []
        async for raw in showing.lines(session, vault, stream, 1, 2**53):
            line = LINES.decode(raw)
            if line.message is not None and line.message.text:
                waiting.append(line)
            if len(waiting) == AT_ONCE:
                found = _best(found + _matching(session, stream, waiting, words), limit)
                waiting = []
        found = _best(found + _matching(session, stream, waiting, words), limit)
    return found


def _matching(session: Session, stream: int, lines: list[Line], words: str) -> list[Found]:
    texts = [line.message.text for line in lines if line.message is not None]
    return [
        Found(stream, lines[place].seq, lines[place].at, lines[place].by, texts[place])
        for place in stemming.matching(session, texts, words)
    ]


def _best(found: list[Found], limit: int) -> list[Found]:
    return sorted(found, key=lambda each: each.at, reverse=True)[:limit]
