"""What completes a chat's state on demand: its board, and a task off it."""

from messenger import errors
from messenger.actors.chat.state import ChatState
from messenger.actors.context import ActorContext


async def load_board(context: ActorContext, state: ChatState) -> None:
    """Read the board once; it is kept in step from then on."""
    if not state.has_board:
        state.take_board(await context.store.board(state.id))


async def load_task(context: ActorContext, state: ChatState, task_id: int) -> None:
    """Make a task of this chat known to the board, also one off it; raises NotFound."""
    await load_board(context, state)
    if task_id in state.board.tasks or task_id in state.board.recalled:
        return
    found = await context.store.task(task_id)
    if found is None or found[0].chat_id != state.id or found[0].deleted_at is not None:
        raise errors.NotFound("There is no such task.")
    state.board.recall(*found)
