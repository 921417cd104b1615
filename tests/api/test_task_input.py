"""What may stand in a task, and what is refused, by REST."""

from typing import Any

import pytest

from tests.api.boards import INVALID, head, new
from tests.api.cast import Person, refusal

DUES: list[tuple[Any, Any]] = [
    ({"date": "2026-12-01"}, {"date": "2026-12-01"}),
    ({"date": "1970-01-01"}, {"date": "1970-01-01"}),
    ({"date": "2200-12-31"}, {"date": "2200-12-31"}),
    (
        {"at": "2026-12-01T09:00:00Z", "zone": "Europe/Moscow"},
        {"at": "2026-12-01T09:00:00.000Z", "zone": "Europe/Moscow"},
    ),
    (
        {"at": "2026-12-01T12:00:00.5+03:00", "zone": "Asia/Omsk"},
        {"at": "2026-12-01T09:00:00.500Z", "zone": "Asia/Omsk"},
    ),
    (None, None),
]


@pytest.mark.leaves_nothing
async def test_due_dates_are_kept_in_one_form(alice: Person, project: int) -> None:
    kept = [(await new(alice, project, due=due))["due"] for due, _ in DUES]
    assert kept == [expected for _, expected in DUES]


NO_DUES: list[Any] = [
    {}, {"date": "2026-02-30"}, {"date": "20261201"}, {"date": "2026-W49-2"}, {"date": ""},
    {"date": "1969-12-31"}, {"date": "10000-01-01"}, {"date": "0001-01-01"}, {"date": 5},
    {"date": "2026-12-01", "zone": "UTC"}, {"date": "2026-12-01", "day": 1}, "2026-12-01", [], 0,
    {"at": "2026-12-01T09:00:00Z"}, {"zone": "UTC"}, {"at": "2026-12-01T09:00:00", "zone": "UTC"},
    {"at": "2026-12-01", "zone": "UTC"}, {"at": "tomorrow", "zone": "UTC"},
    {"at": "1969-12-31T09:00:00Z", "zone": "UTC"},
    {"at": "0001-01-01T00:00:00+14:00", "zone": "UTC"},
    {"date": "2201-01-01"}, {"date": "9999-12-31"},
    *({"at": at, "zone": "UTC"} for at in (
        "2201-01-01T00:00:00Z", "0073-01-01T00:00:00Z", "2026-12-01T24:00:00Z",
        "2026-12-01T23:59:60Z", "2026-12-01T09:00:00+99:99", "2026-W49-2T09:00:00Z",
    )),
    {"at": "9999-12-31T23:59:59-05:00", "zone": "UTC"},
    {"at": "9999-12-31T23:59:59Z", "zone": "Asia/Tokyo"},
    *({"at": "2026-12-01T09:00:00Z", "zone": zone} for zone in (
        "", "Mars/Base", "Europe", "../../etc/passwd", "/etc/localtime", "localtime", "posixrules",
        "posix/Europe/Moscow", "Factory", "\x00", "é",
    )),
]  # fmt: skip


@pytest.mark.leaves_nothing
async def test_what_is_no_due_date_is_refused(alice: Person, project: int) -> None:
    before, task = await head(alice, project), await new(alice, project)
    for due in NO_DUES:
        asked = {"chat_id": project, "title": "x", "due": due}
        assert (due, refusal(await alice.post("/tasks", asked))) == (due, INVALID)
        changed = await alice.patch(f"/tasks/{task['id']}", {"due": due})
        assert (due, refusal(changed)) == (due, INVALID)
    assert await head(alice, project) == before + 1


BAD: list[dict[str, Any]] = [
    {"title": ""}, {"title": " \n"}, {"title": "x" * 201}, {"title": "two\nlines"}, {"title": None},
    {"title": "nul \x00"}, {"title": 5}, {"description": "\x00"}, {"description": "x" * 20_001},
    {"description": None}, {"labels": ["x"] * 2}, {"labels": [""]}, {"labels": [" x"]},
    {"labels": ["x" * 41]}, {"labels": [str(n) for n in range(21)]}, {"labels": ["\x00"]},
    {"labels": "x"}, {"labels": None}, {"checklist": [{"id": "a", "text": ""}]},
    {"checklist": [{"id": "", "text": "x"}]}, {"checklist": [{"id": "a", "text": "x" * 501}]},
    {"checklist": [{"id": "a", "text": "x"}] * 2}, {"checklist": [{"id": "a" * 65, "text": "x"}]},
    {"checklist": [{"id": str(n), "text": "x"} for n in range(101)]},
    {"checklist": [{"id": "a", "text": "\x00"}]}, {"checklist": [{"text": "x"}]},
    {"checklist": [{"id": "a", "text": "x", "by": 1}]},
    {"assigned_to": 0}, {"assigned_to": "me"}, {"assigned_to": 2**53}, {"assigned_to": True},
    # None of these is anybody's to set.
    {"creator": 1}, {"number": 1}, {"position": "a0"}, {"source_seq": 1}, {"created_at": "x"},
    {"closed_at": None}, {"archived_at": None}, {"deleted_at": None}, {"rev": 1}, {"id": 1},
    {"key": "k"}, {"nonsense": 1},
]  # fmt: skip
BAD_NEW: list[dict[str, Any]] = [{"status": "done"}, {"version": 1}, {"archived": True}]
BAD_CHANGES: list[dict[str, Any]] = [
    {"status": "closed"}, {"status": None}, {"archived": True}, {"archived": None}, {"version": 0},
    {"version": 99}, {"version": 2**31}, {"column_id": None}, {"chat_id": 1},
]  # fmt: skip


@pytest.mark.leaves_nothing
async def test_bad_input_is_refused_and_changes_nothing(
    alice: Person, carol: Person, project: int
) -> None:
    task = await new(alice, project)
    outside = {"assigned_to": carol.user_id}
    for bad in (*BAD, *BAD_NEW, outside):
        asked = {"chat_id": project, "title": "x", **bad}
        assert (bad, refusal(await alice.post("/tasks", asked))) == (bad, INVALID)
    for bad in (*BAD, *BAD_CHANGES, outside):
        asked = {"title": "y", **bad}
        for ask in (alice.patch, alice.put):
            assert (bad, refusal(await ask(f"/tasks/{task['id']}", asked))) == (bad, INVALID)
    assert refusal(await alice.post("/tasks", {"chat_id": project})) == INVALID
    assert await head(alice, project) == task["rev"]
