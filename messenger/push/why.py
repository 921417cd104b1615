"""Why a person was told of something or was not: asked when a notification did not come."""

from typing import Annotated

import msgspec
from msgspec import Meta

from messenger.errors import NotFound
from messenger.model import Identity, Verdict
from messenger.push.happenings import concerned, happening
from messenger.push.pusher import Pusher
from messenger.push.readers import verdicts
from messenger.store import events as log_of
from messenger.store.reads import pushing
from messenger.store.rows.chats import ACCESS


class Why(msgspec.Struct, frozen=True, kw_only=True):
    verdict: Annotated[Verdict, Meta(description="What was decided.")]
    then: Annotated[
        bool, Meta(description="Whether it was decided when it happened; else it is as of now.")
    ]
    devices: Annotated[int, Meta(description="How many devices there are to tell it on.")]


async def why(pusher: Pusher, who: Identity, chat_id: int, seq: int) -> Why:
    """What was decided about an event of a chat for a person, or what would be now.

    Raises NotFound for chats they are not in, and for what nobody is told of.
    """
    if not await pusher.database.fetch(ACCESS, user=who.user_id, chats=[chat_id]):
        raise NotFound
    devices = len(await pusher.devices.of(who))
    found = pusher.decided.get((who.user_id, chat_id, seq))
    if found is not None:
        return Why(verdict=found, then=True, devices=devices)
    return Why(verdict=await verdict_now(pusher, who, chat_id, seq), then=False, devices=devices)


async def verdict_now(pusher: Pusher, who: Identity, chat_id: int, seq: int) -> Verdict:
    kind = await pushing.kind(pusher.database, chat_id)
    events = await log_of.read(pusher.database, chat_id, seq - 1, seq)
    if kind is None or not events or events[0].data is None or concerned(events[0]) == frozenset():
        raise NotFound("Nobody is told of that.")
    happened = await happening(pusher.database, events[0], kind)
    if happened is None:
        raise NotFound("It is gone.")
    found = verdicts(
        pusher.database,
        [happened],
        chat_id,
        [who.user_id],
        pusher.presence.is_looking,
        pusher.clock,
    )
    async for _, decided in found:
        return decided[0].verdict
    raise NotFound
