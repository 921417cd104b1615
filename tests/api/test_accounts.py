import asyncio
import statistics
from datetime import timedelta
from time import perf_counter
from typing import Any

import pytest

from tests.api.people import PASSWORD, bearer, data, first_code, join, refusal, sign_in

OPEN = {"REGISTRATION": "open"}


async def refresh(client: Any, token: str) -> Any:
    return await client.post("/api/v1/auth/refresh", json={"refresh": token})


async def who(client: Any, signed_in: dict[str, Any]) -> int:
    return (await client.get("/api/v1/me", headers=bearer(signed_in))).status


# Registration


async def test_who_registers_is_signed_in(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice", display_name=" Алиса ", email="a@x.org")
    assert alice["user"]["display_name"] == "Алиса"
    assert (alice["user"]["role"], alice["user"]["email"]) == ("user", "a@x.org")
    assert (alice["expires_in"], alice["user"]["locale"]) == (900, "ru")
    assert await data(await client.get("/v1/users/me", headers=bearer(alice))) == alice["user"]


async def test_64_cyrillic_letters_are_a_password_to_the_last(api: Any) -> None:
    client = await api(**OPEN)
    password = "съешьещёэтихмягкихфранцузскихбулокдавыпейчаюсъешьещёэтихмягкихфр"
    assert len(password) == 64
    await join(client, "alice", password=password)
    assert (await sign_in(client, "alice", password)).status == 200
    assert (await sign_in(client, "alice", password[:-1] + "я")).status == 401


@pytest.mark.parametrize(
    "body",
    [
        {"username": "al"}, {"username": "аlice"}, {"username": "alice\u200b"}, {"username": 5},
        {"password": "short"}, {"password": "12345678"}, {"password": "x" * 1025},
        {"email": "nobody"}, {"display_name": "a\u202eb"}, {"role": "admin"}, {"id": 1},
        {"disabled_at": None}, {"username": "alice\x00"},
    ],
)  # fmt: skip
async def test_what_may_not_be_registered_is_refused(api: Any, body: dict[str, Any]) -> None:
    client = await api(**OPEN)
    whole = {"username": "alice", "password": PASSWORD, **body}
    response = await client.post("/api/v1/auth/register", json=whole)
    assert await refusal(response) == (422, "validation_failed")


@pytest.mark.parametrize(
    "taken", [{"username": "ALICE"}, {"username": "aIice"}, {"email": "A@x.org"}]
)
async def test_a_name_that_is_taken_or_looks_it_is_refused(api: Any, taken: dict[str, str]) -> None:
    client = await api(**OPEN)
    await join(client, "alice", email="a@x.org")
    body = {"username": "bob", "password": PASSWORD, **taken}
    response = await client.post("/api/v1/auth/register", json=body)
    assert await refusal(response) == (409, "already_exists")


async def test_a_registration_repeated_under_its_key_signs_in(api: Any) -> None:
    client = await api(**OPEN)
    body, key = {"username": "alice", "password": PASSWORD}, {"Idempotency-Key": "k"}
    first = await client.post("/api/v1/auth/register", json=body, headers=key)
    again = await client.post("/api/v1/auth/register", json=body, headers=key)
    assert (await data(again))["user"] == (await data(first))["user"]
    body["password"] = "another password"
    response = await client.post("/api/v1/auth/register", json=body, headers=key)
    assert await refusal(response) == (409, "already_exists")


async def test_a_registration_repeated_does_not_need_another_invitation(api: Any) -> None:
    client = await api()
    body = {"username": "alice", "password": PASSWORD, "invite": await first_code(client)}
    for _ in range(2):
        response = await client.post(
            "/api/v1/auth/register", json=body, headers={"Idempotency-Key": "k"}
        )
        assert (await data(response))["user"]["role"] == "admin"


async def test_nobody_registers_uninvited_by_default(api: Any) -> None:
    client = await api()
    for invite in ({}, {"invite": "nonsense"}, {"invite": "A" * 32}):
        body = {"username": "alice", "password": PASSWORD, **invite}
        response = await client.post("/api/v1/auth/register", json=body)
        assert await refusal(response) == (403, "registration_closed")


@pytest.mark.parametrize("registration", ["open", "invite", "closed"])
async def test_the_first_invitation_makes_one_administrator(api: Any, registration: str) -> None:
    client = await api(REGISTRATION=registration)
    code = await first_code(client)
    admin = await join(client, "alice", invite=code)
    assert admin["user"]["role"] == "admin"
    body = {"username": "bob", "password": PASSWORD, "invite": code}
    response = await client.post("/api/v1/auth/register", json=body)
    assert await refusal(response) == (403, "registration_closed")


async def test_an_invitation_that_two_take_at_once_is_one_accounts(api: Any) -> None:
    client = await api()
    code = await first_code(client)
    responses = await asyncio.gather(*(
        client.post(
            "/api/v1/auth/register",
            json={"username": name, "password": PASSWORD, "invite": code},
        )
        for name in ("alice", "bob", "carol")
    ))  # fmt: skip
    assert sorted(response.status for response in responses) == [201, 403, 403]


# Login


@pytest.mark.parametrize("how", ["login", "username", "email"])
async def test_one_signs_in_by_name_or_address(api: Any, how: str) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice", email="a@x.org")
    given = "A@X.org" if how == "email" else "Alice"
    body = {how: given, "password": PASSWORD}
    again = await data(await client.post("/api/v1/auth/login", json=body))
    assert again["user"] == alice["user"]
    assert again["access"] != alice["access"]


@pytest.mark.parametrize("names", [{}, {"login": "alice", "email": "a@x.org"}, {"login": ""}])
async def test_who_signs_in_is_named_once(api: Any, names: dict[str, str]) -> None:
    client = await api()
    response = await client.post("/api/v1/auth/login", json={**names, "password": PASSWORD})
    assert await refusal(response) == (422, "validation_failed")


async def test_an_unknown_user_and_a_wrong_password_are_told_alike(api: Any) -> None:
    client = await api(**OPEN)
    await join(client, "alice", email="a@x.org")
    answers = [
        await (await sign_in(client, name, "a wrong password")).read()
        for name in ("alice", "a@x.org", "nobody", "no@x.org", "", "\ud83d\ude00", "x" * 256)
        if name
    ]
    assert len(set(answers)) == 1
    assert b"invalid_credentials" in answers[0]


async def test_an_unknown_user_takes_as_long_as_a_wrong_password(api: Any) -> None:
    client = await api(**OPEN, BCRYPT_ROUNDS="9")
    await join(client, "alice")

    async def seconds(name: str) -> float:
        started = perf_counter()
        assert (await sign_in(client, name, "a wrong password")).status == 401
        return perf_counter() - started

    times = [(await seconds("alice"), await seconds("nobody")) for _ in range(9)]
    known, unknown = (statistics.median(each) for each in zip(*times, strict=True))
    # Without the check against nobody's hash the quotient is below a third.
    assert unknown > known / 2


async def test_a_disabled_account_is_told_like_a_wrong_password(api: Any) -> None:
    client = await api(**OPEN)
    admin = await join(client, "admin", invite=await first_code(client))
    alice = await join(client, "alice")
    wrong = await (await sign_in(client, "alice", "a wrong password")).read()
    path = f"/api/v1/admin/users/{alice['user']['id']}"
    await data(await client.patch(path, json={"disabled": True}, headers=bearer(admin)))
    assert await (await sign_in(client, "alice")).read() == wrong
    assert await who(client, alice) == 401
    assert (await refresh(client, alice["refresh"])).status == 401


async def test_too_many_attempts_on_an_account_are_refused_from_there(api: Any) -> None:
    client = await api(**OPEN, AUTH_RATE_LIMIT_MAX_REQUESTS="5")
    await join(client, "alice")
    headers = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(7)]
    statuses = []
    for number, name in enumerate(["alice", "ALICE", "Alice", "aIice", "alice", "alice", "alice"]):
        body = {"login": name, "password": "a wrong password"}
        response = await client.post("/api/v1/auth/login", json=body, headers=headers[number])
        statuses.append(response.status)
    assert statuses == [401] * 5 + [429] * 2
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert (await sign_in(client, "bob", "a wrong password")).status == 401


