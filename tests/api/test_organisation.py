"""The organisation's name, colour and language; and whether an invitation is still good."""

from typing import Any

import pytest

from messenger.errors import Forbidden, Unavailable
from messenger.store.rows.organisation import Organisation, Organisations
from tests.api.cast import Door, Person
from tests.api.people import bearer, data, first_code, join, refusal
from tests.api.test_admin import admin_of

ABOUT = "/api/v1/admin/organisation"


async def invite(client: Any, admin: dict[str, str], **more: Any) -> str:
    made = await client.post("/api/v1/admin/invites", json=more, headers=admin)
    return str((await data(made))["code"])


async def check(client: Any, code: str) -> Any:
    return await client.post("/api/v1/auth/invites/check", json={"invite": code})


async def test_what_an_administrator_sets_everybody_may_know(api: Any):
    client = await api()
    admin = await admin_of(client)
    assert (await data(await client.get(ABOUT, headers=admin)))["setup"] is None
    chosen = {"name": " Мастерская ", "accent": "violet", "locale": "en", "setup": "people"}
    set_ = await data(await client.patch(ABOUT, json=chosen, headers=admin))
    assert set_ == {**chosen, "name": "Мастерская"}
    known = await data(await client.get("/api/v1/organisation"))
    assert known == {"name": "Мастерская", "accent": "violet", "locale": "en"}


async def test_what_is_not_named_stays_and_the_change_is_in_the_journal(api: Any):
    client = await api()
    admin = await admin_of(client)
    for change in ({"name": "Oak & Sons"}, {"accent": "blue"}):
        await client.patch(ABOUT, json=change, headers=admin)
    found = await data(await client.get(ABOUT, headers=admin))
    assert (found["name"], found["accent"]) == ("Oak & Sons", "blue")
    [last, *_] = await data(await client.get("/api/v1/admin/audit", headers=admin))
    assert (last["action"], last["details"]) == (
        "organisation.update", {"before": {"accent": "teal"}, "after": {"accent": "blue"}}
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"name": "x" * 65},
        {"name": "a\u202eb"},
        {"accent": "pink"},
        {"locale": "de"},
        {"title": "x"},
    ],
)
async def test_what_it_cannot_be_is_refused(api: Any, change: dict[str, str]):
    client = await api()
    admin = await admin_of(client)
    answer = await client.patch(ABOUT, json=change, headers=admin)
    assert await refusal(answer) == (422, "validation_failed")


async def test_only_administrators_set_it(api: Any):
    client = await api()
    admin = await admin_of(client)
    bob = bearer(await join(client, "bob", invite=await invite(client, admin)))
    answer = await client.patch(ABOUT, json={"name": "Bob's"}, headers=bob)
    assert await refusal(answer) == (403, "forbidden")


async def test_who_is_no_administrator_when_it_is_stored_sets_nothing(
    door: Door, admin: Person, alice: Person
) -> None:
    """The rights were there when it was asked; the database had to be waited for."""
    organisations = Organisations(door.server.database)
    with pytest.raises(Forbidden):
        await organisations.change({"name": "Alice's"}, alice.user_id, door.server.clock())
    assert (await organisations.current()).name == ""
    changed = await organisations.change({"name": "Oak"}, admin.user_id, door.server.clock())
    assert changed.name == "Oak"


async def test_an_invitation_is_known_good_before_it_is_used_and_void_after(api: Any):
    client = await api()
    admin = await admin_of(client)
    code = await invite(client, admin, role="guest", uses=1)
    for _ in range(3):
        assert (await data(await check(client, code)))["role"] == "guest"
    await join(client, "carol", invite=code)
    assert await refusal(await check(client, code)) == (403, "registration_closed")
    assert await refusal(await check(client, "nonsense")) == (403, "registration_closed")


async def test_the_first_administrators_invitation_is_good_too(api: Any):
    client = await api()
    assert (await data(await check(client, await first_code(client))))["role"] == "admin"


async def test_looks_at_invitations_are_counted(api: Any):
    client = await api(AUTH_RATE_LIMIT_MAX_REQUESTS="1")
    answers = [await check(client, "nonsense") for _ in range(11)]
    assert await refusal(answers[9]) == (403, "registration_closed")
    assert await refusal(answers[10]) == (429, "rate_limited")


async def test_while_the_database_is_away_it_is_as_from_the_first():
    class Away:
        async def fetch_one(self, statement: Any) -> None:
            raise Unavailable

    assert await Organisations(Away()).current() == Organisation()  # type: ignore[arg-type]
