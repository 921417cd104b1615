"""Uploads what was drawn and recorded: for messages, cards, people and chats."""

import uuid
from typing import Final

from messenger.demo import drawing, sounds
from messenger.demo.story import Thing
from messenger.files.avatars import Avatars
from messenger.files.intake import Intake, Received
from messenger.files.spool import Spool
from messenger.model import FileAbout

ORDINARY: Final = FileAbout()


class Giving:
    """Where the story's files go."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._avatars = Avatars(intake)

    async def files(self, user_id: int, chat_id: int, things: tuple[Thing, ...]) -> list[str]:
        """Upload them to a chat; the ids, in order, are the same whenever they are."""
        received = [
            Received(thing.name, await self._spooled(content_of(thing)), about_of(thing))
            for thing in things
        ]
        key = " ".join([str(chat_id), *(thing.name for thing in things)])
        key = str(uuid.uuid5(uuid.NAMESPACE_OID, key))
        kept = await self._intake.keep(user_id, chat_id, received, key)
        return [file.id for file in kept]

    async def avatar(self, user_id: int, stream_id: int, picture: bytes) -> str:
        """The address of a picture of a person or a chat, made in the name of `user_id`."""
        spool = await self._spooled(picture)
        try:
            return await self._avatars.make(spool, None, user_id, stream_id)
        finally:
            await spool.discard()

    async def _spooled(self, content: bytes) -> Spool:
        spool = self._intake.begin()
        await spool.write(content)
        await spool.close()
        return spool


def content_of(thing: Thing) -> bytes:
    if thing.scene:
        return drawing.picture(thing.scene, thing.variant)
    return sounds.machine(thing.seconds) if thing.seconds else thing.text.encode()


def about_of(thing: Thing) -> FileAbout:
    return sounds.spoken(thing.seconds) if thing.seconds else ORDINARY
