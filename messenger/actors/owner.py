"""What both kinds of actor share: an exclusive change of what is stored.

The key is looked up, the decision made on a state that nothing else can change
meanwhile, committed in one transaction, applied, published, answered.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from messenger import errors
from messenger.actors.actor import Actor, Letter
from messenger.decision import Decision, RequestKey
from messenger.model import Event
from messenger.storage import Keyed, Storage, Taken

if TYPE_CHECKING:
    from messenger.actors.directory import Directory

EXISTS = {
    "users_username_key_key": ("This user name is taken; choose another.", "username"),
    "users_email_key_key": ("An account with this e-mail exists already.", "email"),
}


class Owner(Actor):
    """An actor that owns a stream."""

    def __init__(self, id: int, directory: "Directory") -> None:
        super().__init__()
        self.id = id
        self.directory = directory

    @property
    def store(self) -> Storage:
        return self.directory.store

    def now(self) -> datetime:
        return self.directory.clock()

    def apply(self, events: list[Event]) -> None:
        """Bring the state up to what was committed."""

    async def change(
        self, letter: Letter, decide: Callable[[Any, Letter], Awaitable[Decision]]
    ) -> None:  # fmt: skip
        """Decide and commit; a request key makes it once, and its repeat cheap."""
        command = letter.command
        key = None
        if command.key is not None:
            key = RequestKey(
                user_id=letter.identity.user_id, key=command.key, digest=command.digest()
            )
            if await self._repeated(letter, key):
                return
        decision = await decide(self, letter)
        events: list[Event] = []
        if decision.entries or decision.writes or key is not None:
            try:
                events = await self.store.commit(decision, self.now(), key)
            except Taken as taken:
                if key is not None and taken.constraint == "request_keys_pkey":
                    await self._repeated(letter, key)
                    return
                message, field = EXISTS.get(taken.constraint, (None, None))
                raise errors.AlreadyExists(message, field=field) from None
            except errors.Unavailable:
                # Perhaps it was committed: whatever the log holds is published from there.
                self.directory.doubt({entry.stream for entry in decision.entries} | {self.id})
                raise
        self.apply(events)
        self.directory.publish(events)
        answer = decision.result
        if decision.answer is not None and events:
            answer = events[decision.answer].data
        letter.reply.answer(answer)

    async def _repeated(self, letter: Letter, key: RequestKey) -> bool:
        """Answer a repeat with the subject as it now stands."""
        found: Keyed | None = await self.store.find_key(key.user_id, key.key)
        if found is None:
            return False
        if found.digest != key.digest:
            raise errors.IdempotencyMismatch()
        answer = None
        if found.subject is not None:
            answer = await self.store.subject(*found.subject)
        letter.reply.answer(answer)
        return True