async def test_what_a_trusted_proxy_says_is_the_source(api: Any) -> None:
    client = await api(**OPEN, AUTH_RATE_LIMIT_MAX_REQUESTS="2", TRUSTED_PROXIES="127.0.0.1")
    await join(client, "alice")
    for source, expected in (("a", [401, 401, 429]), ("b", [401, 401, 429])):
        address = {"a": "2001:db8:1:2::1", "b": "2001:db8:1:3::1"}[source]
        for status in expected:
            response = await client.post(
                "/api/v1/auth/login",
                json={"login": "alice", "password": "a wrong password"},
                headers={"X-Forwarded-For": address},
            )
            assert response.status == status


# Refresh


async def test_a_refresh_gives_a_new_pair(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    fresh = await data(await refresh(client, alice["refresh"]))
    assert fresh["refresh"] != alice["refresh"]
    assert fresh["user"] == alice["user"]
    assert await who(client, fresh) == 200
    assert await who(client, alice) == 200


async def test_tabs_that_refresh_at_once_get_the_same_token(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    answers = await asyncio.gather(*(refresh(client, alice["refresh"]) for _ in range(5)))
    assert len({(await data(answer))["refresh"] for answer in answers}) == 1


async def test_a_token_used_long_ago_ends_the_session(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    second = await data(await refresh(client, alice["refresh"]))
    third = await data(await refresh(client, second["refresh"]))
    late_tab = await data(await refresh(client, alice["refresh"]))
    assert late_tab["refresh"] == third["refresh"]
    client.server.advance(timedelta(seconds=11))
    assert await refusal(await refresh(client, alice["refresh"])) == (401, "unauthorized")
    assert (await refresh(client, third["refresh"])).status == 401
    assert await who(client, third) == 401


async def test_a_session_runs_out_a_month_after_its_last_use(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    client.server.advance(timedelta(days=29))
    assert await refusal(await client.get("/api/v1/me", headers=bearer(alice))) == (
        401, "token_expired",
    )  # fmt: skip
    fresh = await data(await refresh(client, alice["refresh"]))
    client.server.advance(timedelta(days=29))
    fresh = await data(await refresh(client, fresh["refresh"]))
    client.server.advance(timedelta(days=31))
    assert await refusal(await refresh(client, fresh["refresh"])) == (401, "unauthorized")


@pytest.mark.parametrize("which", ["access", "none", "nonsense", "changed"])
async def test_what_is_no_refresh_token_is_refused(api: Any, which: str) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    head, claims, signature = alice["refresh"].split(".")
    tokens = {
        "access": alice["access"],
        "none": f"eyJhbGciOiJub25lIn0.{claims}.",
        "nonsense": "x",
        "changed": f"{head}.{claims}.{signature[:-2]}AA",
    }
    assert await refusal(await refresh(client, tokens[which])) == (401, "unauthorized")


async def test_a_refresh_token_opens_nothing(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    assert await who(client, {"access": alice["refresh"]}) == 401


# The cookie


def origin(client: Any) -> dict[str, str]:
    return {"Origin": client.server.settings.base_url}


async def test_a_browsers_refresh_token_is_in_a_cookie_alone(api: Any) -> None:
    client = await api(**OPEN)
    await join(client, "alice")
    response = await sign_in(client, "alice", cookie=True)
    assert (await data(response))["refresh"] is None
    cookie = response.headers["Set-Cookie"]
    for word in ("refresh=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"):
        assert word in cookie
    assert "Secure" not in cookie
    fresh = await client.post("/api/v1/auth/refresh", headers=origin(client))
    assert (await data(fresh))["refresh"] is None
    assert fresh.headers["Set-Cookie"] != cookie


async def test_with_tls_the_cookie_is_tied_to_the_host(api: Any) -> None:
    client = await api(**OPEN, BASE_URL="https://chat.example.org")
    await join(client, "alice")
    cookie = (await sign_in(client, "alice", cookie=True)).headers["Set-Cookie"]
    assert cookie.startswith("__Host-refresh=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("path", ["refresh", "logout"])
@pytest.mark.parametrize("other", [None, "null", "https://evil.example", "http://127.0.0.1:1"])
async def test_the_cookie_is_for_our_own_pages(api: Any, path: str, other: str | None) -> None:
    client = await api(**OPEN)
    await join(client, "alice", cookie=True)
    headers = {} if other is None else {"Origin": other}
    response = await client.post(f"/api/v1/auth/{path}", headers=headers)
    assert await refusal(response) == (403, "forbidden")
    assert (await client.post("/api/v1/auth/refresh", headers=origin(client))).status == 200


# Leaving


async def test_signing_out_ends_tokens_and_cookie(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice", cookie=True)
    response = await client.post("/api/v1/auth/logout", headers=bearer(alice))
    assert await data(response) == {}
    assert "Max-Age=0" in response.headers["Set-Cookie"]
    assert await who(client, alice) == 401
    again = await client.post("/api/v1/auth/refresh", headers=origin(client))
    assert await refusal(again) == (401, "unauthorized")


async def test_signing_out_works_after_the_access_token_ran_out_and_twice(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    client.server.advance(timedelta(hours=1))
    for _ in range(2):
        response = await client.post(
            "/api/v1/auth/logout", json={"refresh": alice["refresh"]}, headers=bearer(alice)
        )
        assert await data(response) == {}
    assert (await refresh(client, alice["refresh"])).status == 401


async def test_nobody_signs_out_without_saying_who(api: Any) -> None:
    client = await api()
    assert await refusal(await client.post("/api/v1/auth/logout")) == (401, "unauthorized")


async def test_sessions_are_listed_and_ended_one_by_one(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    phone = await data(await sign_in(client, "alice", device="Phone\x1b[31m"))
    listed = await data(await client.get("/api/v1/sessions", headers=bearer(alice)))
    by_device = {each["device"]: each for each in listed}
    assert by_device["Phone[31m"]["current"] is False
    assert sum(each["current"] for each in listed) == 1
    path = f"/api/v1/sessions/{by_device['Phone[31m']['id']}"
    for _ in range(2):
        assert await data(await client.delete(path, headers=bearer(alice))) == {}
    assert await who(client, phone) == 401
    assert await who(client, alice) == 200
    assert len(await data(await client.get("/api/v1/sessions", headers=bearer(alice)))) == 1


async def test_another_persons_session_cannot_be_seen_or_ended(api: Any) -> None:
    client = await api(**OPEN)
    alice, bob = await join(client, "alice"), await join(client, "bob")
    (session,) = await data(await client.get("/api/v1/sessions", headers=bearer(bob)))
    for name in (session["id"], "00000000-0000-4000-8000-000000000000", "x", session["id"].upper()):
        response = await client.delete(f"/api/v1/sessions/{name}", headers=bearer(alice))
        assert await refusal(response) == (404, "not_found")
    assert await who(client, bob) == 200


async def test_a_new_password_ends_the_other_sessions(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    other = await data(await sign_in(client, "alice"))
    body = {"old": PASSWORD, "new": "another good password"}
    await data(await client.post("/api/v1/auth/password", json=body, headers=bearer(alice)))
    assert await who(client, alice) == 200
    assert await who(client, other) == 401
    assert (await sign_in(client, "alice")).status == 401
    assert (await sign_in(client, "alice", "another good password")).status == 200


async def test_a_new_password_needs_the_old_one_and_is_limited(api: Any) -> None:
    client = await api(**OPEN, AUTH_RATE_LIMIT_MAX_REQUESTS="2")
    alice = await join(client, "alice")
    body = {"old": "a wrong password", "new": "another good password"}
    codes = [
        (await refusal(await client.post("/v1/auth/password", json=body, headers=bearer(alice))))
        for _ in range(3)
    ]
    assert codes == [(401, "invalid_credentials")] * 2 + [(429, "rate_limited")]
    assert (await sign_in(client, "alice")).status == 200


async def test_a_change_repeated_under_its_key_is_answered_again(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    body = {"old": PASSWORD, "new": "another good password"}
    headers = {**bearer(alice), "Idempotency-Key": "k"}
    for _ in range(2):
        assert await data(await client.post("/v1/auth/password", json=body, headers=headers)) == {}


async def test_a_new_password_must_be_a_good_one(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    for new in ("short", "12345678", "x" * 1025):
        response = await client.post(
            "/v1/auth/password", json={"old": PASSWORD, "new": new}, headers=bearer(alice)
        )
        assert await refusal(response) == (422, "validation_failed")


# People


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


@pytest.mark.parametrize(
    "change",
    [
        {"role": "admin"}, {"disabled": True}, {"username": "bob"}, {"user_id": 1}, {"id": 1},
        {"avatar_url": "https://evil.example"}, {"password_hash": "x"}, {"display_name": ""},
        {"display_name": None}, {"locale": "xx"}, {"time_zone": "../etc"}, {"email": "x"},
    ],
)  # fmt: skip
async def test_nothing_else_can_be_set(api: Any, change: dict[str, Any]) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    response = await client.patch("/api/v1/users/me", json=change, headers=bearer(alice))
    assert await refusal(response) == (422, "validation_failed")


async def test_others_are_found_without_what_is_private(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    bob = (await join(client, "bob", email="b@x.org"))["user"]
    public = {name: bob[name] for name in bob if name not in ("email", "locale", "time_zone")}
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
