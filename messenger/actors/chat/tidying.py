"""What those who are gone leave behind: the last owner's seat, and the tasks they were to do.

Who leaves a chat leaves these in the same commit. An account that is disabled, or becomes a
guest's, is so in every chat: each is told to tidy up, by a command of its own.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec

from messenger.actors.chat.board import Board
from messenger.actors.chat.loading import load_board
from messenger.actors.chat.state import ChatState
from messenger.actors.chat.tasks import entry
from messenger.actors.commands import Tidy
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts
from messenger.decision import Answer, Decision, Entry
from messenger.model import SYSTEM_ID, Identity, Member, Task, User, timestamp
from messenger.rules import chats as rules
from messenger.rules.accounts import can_sign_in

TASKS_PER_COMMIT = 500
"""What is left follows in the next."""


class TidyFacts(Facts, frozen=True):
    """The accounts of all members and assignees, by id."""

    users: Mapping[int, User]


async def load_tidy(
    context: ActorContext, state: ChatState, who: Identity, command: Tidy
) -> TidyFacts:
    if not may_tidy(state, who):
        return TidyFacts(who, context.settings, {})
    await load_board(context, state)
    users = await context.store.users(sorted(assignees(state.board) | state.present))
    return TidyFacts(who, context.settings, users)


def may_tidy(state: ChatState, who: Identity) -> bool:
    return who.user_id == SYSTEM_ID and state.chat.deleted_at is None


def assignees(board: Board) -> set[int]:
    return {task.assigned_to for task in board.tasks.values() if task.assigned_to is not None}


def tidy(state: ChatState, facts: TidyFacts, command: Tidy, at: datetime) -> Decision:
    """Put a chat in order; the answer is whether there is more to do."""
    if not may_tidy(state, facts.who):
        return Decision(answer=Answer(False))
    gone = {
        id
        for id in assignees(state.board)
        if id not in state.present or not can_sign_in(facts.users.get(id))
    }
    entries = hand_over(state, facts.users, command.user_id)
    unassigned = unassign_entries(state.board, gone, timestamp(at))
    entries += unassigned[:TASKS_PER_COMMIT]
    return Decision(entries=entries, answer=Answer(len(unassigned) > TASKS_PER_COMMIT))


def unassign_entries(board: Board, gone: Collection[int], at: str) -> list[Entry]:
    """Open tasks of these people are unassigned from now on."""
    return [
        entry("task.updated", task, unassign(task, at))
        for task in board.tasks.values()
        if task.status == "open" and task.assigned_to in gone
    ]


def unassign(task: Task, at: str) -> Task:
    return msgspec.structs.replace(task, assigned_to=None, version=task.version + 1, updated_at=at)


def hand_over(state: ChatState, users: Mapping[int, User], changed: int | None) -> list[Entry]:
    """The seat of an owner who is disabled, or a guest now, goes to the one who follows."""
    members = [seat.member for seat in state.seats.values() if seat.present]
    lost = {
        member.user_id
        for member in members
        if member.role == "owner" and not can_own(users.get(member.user_id), changed)
    }
    is_org = state.chat.kind == "org"
    if state.chat.kind == "direct" or (not lost and not is_org):
        return []
    here = [m for m in members if can_sign_in(users.get(m.user_id)) and m.user_id not in lost]
    heir = rules.successor(here, users, is_org)
    if heir is None:
        return []
    retired = [role_entry(member, "admin") for member in members if member.user_id in lost]
    return [role_entry(heir, "owner"), *retired]


def can_own(user: User | None, changed: int | None) -> bool:
    """Whether a user can go on as an owner; `changed` names the account that just changed."""
    if user is None or user.disabled_at is not None:
        return False
    return user.role != "guest" or user.id != changed


def role_entry(member: Member, role: str) -> Entry:
    now = msgspec.structs.replace(member, role=role)
    return Entry(
        stream=member.chat_id, type="member.updated", subject=member.user_id, data=now, was=member
    )


DECIDERS: Deciders = {Tidy: Decider(load_tidy, tidy)}
