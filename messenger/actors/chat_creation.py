"""Chats that a person opens: groups, and direct chats that are not there yet."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from messenger.actors.chat.columns import FIRST, first_columns
from messenger.actors.chat.entries import direct_entries, join_entry, user_entry
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts
from messenger.decision import Answer, Decision, Entry
from messenger.model import Chat, Identity, User, timestamp
from messenger.protocol import commands
from messenger.rules import chats as rules
from messenger.rules import text as texts


class CreationFacts(Facts, frozen=True):
    """Accounts of those who are named and may be seen, by id; the new chat's ids."""

    users: Mapping[int, User]
    chat_id: int = 0
    column_ids: Sequence[int] = (0,) * FIRST


async def load_users(context: ActorContext, who: Identity, ids: list[int]) -> CreationFacts:
    users = await context.store.users(await context.store.visible(who, ids)) if ids else {}
    return CreationFacts(who, context.settings, users)


def others(command: commands.CreateChat, user_id: int) -> list[int]:
    return [id for id in dict.fromkeys(command.member_ids) if id != user_id]


async def load_create(
    context: ActorContext, user_id: int, who: Identity, command: commands.CreateChat
) -> CreationFacts:
    rules.check_create_group(who)
    return await load_users(context, who, others(command, who.user_id))


async def allocate_chat(
    context: ActorContext,
    user_id: int,
    facts: CreationFacts,
    command: commands.CreateChat | commands.OpenDirect,
) -> CreationFacts:
    facts = msgspec.structs.replace(facts, chat_id=await context.store.new_stream("chat"))
    if isinstance(command, commands.CreateChat) and command.board:
        ids = await context.store.new_ids("column", FIRST)
        return msgspec.structs.replace(facts, column_ids=ids)
    return facts


def create(
    user_id: int, facts: CreationFacts, command: commands.CreateChat, at: datetime
) -> Decision:
    maker, chat_id, moment = facts.who.user_id, facts.chat_id, timestamp(at)
    rules.check_create_group(facts.who)
    texts.check_title(command.title)
    wanted = others(command, maker)
    rules.check_here(wanted, facts.users)
    chat = Chat(
        id=chat_id,
        kind="group",
        title=command.title.strip(),
        board=command.board,
        created_by=maker,
        created_at=moment,
        updated_at=moment,
    )
    created = Entry(stream=chat_id, type="chat.created", subject=chat_id, data=chat)
    entries = [created, join_entry(chat_id, maker, "owner", moment)]
    entries += [join_entry(chat_id, id, "member", moment) for id in wanted]
    if command.board:
        entries += first_columns(chat_id, facts.column_ids, facts.settings.default_locale)
    entries += [user_entry(chat_id, id) for id in (maker, *wanted)]
    return Decision(by=maker, entries=entries, answer=Answer.of(created))


async def load_direct(
    context: ActorContext, user_id: int, who: Identity, command: commands.OpenDirect
) -> CreationFacts:
    return await load_users(context, who, [command.user_id])


def open_direct(
    user_id: int, facts: CreationFacts, command: commands.OpenDirect, at: datetime
) -> Decision:
    """A direct chat that is not there yet: its maker alone is in it until a message is sent."""
    maker = facts.who.user_id
    rules.check_person(facts.users.get(command.user_id))
    rules.check_open_direct(facts.who, command.user_id, facts.settings.direct_chats)
    entries = direct_entries(facts.chat_id, maker, command.user_id, timestamp(at))
    return Decision(by=maker, entries=entries, answer=Answer.of(entries[0]))


DECIDERS: Deciders = {
    commands.CreateChat: Decider(load_create, create, allocate_chat),
    commands.OpenDirect: Decider(load_direct, open_direct, allocate_chat),
}
