"""Who comes and goes: members, their roles, and a direct chat's second person."""

from typing import TYPE_CHECKING

import msgspec

from messenger import errors
from messenger.actors.actor import Letter
from messenger.actors.chat import tidying
from messenger.decision import Decision, Entry
from messenger.model import Chat, Member, MemberRole, timestamp
from messenger.protocol import commands
from messenger.protocol.command import ChatChange
from messenger.rules import chats as rules
from messenger.rules.accounts import check_signed_in

if TYPE_CHECKING:
    from messenger.actors.chat import ChatActor


class EnterDirect(ChatChange, frozen=True, kw_only=True, tag="chat.enter"):
    """One of its two people opens a direct chat that is there already."""

    asked: bytes

    def digest(self) -> bytes:
        return self.asked


def joining(chat_id: int, user_id: int, role: MemberRole, at: str) -> Entry:
    member = Member(chat_id=chat_id, user_id=user_id, role=role, joined_at=at)
    return Entry(stream=chat_id, type="member.joined", subject=user_id, data=member)


def told(chat_id: int, user_id: int, type: str = "chat.joined") -> Entry:
    """The same in the person's own stream; its subject is read back after the writes."""
    return Entry(stream=user_id, type=type, subject=chat_id)


def pair(one: int, other: int) -> list[int]:
    """The unique key of a direct chat: both ids in order; one's own alone for the notebook."""
    return sorted({one, other})


def direct(chat_id: int, opener: int, other: int, at: str) -> list[Entry]:
    """A new direct chat: its maker alone is in it until a message is sent."""
    chat = Chat(
        id=chat_id,
        kind="direct",
        user_ids=pair(opener, other),
        created_by=opener,
        created_at=at,
        updated_at=at,
    )
    entries = [
        Entry(stream=chat_id, type="chat.created", subject=chat_id, data=chat),
        joining(chat_id, opener, "member", at),
        told(chat_id, opener),
    ]
    return [msgspec.structs.replace(entry, by=opener) for entry in entries]


async def add(actor: "ChatActor", letter: Letter) -> Decision:
    command: commands.AddMembers = letter.command
    rules.check_change_members(actor.member(letter.identity), actor.chat)
    wanted = list(dict.fromkeys(command.user_ids))
    users = await actor.store.users(await actor.store.visible(letter.identity, wanted))
    missing = [id for id in wanted if id not in users or users[id].disabled_at is not None]
    if missing:
        raise errors.NotFound("Some of these people are not here.", user_ids=missing)
    actor.learn_names(users)
    members = actor.members
    new = [id for id in wanted if id not in members or members[id].left_at is not None]
    at = timestamp(actor.now())
    entries = [joining(actor.id, id, "member", at) for id in new]
    entries += [told(actor.id, id) for id in new]
    return Decision(by=letter.identity.user_id, entries=entries, answer=None)


async def update(actor: "ChatActor", letter: Letter) -> Decision:
    command: commands.UpdateMember = letter.command
    member = actor.member(letter.identity)
    target = present(actor, command.user_id)
    rules.check_set_role(member, target, command.role, actor.chat)
    if target.role == command.role:
        about = ("member.updated", actor.id, target.user_id)
        return Decision(answer=None, result=target, about=about)
    if command.role != "owner" and target.role == "owner":
        rules.check_not_last_owner(target, await tidying.active(actor))
    changed = msgspec.structs.replace(target, role=command.role)
    entry = Entry(stream=actor.id, type="member.updated", subject=target.user_id, data=changed)
    return Decision(by=letter.identity.user_id, entries=[entry])


async def remove(actor: "ChatActor", letter: Letter) -> Decision:
    command: commands.RemoveMember = letter.command
    member = actor.member(letter.identity)
    target = present(actor, command.user_id)
    if target.user_id == member.user_id:
        rules.check_leave(actor.chat)
        if target.role == "owner":
            rules.check_not_last_owner(target, await tidying.active(actor))
    else:
        rules.check_remove(member, target, actor.chat)
    gone = msgspec.structs.replace(target, left_at=timestamp(actor.now()))
    entries = [
        Entry(stream=actor.id, type="member.left", subject=target.user_id, data=gone),
        told(actor.id, target.user_id, "chat.left"),
    ]
    freed = await tidying.left_undone(actor, {target.user_id})
    if len(freed) > tidying.TOGETHER:
        actor.directory.spawn(tidying.tidy_up(actor, None))
    return Decision(by=member.user_id, entries=[*entries, *freed[: tidying.TOGETHER]])


def present(actor: "ChatActor", user_id: int) -> Member:
    seat = actor.seats.get(user_id)
    if seat is None or not seat.present:
        raise errors.NotFound("This person is not in the chat.")
    return seat.member


async def enter_direct(actor: "ChatActor", letter: Letter) -> Decision:
    chat: Chat = actor.chat
    who = letter.identity.user_id
    check_signed_in(letter.identity)
    if chat.kind != "direct" or chat.user_ids is None or who not in chat.user_ids:
        raise errors.NotFound()
    seat = actor.seats.get(who)
    if seat is not None and seat.present:
        return Decision(answer=None, result=chat, about=("chat.updated", chat.id, chat.id))
    actor.directory.usernames[who] = letter.identity.username
    return entering(actor, [who], who)


def entering(actor: "ChatActor", user_ids: list[int], by: int | None) -> Decision:
    at = timestamp(actor.now())
    entries = [joining(actor.id, id, "member", at) for id in user_ids]
    entries += [told(actor.id, id) for id in user_ids]
    about = ("chat.updated", actor.id, actor.id)
    return Decision(by=by, entries=entries, answer=None, result=actor.chat, about=about)


def hidden_from(actor: "ChatActor") -> list[int]:
    """The person of a direct chat whom nobody has written to yet."""
    if actor.chat.kind != "direct":
        return []
    return [id for id in actor.chat.user_ids if id not in actor.seats]


async def reveal(actor: "ChatActor") -> None:
    """Let the other in, just before the first message of a direct chat."""
    missing = hidden_from(actor)
    actor.learn_names(await actor.store.users(missing))
    decision = entering(actor, missing, None)
    try:
        events = await actor.store.commit(decision, actor.now())
    except errors.Unavailable:
        actor.directory.doubt({entry.stream for entry in decision.entries})
        raise
    actor.apply(events)
    actor.directory.publish(events)
