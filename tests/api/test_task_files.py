"""Files of tasks over REST: attached, taken off, shown as the cover, forwarded along."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.api.boards import FORBIDDEN, INVALID, NOT_FOUND, Object, board, new
from tests.api.cast import Person, ok, refusal
from tests.files.pictures import pdf, picture, saved

PICTURE = saved(picture(40, 30), "PNG")


@pytest.fixture
async def project(alice: Person, bob: Person) -> int:
    """A board of alice's and bob's, who leads it with her."""
    chat = await alice.group(bob, board=True)
    ok(await alice.patch(f"/chats/{chat}/members/{bob.user_id}", {"role": "admin"}))
    return chat


async def uploaded(who: Person, chat: int, *names: str, content: bytes = PICTURE) -> list[str]:
    files = ok(await who.upload(chat, *((name, content) for name in names)))
    return [file["id"] for file in files]


async def attach(who: Person, task: Any, *ids: str, **more: Any) -> Object:
    answer = await who.post(f"/tasks/{task['id']}/files", {"file_ids": list(ids), **more})
    changed: Object = ok(answer)
    return changed


def names(task: Any) -> list[str]:
    return [file["name"] for file in task["files"]]


async def history(who: Person, task: Any) -> list[tuple[str, Any, Any]]:
    entries = await who.all_of(f"/tasks/{task['id']}/history")
    return [
        (change["field"], change["old"], change["new"])
        for entry in entries
        for change in entry["changes"]
    ]


async def test_attached_files_come_with_the_task(
    alice: Person, bob: Person, project: int
) -> None:  # fmt: skip
    task = await new(alice, project)
    assert (task["files"], task["cover_file_id"]) == ([], None)
    ids = await uploaded(alice, project, "б.png", "а.png")
    changed = await attach(alice, task, *ids)
    assert names(changed) == ["б.png", "а.png"]
    assert (changed["version"], changed["cover_file_id"]) == (2, None)
    assert changed["files"][0]["width"] == 40
    assert ok(await bob.get(f"/tasks/{task['id']}")) == changed
    assert (await board(bob, project))["tasks"] == [changed]
    assert (await bob.download(ids[1]))[2] == PICTURE


async def test_who_attaches_at_the_same_time_as_others_loses_nothing(
    alice: Person, bob: Person, project: int
) -> None:
    task = await new(alice, project)
    mine = await uploaded(alice, project, *(f"a{n}" for n in range(5)))
    theirs = await uploaded(bob, project, *(f"b{n}" for n in range(5)))
    await asyncio.gather(
        *(attach(alice, task, id) for id in mine), *(attach(bob, task, id) for id in theirs)
    )
    stored = ok(await bob.get(f"/tasks/{task['id']}"))
    assert {file["id"] for file in stored["files"]} == {*mine, *theirs}
    assert stored["version"] == 11


async def test_attaching_again_changes_nothing(
    alice: Person, bob: Person, project: int
) -> None:  # fmt: skip
    task = await new(alice, project)
    ids = await uploaded(alice, project, "a", "b")
    changed = await attach(alice, task, *ids)
    assert await attach(alice, task, ids[0]) == changed
    assert await attach(bob, task, ids[1]) == changed


async def test_a_repeat_under_a_key_is_done_once(alice: Person, project: int) -> None:
    task = await new(alice, project)
    [id] = await uploaded(alice, project, "a")
    address, body, key = f"/tasks/{task['id']}/files", {"file_ids": [id]}, "once"
    ok(await alice.post(address, body, key=key))
    off = ok(await alice.delete(f"{address}/{id}"))
    assert ok(await alice.post(address, body, key=key)) == off
    assert off["files"] == []


@pytest.mark.parametrize(
    ("file_ids", "refused"),
    [
        ([], INVALID),
        (["x"], INVALID),
        ([str(uuid.uuid4())], NOT_FOUND),
        ([str(uuid.uuid4()) for _ in range(101)], INVALID),
        (["6a0f0b63-1f5c-4f9c-8a6e-0d6c53c1a001"] * 2, INVALID),
    ],
)
async def test_what_is_no_list_of_own_uploads_is_refused(
    alice: Person, project: int, file_ids: list[str], refused: Any
) -> None:
    task = await new(alice, project)
    answer = await alice.post(f"/tasks/{task['id']}/files", {"file_ids": file_ids})
    assert refusal(answer) == refused


async def test_files_of_other_people_and_chats_are_not_found(
    alice: Person, bob: Person, project: int
) -> None:
    task, elsewhere = await new(alice, project), await alice.group()
    [theirs], [far] = await uploaded(bob, project, "b"), await uploaded(alice, elsewhere, "a")
    for id in (theirs, far):
        answer = await alice.post(f"/tasks/{task['id']}/files", {"file_ids": [id]})
        assert refusal(answer) == NOT_FOUND


async def test_the_assignee_attaches_and_takes_off_who_else_is_there_does_not(
    alice: Person, bob: Person, carol: Person, project: int
) -> None:
    ok(await alice.post(f"/chats/{project}/members", {"user_ids": [carol.user_id]}))
    task = await new(alice, project, assigned_to=carol.user_id)
    [id] = await uploaded(carol, project, "c")
    assert [file["id"] for file in (await attach(carol, task, id))["files"]] == [id]
    ok(await alice.patch(f"/chats/{project}/members/{bob.user_id}", {"role": "member"}))
    path, ids = f"/tasks/{task['id']}/files", await uploaded(bob, project, "b")
    assert refusal(await bob.post(path, {"file_ids": ids})) == FORBIDDEN
    assert refusal(await bob.delete(f"{path}/{id}")) == FORBIDDEN
    assert ok(await carol.delete(f"{path}/{id}"))["files"] == []


async def test_a_task_has_a_hundred_files_at_the_most(alice: Person, project: int) -> None:
    task = await new(alice, project)
    ids = [
        id
        for _ in range(6)
        for id in await uploaded(alice, project, *(f"{n}" for n in range(20)), content=b"x")
    ]
    await attach(alice, task, *ids[:60])
    answer = await alice.post(f"/tasks/{task['id']}/files", {"file_ids": ids[60:101]})
    assert refusal(answer) == INVALID
    assert len((await attach(alice, task, *ids[60:100]))["files"]) == 100


async def test_the_first_image_becomes_the_cover_if_wished(alice: Person, project: int) -> None:
    task = await new(alice, project)
    [text] = await uploaded(alice, project, "a.txt", content=b"words")
    [page] = await uploaded(alice, project, "a.pdf", content=pdf())
    first, second = await uploaded(alice, project, "1.png", "2.png")
    assert (await attach(alice, task, text, page, cover=True))["cover_file_id"] is None
    assert (await attach(alice, task, first, cover=True))["cover_file_id"] == first
    assert (await attach(alice, task, second, cover=True))["cover_file_id"] == first
    address = f"/tasks/{task['id']}"
    assert ok(await alice.patch(address, {"cover_file_id": second}))["cover_file_id"] == second
    assert ok(await alice.patch(address, {"cover_file_id": None}))["cover_file_id"] is None
    for bad in (text, page, str(uuid.uuid4())):
        assert refusal(await alice.patch(address, {"cover_file_id": bad})) == INVALID


async def test_a_cover_conflicts_with_another_and_with_nothing_else(
    alice: Person, bob: Person, project: int
) -> None:
    task = await new(alice, project)
    first, second = await uploaded(alice, project, "1.png", "2.png")
    seen = (await attach(alice, task, first, second))["version"]
    address = f"/tasks/{task['id']}"
    ok(await bob.patch(address, {"cover_file_id": second, "version": seen}))
    ok(await alice.patch(address, {"title": "two", "version": seen}))
    answer = await alice.patch(address, {"cover_file_id": first, "version": seen})
    assert answer[1]["error"]["details"]["fields"] == ["cover_file_id"]


async def test_a_cover_that_is_taken_off_is_none_any_more(alice: Person, project: int) -> None:
    task = await new(alice, project)
    first, second = await uploaded(alice, project, "1.png", "2.png")
    await attach(alice, task, first, second, cover=True)
    left = ok(await alice.delete(f"/tasks/{task['id']}/files/{first}"))
    assert (names(left), left["cover_file_id"]) == (["2.png"], None)
    assert ok(await alice.delete(f"/tasks/{task['id']}/files/{first}")) == left
    assert (await alice.download(first))[0] == 404
    assert (await alice.download(second))[0] == 200


async def test_the_history_names_what_came_and_went(alice: Person, project: int) -> None:
    task = await new(alice, project)
    first, second = await uploaded(alice, project, "договор.png", "2.png")
    await attach(alice, task, first, second, cover=True)
    ok(await alice.delete(f"/tasks/{task['id']}/files/{first}"))
    assert await history(alice, task) == [
        ("files", [], ["договор.png", "2.png"]),
        ("cover_file_id", None, first),
        ("files", ["договор.png"], []),
        ("cover_file_id", first, None),
    ]


async def test_an_archived_task_keeps_its_files_and_a_deleted_one_does_not(
    alice: Person, bob: Person, project: int
) -> None:
    task = await new(alice, project)
    [id] = await uploaded(alice, project, "a")
    await attach(alice, task, id, cover=True)
    ok(await alice.patch(f"/tasks/{task['id']}", {"status": "done", "archived": True}))
    assert names(ok(await bob.get(f"/tasks/{task['id']}"))) == ["a"]
    assert (await bob.download(id))[0] == 200
    gone = ok(await alice.delete(f"/tasks/{task['id']}"))
    assert (gone["files"], gone["cover_file_id"]) == ([], None)
    assert (await bob.download(id))[0] == 404


async def test_files_go_along_with_a_forwarded_task(
    alice: Person, bob: Person, carol: Person, project: int
) -> None:
    den = await alice.group(carol, board=True)
    seq = await alice.send(project, "pictures")
    task = ok(await alice.post(f"/chats/{project}/messages/{seq}/task", {}))
    first, second = await uploaded(alice, project, "1.png", "2.png")
    await attach(alice, task, first, second)
    ok(await alice.patch(f"/tasks/{task['id']}", {"cover_file_id": second}))
    body = {"seqs": [seq], "to": [den], "client_message_id": str(uuid.uuid4())}
    for _ in range(2):
        ok(await alice.post(f"/chats/{project}/messages/forward", body))
    [copy] = (await board(carol, den))["tasks"]
    assert names(copy) == ["1.png", "2.png"]
    assert copy["cover_file_id"] == copy["files"][1]["id"]
    ok(await alice.delete(f"/tasks/{task['id']}"))
    assert (await carol.download(copy["cover_file_id"]))[2] == PICTURE
    assert (await bob.download(copy["cover_file_id"]))[0] == 404


async def listed(who: Person, chat: int, **query: Any) -> list[tuple[str, Any]]:
    """The names of a chat's files, page by page, and the card that has each."""
    pages, query = [], {"limit": 2, **query}
    while True:
        _, page = await who.get(f"/chats/{chat}/files", **query)
        pages += page["data"]
        if page["next"] is None:
            return [(file["name"], file["task_id"]) for file in pages]
        query["before"] = page["next"]


