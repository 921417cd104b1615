import asyncio
from itertools import chain
from typing import Any

import pytest
import sqlalchemy as sa

from messenger.store.statements import Prepared
from tests.api.cast import Door, Person, begin, ok, refusal

INVALID = (422, "validation_failed")


async def changes(who: Person, cursors: Any, epoch: int | None = None, **more: Any) -> Any:
    epoch = (await begin(who))["epoch"] if epoch is None else epoch
    return ok(await who.post("/sync/changes", {"cursors": cursors, "epoch": epoch, **more}))


def places(events: list[Any]) -> list[tuple[int, int]]:
    return [(event["stream"], event["seq"]) for event in events]


async def surgery(door: Door, statement: str, **values: Any) -> None:
    await door.server.database.fetch(Prepared(sa.text(statement)), **values)


async def test_after_the_first_load_there_is_nothing_and_then_what_happens(
    alice: Person, bob: Person, lobby: int
) -> None:
    page = await begin(alice)
    quiet = await changes(alice, page["cursors"], all=True)
    assert (quiet["events"], quiet["more"]) == ([], False)
    assert sorted(quiet["cursors"]) == sorted(page["cursors"])
    seq = await bob.send(lobby, "news")
    news = await changes(alice, quiet["cursors"], all=True)
    (event,) = news["events"]
    assert (event["type"], event["stream"], event["seq"]) == ("message.created", lobby, seq)
    assert event["data"] == ok(await alice.get(f"/chats/{lobby}/messages/{seq}"))
    assert dict(news["cursors"])[lobby] == seq
    state = next(state for state in news["streams"] if state["id"] == lobby)
    listed = ok(await alice.get(f"/chats/{lobby}"))
    assert (state["seq"], state["my"], state["my"]["unread"]) == (seq, listed["my"], 1)
    assert state["marks"] == [[alice.user_id, 3, 3], [bob.user_id, seq, seq]]


@pytest.mark.parametrize("what", ["task", "draft"])
async def test_a_page_counts_whatever_its_events_carry(
    alice: Person, project: int, what: str
) -> None:
    page = await begin(alice)
    task = ok(await alice.post("/tasks", {"chat_id": project, "title": "Cake"}))["id"]
    for number in range(60):
        text = f"{number}" + "ж" * 4900
        if what == "task":
            ok(await alice.patch(f"/tasks/{task}", {"description": text}))
        else:
            ok(await alice.put(f"/chats/{project}/draft", {"text": text}))
    stream = project if what == "task" else alice.user_id
    cursor, seen, more = dict(page["cursors"])[stream], 0, True
    while more:
        found = await changes(alice, [[stream, cursor]], limit=1000)
        assert 0 < sum(len(str(event["data"]).encode()) for event in found["events"]) < 400_000
        seen += len(found["events"])
        more, cursor = found["more"], dict(found["cursors"])[stream]
    assert seen == (61 if what == "task" else 60)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1000])
async def test_pages_of_any_size_have_every_event_once_the_persons_own_first(
    alice: Person, bob: Person, lobby: int, limit: int
) -> None:
    page = await begin(alice)
    other = await bob.group(alice)
    for number in range(4):
        await bob.send(lobby, str(number))
        await alice.send(other, str(number))
    ok(await alice.put(f"/chats/{lobby}/draft", {"text": "later"}))
    cursors, seen, more = page["cursors"], [], True
    while more:
        found = await changes(alice, cursors, limit=limit)
        assert len(found["events"]) <= limit
        assert found["more"] == (len(seen) + len(found["events"]) < 6)
        seen += found["events"]
        cursors, more = found["cursors"], found["more"]
    own = [(alice.user_id, 4), (alice.user_id, 5)]
    assert places(seen) == own + [(lobby, seq) for seq in range(4, 8)]
    assert [event["type"] for event in seen[:2]] == ["chat.joined", "draft.changed"]


async def test_state_comes_with_the_last_page_where_it_is_true(
    alice: Person, bob: Person, lobby: int
) -> None:
    page = await begin(alice)
    for _ in range(3):
        await bob.send(lobby)
    first = await changes(alice, page["cursors"], limit=2)
    last = await changes(alice, first["cursors"], limit=2)
    assert (first["more"], first["streams"]) == (True, [])
    assert not last["more"]
    state = {state["id"]: state for state in last["streams"]}
    assert state[lobby]["my"]["unread"] == 3
    assert "my" not in state[alice.user_id]


