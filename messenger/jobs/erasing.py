"""Erases people: access ends at once; then what is theirs goes, step by step, however often killed.

Each step may be done again, and is until the erasure is done; so the door only begins it. The
archive's parts follow with its next run.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from messenger.actors.directory import Directory
from messenger.decision import Decision, Entry, FilesAttached, Write
from messenger.jobs.running import Run
from messenger.jobs.schedule import Schedule
from messenger.model import Member, timestamp
from messenger.protocol.accounts import UpdateUser
from messenger.store import commits
from messenger.store.db import Database
from messenger.store.rows import erasures, users
from messenger.store.rows.erasures import Choice, Erasure

NAMES: Final = {"ru": "Удалённый аккаунт", "en": "Deleted account"}
"""What stands in the place of the person's name, in the language of the server."""
JOB: Final = "erasing"


class Erasing:
    """What the doors and the timetable erase with."""

    def __init__(
        self, database: Database, directory: Directory, locale: str, clock: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.directory = directory
        self.name = NAMES[locale]
        self.clock = clock

    async def begin(self, user_id: int, messages: Choice, by: int | None) -> None:
        """Have somebody erased: once this returns they are out, and the rest is on its way."""
        await erasures.begin(self.database, user_id, messages, by, self.clock())
        await self._shut_out(user_id)

    async def work(self, check: Callable[[], None] = lambda: None) -> int:
        """Finish what was begun; returns of how many people."""
        waiting = await erasures.waiting(self.database)
        for each in waiting:
            await self._erase(each, check)
        return len(waiting)

    async def _erase(self, erasure: Erasure, check: Callable[[], None]) -> None:
        user_id = erasure.user_id
        await self._shut_out(user_id)
        await self._leave(user_id)
        while erasure.messages == "remove" and await self._take_back(user_id):
            check()
        await erasures.clear(self.database, user_id, self.name)
        await self._tell(user_id)
        await erasures.finish(self.database, user_id, self.name, self.clock())

    async def _shut_out(self, user_id: int) -> None:
        """No session, no role, no name that others see; the common chat is left."""
        await self.directory.ask_system(
            UpdateUser(
                user_id=user_id, display_name=self.name, email=None, avatar_url=None,
                role="guest", disabled=True, erasing=True,
            )
        )  # fmt: skip

    async def _leave(self, user_id: int) -> None:
        """Out of groups; their tasks and the owner's seat were handed over with the access."""
        moment = timestamp(self.clock())
        for row in await erasures.groups(self.database, user_id):
            gone = Member(**row._asdict(), left_at=moment)
            await self._commit(
                [
                    Entry(stream=row.chat_id, type="member.left", subject=user_id, data=gone),
                    Entry(stream=user_id, type="chat.left", subject=row.chat_id),
                ]
            )

    async def _take_back(self, user_id: int) -> bool:
        """Delete some of their messages, archived ones too; whether there were any."""
        found = await erasures.written(self.database, user_id)
        if not found:
            return False
        moment = timestamp(self.clock())
        entries = [
            Entry(stream=each.chat_id, type="message.deleted", subject=each.seq,
                  data=each.tombstone(moment))
            for each in found
        ]  # fmt: skip
        places = [(each.chat_id, each.seq) for each in found]
        writes = [
            FilesAttached(chat_id=chat, seq=seq, file_ids=[])
            for chat, seq in await erasures.attached(self.database, places)
        ]
        await self._commit(entries, writes)
        return True

    async def _tell(self, user_id: int) -> None:
        """Others see the name that signed in, too; it is another one now."""
        [user] = await users.by_ids(self.database, [user_id])
        org_id = self.directory.org_id
        await self._commit([Entry(stream=org_id, type="user.updated", subject=user_id, data=user)])

    async def _commit(
        self, entries: list[Entry], writes: list[FilesAttached] | None = None
    ) -> None:
        """Not through the chats' actors: they hear of it as of what another process writes."""
        done: list[Write] = [*(writes or [])]
        decision = Decision(entries=entries, writes=done)
        await commits.commit(self.database, decision, self.clock(), announce=True)


def keep_erased(schedule: Schedule, erasing: Erasing) -> None:
    """Put it on the timetable: what a crash interrupted goes on."""

    async def work(run: Run) -> None:
        count = await erasing.work(run.check_stopping)
        run.details = {"people": count}

    schedule.add("*/10 * * * *", JOB, work)
