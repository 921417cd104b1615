"""Files of tasks: attached and taken off one by one, so that what two do at once is both done."""

from datetime import datetime
from typing import Any

import msgspec

from messenger.actors.chat.board import fields_between
from messenger.actors.chat.loading import load_task
from messenger.actors.chat.state import ChatState
from messenger.actors.chat.tasks import change, no_change
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts
from messenger.decision import Decision
from messenger.model import File, Identity, timestamp
from messenger.protocol.tasks import AttachFiles, DetachFile
from messenger.rules import chats as chat_rules
from messenger.rules import tasks as rules


class AttachFacts(Facts, frozen=True):
    """Those of the named files that the asker has uploaded to this chat."""

    files: list[File]


async def load_attach(
    context: ActorContext, state: ChatState, who: Identity, command: AttachFiles
) -> AttachFacts:
    member = state.member(who)
    await load_task(context, state, command.task_id)
    task = state.board.task(command.task_id)
    rules.check_change(member, state.chat, task, {"files"})
    ids, at = command.file_ids, context.clock()
    files = await context.store.take_files(who.user_id, state.id, ids, at)
    return AttachFacts(who, context.settings, files)


def attach(state: ChatState, facts: AttachFacts, command: AttachFiles, at: datetime) -> Decision:
    """Put files behind those the task has; what it has already changes nothing."""
    member, board = state.member(facts.who), state.board
    task = board.task(command.task_id)
    rules.check_change(member, state.chat, task, {"files"})
    chat_rules.check_files(command.file_ids)
    attached = {file.id for file in task.files}
    chat_rules.check_files_found(
        [id for id in command.file_ids if id not in attached],
        [file for file in facts.files if file.id not in attached],
    )
    more = [file for file in facts.files if file.id not in attached]
    if not more:
        return no_change(task)
    fields: dict[str, Any] = {"files": [*task.files, *more]}
    rules.check_file_count(len(fields["files"]))
    if command.cover and task.cover_file_id is None:
        fields["cover_file_id"] = next(map(_id, filter(rules.can_be_cover, more)), None)
    new = msgspec.structs.replace(task, **fields)
    board.check_room(task, new, facts.settings.max_open_tasks_per_chat)
    return change(facts, "task.updated", task, new, fields_between(task, new), timestamp(at))


def _id(file: File) -> str:
    return file.id


async def load_detach(
    context: ActorContext, state: ChatState, who: Identity, command: DetachFile
) -> Facts:
    state.member(who)
    await load_task(context, state, command.task_id)
    return Facts(who, context.settings)


def detach(state: ChatState, facts: Facts, command: DetachFile, at: datetime) -> Decision:
    """Take a file off, also as the cover; one that is off already changes nothing."""
    member = state.member(facts.who)
    task = state.board.task(command.task_id)
    rules.check_change(member, state.chat, task, {"files"})
    left = [file for file in task.files if file.id != command.file_id]
    if len(left) == len(task.files):
        return no_change(task)
    cover = None if task.cover_file_id == command.file_id else task.cover_file_id
    new = msgspec.structs.replace(task, files=left, cover_file_id=cover)
    return change(facts, "task.updated", task, new, fields_between(task, new), timestamp(at))


DECIDERS: Deciders = {
    AttachFiles: Decider(load_attach, attach),
    DetachFile: Decider(load_detach, detach),
}
