"""What `Storage` promises of reads; each test runs over the model and over PostgreSQL."""

from typing import Any

from msgspec.structs import replace

from messenger.decision import Entry
from messenger.model import SYSTEM, Identity, User
from messenger.storage import Access
from tests.store.scene import AT, NOW, Scene


def who(user_id: int, role: Any = "user") -> Identity:
    return Identity(user_id=user_id, session_id="", username="", role=role)


# The log


async def test_events_are_read_with_their_subjects_as_they_stand_now(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby = await scene.chat(alice, bob)
    seq = (await scene.post(lobby, alice, "helo")).seq
    edited = replace(await scene.message(lobby, seq), text="hello", edited_at=AT)
    await scene.commit(Entry(stream=lobby, type="message.edited", subject=seq, data=edited))
    await scene.task(lobby, alice)
    events = await scene.store.events(lobby, 0, 99)
    head = (await scene.store.heads([lobby]))[lobby]
    assert [event.seq for event in events] == list(range(1, head + 1))
    assert [event.type for event in events][-3:] == [
        "message.created", "message.edited", "task.created",
    ]  # fmt: skip
    assert [event.data.text for event in events[-3:-1]] == ["hello", "hello"]
    for event in events:
        subject = event.data.seq if event.type.startswith("message.") else _id_of(event.data)
        assert await scene.store.subject(event.type, lobby, subject) == event.data
    part = await scene.store.events(lobby, 1, 3)
    assert [event.seq for event in part] == [2, 3]
    assert await scene.store.events(lobby, head, 99) == []
    assert await scene.store.first(lobby) == 1
    assert await scene.store.heads([lobby, 10**6]) == {lobby: head}


def _id_of(data: Any) -> int:
    return int(data.user_id if hasattr(data, "joined_at") else data.id)


async def test_a_subject_that_is_not_there_is_none(scene: Scene) -> None:
    alice = await scene.user("alice")
    lobby = await scene.chat(alice)
    for type in ("message.created", "member.joined", "chat.updated", "task.created"):
        assert await scene.store.subject(type, lobby, 10**6) is None
    assert await scene.store.subject("chat.joined", alice, 10**6) is None
    assert await scene.store.message(lobby, 10**6) is None


# Chats


async def test_a_chat_comes_with_everybody_who_is_or_was_in_it(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby = await scene.chat(alice, bob)
    sent = await scene.post(lobby, alice)
    await scene.leave(lobby, bob)
    record = await scene.store.chat(lobby)
    assert record is not None
    assert (record.chat.id, record.chat.title, record.seq) == (lobby, "Lobby", sent.seq + 1)
    seats = {seat.member.user_id: seat for seat in record.seats}
    assert {id: seat.present for id, seat in seats.items()} == {alice: True, bob: False}
    assert (seats[alice].username, seats[alice].read_seq) == ("alice", sent.seq)
    assert await scene.store.chat(10**6) is None


async def test_only_present_members_of_a_living_chat_have_access(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby, left, deleted = [await scene.chat(alice, bob) for _ in range(3)]
    await scene.leave(left, bob)
    record = await scene.store.chat(deleted)
    assert record is not None
    over = replace(record.chat, title=None, deleted_at=AT)
    await scene.commit(Entry(stream=deleted, type="chat.deleted", subject=deleted, data=over))
    head = (await scene.store.heads([lobby]))[lobby]
    allowed = [Access(lobby, head, "group")]
    assert await scene.store.access(bob, None) == allowed
    assert await scene.store.access(bob, [left, deleted, lobby, 10**6]) == allowed


async def test_unread_counts_what_came_past_the_mark_and_stands_still_after_leaving(
    scene: Scene,
) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby = await scene.chat(alice, bob)
    seqs = [
        (await scene.post(lobby, alice, **more)).seq
        for more in ({}, {"mentions": [bob]}, {"mentions_all": True}, {})
    ]
    gone = replace(await scene.message(lobby, seqs[3]), text="", deleted_at=AT)
    await scene.commit(Entry(stream=lobby, type="message.deleted", subject=seqs[3], data=gone))
    my = (await scene.store.my(bob, [lobby]))[lobby]
    assert (my.unread, my.mentions, my.notify, my.role) == (3, 2, "all", "member")
    await scene.mark(lobby, bob, seqs[1])
    my = (await scene.store.my(bob, [lobby, 10**6]))[lobby]
    assert (my.unread, my.mentions, my.read_seq, my.read_n) == (1, 1, seqs[1], 2)
    assert my.seq == (await scene.store.heads([lobby]))[lobby]
    await scene.leave(lobby, bob)
    left = (await scene.store.my(bob, [lobby]))[lobby]
    await scene.post(lobby, alice)
    assert (await scene.store.my(bob, [lobby]))[lobby] == left
    assert (left.unread, left.mentions, left.left_at, left.seq) == (0, 0, AT, my.seq + 1)


async def test_who_joins_or_comes_back_has_nothing_unread(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby = await scene.chat(alice, bob)
    for step in (scene.post(lobby, alice), scene.leave(lobby, bob), scene.post(lobby, alice)):
        await step
    await scene.commit(scene.join(lobby, bob))
    my = (await scene.store.my(bob, [lobby]))[lobby]
    assert (my.unread, my.left_at, my.read_n) == (0, None, 2)


async def test_marks_are_of_present_members_and_small_chats(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby = await scene.chat(alice, bob)
    sent = await scene.post(lobby, alice)
    await scene.leave(lobby, bob)
    everyone = await scene.chat(*await scene.users(*(f"user{n}" for n in range(101))))
    marks = await scene.store.marks([lobby, everyone])
    assert marks == {lobby: [(alice, sent.seq, sent.seq)]}


async def test_a_direct_chat_is_found_by_its_pair(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    pair = sorted([alice, bob])
    assert await scene.store.direct(pair) is None
    direct, notebook = (
        await scene.chat(*pair, kind="direct"),
        await scene.chat(alice, kind="direct"),
    )
    assert await scene.store.direct(pair) == direct
    assert await scene.store.direct([alice]) == notebook


# Boards


async def test_a_board_has_what_lives_and_the_version_each_field_changed_at(scene: Scene) -> None:
    alice = await scene.user("alice")
    lobby = await scene.chat(alice)
    column = await scene.column(lobby, "a", limit=3)
    doomed = await scene.column(lobby, "b")
    task = await scene.task(lobby, alice, column_id=column.id, position="a", labels=["x"])
    archived = await scene.task(lobby, alice)
    renamed = await scene.save(replace(task, title="Pie", version=2), "task.updated", ["title"])
    await scene.save(replace(archived, archived_at=AT, version=2), "task.updated", ["archived_at"])
    await scene.save(replace(doomed, deleted_at=AT, version=2), "column.deleted", [])
    board = await scene.store.board(lobby)
    assert (board.columns, board.tasks) == ([column], [renamed])
    versions = board.task_versions[task.id]
    assert (versions["title"], versions["labels"]) == (2, 1)
    assert board.column_versions[column.id]["limit"] == 1
    found = await scene.store.task(task.id)
    assert found == (renamed, versions)
    assert await scene.store.task(10**6) is None
    assert await scene.store.chat_of("task", task.id) == lobby
    assert await scene.store.chat_of("column", column.id) == lobby
    assert await scene.store.chat_of("task", 10**6) is None


async def test_duties_are_chats_led_and_chats_with_open_tasks(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    led, worked, done, idle = [await scene.chat(each, alice, bob) for each in (bob, *[alice] * 3)]
    await scene.task(worked, alice, assigned_to=bob)
    await scene.task(done, alice, assigned_to=bob, status="done", closed_at=AT)
    await scene.task(idle, alice, assigned_to=alice)
    assert await scene.store.duties(bob) == sorted([led, worked])


# Users


async def test_users_and_the_current_user_are_found_by_id(scene: Scene) -> None:
    alice = await scene.user("alice", "admin", "alice@example.org")
    bob = await scene.user("bob")
    found = await scene.store.users([bob, alice, 10**6])
    assert {id: user.username for id, user in found.items()} == {alice: "alice", bob: "bob"}
    assert {type(user) for user in found.values()} == {User}
    me = await scene.store.me(alice)
    assert me is not None
    assert (me.email, me.locale, me.role) == ("alice@example.org", "ru", "admin")
    assert await scene.store.me(10**6) is None
    assert await scene.store.administrators() == 1


async def test_a_disabled_administrator_does_not_count_and_is_not_identified(scene: Scene) -> None:
    alice = await scene.user("alice", "admin")
    session = await scene.open_session(alice)
    disabled = replace((await scene.store.users([alice]))[alice], disabled_at=AT)
    entry = Entry(stream=scene.org_id, type="user.updated", subject=alice, data=disabled)
    [event] = await scene.commit(entry, by=SYSTEM.user_id)
    assert (event.data.disabled_at, event.data.rev) == (AT, event.seq)
    assert await scene.store.administrators() == 0
    assert await scene.store.identify(session, NOW) is None


async def test_a_guest_sees_the_people_of_shared_chats_alone(scene: Scene) -> None:
    alice, bob, carol = await scene.users("alice", "bob", "carol")
    guest = await scene.user("guest", "guest")
    lobby = await scene.chat(alice, guest, bob)
    await scene.leave(lobby, bob)
    everyone = [carol, guest, bob, alice, 10**6]
    assert await scene.store.visible(who(guest, "guest"), everyone) == sorted([alice, guest])
    assert await scene.store.visible(who(alice), everyone) == sorted([alice, bob, carol, guest])
