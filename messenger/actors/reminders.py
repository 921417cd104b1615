"""Reminding a person of a task of theirs: an event of their own stream, once."""

from datetime import datetime, timedelta

from messenger.actors.commands import Remind
from messenger.actors.deciding import Decider, Deciders, Facts, load_nothing
from messenger.decision import Answer, Decision, Entry, Reminded, Snoozed
from messenger.model import TaskReminder, timestamp
from messenger.protocol.preferences import Snooze


def remind(user_id: int, facts: Facts, command: Remind, at: datetime) -> Decision:
    """Whether there is still something to remind of is for the store to say, as it writes.

    It raises NotFound when there is not, AlreadyExists when another process was first.
    """
    reminder = TaskReminder(chat_id=command.chat_id, task_id=command.task_id, kind=command.kind)
    entry = Entry(stream=user_id, type="task.reminder", subject=command.task_id, data=reminder)
    write = Reminded(
        task_id=command.task_id,
        user_id=user_id,
        kind=command.kind,
        due=command.due,
        again=command.again,
    )
    return Decision(entries=[entry], writes=[write])


def snooze(user_id: int, facts: Facts, command: Snooze, at: datetime) -> Decision:
    """Whose task it is, and whether a reminder of it was sent, is for the store to say."""
    until = timestamp(at + timedelta(minutes=command.minutes))
    write = Snoozed(task_id=command.task_id, user_id=user_id, until=until)
    return Decision(by=user_id, writes=[write], answer=Answer())


DECIDERS: Deciders = {
    Remind: Decider(load_nothing, remind),
    Snooze: Decider(load_nothing, snooze),
}
