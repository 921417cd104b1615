"""A client's picture of one chat: a snapshot, and the events it applies.

Written from the contract alone: an event carries its subject as it stands, data with a lower
`rev` than is held is ignored, so applying an event twice or late changes nothing.
"""

from typing import Any, cast

import msgspec

from .tables import Tables


class Mirror(msgspec.Struct):
    chat: dict[str, Any]
    members: dict[int, dict[str, Any]]
    messages: dict[int, dict[str, Any]]
    columns: dict[int, dict[str, Any]]
    tasks: dict[int, dict[str, Any]]

    @classmethod
    def of(cls, tables: Tables, chat_id: int) -> "Mirror":
        """A fresh snapshot."""
        members = {u: m.member for (chat, u), m in tables.members.items() if chat == chat_id}
        seqs = [seq for chat, seq in tables.messages if chat == chat_id]
        messages = {seq: tables._message(chat_id, seq) for seq in seqs}
        columns, tasks = (
            {id: each for id, each in table.items() if each.chat_id == chat_id}
            for table in (tables.columns, tables.tasks)
        )
        built = msgspec.to_builtins((tables.chats[chat_id], members, messages, columns, tasks))
        return cls(*cast(Any, built))

    def copy(self) -> "Mirror":
        # By way of bytes and back: nothing is shared.
        return msgspec.msgpack.decode(msgspec.msgpack.encode(self), type=Mirror)

    def apply(self, event: Any) -> None:
        family, data = event["type"].partition(".")[0], event["data"]
        if family == "chat" and data["rev"] >= self.chat["rev"]:
            self.chat = data
        elif family == "member":
            upsert(self.members, data["user_id"], data)
        elif family == "message":
            upsert(self.messages, data["seq"], data)
        elif family in ("task", "column"):
            upsert(self.tasks if family == "task" else self.columns, data["id"], data)
        elif family == "reaction":
            message = self.messages[data["seq"]]
            if event["seq"] > message["rev"]:
                given = event["type"] == "reaction.added"
                react(message["reactions"], data["emoji"], data["user_id"], given)
                message["rev"] = event["seq"]


def upsert(held: dict[int, dict[str, Any]], id: int, data: dict[str, Any]) -> None:
    if id not in held or data["rev"] >= held[id]["rev"]:
        # A copy: the reactions within are changed in place later.
        held[id] = {**data, **({"reactions": copied(data)} if "reactions" in data else {})}


def copied(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**one, "user_ids": [*one["user_ids"]]} for one in message["reactions"]]


def react(reactions: list[dict[str, Any]], emoji: str, user_id: int, given: bool) -> None:
    found = next((one for one in reactions if one["emoji"] == emoji), None)
    if found is None:
        found = {"emoji": emoji, "count": 0, "user_ids": []}
        reactions.append(found)
        reactions.sort(key=lambda one: str(one["emoji"]))
    found["count"] += 1 if given else -1
    if given:
        found["user_ids"].append(user_id)
    else:
        found["user_ids"].remove(user_id)
    if not found["count"]:
        reactions.remove(found)
