"""State + events = a fresh fetch, for every type of event there is.

A client that took a snapshot and then applied events holds what a new client
is given. The client below knows only the contract: data is an upsert by `rev`,
reactions add and remove, everything else is ignored.
"""

import asyncio
import copy
from typing import Any

import msgspec
import pytest

from messenger.model import SYSTEM, Snapshot
from messenger.protocol.accounts import AddUser, RevokeSessions, UpdateUser
from messenger.protocol.commands import (
    AddMembers,
    DeleteChat,
    RemoveMember,
    UpdateChat,
    UpdateMember,
)
from messenger.protocol.event_types import CHAT_EVENTS, EVENT_TYPES, KEPT_IN_LOG, USER_EVENTS
from messenger.protocol.preferences import SetListing, SetNotify
from messenger.store.reads import chats as chat_reads
from messenger.store.rows import users
from messenger.store.subjects import LOADERS
from tests.live.client import Client
from tests.live.conftest import Stage, upload_picture

KEPT = "0192f0c1-0000-4000-8000-000000000001"


class Replica:
    """One chat as a client holds it: a snapshot, and the events after it."""

    def __init__(self, snapshot: Snapshot, users: list[Any]) -> None:
        plain = msgspec.to_builtins(snapshot)
        self.chat = plain["chat"]
        self.members = {m["user_id"]: m for m in plain["members"]}
        self.messages = {m["seq"]: m for m in plain["messages"]}
        self.pins = {m["seq"] for m in plain["pins"]}
        self.columns = {column["id"]: column for column in plain["columns"]}
        self.tasks = {task["id"]: task for task in plain["tasks"]}
        self.users = {user.id: msgspec.to_builtins(user) for user in users}

    def apply(self, event: dict[str, Any]) -> None:
        data = copy.deepcopy(event["data"])
        match event["type"].split(".")[0]:
            case "message":
                self._keep(self.messages, data["seq"], data)
                held = self.messages[data["seq"]]
                (self.pins.add if held["pinned_at"] else self.pins.discard)(data["seq"])
            case "reaction":
                self._react(event, data)
            case "chat":
                if data["rev"] >= self.chat["rev"]:
                    self.chat = data
            case "member":
                self._keep(self.members, data["user_id"], data)
            case "column":
                self._keep(self.columns, data["id"], data)
            case "task":
                self._keep(self.tasks, data["id"], data)
            case "user":
                self._keep(self.users, data["id"], data)

    def _keep(self, table: dict[int, Any], key: int, data: Any) -> None:
        if key not in table or data["rev"] >= table[key]["rev"]:
            table[key] = data

    def _react(self, event: dict[str, Any], data: dict[str, Any]) -> None:
        message = self.messages[data["seq"]]
        if event["seq"] <= message["rev"]:
            return
        message["rev"] = event["seq"]
        groups = {r["emoji"]: r for r in message["reactions"]}
        group = groups.setdefault(
            data["emoji"], {"emoji": data["emoji"], "count": 0, "user_ids": []}
        )
        if event["type"] == "reaction.added":
            group["count"] += 1
            group["user_ids"] = [*group["user_ids"], data["user_id"]][:20]
        else:
            group["count"] -= 1
            group["user_ids"] = [id for id in group["user_ids"] if id != data["user_id"]]
        message["reactions"] = sorted(
            (g for g in groups.values() if g["count"]), key=lambda g: g["emoji"]
        )

    def shown(self) -> dict[str, Any]:
        return {
            "chat": self.chat,
            "members": {id: m for id, m in self.members.items() if m["left_at"] is None},
            "messages": self.messages,
            "pins": self.pins,
            "columns": {id: c for id, c in self.columns.items() if c["deleted_at"] is None},
            "tasks": {
                id: t
                for id, t in self.tasks.items()
                if t["deleted_at"] is None
                and t["archived_at"] is None
                and (t["status"] == "open" or t["column_id"] is not None)
            },
            "users": self.users,
        }


async def snapshot(stage: Stage, name: str, chat: int) -> Replica:
    database = stage.server.database
    who = await stage.person(name)
    taken = await chat_reads.snapshot(database, who.user_id, chat, stage.server.directory.epoch)
    everyone = await users.by_ids(database, [i.user_id for i in stage.identities.values()])
    return Replica(taken, everyone)


