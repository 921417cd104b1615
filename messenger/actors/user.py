"""One person's own stream: chats they open, their settings of chats, their sessions."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec

from messenger import errors
from messenger.actors.actor import Letter
from messenger.actors.chat import columns
from messenger.actors.chat.membership import direct, joining, told
from messenger.actors.chat.people import by, ended
from messenger.actors.owner import Owner
from messenger.actors.reminding import Remind, remind
from messenger.decision import (
    Audited,
    Decision,
    Entry,
    PasswordSet,
    PreferenceSet,
    RequestKey,
    SessionsRevoked,
    Write,
)
from messenger.model import Chat, Identity, timestamp
from messenger.protocol import accounts, commands
from messenger.rules import chats as rules
from messenger.rules import text as texts
from messenger.rules.accounts import check_signed_in
from messenger.rules.moments import checked_moment
from messenger.storage import Keyed

if TYPE_CHECKING:
    from messenger.actors.directory import Directory


OF_CHATS = ("chat.", "notify.", "draft.")
"""Types of events whose subject is a chat, or one's own settings of it."""


class UserActor(Owner):
    """The owner of one person's log."""

    def __init__(self, id: int, directory: "Directory") -> None:
        super().__init__(id, directory)
        self.stream = directory.stream(id)

    def __repr__(self) -> str:
        return f"<UserActor {self.id} at {self.stream.seq}, {self.waiting} waiting>"

    async def load(self) -> None:
        heads = await self.store.heads([self.id])
        self.absent = self.id not in heads
        if self.absent:
            raise errors.NotFound()
        self.stream.start(heads[self.id])
        self.stream.learn(heads[self.id])

    async def answer_repeat(self, letter: Letter, key: RequestKey, found: Keyed) -> None:
        """What a chat has become is told to those alone who are still in it."""
        if found.subject is not None and found.digest == key.digest:
            type, _, subject = found.subject
            chat_id = subject if type.startswith(OF_CHATS) else None
            if chat_id is not None and not await self.store.access(self.id, [chat_id]):
                raise errors.NotFound()
        await super().answer_repeat(letter, key, found)

    async def turn(self, letter: Letter) -> None:
        check_signed_in(letter.identity)
        await self.change(letter, DECISIONS[type(letter.command)])

    async def complete(self, letter: Letter) -> None:
        if isinstance(letter.command, accounts.SetPassword):
            if not letter.command.one_time:
                self.directory.people.chose_password(self.id)
            # Before the answer: from then on people sign in with the new password.
            await self._end_late(letter.command.keep_session)

    async def _end_late(self, keep: str | None) -> None:
        """End what signed in with the old password while the new one was being stored."""
        late = await self.store.sessions(self.id, keep)
        if late:
            decision = Decision(
                entries=ended(self.id, late), writes=[SessionsRevoked(session_ids=late)]
            )
            try:
                self.directory.publish(await self.store.commit(decision, self.now()))
            except errors.Unavailable:
                self.directory.doubt({self.id})
                raise


async def create_chat(actor: UserActor, letter: Letter) -> Decision:
    command: commands.CreateChat = letter.command
    who = letter.identity
    rules.check_create_group(who)
    texts.check_title(command.title)
    wanted = [id for id in dict.fromkeys(command.member_ids) if id != who.user_id]
    users = await actor.store.users(await actor.store.visible(who, wanted)) if wanted else {}
    missing = [id for id in wanted if id not in users or users[id].disabled_at is not None]
    if missing:
        raise errors.NotFound("Some of these people are not here.", user_ids=missing)
    chat_id = await actor.store.new_stream("chat")
    at = timestamp(actor.now())
    chat = Chat(
        id=chat_id,
        kind="group",
        title=command.title.strip(),
        board=command.board,
        created_by=who.user_id,
        created_at=at,
        updated_at=at,
    )
    entries = [Entry(stream=chat_id, type="chat.created", subject=chat_id, data=chat)]
    entries.append(joining(chat_id, who.user_id, "owner", at))
    entries += [joining(chat_id, id, "member", at) for id in wanted]
    if command.board:
        ids = await actor.store.new_ids("column", columns.FIRST)
        entries += columns.first_columns(chat_id, ids, actor.directory.settings.default_locale)
    entries += [told(chat_id, id) for id in (who.user_id, *wanted)]
    return Decision(by=who.user_id, entries=entries)


