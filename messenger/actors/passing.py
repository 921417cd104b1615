"""What passes on other servers and is not stored: typing, marks, who is here. It may be lost."""

from typing import Any

from messenger.actors.directory import Directory
from messenger.actors.streams import Streams
from messenger.protocol.events import Mark, Receipts, Typing


def hear(directory: Directory, server: str, signal: Any) -> None:
    """Do here what is known to have happened there; a signal of a newer kind is left out."""
    match signal:
        case ["typing", int(chat_id), int(user_id)]:
            _typing(directory.streams, chat_id, user_id)
        case ["mark", int(chat_id), int(user_id), int(read_seq), int(received_seq), int(read_n)]:
            actor = directory.chats.get(chat_id)
            if actor is not None:
                actor.state.moved(user_id, read_seq, received_seq)
            mark = Mark(
                chat_id=chat_id, read_seq=read_seq, received_seq=received_seq, read_n=read_n
            )
            _mark(directory.streams, mark, user_id)
        case ["receipts", int(chat_id), [*marks]]:
            _receipts(directory.streams, chat_id, [tuple(mark) for mark in marks])
        case ["server", said]:
            directory.presence.elsewhere.tell_of(server, said)
        case ["here", int(user_id), [*chats]]:
            directory.presence.hear(server, user_id, chats)
        case ["gone", int(user_id)]:
            directory.presence.hear(server, user_id, None)
        case [str(kind), *_] if kind in directory.streams.listeners:
            directory.streams.listeners[kind](signal)


def _typing(streams: Streams, chat_id: int, user_id: int) -> None:
    stream = streams.by_id.get(chat_id)
    if stream is not None:
        stream.signal(Typing(chat_id=chat_id, user_id=user_id), but=user_id)


def _mark(streams: Streams, mark: Mark, user_id: int) -> None:
    """A member has read: their devices here hear it."""
    stream = streams.by_id.get(mark.chat_id)
    for reader in stream.of(user_id) if stream is not None else ():
        reader.push(reader.codec.pack(mark))
    streams.marked(mark.chat_id, user_id, mark.read_seq)


def _receipts(streams: Streams, chat_id: int, marks: list[tuple[int, int, int]]) -> None:
    """How far members have come: all readers here hear it."""
    stream = streams.by_id.get(chat_id)
    if stream is not None:
        stream.signal(Receipts(chat_id=chat_id, marks=marks))
