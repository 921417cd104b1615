from typing import Any

import pytest

from messenger.model import SYSTEM
from messenger.protocol.accounts import UpdateUser
from tests.api.people import (
    PASSWORD,
    bearer,
    data,
    first_code,
    join,
    refresh,
    refusal,
    sign_in,
    who,
)


async def admin_of(client: Any) -> dict[str, str]:
    """Make the first administrator; return the headers that sign them in."""
    return bearer(await join(client, "admin", invite=await first_code(client)))


async def add(client: Any, headers: dict[str, str], name: str, **more: Any) -> dict[str, Any]:
    response = await client.post(
        "/api/v1/admin/users", json={"username": name, **more}, headers=headers
    )
    assert response.status == 201, await response.text()
    return await data(response)


@pytest.mark.leaves_nothing
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "users"), ("POST", "users"), ("PATCH", "users/1"), ("POST", "invites"),
        ("GET", "invites"), ("DELETE", "invites/00000000-0000-4000-8000-000000000000"),
        ("GET", "audit"), ("GET", "audit/csv"), ("GET", "status"), ("GET", "data"),
        ("GET", "jobs"), ("GET", "jobs/files/runs"), ("POST", "jobs/files/run"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("role", ["user", "guest"])
async def test_only_administrators_are_let_in(
    client: Any, door: Any, method: str, path: str, role: str
) -> None:
    bob = bearer({"access": (await client(f"bob_{role}", role)).access})
    path = f"/api/v1/admin/{path}"
    assert await refusal(await door.request(method, path, headers=bob)) == (403, "forbidden")
    assert await refusal(await door.request(method, path)) == (401, "unauthorized")


async def test_who_is_added_signs_in_with_the_password_that_was_made(api: Any) -> None:
    client = await api()
    made = await add(client, await admin_of(client), "bob", display_name="Боб", role="guest")
    assert (made["user"]["display_name"], made["user"]["role"]) == ("Боб", "guest")
    assert "email" not in made["user"]
    bob = await data(await sign_in(client, "bob", made["password"]))
    assert bob["user"]["id"] == made["user"]["id"]


async def test_a_given_password_is_not_told_again(api: Any) -> None:
    client = await api()
    made = await add(client, await admin_of(client), "bob", password=PASSWORD)
    assert made["password"] is None
    assert (await sign_in(client, "bob", PASSWORD)).status == 200


async def test_an_account_made_again_under_its_key_is_told_the_same_password(api: Any) -> None:
    client = await api()
    headers = {**await admin_of(client), "Idempotency-Key": "k"}
    made = [await add(client, headers, "bob") for _ in range(2)]
    assert made[0] == made[1]
    assert (await sign_in(client, "bob", made[1]["password"])).status == 200
    response = await client.post("/api/v1/admin/users", json={"username": "carol"}, headers=headers)
    assert await refusal(response) == (422, "idempotency_mismatch")


@pytest.mark.leaves_nothing
@pytest.mark.parametrize(
    "body",
    [
        {"username": "b"}, {"username": "bob", "role": "owner"},
        {"username": "bob", "password": "x"}, {"username": "bob", "email": "x"},
        {"username": "bob", "locale": "xx"},
        {"username": "bob", "time_zone": "Moscow"}, {"username": "bob", "display_name": " "},
        {"username": "bob", "id": 1}, {},
    ],
)  # fmt: skip
async def test_an_account_that_may_not_be_is_refused(
    door: Any, admin: Any, body: dict[str, Any]
) -> None:
    headers = bearer({"access": admin.access})
    response = await door.post("/api/v1/admin/users", json=body, headers=headers)
    assert await refusal(response) == (422, "validation_failed")


async def test_all_accounts_are_listed_in_pages(api: Any) -> None:
    client = await api()
    headers = await admin_of(client)
    for name in ("bob", "carol"):
        await add(client, headers, name, email=f"{name}@x.org")
    first = await (await client.get("/api/v1/admin/users?limit=2", headers=headers)).json()
    assert [user["username"] for user in first["data"]] == ["admin", "bob"]
    assert first["data"][1]["email"] == "bob@x.org"
    rest = await client.get(f"/api/v1/admin/users?next={first['next']}&limit=2", headers=headers)
    body = await rest.json()
    assert [user["username"] for user in body["data"]] == ["carol"]
    assert body["next"] is None


async def test_an_account_is_changed_and_what_is_not_named_stays(api: Any) -> None:
    client = await api()
    headers = await admin_of(client)
    bob = (await add(client, headers, "bob", email="b@x.org"))["user"]
    path = f"/api/v1/admin/users/{bob['id']}"
    changed = await data(await client.patch(path, json={"role": "guest"}, headers=headers))
    assert (changed["role"], changed["email"], changed["disabled_at"]) == ("guest", "b@x.org", None)


async def test_a_disabled_account_is_out_until_it_is_enabled(api: Any) -> None:
    client = await api()
    headers = await admin_of(client)
    made = await add(client, headers, "bob", password=PASSWORD)
    bob = bearer(await data(await sign_in(client, "bob")))
    path = f"/api/v1/admin/users/{made['user']['id']}"
    await data(await client.patch(path, json={"disabled": True}, headers=headers))
    assert (await client.get("/api/v1/me", headers=bob)).status == 401
    assert (await sign_in(client, "bob")).status == 401
    await data(await client.patch(path, json={"disabled": False}, headers=headers))
    assert (await sign_in(client, "bob")).status == 200


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "user"}, {"role": "guest"}])
async def test_the_last_administrator_stays(api: Any, change: dict[str, Any]) -> None:
    client = await api()
    headers = await admin_of(client)
    me = await data(await client.get("/api/v1/me", headers=headers))
    response = await client.patch(f"/api/v1/admin/users/{me['id']}", json=change, headers=headers)
    assert await refusal(response) == (403, "forbidden")


