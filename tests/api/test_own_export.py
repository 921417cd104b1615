"""A person takes along what is theirs: a file, made by a job, fetched by them alone, for a day."""

import asyncio
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from messenger.errors import RateLimited
from messenger.store.rows import exports
from tests.api.cast import Person, ok
from tests.api.conftest import Api, NewClient, url_of
from tests.api.people import bearer
from tests.waiting import PATIENCE


@pytest.fixture
async def door(api: Api, dsn: str) -> Any:
    """Exports are made by a process of their own, which has to find the database."""
    return await api(DATABASE_URL=url_of(dsn))


async def ready(person: Person) -> Any:
    ok(await person.post("/users/me/export"))
    async with asyncio.timeout(PATIENCE):
        while (state := ok(await person.get("/users/me/export")))["state"] == "waiting":
            await asyncio.sleep(0.05)
    return state


async def fetched(person: Person, id: str) -> tuple[int, bytes]:
    headers = bearer({"access": person.access})
    async with person.door.get(f"/api/v1/files/exports/{id}", headers=headers) as answer:
        return answer.status, await answer.read()


async def test_a_person_takes_along_what_is_theirs_for_a_day(
    admin: Person, client: NewClient, tmp_path: Path
) -> None:
    alice, bob = await client("alice"), await client("bob")
    assert ok(await alice.get("/users/me/export"))["state"] == "none"
    group = await alice.group(bob, title="Lobby")
    [file] = ok(await alice.upload(group, ("plan.txt", b"the plan")))
    await alice.send(group, "her words", file_ids=[file["id"]])
    await bob.send(group, "his words")
    state = await ready(alice)
    assert state["state"] == "ready"
    status, content = await fetched(alice, state["id"])
    assert (status, len(content)) == (200, state["bytes"])
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        lines = packed.read(f"logs/{group}.jsonl").decode().splitlines()
        assert [json.loads(line)["message"]["text"] for line in lines[1:]] == ["her words"]
        assert json.loads(packed.read("users.jsonl"))["username"] == "alice"
        contents = [name for name in packed.namelist() if name.startswith("contents/")]
        assert [packed.read(name) for name in contents] == [b"the plan"]
        assert b"his words" not in b"".join(map(packed.read, packed.namelist()))
    # Nobody else's, and one at a time.
    assert (await fetched(bob, state["id"]))[0] == 404
    assert ok(await alice.post("/users/me/export")) == state
    told = ok(await admin.get("/admin/audit", action="data"))
    assert [(each["action"], each["by"], each["subject"]) for each in told] == [
        ("data.export", alice.user_id, alice.user_id)
    ]
    folder = tmp_path / "exports"
    assert names_in(folder) == [f"{state['id']}.zip"]
    server = alice.door.server
    server.advance(timedelta(days=1, seconds=1))
    server.schedule.run_now("exports", None)
    async with asyncio.timeout(PATIENCE):
        while names_in(folder):
            await asyncio.sleep(0.05)
    assert (await exports.find(server.database, alice.user_id)).state == "none"


async def test_asking_again_and_again_has_an_end(client: NewClient) -> None:
    alice, bob = await client("alice"), await client("bob")
    server = alice.door.server
    for _ in range(exports.A_DAY):
        await exports.ask(server.database, alice.user_id, server.clock())
        await exports.remove(server.database, alice.user_id)
    status, body = await alice.post("/users/me/export")
    assert (status, body["error"]["code"]) == (429, "rate_limited")
    with pytest.raises(RateLimited) as refused:
        await exports.ask(server.database, alice.user_id, server.clock())
    assert 0 < refused.value.retry_after_ms <= 24 * 3600 * 1000
    assert (await exports.find(server.database, alice.user_id)).state == "none"
    assert (await exports.ask(server.database, bob.user_id, server.clock())).state == "waiting"
    server.advance(timedelta(days=1, seconds=1))
    again = await exports.ask(server.database, alice.user_id, server.clock())
    assert again.state == "waiting"


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
