"""What people write, by REST: bounded as sent, kept without its padding, seen."""

import pytest

from tests.api.boards import INVALID
from tests.api.cast import Person, ok, refusal
from tests.api.conftest import Api
from tests.api.people import OPEN

NOTHING = ["\ufeff", "\u3164", "\u200b", "\u2800", "\u202e", "\u115f", "\u00ad", "\U000e0041"]
PADDED = "a" + " " * 80_000


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("text", [PADDED, *NOTHING], ids=lambda text: ascii(text[:4]))
async def test_no_text_is_padded_or_shows_nothing(alice: Person, project: int, text: str) -> None:
    seq = await alice.send(project)
    task = ok(await alice.post("/tasks", {"chat_id": project, "title": "Cake"}))["id"]
    key = "01890000-0000-7000-8000-000000000001"
    for answer in (
        await alice.post(f"/chats/{project}/messages", {"client_message_id": key, "text": text}),
        await alice.patch(f"/chats/{project}/messages/{seq}", {"text": text}),
        await alice.post("/chats", {"title": text}),
        await alice.patch(f"/chats/{project}", {"title": text}),
        await alice.post("/tasks", {"chat_id": project, "title": text}),
        await alice.patch(f"/tasks/{task}", {"title": text}),
        await alice.patch(f"/tasks/{task}", {"labels": [text]}),
        await alice.patch(f"/tasks/{task}", {"checklist": [{"id": "a", "text": text}]}),
        await alice.post(f"/chats/{project}/columns", {"title": text}),
        await alice.patch("/users/me", {"display_name": text}),
    ):
        assert refusal(answer) == INVALID
    for answer in (
        await alice.patch(f"/tasks/{task}", {"description": PADDED}),
        await alice.put(f"/chats/{project}/draft", {"text": PADDED}),
        await alice.get("/users/search", query=PADDED[:65]),
    ):
        assert refusal(answer) == INVALID


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("name", NOTHING, ids=ascii)
async def test_an_organisation_has_a_name_that_is_seen_or_none(admin: Person, name: str) -> None:
    assert refusal(await admin.patch("/admin/organisation", {"name": name})) == INVALID
    assert ok(await admin.patch("/admin/organisation", {"name": "  "}))["name"] == ""


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("name", ["a\nb", "a\x07b", "a\u2028b", "a\u202eb", "a\u202db"], ids=ascii)
async def test_what_names_something_is_one_line_in_its_own_direction(
    alice: Person, project: int, name: str
) -> None:
    task = ok(await alice.post("/tasks", {"chat_id": project, "title": "Cake"}))["id"]
    for answer in (
        await alice.patch(f"/tasks/{task}", {"labels": [name]}),
        await alice.patch(f"/tasks/{task}", {"title": name}),
        await alice.patch(f"/chats/{project}", {"title": name}),
        await alice.post(f"/chats/{project}/columns", {"title": name}),
    ):
        assert refusal(answer) == INVALID
    seq = await alice.send(project, name)
    made = ok(await alice.post(f"/chats/{project}/messages/{seq}/task", {}))
    assert made["title"] in ("a b", "a")


@pytest.mark.leaves_nothing
async def test_an_address_can_be_seen(alice: Person) -> None:
    for email in ("\u3164@example.org", "alice@\u2800"):
        assert refusal(await alice.patch("/users/me", {"email": email})) == INVALID


@pytest.mark.leaves_nothing
async def test_names_are_kept_without_space_around_them(alice: Person) -> None:
    changed = ok(
        await alice.patch("/users/me", {"display_name": " Alice ", "email": " a@example.org "})
    )
    assert (changed["display_name"], changed["email"]) == ("Alice", "a@example.org")


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("field", ["from", "to"])
@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "2201-01-01", "tomorrow00"])
async def test_days_asked_for_are_sensible(alice: Person, field: str, day: str) -> None:
    status, body = await alice.get("/tasks", **{field: day})
    assert (status, body["error"]["code"]) == INVALID
    assert field in body["error"]["message"]


@pytest.mark.parametrize("name", [" walter ", "walter\t", "\u00a0Walter", " w@example.org "])
async def test_signing_in_trims_as_registering_does(api: Api, name: str) -> None:
    door = await api(**OPEN)
    asked = {"username": " walter ", "password": "a long password", "email": " w@example.org"}
    async with door.post("/api/v1/auth/register", json=asked) as response:
        assert response.status == 201, await response.text()
        assert (await response.json())["data"]["user"]["username"] == "walter"
    asked = {"login": name, "password": "a long password"}
    async with door.post("/api/v1/auth/login", json=asked) as response:
        assert response.status == 200
