from typing import Any

import pytest

from tests.api.people import (
    OPEN,
    bearer,
    data,
    join,
    refusal,
)


async def test_one_changes_ones_own_name_address_and_settings(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    changes = {"display_name": " A ", "email": "a@x.org", "locale": "en", "time_zone": "Asia/Omsk"}
    changed = await data(
        await client.patch("/api/v1/users/me", json=changes, headers=bearer(alice))
    )
    assert {name: changed[name] for name in changes} == {**changes, "display_name": "A"}
    gone = await client.patch("/api/v1/users/me", json={"email": None}, headers=bearer(alice))
    assert (await data(gone))["email"] is None
    assert await data(await client.get("/api/v1/me", headers=bearer(alice))) == await data(gone)


@pytest.mark.leaves_nothing
@pytest.mark.parametrize(
    "change",
    [
        {"role": "admin"}, {"disabled": True}, {"username": "bob"}, {"user_id": 1}, {"id": 1},
        {"avatar_url": "https://evil.example"}, {"password_hash": "x"}, {"display_name": ""},
        {"display_name": None}, {"locale": "xx"}, {"time_zone": "../etc"}, {"email": "x"},
    ],
)  # fmt: skip
async def test_nothing_else_can_be_set(alice: Any, door: Any, change: dict[str, Any]) -> None:
    headers = bearer({"access": alice.access})
    response = await door.patch("/api/v1/users/me", json=change, headers=headers)
    assert await refusal(response) == (422, "validation_failed")


async def test_others_are_found_without_what_is_private(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    bob = (await join(client, "bob", email="b@x.org"))["user"]
    private = ("email", "email_verified_at", "locale", "time_zone")
    public = {name: bob[name] for name in bob if name not in private}
    headers = bearer(alice)
    found = await client.get("/api/v1/users/search?query=bo", headers=headers)
    assert await found.json() == {"data": [public], "next": None}
    batch = await client.post(
        "/api/v1/users/batch", json={"ids": [bob["id"], 999_999]}, headers=headers
    )
    assert await data(batch) == [public]
    assert await data(await client.get(f"/api/v1/users/{bob['id']}", headers=headers)) == public
    missing = await client.get("/api/v1/users/999999", headers=headers)
    assert await refusal(missing) == (404, "not_found")


async def test_no_answer_holds_a_secret(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    for path in ("me", "users/search", "sessions", f"users/{alice['user']['id']}"):
        text = await (await client.get(f"/api/v1/{path}", headers=bearer(alice))).text()
        for word in ("hash", "$2b$", "secret", "generation", "username_key"):
            assert word not in text