@pytest.mark.parametrize(
    "change",
    [
        {"username": "x"},
        {"password": PASSWORD},
        {"locale": "en"},
        {"role": "owner"},
        {"email": "x"},
    ],
)
async def test_nothing_else_of_an_account_can_be_set(api: Any, change: dict[str, Any]) -> None:
    client = await api()
    headers = await admin_of(client)
    bob = (await add(client, headers, "bob"))["user"]
    response = await client.patch(f"/api/v1/admin/users/{bob['id']}", json=change, headers=headers)
    assert await refusal(response) == (422, "validation_failed")


@pytest.mark.parametrize("given", ["999999", "0", "x", "9007199254740992"])
async def test_an_account_that_is_not_there_is_not_found(api: Any, given: str) -> None:
    client = await api()
    response = await client.patch(
        f"/api/v1/admin/users/{given}",
        json={"display_name": "x"},
        headers=await admin_of(client),
    )
    assert await refusal(response) == (404, "not_found")


async def test_an_invitation_lets_as_many_in_as_it_says(api: Any) -> None:
    client = await api(BASE_URL="https://chat.example.org")
    response = await client.post(
        "/api/v1/admin/invites", json={"role": "guest", "uses": 2}, headers=await admin_of(client)
    )
    assert response.status == 201
    invite = await data(response)
    assert invite["url"] == f"https://chat.example.org/#/invite/{invite['code']}"
    for name in ("bob", "carol"):
        assert (await join(client, name, invite=invite["code"]))["user"]["role"] == "guest"
    late = await client.post(
        "/api/v1/auth/register",
        json={"username": "dave", "password": PASSWORD, "invite": invite["code"]},
    )
    assert await refusal(late) == (403, "registration_closed")


async def test_a_refused_registration_takes_no_use_of_its_invitation(api: Any) -> None:
    client = await api()
    headers = await admin_of(client)
    code = (await data(await client.post("/api/v1/admin/invites", headers=headers)))["code"]
    body = {"username": "ADMIN", "password": PASSWORD, "invite": code}
    response = await client.post("/api/v1/auth/register", json=body)
    assert await refusal(response) == (409, "already_exists")
    await join(client, "bob", invite=code)


@pytest.mark.parametrize("body", [{"uses": 0}, {"uses": 1001}, {"days": 0}, {"role": "owner"}])
async def test_an_invitation_has_bounds(api: Any, body: dict[str, Any]) -> None:
    client = await api()
    response = await client.post("/api/v1/admin/invites", json=body, headers=await admin_of(client))
    assert await refusal(response) == (422, "validation_failed")


async def test_where_registration_is_closed_nobody_is_invited(api: Any) -> None:
    client = await api(REGISTRATION="closed")
    response = await client.post("/api/v1/admin/invites", headers=await admin_of(client))
    assert await refusal(response) == (403, "registration_closed")