async def test_the_chats_files_have_those_of_its_cards_where_they_were_attached(
    alice: Person, bob: Person, project: int
) -> None:
    task = await new(alice, project)
    first, *others = await uploaded(alice, project, "1.png", "a.png", "b.png", "2.png", "c.png")
    early = await alice.send(project, "", file_ids=[first])
    attached = await attach(alice, task, *others[:2])
    late = await alice.send(project, "", file_ids=[others[2]], task_id=task["id"])
    await attach(alice, task, others[3])
    id = task["id"]
    cards = [("c.png", id), ("2.png", None), ("b.png", id), ("a.png", id), ("1.png", None)]
    assert await listed(bob, project) == cards
    assert await listed(bob, project, kind="image", name="B.") == cards[2:3]
    assert await listed(bob, project, kind="document") == []
    assert await listed(bob, project, before_seq=late) == cards[2:]
    assert await listed(bob, project, after_seq=early) == cards[3::-1]
    assert await listed(bob, project, after_seq=attached["rev"]) == cards[1::-1]
    of_card = ok(await bob.get(f"/chats/{project}/files", limit=3))[2]
    assert (of_card["seq"], of_card["attached_at"]) == (attached["rev"], attached["updated_at"])
    of_message = ok(await bob.get(f"/chats/{project}/files", before_seq=early + 1))[0]
    message = ok(await bob.get(f"/chats/{project}/messages/{early}"))
    assert (of_message["seq"], of_message["attached_at"]) == (early, message["created_at"])