async def open_direct(actor: UserActor, letter: Letter) -> Decision:
    """A direct chat that is not there yet: its maker alone is in it until a message is sent."""
    command: commands.OpenDirect = letter.command
    who = letter.identity
    await check_direct(actor, who, command.user_id)
    chat_id = await actor.store.new_stream("chat")
    at = timestamp(actor.now())
    return Decision(by=who.user_id, entries=direct(chat_id, who.user_id, command.user_id, at))


async def check_direct(actor: UserActor, who: Identity, user_id: int) -> None:
    visible = await actor.store.visible(who, [user_id])
    users = await actor.store.users(visible)
    if user_id not in users or users[user_id].disabled_at is not None:
        raise errors.NotFound("There is no such person.")
    rules.check_open_direct(who, user_id, actor.directory.settings.direct_chats)


async def set_notify(actor: UserActor, letter: Letter) -> Decision:
    command: commands.SetNotify = letter.command
    chosen = await preference(actor, letter)
    until = None
    if command.until is not None:
        until = timestamp(checked_moment(command.until, "until"))
    write = msgspec.structs.replace(chosen, notify=command.level, muted_until=until)
    return remembered(actor, "notify.changed", write)


async def set_listing(actor: UserActor, letter: Letter) -> Decision:
    """Pin a chat or mark it as unread; pinned again, it keeps its place among the pinned ones."""
    command: commands.SetListing = letter.command
    chosen = await preference(actor, letter)
    pinned_at = chosen.pinned_at
    if command.pinned is not None:
        pinned_at = (pinned_at or timestamp(actor.now())) if command.pinned else None
    unread = chosen.marked_unread if command.unread is None else command.unread
    write = msgspec.structs.replace(chosen, pinned_at=pinned_at, marked_unread=unread)
    return remembered(actor, "listing.changed", write)


async def set_draft(actor: UserActor, letter: Letter) -> Decision:
    command: commands.SetDraft = letter.command
    texts.check_draft(command.text, actor.directory.settings.message_max_length)
    chosen = await preference(actor, letter)
    now = command.text if command.text.strip() else None
    if now == chosen.draft:
        return Decision(answer=None)
    if now is not None:
        texts.check_drafts(now, await actor.store.drafted(actor.id, command.chat_id))
    decision = remembered(actor, "draft.changed", msgspec.structs.replace(chosen, draft=now))
    return msgspec.structs.replace(decision, answer=None)


async def preference(actor: UserActor, letter: Letter) -> PreferenceSet:
    """One's settings of a chat; raises NotFound where one is not a member."""
    chat_id = letter.command.chat_id
    if not await actor.store.access(actor.id, [chat_id]):
        raise errors.NotFound()
    return await actor.store.preference(actor.id, chat_id)


def remembered(actor: UserActor, type: str, write: PreferenceSet) -> Decision:
    entry = Entry(stream=actor.id, type=type, subject=write.chat_id)
    return Decision(by=actor.id, entries=[entry], writes=[write])


async def set_password(actor: UserActor, letter: Letter) -> Decision:
    command: accounts.SetPassword = letter.command
    others = await actor.store.sessions(actor.id, command.keep_session)
    writes: list[Write] = [
        PasswordSet(
            user_id=actor.id,
            password_hash=command.password_hash,
            one_time=command.one_time,
        ),
        Audited(action="user.password", subject=actor.id),
    ]
    if others:
        writes.append(SessionsRevoked(session_ids=others))
    return Decision(by=by(letter), entries=ended(actor.id, others), writes=writes, answer=None)


async def revoke_sessions(actor: UserActor, letter: Letter) -> Decision:
    command: accounts.RevokeSessions = letter.command
    alive = set(await actor.store.sessions(actor.id, None))
    ids = [id for id in command.session_ids if id in alive]
    if not ids:
        return Decision(answer=None)
    writes: list[Write] = [SessionsRevoked(session_ids=ids)]
    if by(letter) != actor.id:
        details = {"sessions": len(ids)}
        writes.append(Audited(action="session.revoke", subject=actor.id, details=details))
    return Decision(by=by(letter), entries=ended(actor.id, ids), writes=writes, answer=None)


DECISIONS: dict[type[Any], Callable[[UserActor, Letter], Awaitable[Decision]]] = {
    commands.CreateChat: create_chat,
    commands.OpenDirect: open_direct,
    commands.SetNotify: set_notify,
    commands.SetListing: set_listing,
    commands.SetDraft: set_draft,
    accounts.SetPassword: set_password,
    accounts.RevokeSessions: revoke_sessions,
    Remind: remind,
}
