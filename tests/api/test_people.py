"""Accounts for administrators: sought, taken along, brought in, changed many at once."""

from typing import Any

from tests.api.cast import Door, Person, ok, refusal, sign_up


def names(found: list[Any]) -> list[str]:
    return [each["username"] for each in found]


async def test_accounts_are_found_by_name_role_and_state(door: Door, admin: Person) -> None:
    alice, bob = [await sign_up(door, name) for name in ("alice", "bob")]
    await sign_up(door, "guest_a", "guest")
    body = {"username": "never", "display_name": "Анна Иванова", "email": "a@example.org"}
    ok(await admin.post("/admin/users", body))
    await admin.patch(f"/admin/users/{bob.user_id}", {"disabled": True})

    async def found(**choice: Any) -> list[str]:
        return names(ok(await admin.get("/admin/users", **choice)))

    assert await found(query="ИВАН") == ["never"]
    assert await found(query="example.org") == ["never"]
    assert await found(query="a%") == []
    assert await found(role="guest") == ["guest_a"]
    assert await found(state="disabled") == ["bob"]
    assert await found(state="active", role="user") == ["alice", "never"]
    assert await found(state="new") == ["never"]
    [hers] = ok(await admin.get("/admin/users", query="alice"))
    assert (hers["sessions"], hers["one_time_password"]) == (1, False)
    assert hers["last_seen_at"]
    [never] = ok(await admin.get("/admin/users", query="never"))
    assert (never["sessions"], never["last_seen_at"], never["one_time_password"]) == (0, None, True)
    # Pages go on within what is sought.
    assert names(await admin.all_of("/admin/users", state="active", limit=1)) == [
        "admin", "alice", "guest_a", "never",
    ]  # fmt: skip
    assert alice.user_id


async def test_all_accounts_are_taken_along_as_a_table_and_that_is_recorded(
    door: Door, admin: Person
) -> None:
    body = {"username": "anna", "display_name": "=HYPERLINK(1)"}
    ok(await admin.post("/admin/users", body))
    headers = {"Authorization": f"Bearer {admin.access}"}
    async with door.get("/api/v1/admin/users/csv", headers=headers) as answer:
        table = (await answer.read()).decode("utf-8-sig").splitlines()
    assert table[0].startswith("id,username,display_name,email,role")
    assert [line.split(",")[1] for line in table[1:]] == ["admin", "anna"]
    assert "'=HYPERLINK(1)" in table[2]
    [told] = ok(await admin.get("/admin/audit", action="user.export"))
    assert told["by"] == admin.user_id


async def test_a_table_of_people_is_read_and_nobody_is_made(admin: Person) -> None:
    csv = "\ufeffЛогин;ФИО;Почта;Роль\nanna;Анна Иванова;anna@example.org;гость\nADMIN;;;\n"
    first, second = ok(await admin.post("/admin/users/check", {"csv": csv}))
    assert first == {
        "line": 2, "username": "anna", "display_name": "Анна Иванова",
        "email": "anna@example.org", "role": "guest", "problem": None, "field": None,
        "taken": False,
    }  # fmt: skip
    assert (second["problem"], second["field"]) == ("This user name is taken.", "username")
    assert names(ok(await admin.get("/admin/users"))) == ["admin"]
    assert refusal(await admin.post("/admin/users/check", {"csv": "a,b\n1,2"})) == (
        422, "validation_failed",
    )  # fmt: skip


async def test_many_are_changed_and_one_refusal_keeps_no_other_back(
    door: Door, admin: Person, alice: Person, bob: Person
) -> None:
    asked = {"ids": [alice.user_id, admin.user_id, 2**40, bob.user_id], "disabled": True}
    answer = ok(await admin.post("/admin/users/many", asked))
    assert answer["done"] == [alice.user_id, bob.user_id]
    assert [(each["id"], each["code"]) for each in answer["refused"]] == [
        (admin.user_id, "forbidden"), (2**40, "not_found"),
    ]  # fmt: skip
    assert refusal(await alice.get("/me")) == (401, "unauthorized")
    assert refusal(await admin.post("/admin/users/many", {"ids": [1]}))[0] == 422


async def test_sessions_are_shown_and_ended(admin: Person, alice: Person, bob: Person) -> None:
    path = f"/admin/users/{alice.user_id}/sessions"
    [session] = ok(await admin.get(path))
    # Not by way of another person.
    other = await admin.delete(f"/admin/users/{bob.user_id}/sessions/{session['id']}")
    assert refusal(other) == (404, "not_found")
    ok(await alice.get("/me"))
    ok(await admin.delete(f"{path}/{session['id']}"))
    assert refusal(await alice.get("/me")) == (401, "unauthorized")
    ok(await admin.delete(f"/admin/users/{bob.user_id}/sessions"))
    assert refusal(await bob.get("/me")) == (401, "unauthorized")
    assert refusal(await admin.get(f"/admin/users/{2**40}/sessions"))[0] == 404
    told = ok(await admin.get("/admin/audit", action="session.revoke"))
    assert {each["subject"] for each in told} == {alice.user_id, bob.user_id}


async def test_a_reset_link_is_made_recorded_and_opens_once(
    door: Door, admin: Person, alice: Person
) -> None:
    made = ok(await admin.post(f"/admin/users/{alice.user_id}/reset-link"))
    token = made["url"].rpartition("/")[2]
    [told] = ok(await admin.get("/admin/audit", action="user.reset_link"))
    assert (told["by"], told["subject"], bool(told["place"])) == (
        admin.user_id, alice.user_id, True,
    )  # fmt: skip
    given = {"token": token, "password": "a new horse's battery"}
    for status in (200, 401):
        async with door.post("/api/v1/auth/reset/confirm", json=given) as answer:
            assert answer.status == status
    await admin.patch(f"/admin/users/{alice.user_id}", {"disabled": True})
    assert refusal(await admin.post(f"/admin/users/{alice.user_id}/reset-link"))[0] == 404