async def test_what_is_taken_off_a_card_is_listed_no_more_and_the_rest_stays_in_its_place(
    alice: Person, bob: Person, project: int
) -> None:
    task = await new(alice, project)
    ids = await uploaded(alice, project, "a", "b", "c")
    changed = await attach(alice, task, *ids)
    ok(await alice.patch(f"/tasks/{task['id']}", {"title": "renamed"}))
    ok(await alice.delete(f"/tasks/{task['id']}/files/{ids[0]}"))
    left = ok(await bob.get(f"/chats/{project}/files"))
    assert [(file["name"], file["seq"]) for file in left] == [
        ("c", changed["rev"]), ("b", changed["rev"])
    ]  # fmt: skip
    ok(await alice.delete(f"/tasks/{task['id']}"))
    assert await listed(bob, project) == []


async def test_a_file_of_a_message_and_of_a_card_is_listed_at_both(
    alice: Person, project: int
) -> None:
    task = await new(alice, project)
    [id] = await uploaded(alice, project, "a")
    seq = await alice.send(project, "", file_ids=[id])
    await attach(alice, task, id)
    assert await listed(alice, project) == [("a", task["id"]), ("a", None)]
    ok(await alice.delete(f"/chats/{project}/messages/{seq}"))
    assert await listed(alice, project) == [("a", task["id"])]
