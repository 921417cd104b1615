"""What those who are gone leave behind: the last owner's seat, and the tasks they were to do.

Who leaves a chat leaves these in the same commit. An account that is disabled, or becomes a
guest's, is so in every chat: each is told to tidy up, by a command of its own.
"""

import asyncio
import logging
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from messenger import errors
from messenger.actors.actor import Letter
from messenger.actors.chat.tasks import entry
from messenger.decision import Decision, Entry
from messenger.model import SYSTEM_ID, Member, Task, User, timestamp
from messenger.protocol.command import ChatChange
from messenger.rules import chats as rules
from messenger.rules import tasks as task_rules

if TYPE_CHECKING:
    from messenger.actors.chat import ChatActor
    from messenger.actors.directory import Directory

log = logging.getLogger(__name__)

TOGETHER = 500
"""Tasks in one commit; what is left follows in the next."""

AT_ONCE = 3
"""Chats of one person; half of the connections stay for everybody else."""


class Tidy(ChatChange, frozen=True, kw_only=True, tag="chat.tidy"):
    """Given by the server alone. `user_id` is whose account changed; null: whoever's did."""

    user_id: int | None = None


async def tidy(actor: "ChatActor", letter: Letter) -> Decision:
    """Put a chat in order; the answer is whether there is more to do."""
    command: Tidy = letter.command
    if letter.identity.user_id != SYSTEM_ID or actor.chat.deleted_at is not None:
        return Decision(answer=None, result=False)
    board = await actor.board_state()
    assigned = {t.assigned_to for t in board.tasks.values() if t.assigned_to is not None}
    users = await actor.store.users(sorted(assigned | actor.present))
    gone = {id for id in assigned if id not in actor.present or not able(users.get(id))}
    entries = handed_over(actor, users, command.user_id)
    freed = await left_undone(actor, gone)
    entries += freed[:TOGETHER]
    return Decision(entries=entries, answer=None, result=len(freed) > TOGETHER)


async def left_undone(actor: "ChatActor", gone: Collection[int]) -> list[Entry]:
    """Open tasks of these people are nobody's from now on."""
    board = await actor.board_state()
    at = timestamp(actor.now())
    return [
        entry("task.updated", task, unassigned(task, at))
        for task in board.tasks.values()
        if task.status == "open" and task.assigned_to in gone
    ]


def unassigned(task: Task, at: str) -> Task:
    return msgspec.structs.replace(task, assigned_to=None, version=task.version + 1, updated_at=at)


def able(user: User | None) -> bool:
    return user is not None and user.disabled_at is None


def handed_over(actor: "ChatActor", users: Mapping[int, User], changed: int | None) -> list[Entry]:
    """The seat of an owner who is disabled, or a guest now, goes to the one who follows."""
    members = [seat.member for seat in actor.seats.values() if seat.present]
    lost = {
        member.user_id
        for member in members
        if member.role == "owner" and not leads(users.get(member.user_id), changed)
    }
    is_org = actor.chat.kind == "org"
    if actor.chat.kind == "direct" or (not lost and not is_org):
        return []
    here = [m for m in members if able(users.get(m.user_id)) and m.user_id not in lost]
    heir = rules.successor(here, users, is_org)
    if heir is None:
        return []
    retired = [_seated(member, "admin") for member in members if member.user_id in lost]
    return [_seated(heir, "owner"), *retired]


def leads(user: User | None, changed: int | None) -> bool:
    """Whether somebody can go on as an owner."""
    if user is None or user.disabled_at is not None:
        return False
    return user.role != "guest" or user.id != changed


def _seated(member: Member, role: str) -> Entry:
    now = msgspec.structs.replace(member, role=role)
    return Entry(stream=member.chat_id, type="member.updated", subject=member.user_id, data=now)


async def check_able(actor: "ChatActor", user_id: int | None) -> None:
    """Refuse a task for who cannot sign in."""
    if user_id is not None:
        task_rules.check_able((await actor.store.users([user_id])).get(user_id))


async def active(actor: "ChatActor") -> dict[int, Member]:
    """The members who can sign in."""
    users = await actor.store.users(sorted(actor.present))
    return {id: member for id, member in actor.members.items() if able(users.get(id))}


async def tidy_up(actor: "ChatActor", user_id: int | None) -> None:
    """Have the rest done, after a commit that could not hold it all."""
    try:
        while await actor.directory.ask_system(Tidy(chat_id=actor.id, user_id=user_id)):
            pass
    except errors.DomainError:
        return  # `jobs.tidying` finds it


async def tidy_chats(directory: "Directory", user_id: int) -> None:
    """Have all chats of somebody hand over what they led and were to do there."""
    try:
        found = iter({directory.org_id: 0, **dict.fromkeys(await directory.store.duties(user_id))})
        await asyncio.gather(*(_tidy_each(directory, found, user_id) for _ in range(AT_ONCE)))
    except errors.DomainError:
        log.warning("the chats of user %d wait to be tidied", user_id)


async def _tidy_each(directory: "Directory", chat_ids: Iterator[int], user_id: int) -> None:
    for chat_id in chat_ids:
        try:
            while await directory.ask_system(Tidy(chat_id=chat_id, user_id=user_id)):
                pass
        except errors.NotFound:
            continue
