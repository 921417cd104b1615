"""Settings of chats: what messages and tasks may be, and how many."""

from dataclasses import dataclass

from messenger.config import kinds
from messenger.config.kinds import whole
from messenger.config.setting import setting


@dataclass(frozen=True, kw_only=True)
class Chats:
    direct_chats: bool = setting(
        "on", kinds.switch, "Whether two people may talk alone.", runtime=True
    )
    message_max_length: int = setting(
        "5000", whole(1, 1_000_000), "Characters in a message.", runtime=True
    )
    message_rate_limit: tuple[int, int] = setting(
        "20/10s", kinds.rate, "Messages of one person in one chat.", runtime=True
    )
    write_rate_limit: tuple[int, int] = setting(
        "1200/60s",
        kinds.rate,
        "Changes of one person that are no messages: tasks, reactions, edits, chats and the"
        " like; drafts are counted apart.",
        runtime=True,
    )
    max_open_tasks_per_chat: int = setting(
        "5000",
        whole(1, 100_000),
        "Tasks of a chat that are open, or done and still on the board.",
        runtime=True,
    )