async def test_with_all_a_chat_without_a_cursor_starts_at_the_present(
    alice: Person, bob: Person, lobby: int
) -> None:
    seq = await bob.send(lobby)
    found = await changes(alice, [], all=True)
    assert found["events"] == []
    assert dict(found["cursors"])[lobby] == seq
    assert found["cursors"][0] == [alice.user_id, 3]
    later = await bob.send(lobby)
    found = await changes(alice, found["cursors"], all=True)
    assert places(found["events"]) == [(lobby, later)]


async def test_a_chat_joined_since_is_told_and_starts_at_the_present(
    alice: Person, bob: Person, lobby: int
) -> None:
    page = await begin(alice)
    other = await bob.group(alice)
    seq = await bob.send(other)
    found = await changes(alice, page["cursors"], all=True)
    assert [event["type"] for event in found["events"]] == ["chat.joined"]
    assert found["events"][0]["data"]["seq"] == dict(found["cursors"])[other] == seq


async def test_without_all_only_the_streams_that_are_named_are_read(
    alice: Person, bob: Person, lobby: int
) -> None:
    other = await alice.group(bob)
    seq = await bob.send(lobby)
    await bob.send(other)
    found = await changes(alice, [[lobby, None], [other, 3]])
    assert places(found["events"]) == [(other, 4)]
    assert sorted(found["cursors"]) == [[lobby, seq], [other, 4]]


@pytest.mark.parametrize(
    ("cursor", "anew"), [(0, True), (2, True), (3, False), (5, False), (6, False), (7, True)]
)
async def test_a_cursor_that_the_log_cannot_go_on_from_begins_anew(
    door: Door, alice: Person, lobby: int, cursor: int, anew: bool
) -> None:
    for _ in range(3):
        await alice.send(lobby)
    await surgery(door, "update streams set first_seq = 4 where id = :id", id=lobby)
    found = await changes(alice, [[lobby, cursor]])
    assert (found["cursors"], found["streams"][0]["seq"]) == ([[lobby, 6]], 6)
    assert found["streams"][0].get("reset", False) is anew
    expected = [] if anew else list(range(cursor + 1, 7))
    assert [event["seq"] for event in found["events"]] == expected


async def test_a_backlog_beyond_reason_begins_anew(door: Door, alice: Person, lobby: int) -> None:
    await surgery(door, "update streams set seq = 10001 where id = :id", id=lobby)
    found = await changes(alice, [[lobby, 0]])
    assert (found["events"], found["cursors"]) == ([], [[lobby, 10_001]])
    assert found["streams"][0]["reset"]


async def test_a_log_whose_events_are_all_archived_begins_anew(
    door: Door, alice: Person, lobby: int
) -> None:
    await surgery(door, "update streams set first_seq = seq + 1 where id = :id", id=lobby)
    found = await changes(alice, [[lobby, 2]])
    assert (found["streams"][0]["reset"], found["cursors"]) == (True, [[lobby, 3]])


async def test_what_begins_anew_is_told_on_the_page_that_decides_it(
    alice: Person, bob: Person, lobby: int
) -> None:
    other = await alice.group(bob)
    await bob.send(lobby)
    found = await changes(alice, [[lobby, 99], [other, 0]], limit=1)
    assert found["more"]
    assert [(state["id"], state["reset"]) for state in found["streams"]] == [(lobby, True)]
    rest = await changes(alice, found["cursors"])
    assert not any(state.get("reset") for state in rest["streams"])


async def test_cursors_of_another_history_begin_anew(alice: Person, lobby: int) -> None:
    page = await begin(alice)
    found = await changes(alice, [[lobby, 1], [alice.user_id, 1]], epoch=page["epoch"] ^ 1)
    assert (found["events"], found["epoch"]) == ([], page["epoch"])
    assert found["cursors"] == [[alice.user_id, 3], [lobby, 3]]
    assert all(state["reset"] for state in found["streams"])


