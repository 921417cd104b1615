"""Reminding a person of a task of theirs: an event of their own stream, once."""

from typing import TYPE_CHECKING

from messenger.actors.actor import Letter
from messenger.decision import Decision, Entry, Reminded
from messenger.model import ReminderKind, TaskReminder
from messenger.protocol.command import AccountChange

if TYPE_CHECKING:
    from messenger.actors.user import UserActor


class Remind(AccountChange, frozen=True, kw_only=True, tag="task.remind"):
    """Given by the clock alone: no door takes it. `due` is the key of the due date meant."""

    chat_id: int
    task_id: int
    kind: ReminderKind
    due: str


async def remind(actor: "UserActor", letter: Letter) -> Decision:
    """Whether there is still something to remind of is for the store to say, as it writes.

    Raises NotFound when there is not, AlreadyExists when somebody else was first.
    """
    command: Remind = letter.command
    reminder = TaskReminder(chat_id=command.chat_id, task_id=command.task_id, kind=command.kind)
    entry = Entry(stream=actor.id, type="task.reminder", subject=command.task_id, data=reminder)
    write = Reminded(task_id=command.task_id, user_id=actor.id, kind=command.kind, due=command.due)
    return Decision(entries=[entry], writes=[write], answer=None)
