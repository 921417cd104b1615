import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.api.people import (
    OPEN,
    bearer,
    data,
    join,
    refresh,
    refusal,
    sign_in,
    who,
)

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


async def test_a_clock_that_is_set_back_signs_nobody_out(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    client.server.advance(-timedelta(hours=1))
    assert await refusal(await client.get("/api/v1/me", headers=bearer(alice))) == (
        401, "token_expired",
    )  # fmt: skip
    for _ in range(2):
        alice = await data(await refresh(client, alice["refresh"]))
        assert await who(client, alice) == 200
    client.server.advance(timedelta(hours=1))
    alice = await data(await refresh(client, alice["refresh"]))
    assert await who(client, alice) == 200


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


@pytest.mark.parametrize("given", ["", " ", "x"])
@pytest.mark.parametrize("path", ["refresh", "logout"])
async def test_a_bad_token_in_the_body_is_not_made_good_by_the_cookie(
    api: Any, given: str, path: str
) -> None:
    client = await api(**OPEN)
    await join(client, "alice", cookie=True)
    response = await client.post(
        f"/api/v1/auth/{path}", json={"refresh": given}, headers=origin(client)
    )
    assert await refusal(response) == (401, "unauthorized")
    assert (await client.post("/api/v1/auth/refresh", headers=origin(client))).status == 200


@pytest.mark.parametrize("body", [{}, {"refresh": None}])
async def test_a_token_from_the_cookie_is_never_in_the_answer(
    api: Any, body: dict[str, Any]
) -> None:
    client = await api(**OPEN)
    await join(client, "alice", cookie=True)
    fresh = await client.post("/api/v1/auth/refresh", json=body, headers=origin(client))
    assert (await data(fresh))["refresh"] is None
    assert fresh.cookies["refresh"].value


async def test_a_token_in_the_body_is_answered_there_and_leaves_the_cookie_alone(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice")
    bob = await join(client, "bob", cookie=True)
    body = {"refresh": alice["refresh"]}
    response = await client.post("/api/v1/auth/refresh", json=body, headers=origin(client))
    assert "Set-Cookie" not in response.headers
    assert (await data(response))["user"] == alice["user"]
    own = await client.post("/api/v1/auth/refresh", headers=origin(client))
    assert (await data(own))["user"] == bob["user"]


@pytest.mark.parametrize("given", [0, False, [], {}, "x" * 4097])
async def test_what_is_no_text_is_no_token(api: Any, given: Any) -> None:
    client = await api(**OPEN)
    await join(client, "alice", cookie=True)
    response = await client.post(
        "/api/v1/auth/refresh", json={"refresh": given}, headers=origin(client)
    )
    assert await refusal(response) == (422, "validation_failed")


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


async def test_a_device_whose_name_shows_nothing_is_unknown(api: Any) -> None:
    client = await api(**OPEN)
    alice = await join(client, "alice", device="\u3164\u2800")
    (session,) = await data(await client.get("/api/v1/sessions", headers=bearer(alice)))
    assert session["device"] == "unknown"


async def test_another_persons_session_cannot_be_seen_or_ended(api: Any) -> None:
    client = await api(**OPEN)
    alice, bob = await join(client, "alice"), await join(client, "bob")
    (session,) = await data(await client.get("/api/v1/sessions", headers=bearer(bob)))
    for name in (session["id"], "00000000-0000-4000-8000-000000000000", "x", session["id"].upper()):
        response = await client.delete(f"/api/v1/sessions/{name}", headers=bearer(alice))
        assert await refusal(response) == (404, "not_found")
    assert await who(client, bob) == 200
