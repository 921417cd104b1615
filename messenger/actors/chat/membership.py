"""Who comes and goes: members, their roles, and a direct chat's second person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from messenger import errors
from messenger.actors.chat.accounts import load_asker
from messenger.actors.chat.entries import join_entry, user_entry
from messenger.actors.chat.loading import load_board
from messenger.actors.chat.state import ChatState
from messenger.actors.chat.tidying import TASKS_PER_COMMIT, role_entry, unassign_entries
from messenger.actors.commands import EnterDirect, Tidy
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts, load_nothing
from messenger.decision import Answer, Audited, Decision, Entry
from messenger.model import Identity, Member, User, timestamp
from messenger.protocol import commands
from messenger.protocol.accounts import TakeOver
from messenger.rules import chats as rules
from messenger.rules import permissions
from messenger.rules.accounts import can_sign_in, check_signed_in


class UsersFacts(Facts, frozen=True):
    """Accounts by id: of those who are named and may be seen, or of the chat's members."""

    users: Mapping[int, User]


async def load_new_members(
    context: ActorContext, state: ChatState, who: Identity, command: commands.AddMembers
) -> UsersFacts:
    rules.check_change_members(state.member(who), state.chat)
    wanted = list(dict.fromkeys(command.user_ids))
    users = await context.store.users(await context.store.visible(who, wanted))
    state.usernames.learn(users.values())
    return UsersFacts(who, context.settings, users)


def add(
    state: ChatState, facts: UsersFacts, command: commands.AddMembers, at: datetime
) -> Decision:
    rules.check_change_members(state.member(facts.who), state.chat)
    wanted = list(dict.fromkeys(command.user_ids))
    rules.check_here(wanted, facts.users)
    new = [id for id in wanted if id not in state.present]
    moment = timestamp(at)
    entries = [join_entry(state.id, id, "member", moment) for id in new]
    entries += [user_entry(state.id, id) for id in new]
    return Decision(by=facts.who.user_id, entries=entries)


async def load_members(
    context: ActorContext, state: ChatState, who: Identity, command: Any
) -> UsersFacts:
    """The accounts of all members, where the change takes one of the chat's owners away."""
    state.member(who)
    seat = state.seats.get(command.user_id)
    if seat is None or not seat.present or seat.member.role != "owner":
        return UsersFacts(who, context.settings, {})
    users = await context.store.users(sorted(state.present))
    return UsersFacts(who, context.settings, users)


def update(
    state: ChatState, facts: UsersFacts, command: commands.UpdateMember, at: datetime
) -> Decision:
    member = state.member(facts.who)
    target = present_member(state, command.user_id)
    rules.check_set_role(member, target, command.role, state.chat)
    if target.role == command.role:
        subject = ("member.updated", state.id, target.user_id)
        return Decision(answer=Answer(target, subject=subject))
    if command.role != "owner":
        rules.check_not_last_owner(target, active_members(state, facts.users))
    changed = msgspec.structs.replace(target, role=command.role)
    entry = Entry(
        stream=state.id, type="member.updated", subject=target.user_id, data=changed, was=target
    )  # fmt: skip
    return Decision(by=facts.who.user_id, entries=[entry], answer=Answer.of(entry))


async def load_leaving(
    context: ActorContext, state: ChatState, who: Identity, command: commands.RemoveMember
) -> UsersFacts:
    facts = await load_members(context, state, who, command)
    await load_board(context, state)
    return facts


def remove(
    state: ChatState, facts: UsersFacts, command: commands.RemoveMember, at: datetime
) -> Decision:
    member = state.member(facts.who)
    target = present_member(state, command.user_id)
    if target.user_id == member.user_id:
        rules.check_leave(state.chat)
        rules.check_not_last_owner(target, active_members(state, facts.users))
    else:
        rules.check_remove(member, target, state.chat)
    moment = timestamp(at)
    gone = msgspec.structs.replace(target, left_at=moment)
    left = Entry(stream=state.id, type="member.left", subject=target.user_id, data=gone)
    unassigned = unassign_entries(state.board, {target.user_id}, moment)
    return Decision(
        by=member.user_id,
        entries=[
            left,
            user_entry(state.id, target.user_id, "chat.left"),
            *unassigned[:TASKS_PER_COMMIT],
        ],
        answer=Answer.of(left),
        # What one commit cannot hold.
        follow_ups=[Tidy(chat_id=state.id)] if len(unassigned) > TASKS_PER_COMMIT else [],
    )


