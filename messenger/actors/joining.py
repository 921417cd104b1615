"""A person's sockets begin to hear a chat, from where they were told that they are in it.

`chat.joined` comes in the person's stream, what follows it in the chat's. Of another server's
words neither stream waits for the other, so that the chat may be past that place here, or not yet
at it. In the one case what was missed is handed over, in the other the chat is waited for.
"""

import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from messenger import errors
from messenger.actors.presence import Presence
from messenger.actors.stream import Stream, Subscriber
from messenger.model import Event
from messenger.protocol.event_types import EVENT_TYPES, Effect
from messenger.rules.streams import is_whole
from messenger.storage import Storage

log = logging.getLogger(__name__)

SOON_MS = 1000
"""When a device is to come back that could not be given what it missed."""


class Joining:
    """Who was told of a chat that has yet to come there, on this server."""

    def __init__(
        self,
        store: Storage,
        presence: Presence,
        spawn: Callable[[Coroutine[Any, Any, None]], Any],
    ) -> None:
        self.store = store
        self.presence = presence
        self.spawn = spawn
        # State: by stream, the people and after which event their sockets hear it.
        self._awaited: dict[int, list[tuple[int, int]]] = {}

    def __repr__(self) -> str:
        return f"<Joining {len(self._awaited)} streams>"

    def waits_for(self, stream: Stream) -> bool:
        """Whether its events have to go out one by one."""
        return stream.id in self._awaited

    def is_back(self, stream: Stream, user_id: int, seq: int) -> bool:
        """Whether a person was told already that they came back after this event."""
        awaited = self._awaited.get(stream.id, ())
        return any(user_id == who and seq < after for after, who in awaited)

    def begin(self, stream: Stream, user_id: int, after: int) -> None:
        """Have the sockets that follow everything hear what comes after an event."""
        if stream.delivered < after:
            self._awaited.setdefault(stream.id, []).append((after, user_id))
            stream.held += 1
            stream.learn(after)
        elif (missed := stream.handed_out(after)) is not None:
            self._join(stream, user_id, missed)
        else:
            stream.held += 1
            self.spawn(self._join_from_log(stream, user_id, after))

    def came(self, stream: Stream) -> None:
        """An event was handed out: those who waited for it hear the next."""
        awaited = self._awaited.pop(stream.id, [])
        later = [each for each in awaited if each[0] > stream.delivered]
        if later:
            self._awaited[stream.id] = later
        for after, user_id in awaited:
            if after <= stream.delivered:
                stream.held -= 1
                self._join(stream, user_id, stream.handed_out(after) or [])

    def _join(self, stream: Stream, user_id: int, missed: Sequence[Event]) -> None:
        heard, end = until_end(missed, user_id)
        for socket in self.presence.sockets(user_id):
            if not socket.everything or stream.hears(socket):
                continue
            if socket.join(stream.id) and heard:
                socket.push(b"".join(map(socket.codec.pack, heard)))
            if end is not None:
                end_for(stream, socket, end)

    async def _join_from_log(self, stream: Stream, user_id: int, after: int) -> None:
        """The same, of more than the stream remembers."""
        missed: list[Event] = []
        at = after
        try:
            while (newest := stream.handed_out(at)) is None:
                page = await self.store.events(stream.id, at, stream.delivered)
                if not is_whole(page, at):
                    log.error("%r: the log has no event after %d", stream, at)
                    raise errors.Unavailable
                missed += page
                at = page[-1].seq
            self._join(stream, user_id, missed + newest)
        except errors.Unavailable:
            self._send_away(user_id)
        finally:
            stream.held -= 1

    def _send_away(self, user_id: int) -> None:
        """Have the person's devices come back, and find the chat as it is then."""
        for socket in self.presence.sockets(user_id):
            if socket.everything:
                socket.send_away(SOON_MS)


def end_for(stream: Stream, socket: Subscriber, seq: int, told: bool = True) -> None:
    """The socket hears no more of the stream: an event of it says so."""
    stream.discard(socket)
    socket.ended(stream.id, seq, told)


def until_end(events: Sequence[Event], user_id: int) -> tuple[Sequence[Event], int | None]:
    """What a person may have of these, and the `seq` that ends it, if there is one.

    Of what was said before they left nothing that it has become since.
    """
    for place, event in enumerate(events):
        effect = EVENT_TYPES[event.type].effect
        if effect is Effect.END_CHAT:
            return events[: place + 1], event.seq
        if effect is Effect.END_MEMBER and event.data.user_id == user_id:
            return [*_as_it_was(events[:place], event.seq)], event.seq
    return events, None


def _as_it_was(events: Sequence[Event], seq: int) -> Sequence[Event]:
    """The events before the first whose subject has changed after this one."""
    for place, event in enumerate(events):
        if getattr(event.data, "rev", 0) > seq:
            return events[:place]
    return events
