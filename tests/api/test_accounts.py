import asyncio
import statistics
from time import perf_counter
from typing import Any

import pytest

from messenger.store.postgres import PostgresStore
from tests.api.people import (
    OPEN,
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


@pytest.mark.leaves_nothing
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


# A new password


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


async def test_who_signs_in_with_the_new_password_at_once_stays(
    api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    asked = PostgresStore.sessions

    async def slowly(*given: Any) -> list[str]:
        await asyncio.sleep(0.05)
        return await asked(*given)

    monkeypatch.setattr(PostgresStore, "sessions", slowly)
    body = {"old": PASSWORD, "new": "another good password"}
    await data(await client.post("/api/v1/auth/password", json=body, headers=bearer(alice)))
    phone = await data(await sign_in(client, "alice", "another good password"))
    await asyncio.sleep(0.1)
    assert await who(client, phone) == 200


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


# The notebook


async def test_a_new_account_has_its_notebook_on_the_first_page(api: Any) -> None:
    client = await api(**OPEN)
    admin = await join(client, "admin", invite=await first_code(client))
    alice = await join(client, "alice")
    body = {"username": "guest", "role": "guest", "password": PASSWORD}
    await data(await client.post("/api/v1/admin/users", json=body, headers=bearer(admin)))
    guest = await data(await sign_in(client, "guest"))
    for person in (admin, alice, guest):
        response = await client.get("/api/v1/sync/bootstrap", headers=bearer(person))
        mine = person["user"]["id"]
        (notebook,) = [
            each for each in await data(response) if each["chat"]["user_ids"] == [mine]
        ]  # fmt: skip
        assert (notebook["chat"]["created_by"], notebook["my"]["role"]) == (mine, "member")
        opened = await client.post(
            "/api/v1/chats/direct", json={"user_id": mine}, headers=bearer(person)
        )
        assert await data(opened) == notebook["chat"]