async def everything_happens(stage: Stage, alice: Client, bob: Client, lobby: int) -> None:
    """Each type of a chat's events at least once."""
    dora = (await stage.person("dora")).user_id
    seqs = [(await alice.send(lobby, f"message {n}"))["seq"] for n in range(4)]
    at = {"chat_id": lobby, "seq": seqs[0]}
    await alice.ask("message.edit", **at, text="edited, @bob")
    for who in (alice, bob):
        await who.ask("reaction.add", **at, emoji="👍")
        await who.ask("reaction.add", **at, emoji="🎉")
    await alice.ask("reaction.remove", **at, emoji="👍")
    await bob.ask("message.pin", **at)
    await bob.ask("message.pin", chat_id=lobby, seq=seqs[1])
    await bob.ask("message.unpin", chat_id=lobby, seq=seqs[1])
    await alice.ask("message.delete", chat_id=lobby, seq=seqs[2])
    await bob.send(lobby, "an answer", reply_to=seqs[3])
    key = "01890a5d-ac96-774b-bcce-b302099a8057"
    forwarded = await bob.ask(
        "message.forward", chat_id=lobby, seqs=seqs[:2], to=[lobby], client_message_id=key
    )
    await bob.ask("message.pin", chat_id=lobby, seq=forwarded["messages"][0]["seq"])
    await bob.ask("message.delete", chat_id=lobby, seq=forwarded["messages"][1]["seq"])
    await stage.ask("alice", UpdateChat(chat_id=lobby, title="Renamed", board=True))
    await board_happens(alice, bob, lobby, seqs[3])
    await files_happen(stage, alice, bob, lobby)
    await stage.ask("alice", AddMembers(chat_id=lobby, user_ids=[dora]))
    await stage.ask("alice", UpdateMember(chat_id=lobby, user_id=dora, role="admin"))
    await stage.ask("alice", RemoveMember(chat_id=lobby, user_id=dora))


async def board_happens(alice: Client, bob: Client, lobby: int, seq: int) -> None:
    """Each type of a board's events at least once; the board has its first three columns."""
    column = await alice.ask("column.create", chat_id=lobby, title="Review")
    other = await alice.ask("column.create", chat_id=lobby, title="Doomed")
    await alice.ask("column.update", column_id=column["id"], limit=3)
    await alice.ask("column.move", column_id=column["id"], before=None)
    made = await bob.ask("message.task", chat_id=lobby, seq=seq, assigned_to=bob.user_id)
    tasks = [await alice.ask("task.create", chat_id=lobby, title=str(n)) for n in range(4)]
    await bob.ask("task.update", task_id=made["id"], due={"date": "2031-05-01"}, labels=["x"])
    for task in tasks[:3]:
        await bob.ask("task.move", task_id=task["id"], column_id=other["id"])
    await alice.ask("task.move", task_id=tasks[0]["id"], column_id=None)
    await alice.ask("task.update", task_id=tasks[1]["id"], status="done", archived=True)
    await alice.ask("column.delete", column_id=other["id"])
    await alice.ask("task.delete", task_id=tasks[3]["id"])


async def files_happen(stage: Stage, alice: Client, bob: Client, lobby: int) -> None:
    """Files come onto tasks and go, by two people at once, and with their task."""
    kept, gone = [await alice.ask("task.create", chat_id=lobby, title="pictures") for _ in range(2)]
    own = [await upload_picture(stage.server, alice.user_id, lobby) for _ in range(4)]
    theirs = await upload_picture(stage.server, bob.user_id, lobby)
    await stage.ask("alice", UpdateMember(chat_id=lobby, user_id=bob.user_id, role="admin"))
    await asyncio.gather(
        alice.ask("task.attach", task_id=kept["id"], file_ids=own[:3], cover=True),
        bob.ask("task.attach", task_id=kept["id"], file_ids=[theirs], cover=True),
    )
    await alice.ask("task.update", task_id=kept["id"], cover_file_id=own[2])
    await bob.ask("task.detach", task_id=kept["id"], file_id=own[0])
    await alice.ask("task.attach", task_id=gone["id"], file_ids=own[3:])
    await alice.ask("task.delete", task_id=gone["id"])