async def test_a_stream_that_may_not_be_read_is_gone_and_nothing_else_fails(
    alice: Person, bob: Person, carol: Person, lobby: int
) -> None:
    hidden, deleted, left = await carol.group(), await alice.group(bob), await alice.group(bob)
    ok(await alice.delete(f"/chats/{deleted}"))
    seen = ok(await bob.get(f"/chats/{left}/snapshot"))["seq"]
    ok(await alice.delete(f"/chats/{left}/members/{bob.user_id}"))
    gone = [hidden, deleted, left, alice.user_id, 999_999]
    cursors = [*([stream, 1] for stream in gone), [lobby, 2], [bob.user_id, 0]]
    for everything in (False, True):
        found = await changes(bob, cursors, all=everything)
        states = {state["id"]: state for state in found["streams"]}
        assert [id for id, state in states.items() if state.get("gone")] == gone
        assert {event["stream"] for event in found["events"]} == {bob.user_id, lobby}
        assert not set(gone) & dict(found["cursors"]).keys()
    (farewell,) = [event for event in found["events"] if event["type"] == "chat.left"]
    assert (farewell["data"]["chat_id"], farewell["data"]["seq"]) == (left, seen + 1)


async def test_a_backlog_of_much_text_comes_in_several_pages(
    alice: Person, bob: Person, lobby: int
) -> None:
    other = await bob.group(alice)
    sent = [(lobby, await bob.send(lobby, "я" * 5000)) for _ in range(60)]
    sent.append((other, await bob.send(other)))
    cursors, pages, more = [[other, 3], [lobby, 3]], [], True
    while more:
        found = await changes(alice, cursors, limit=1000)
        pages.append(places(found["events"]))
        cursors, more = found["cursors"], found["more"]
    assert list(chain(*pages)) == sent
    assert [len(page) for page in pages] == [33, 28]


async def test_who_pages_while_others_write_sees_everything_once(
    alice: Person, bob: Person, lobby: int
) -> None:
    other = await bob.group(alice)
    epoch = (await begin(alice))["epoch"]

    async def write(chat: int) -> None:
        for number in range(40):
            await bob.send(chat, str(number))

    writing = asyncio.gather(write(lobby), write(other))
    cursors, seen, done = [[lobby, 3], [other, 3]], [], False
    while not done:
        done = writing.done()
        found = await changes(alice, cursors, epoch=epoch, limit=3)
        seen += places(found["events"])
        cursors, done = found["cursors"], done and not found["more"]
    await writing
    for chat in (lobby, other):
        assert [seq for stream, seq in seen if stream == chat] == list(range(4, 44))


# How it is asked


async def test_a_few_streams_are_asked_for_in_the_address(
    alice: Person, bob: Person, lobby: int
) -> None:
    epoch = (await begin(alice))["epoch"]
    await bob.send(lobby)
    short = ok(await alice.get(f"/sync/changes?after={lobby}:3,{alice.user_id}:2"))
    assert short == await changes(alice, [[lobby, 3], [alice.user_id, 2]])
    assert places(short["events"]) == [(alice.user_id, 3), (lobby, 4)]
    page = ok(await alice.get("/sync/changes", after=f"{lobby}:0", limit=2, epoch=epoch))
    assert (len(page["events"]), page["more"]) == (2, True)
    anew = ok(await alice.get("/sync/changes", after=f"{lobby}:0", epoch=epoch ^ 1))
    assert anew["streams"][0]["reset"]


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("after", [
    "", "17", "17:", ":3", "17:3,", "17:-1", "x:1", "0:1", "17:1;5:2", "17:9007199254740992",
    "9007199254740992:1", "17: 1", "1_7:1", "１７:1",
])  # fmt: skip
async def test_an_address_that_makes_no_sense_is_refused(alice: Person, after: str) -> None:
    assert refusal(await alice.get("/sync/changes", after=after)) == INVALID


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("body", [
    {"cursors": [[1, 5]]}, {"cursors": [[1]], "epoch": 1}, {"cursors": [[0, 1]], "epoch": 1},
    {"cursors": [[1, -1]], "epoch": 1}, {"cursors": [[1, 2, 3]], "epoch": 1},
    {"cursors": {"1": 2}, "epoch": 1}, {"limit": 0}, {"limit": 1001}, {"all": 1},
    {"epoch": 2**53}, {"epoch": -1}, {"streams": []}, {"cursors": [[1, 1.5]], "epoch": 1}, [],
])  # fmt: skip
async def test_a_question_that_makes_no_sense_is_refused(alice: Person, body: Any) -> None:
    assert refusal(await alice.post("/sync/changes", body)) == INVALID


async def test_who_names_no_stream_gets_nothing(alice: Person) -> None:
    status, body = await alice.post("/sync/changes", {})
    assert (status, body["data"]["events"], body["data"]["cursors"]) == (200, [], [])