def present_member(state: ChatState, user_id: int) -> Member:
    """A person who is in the chat now; raises NotFound."""
    seat = state.seats.get(user_id)
    if seat is None or not seat.present:
        raise errors.NotFound("This person is not in the chat.")
    return seat.member


def active_members(state: ChatState, users: Mapping[int, User]) -> dict[int, Member]:
    """The members who can sign in."""
    return {id: member for id, member in state.members.items() if can_sign_in(users.get(id))}


def enter_direct(state: ChatState, facts: Facts, command: EnterDirect, at: datetime) -> Decision:
    """Let one of its two people into a direct chat; who is in it already finds it."""
    chat, user_id = state.chat, facts.who.user_id
    check_signed_in(facts.who)
    rules.check_direct_between(chat, user_id)
    answer = Answer(chat, subject=("chat.updated", chat.id, chat.id))
    seat = state.seats.get(user_id)
    if seat is not None and seat.present:
        return Decision(answer=answer)
    return msgspec.structs.replace(enter(state, [user_id], user_id, at), answer=answer)


async def load_taking_over(
    context: ActorContext, state: ChatState, who: Identity, command: TakeOver
) -> UsersFacts:
    await load_asker(context, who)
    context.usernames.by_id[who.user_id] = who.username
    users = await context.store.users(sorted(state.present))
    return UsersFacts(who, context.settings, users)


def take_over(state: ChatState, facts: UsersFacts, command: TakeOver, at: datetime) -> Decision:
    """The administrator leads from now on; owners who cannot sign in are admins."""
    permissions.check_take_over(facts.who)
    active = active_members(state, facts.users)
    rules.check_take_over(state.chat, active)
    who, seat = facts.who.user_id, state.seats.get(facts.who.user_id)
    others: list[Entry] = []
    if seat is not None and seat.present:
        leads = role_entry(seat.member, "owner")
    else:
        leads = join_entry(state.id, who, "owner", timestamp(at))
        others.append(user_entry(state.id, who))
    others += [
        role_entry(member, "admin")
        for id, member in state.members.items()
        if member.role == "owner" and member.left_at is None and id != who
    ]
    return Decision(
        by=facts.maker,
        entries=[leads, *others],
        writes=[Audited(action="chat.take_over", subject=state.id)],
        answer=Answer.of(leads),
    )


async def load_entering(
    context: ActorContext, state: ChatState, who: Identity, command: EnterDirect
) -> Facts:
    context.usernames.by_id[who.user_id] = who.username
    return await load_nothing(context, state, who, command)


def enter(state: ChatState, user_ids: list[int], by: int | None, at: datetime) -> Decision:
    """The decision that people come into a direct chat."""
    moment = timestamp(at)
    entries = [join_entry(state.id, id, "member", moment) for id in user_ids]
    entries += [user_entry(state.id, id) for id in user_ids]
    return Decision(by=by, entries=entries)


async def reveal(context: ActorContext, state: ChatState, seq: int) -> None:
    """Let the other in, just before the first message of a direct chat that stands at `seq`.

    Raises StaleHead where another server may have done so.
    """
    missing = state.hidden_from()
    users = await context.store.users(missing)
    state.usernames.learn(users.values())
    decision = enter(state, missing, None, context.clock())
    decision = msgspec.structs.replace(decision, head=(state.id, seq))
    events = await context.commit(decision, state.id)
    state.apply(events)
    context.streams.publish(events)


DECIDERS: Deciders = {
    commands.AddMembers: Decider(load_new_members, add),
    commands.UpdateMember: Decider(load_members, update),
    commands.RemoveMember: Decider(load_leaving, remove),
    EnterDirect: Decider(load_entering, enter_direct),
    TakeOver: Decider(load_taking_over, take_over),
}
