"""User names by id, as far as this process has read them: mentions are matched by them."""

from collections.abc import Iterable

from messenger.model import User


class Usernames:
    """The newest names, shared by all chats."""

    __slots__ = ("by_id",)

    def __init__(self) -> None:
        self.by_id: dict[int, str] = {}

    def __repr__(self) -> str:
        return f"<Usernames of {len(self.by_id)} people>"

    def get(self, user_id: int) -> str:
        """The name, or "" where it was not read yet."""
        return self.by_id.get(user_id, "")

    def learn(self, users: Iterable[User]) -> None:
        for user in users:
            self.by_id[user.id] = user.username
