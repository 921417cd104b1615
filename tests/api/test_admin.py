from typing import Any

import pytest

from tests.api.people import PASSWORD, bearer, data, first_code, join, refusal, sign_in


async def admin_of(client: Any) -> dict[str, str]:
    """Make the first administrator; return the headers that sign them in."""
    return bearer(await join(client, "admin", invite=await first_code(client)))


async def add(client: Any, headers: dict[str, str], name: str, **more: Any) -> dict[str, Any]:
    response = await client.post(
        "/api/v1/admin/users", json={"username": name, **more}, headers=headers
    )
    assert response.status == 201, await response.text()
    return await data(response)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "users"), ("POST", "users"), ("PATCH", "users/1"), ("POST", "invites"),
        ("GET", "audit"), ("GET", "status"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("role", ["user", "guest"])
async def test_only_administrators_are_let_in(api: Any, method: str, path: str, role: str) -> None:
    client = await api()
    made = await add(client, await admin_of(client), "bob", role=role)
    bob = bearer(await data(await sign_in(client, "bob", made["password"])))
    path = f"/api/v1/admin/{path}"
    assert await refusal(await client.request(method, path, headers=bob)) == (403, "forbidden")
    assert await refusal(await client.request(method, path)) == (401, "unauthorized")


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
async def test_an_account_that_may_not_be_is_refused(api: Any, body: dict[str, Any]) -> None:
    client = await api()
    response = await client.post("/api/v1/admin/users", json=body, headers=await admin_of(client))
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
    made = await add(client, headers, "bob")
    bob = bearer(await data(await sign_in(client, "bob", made["password"])))
    path = f"/api/v1/admin/users/{made['user']['id']}"
    await data(await client.patch(path, json={"disabled": True}, headers=headers))
    assert (await client.get("/api/v1/me", headers=bob)).status == 401
    assert (await sign_in(client, "bob", made["password"])).status == 401
    await data(await client.patch(path, json={"disabled": False}, headers=headers))
    assert (await sign_in(client, "bob", made["password"])).status == 200


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
    told = [(entry["action"], entry["by"], entry["subject"]) for entry in trail]
    assert told[:3] == [
        ("invite.create", me["id"], None),
        ("user.update", me["id"], bob["id"]),
        ("user.add", me["id"], bob["id"]),
    ]
    assert told[3:] == [("user.add", None, me["id"]), ("invite.create", None, None)]
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
