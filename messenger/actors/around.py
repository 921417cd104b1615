"""Where several servers write, a word of another one may be lost: looks at where streams stand."""

from messenger.actors.identities import Identities
from messenger.actors.stream import UNKNOWN
from messenger.actors.streams import Streams


class Around:
    """All streams that matter to this process, and where the silent ones stood.

    These are the streams of chats and people that are followed here, the people who are remembered
    without a socket, and the organisation's, which says whose account was changed.
    """

    def __init__(self, streams: Streams, identities: Identities, org_id: int) -> None:
        self.streams = streams
        self.identities = identities
        self.org_id = org_id
        # State: where streams stood, at the last look, that are not followed here.
        self._heads: dict[int, int] = {}

    def __repr__(self) -> str:
        return f"<Around {len(self._heads)} silent streams>"

    async def look(self) -> None:
        """Learn of all that has moved without a word; two questions at the most."""
        followed = {
            id: stream.known for id, stream in self.streams.by_id.items() if stream.seq != UNKNOWN
        }
        silent = {self.org_id, *self.identities.by_user} - self.streams.by_id.keys()
        heads = {id: seq for id, seq in self._heads.items() if id in silent}
        fresh = silent - heads.keys()
        moved = await self.streams.store.moved(followed | heads)
        self._heads = heads
        if fresh:
            self._heads |= await self.streams.store.heads(list(fresh))
        for id, seq in moved.items():
            if id in heads:
                self.streams.learn(id, heads[id] + 1, seq)
                self._heads[id] = seq
            else:
                self.streams.learn(id, seq, seq)