async def test_a_chat_agrees_with_its_events(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    await stage.person("dora")
    live = await snapshot(stage, "carol", lobby)
    carol = await stage.client("carol")
    await carol.subscribe((lobby, None))
    early = await snapshot(stage, "carol", lobby)
    start = stage.server.directory.streams.by_id[lobby].seq
    await everything_happens(stage, alice, bob, lobby)
    await carol.expect_nothing_of(lobby, 0)
    for event in carol.events:
        live.apply(event)
    late = await stage.client("carol")
    await late.subscribe((lobby, start))
    for event in late.events:
        early.apply(event)
    fresh = await snapshot(stage, "carol", lobby)
    assert live.shown() == fresh.shown()
    assert early.shown() == fresh.shown()
    for event in late.events:
        early.apply(event)
    assert early.shown() == fresh.shown(), "applying everything twice changed something"
    seen = {event["type"] for event in carol.events}
    gone = {"chat.created", "chat.deleted", "user.joined", "user.updated"}
    assert seen == set(CHAT_EVENTS) - gone


async def test_people_agree_with_the_common_chats_events(
    stage: Stage, alice: Client, lobby: int
) -> None:
    org = stage.server.directory.org_id
    await stage.person("root", role="admin")
    replica = await snapshot(stage, "alice", org)
    await alice.subscribe((org, None))
    new = AddUser(username="newcomer", display_name="New", locale="en", time_zone="UTC")
    newcomer = await stage.server.directory.ask(SYSTEM, new)
    for change in (
        {"display_name": "Newer"},
        {"role": "guest"},
        {"role": "user"},
        {"disabled": True},
    ):
        await stage.ask("root", UpdateUser(user_id=newcomer.id, **change))
    stage.identities["newcomer"] = await stage.person("root")
    await alice.expect_nothing_of(org, 0)
    for event in alice.events:
        replica.apply(event)
    [fresh] = await users.by_ids(stage.server.database, [newcomer.id])
    assert replica.users[newcomer.id] == msgspec.to_builtins(fresh)
    kinds = {event["type"] for event in alice.events}
    assert {"user.joined", "user.updated", "member.joined", "member.left"} <= kinds


async def test_ones_own_stream_says_what_is_stored(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    await bob.subscribe_all()
    group = await stage.group("alice", "bob", title="Short-lived")
    await stage.ask("bob", SetNotify(chat_id=lobby, level="mentions"))
    await bob.ask("listing.set", chat_id=lobby, pinned=True)
    await stage.ask("bob", SetListing(chat_id=lobby, unread=True))
    await bob.ask("notifications.set", keywords=["счёт"])
    await bob.ask("searches.set", searches={KEPT: {"of": "search", "name": "Mine", "q": "from:me"}})
    await bob.ask("draft.set", chat_id=lobby, text="half a sentence")
    await stage.ask("bob", UpdateUser(user_id=bob.user_id, time_zone="Asia/Omsk"))
    session = await stage.session(bob.user_id)
    await stage.ask("bob", RevokeSessions(user_id=bob.user_id, session_ids=[session]))
    await stage.ask("alice", RemoveMember(chat_id=group, user_id=bob.user_id))
    await bob.expect_nothing_of(lobby, 0)
    own = [event for event in bob.events if event["stream"] == bob.user_id]
    assert {event["type"] for event in own} == set(USER_EVENTS) - {"task.reminder", "export.ready"}
    by_type = {event["type"]: event["data"] for event in own}
    my = (await bob.subscribe((lobby, None)))["streams"][0]["my"]
    assert by_type["draft.changed"] == my
    assert (my["draft"], my["notify"]) == ("half a sentence", "mentions")
    assert my["pinned_at"] is not None
    assert my["marked_unread"] is True
    assert by_type["settings.changed"]["time_zone"] == "Asia/Omsk"
    assert by_type["notifications.changed"]["keywords"] == ["счёт"]
    assert by_type["searches.changed"]["searches"][KEPT]["q"] == "from:me"
    late = await stage.client("bob")
    await late.subscribe((bob.user_id, own[0]["seq"] - 1))
    assert [e["type"] for e in late.events] == [e["type"] for e in own]


async def test_a_deleted_chat_is_a_tombstone_for_those_who_hear_it(
    stage: Stage, alice: Client, lobby: int
) -> None:
    replica = await snapshot(stage, "alice", lobby)
    await alice.subscribe((lobby, None))
    await stage.ask("alice", DeleteChat(chat_id=lobby))
    replica.apply(await alice.expect("chat.deleted"))
    assert replica.chat["title"] is None
    assert replica.chat["deleted_at"] is not None


@pytest.mark.parametrize("type", sorted(EVENT_TYPES))
def test_every_event_type_has_a_loader_or_is_kept_whole(type: str) -> None:
    data = EVENT_TYPES[type].data
    assert (data in LOADERS) != (data in KEPT_IN_LOG)
