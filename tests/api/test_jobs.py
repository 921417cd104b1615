"""What administrators see of the jobs by the clock, and have run."""

import asyncio
from typing import Any

import pytest

from messenger.backup.making import make
from tests.api.cast import Door, Person, ok, sign_up
from tests.api.conftest import Api
from tests.store.test_migrate import fetch
from tests.waiting import PATIENCE, until


async def test_jobs_are_shown_and_run_by_hand(door: Door, admin: Person) -> None:
    listed = {each["name"]: each for each in ok(await admin.get("/admin/jobs"))}
    assert {"housekeeping", "files", "reminders", "tidying"} <= listed.keys()
    assert listed["housekeeping"]["timetable"] == "17 3 * * *"
    assert listed["housekeeping"]["next_at"].endswith("T03:17:00.000Z")
    assert listed["housekeeping"]["last"] is None
    assert ok(await admin.post("/admin/jobs/housekeeping/run"))["running"]

    async def newest() -> Any:
        runs = ok(await admin.get("/admin/jobs/housekeeping/runs"))
        return runs[0] if runs else {"outcome": None}

    async with asyncio.timeout(PATIENCE):
        while not (run := await newest())["outcome"]:
            await asyncio.sleep(0.01)
    assert (run["outcome"], run["by"], run["due"]) == ("done", admin.user_id, None)
    await door.server.trail.keep()
    [told] = ok(await admin.get("/admin/audit", action="job.run"))
    assert (told["by"], told["details"]) == (admin.user_id, {"what": "housekeeping"})
    assert told["place"]
    text = await (await door.get("/metrics")).text()
    assert 'messenger_job_runs_total{job="housekeeping",outcome="done"} 1.0' in text
    assert 'messenger_job_last_done_timestamp_seconds{job="housekeeping"}' in text


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/admin/jobs/nonsense/run"), ("GET", "/admin/jobs/%00/runs")]
)
async def test_what_is_no_job_is_not_found(admin: Person, method: str, path: str) -> None:
    status, body = await admin.ask(method, path)
    assert (status, body["error"]["code"]) == (404, "not_found")


async def test_what_is_stored_is_shown_with_its_backups(door: Door, admin: Person) -> None:
    state = ok(await admin.get("/admin/data"))
    assert (state["backups"], state["old"], state["daily"], state["same_disk"]) == (
        [], False, True, True,
    )  # fmt: skip
    server = door.server
    made = await make(server.settings, server.database, server.clock, lambda *_: asyncio.sleep(0))
    state = ok(await admin.get("/admin/data"))
    assert [(each["name"], each["state"]) for each in state["backups"]] == [(made.name, "proven")]
    stored = {each["kind"]: each for each in state["stored"]}
    assert stored["database"]["bytes"] > 1_000_000
    assert stored["backups"]["count"] == 1
    nothing = {"parts": 0, "messages": 0, "until": None, "verified_at": None, "fault": None}
    assert state["archive"] == nothing


async def test_what_a_migration_owes_is_done_beside_serving(api: Api, dsn: str) -> None:
    fetch(dsn, "drop index files_of_chat")
    fetch(dsn, "insert into beside (name) values ('files_of_chat')")
    door = await api(DATABASE_URL=dsn)
    admin = await sign_up(door, "root", "admin")

    async def newest() -> Any:
        runs = ok(await admin.get("/admin/jobs/beside/runs"))
        return runs and runs[0]["outcome"] and runs[0]

    run = await until(newest)
    assert (run["outcome"], run["details"], run["by"]) == ("done", {"left": []}, 0)
    assert "messenger_beside_owed 0.0" in await (await door.get("/metrics")).text()