async def test_the_trail_tells_who_did_what(api: Any) -> None:
    client = await api()
    headers = await admin_of(client)
    me = await data(await client.get("/api/v1/me", headers=headers))
    bob = (await add(client, headers, "bob"))["user"]
    await client.patch(f"/api/v1/admin/users/{bob['id']}", json={"disabled": True}, headers=headers)
    await client.post("/api/v1/admin/invites", headers=headers)
    trail = await data(await client.get("/api/v1/admin/audit", headers=headers))
    told = [
        (entry["action"], entry["by"], entry["subject"])
        for entry in trail
        if entry["action"] != "session.open"
    ]
    assert told[:3] == [
        ("invite.create", me["id"], None),
        ("user.update", me["id"], bob["id"]),
        ("user.add", me["id"], bob["id"]),
    ]
    assert told[3:] == [
        ("invite.use", None, me["id"]),
        ("user.add", None, me["id"]),
        ("invite.create", None, None),
    ]
    page = await (await client.get("/api/v1/admin/audit?limit=2", headers=headers)).json()
    rest = await client.get(f"/api/v1/admin/audit?next={page['next']}", headers=headers)
    assert page["data"] + await data(rest) == trail


async def test_the_status_counts_people_and_sessions(api: Any) -> None:
    client = await api()
    headers = await admin_of(client)
    await add(client, headers, "bob")
    status = await data(await client.get("/api/v1/admin/status", headers=headers))
    assert status["people"] == [
        {"role": "admin", "active": 1, "disabled": 0},
        {"role": "user", "active": 1, "disabled": 0},
    ]
    assert (status["sessions"], status["chats"], status["registration"]) == (1, 3, "invite")
    assert status["version"]


@pytest.mark.parametrize("change", [{"role": "user"}, {"disabled": True}, {"email": "e@x.org"}])
async def test_what_administrators_do_to_themselves_is_recorded(
    api: Any, change: dict[str, Any]
) -> None:
    client = await api()
    headers = await admin_of(client)
    await add(client, headers, "eve", role="admin", password=PASSWORD)
    signed_in = await data(await sign_in(client, "eve"))
    me = signed_in["user"]["id"]
    response = await client.patch(
        f"/api/v1/admin/users/{me}", json=change, headers=bearer(signed_in)
    )
    await data(response)
    trail = await data(await client.get("/api/v1/admin/audit", headers=headers))
    assert (trail[0]["action"], trail[0]["by"], trail[0]["subject"]) == ("user.update", me, me)


# A key and what was asked under it


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ({"password": PASSWORD}, {"password": "another good password"}),
        ({"password": PASSWORD}, {}),
        ({}, {"password": PASSWORD}),
        ({}, {"locale": "en"}),
        ({}, {"time_zone": "Europe/Moscow"}),
        ({}, {"display_name": "Robert"}),
        ({}, {"email": "b@x.org"}),
        ({}, {"role": "guest"}),
    ],
)
async def test_a_key_is_for_one_account_in_every_field(
    api: Any, first: dict[str, Any], again: dict[str, Any]
) -> None:
    client = await api()
    headers = {**await admin_of(client), "Idempotency-Key": "k"}
    await add(client, headers, "bob", **first)
    response = await client.post(
        "/api/v1/admin/users", json={"username": "bob", **again}, headers=headers
    )
    assert await refusal(response) == (422, "idempotency_mismatch")


async def test_a_given_password_repeated_under_its_key_is_the_same_account(api: Any) -> None:
    client = await api()
    headers = {**await admin_of(client), "Idempotency-Key": "k"}
    made = [await add(client, headers, "bob", password=PASSWORD) for _ in range(2)]
    assert made[0] == made[1]


# Passwords that were made here


async def test_a_one_time_password_opens_nothing_but_the_way_to_another(api: Any) -> None:
    client = await api()
    headers = {**await admin_of(client), "Idempotency-Key": "k"}
    once = (await add(client, headers, "bob"))["password"]
    bob = await data(await sign_in(client, "bob", once))
    assert bob["must_change_password"]
    assert (await data(await refresh(client, bob["refresh"])))["must_change_password"]
    for method, path in (("GET", "me"), ("GET", "chats"), ("GET", "sessions"), ("POST", "chats")):
        response = await client.request(
            method, f"/api/v1/{path}", json={"title": "x"}, headers=bearer(bob)
        )
        error = (await response.json())["error"]
        assert (response.status, error["code"]) == (403, "forbidden")
        assert error["details"] == {"reason": "password_change_required"}
    socket = await client.session.ws_connect("/api/v1/ws", headers=bearer(bob))
    said = await socket.receive()
    assert (said.data, said.extra) == (4403, "password_change_required")
    change = {"old": once, "new": once}
    again = await client.post("/api/v1/auth/password", json=change, headers=bearer(bob))
    assert await refusal(again) == (422, "validation_failed")
    change["new"] = "bob's own password"
    await data(await client.post("/api/v1/auth/password", json=change, headers=bearer(bob)))
    assert await who(client, bob) == 200
    assert not (await data(await sign_in(client, "bob", change["new"])))["must_change_password"]
    assert (await add(client, headers, "bob"))["password"] is None


