"""Lists that anybody can make long come in pages."""

from datetime import timedelta

import pytest

from messenger.errors import NotFound
from messenger.store.db import Connection
from messenger.store.rows import message_columns, sessions
from messenger.store.rows.reactions import SHOWN_REACTIONS
from tests.api.cast import HASH, Door, Person, ok

PEOPLE = 45


async def given(door: Door, alice: Person, lobby: int, seq: int) -> None:
    """Many people's reactions, without the many people."""
    rows = "select :c, :s, e, u, u from unnest(array['👍','🎉']) e, generate_series(1000, :l) u"
    values = {"c": lobby, "s": seq, "l": 1000 + PEOPLE - 1}
    for name, value in values.items():
        rows = rows.replace(f":{name}", str(value))

    async def work(connection: Connection) -> None:
        await connection.command(f"insert into reactions {rows}")
        await connection.command(f"update messages set rev = rev + 1 where chat_id = {lobby}")

    await door.server.database.transact(work)


async def test_reactions_come_in_pages(door: Door, alice: Person, lobby: int) -> None:
    seq = await alice.send(lobby)
    await given(door, alice, lobby, seq)
    path = f"/chats/{lobby}/messages/{seq}"
    shown = ok(await alice.get(path))["reactions"]
    assert [(r["count"], len(r["user_ids"])) for r in shown] == [(PEOPLE, SHOWN_REACTIONS)] * 2
    pages = await alice.all_of(f"{path}/reactions", limit=20)
    assert {part["count"] for part in pages} == {PEOPLE}
    for emoji in ("👍", "🎉"):
        people = [id for part in pages if part["emoji"] == emoji for id in part["user_ids"]]
        assert people == list(range(1000, 1000 + PEOPLE))
    _, body = await alice.get(f"{path}/reactions", limit=20)
    assert sum(len(part["user_ids"]) for part in body["data"]) == 20


async def test_a_reaction_reads_no_other_persons(
    door: Door, alice: Person, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq = await alice.send(lobby)
    await given(door, alice, lobby, seq)

    async def refused(*_: object, **__: object) -> None:
        raise NotFound("all reactions were read")

    monkeypatch.setattr(message_columns, "reactions_to", refused)
    ok(await alice.put(f"/chats/{lobby}/messages/{seq}/reactions/👍"))
    ok(await alice.delete(f"/chats/{lobby}/messages/{seq}/reactions/👍"))


async def test_sessions_come_in_pages(door: Door, alice: Person) -> None:
    now = door.server.clock()
    for number in range(7):
        id = f"00000000-0000-4000-8000-{number:012}"
        at = now - timedelta(minutes=number // 2)
        await sessions.open_session(
            door.server.database, id, alice.user_id, HASH, "test", at, at + timedelta(days=1)
        )
    whole = ok(await alice.get("/sessions"))
    assert len(whole) == 8
    assert await alice.all_of("/sessions", limit=3) == whole


async def test_the_summary_comes_in_pages(alice: Person, bob: Person, lobby: int) -> None:
    for who in (alice.user_id, bob.user_id, None):
        ok(await alice.post("/tasks", {"title": "do", "chat_id": lobby, "assigned_to": who}))
    whole = ok(await alice.get("/tasks/summary"))
    assert [row["user_id"] for row in whole] == [*sorted((alice.user_id, bob.user_id)), None]
    assert await alice.all_of("/tasks/summary", limit=1) == whole