# Invitations, later


async def invited(client: Any, headers: dict[str, str], **more: Any) -> dict[str, Any]:
    return await data(await client.post("/api/v1/admin/invites", json=more, headers=headers))


async def registers(client: Any, name: str, code: str) -> int:
    body = {"username": name, "password": PASSWORD, "invite": code}
    return (await client.post("/api/v1/auth/register", json=body)).status


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "user"}, {"role": "guest"}])
async def test_what_an_administrator_invited_to_is_void_once_they_are_none(
    api: Any, change: dict[str, Any]
) -> None:
    client = await api()
    headers = await admin_of(client)
    eve = (await add(client, headers, "eve", role="admin", password=PASSWORD))["user"]["id"]
    made = await invited(client, bearer(await data(await sign_in(client, "eve"))), role="admin")
    await data(await client.patch(f"/api/v1/admin/users/{eve}", json=change, headers=headers))
    assert await registers(client, "mallory", made["code"]) == 403
    back = {"disabled": False, "role": "admin"}
    await data(await client.patch(f"/api/v1/admin/users/{eve}", json=back, headers=headers))
    assert await registers(client, "mallory", made["code"]) == 403
    listed = await data(await client.get("/api/v1/admin/invites", headers=headers))
    assert (listed[0]["id"], listed[0]["good"], listed[0]["url"]) == (made["id"], False, None)


async def test_invitations_are_listed_with_who_came_and_taken_back(api: Any) -> None:
    client = await api()
    headers = await admin_of(client)
    made = await invited(client, headers, uses=3)
    bob = (await join(client, "bob", invite=made["code"]))["user"]["id"]
    page = await (await client.get("/api/v1/admin/invites?limit=1", headers=headers)).json()
    (listed,) = page["data"]
    assert (listed["id"], listed["uses"], listed["uses_left"]) == (made["id"], 3, 2)
    assert (listed["user_ids"], listed["good"], listed["url"]) == ([bob], True, made["url"])
    rest = await client.get(f"/api/v1/admin/invites?next={page['next']}", headers=headers)
    (first,) = await data(rest)
    assert (first["role"], first["created_by"], first["good"]) == ("admin", None, False)
    good = await data(await client.get("/api/v1/admin/invites?good=true", headers=headers))
    assert [each["id"] for each in good] == [made["id"]]
    path = f"/api/v1/admin/invites/{made['id']}"
    for _ in range(2):
        assert await data(await client.delete(path, headers=headers)) == {}
    assert await registers(client, "carol", made["code"]) == 403
    path = "/api/v1/admin/audit?action=invite"
    trail = await data(await client.get(path, headers=headers))
    assert [entry["action"] for entry in trail[:2]] == ["invite.revoke", "invite.use"]
    assert trail[0]["details"] == {"invite": made["id"]}


@pytest.mark.parametrize("name", ["x", "00000000-0000-4000-8000-000000000000", "1"])
async def test_an_invitation_that_is_not_there_cannot_be_taken_back(api: Any, name: str) -> None:
    client = await api()
    headers = await admin_of(client)
    response = await client.delete(f"/api/v1/admin/invites/{name}", headers=headers)
    assert await refusal(response) == (404, "not_found")


# The first administrator


async def test_an_open_door_gives_nobody_the_administrators_seat(api: Any) -> None:
    client = await api(REGISTRATION="open")
    code = await first_code(client)
    stranger = await join(client, "stranger")
    assert stranger["user"]["role"] == "user"
    assert await first_code(client) == code
    admin = await join(client, "admin", invite=code)
    chats = await data(await client.get("/api/v1/chats", headers=bearer(admin)))
    org = next(chat for chat in chats if chat["kind"] == "org")
    assert org["my"]["role"] == "owner"
    chats = await data(await client.get("/api/v1/chats", headers=bearer(stranger)))
    assert next(chat for chat in chats if chat["kind"] == "org")["my"]["role"] == "member"


async def test_the_first_link_is_void_once_there_is_an_administrator(api: Any) -> None:
    client = await api(REGISTRATION="open")
    code = await first_code(client)
    stranger = (await join(client, "stranger"))["user"]["id"]
    promote = UpdateUser(user_id=stranger, role="admin")
    await client.server.directory.ask(SYSTEM, promote)
    assert await registers(client, "mallory", code) == 403
