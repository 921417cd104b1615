"""What the audit is told of at the doors, how it is sought in, and as a table."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest

from messenger.http.endpoints.audit import COLUMNS
from messenger.http.plumbing.table import cell
from messenger.model import timestamp
from tests.api.cast import Door, Person, ok
from tests.api.conftest import NewClient
from tests.api.people import PASSWORD, bearer, data, sign_in


async def told(admin: Person, **query: Any) -> list[tuple[Any, ...]]:
    """Action, who did it, to what, and the details."""
    await admin.door.server.trail.keep()
    entries = ok(await admin.get("/admin/audit", **query))
    return [(each["action"], each["by"], each["subject"], each["details"]) for each in entries]


async def test_sign_ins_and_failures_are_recorded(door: Door, admin: Person) -> None:
    headers = {"Authorization": f"Bearer {admin.access}"}
    asked = {"username": "zoe", "password": PASSWORD}
    made = await data(await door.post("/api/v1/admin/users", json=asked, headers=headers))
    zoe = made["user"]["id"]
    for name, password in (("zoe", "wrong"), ("zoe", "wrong"), ("nobody", PASSWORD)):
        assert (await sign_in(door, name, password)).status == 401
    assert (await sign_in(door, "zoe", device="Телефон")).status == 200
    # What failed is written within a second, what was done at once.
    assert await told(admin, action="session.refuse", subject=zoe) == [
        ("session.refuse", None, zoe, {"times": 2})
    ]
    assert ("session.refuse", None, None, None) in await told(admin, action="session")
    [opened] = ok(await admin.get("/admin/audit", action="session.open", by=zoe))
    assert (opened["place"], opened["details"]["device"]) == ("127.0.0.1", "Телефон")


async def test_refusals_of_rights_are_recorded_at_both_doors(
    door: Door, admin: Person, client: NewClient
) -> None:
    ada, bob = await client("ada"), await client("bob")
    group = await ada.group(bob)
    for _ in range(2):
        assert (await bob.delete(f"/chats/{group}"))[0] == 403
    assert (await bob.get("/admin/users"))[0] == 403
    headers = bearer({"access": bob.access})
    async with door.session.ws_connect("/api/v1/ws", headers=headers) as socket:
        await socket.send_json({"type": "chat.delete", "id": 7, "chat_id": group})
        while (answer := await socket.receive_json()).get("id") != 7:
            pass
        assert answer["error"]["code"] == "forbidden"
    refused = await told(admin, action="access", by=bob.user_id)
    assert [(by, what) for _, by, _, what in reversed(refused)] == [
        (bob.user_id, {"what": "DELETE /api/v1/chats/{id}", "times": 2}),
        (bob.user_id, {"what": "GET /api/v1/admin/users"}),
        (bob.user_id, {"what": "chat.delete"}),
    ]


async def test_who_comes_into_a_group_and_what_they_may_is_recorded(
    admin: Person, client: NewClient
) -> None:
    ada, bob, eve = await client("ada"), await client("bob"), await client("eve")
    group = await ada.group(bob)
    path = f"/chats/{group}/members"
    ok(await ada.post(path, {"user_ids": [eve.user_id]}))
    ok(await ada.patch(f"{path}/{eve.user_id}", {"role": "admin"}))
    ok(await ada.delete(f"{path}/{bob.user_id}"))
    direct = await ada.direct(bob)
    await ada.send(direct)
    kinds = [
        (action, by, (details or {}).get("people"))
        for action, by, _, details in await told(admin, subject=group)
    ]
    assert kinds == [
        ("member.remove", ada.user_id, [bob.user_id]),
        ("member.role", ada.user_id, [eve.user_id]),
        ("member.add", ada.user_id, [eve.user_id]),
        ("member.add", ada.user_id, [ada.user_id, bob.user_id]),
        ("chat.create", ada.user_id, None),
    ]
    # That two people talk alone is nobody's business.
    assert await told(admin, subject=direct) == []
    assert len(await told(admin, action="chat")) == 1


async def test_the_table_is_what_the_pages_are(admin: Person, client: NewClient) -> None:
    bob, server = await client("bob"), admin.door.server
    for _ in range(3):
        await bob.group(admin)
        server.advance(timedelta(minutes=1))
    since = timestamp(server.clock() - timedelta(seconds=150))
    query = {"by": bob.user_id, "action": "chat", "since": since}
    whole = ok(await admin.get("/admin/audit", **query))
    assert len(whole) == 2
    assert await admin.all_of("/admin/audit", limit=1, **query) == whole
    headers = {"Authorization": f"Bearer {admin.access}"}
    async with admin.door.get("/api/v1/admin/audit/csv", params=query, headers=headers) as answer:
        assert answer.content_type == "text/csv"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        names, *rows = csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig")))
    assert tuple(names) == COLUMNS
    assert [(row[0], row[2], row[3], row[10]) for row in rows] == [
        (str(each["id"]), "bob", str(bob.user_id), each["hash"]) for each in whole
    ]
    assert await told(admin, action="audit") == [("audit.export", admin.user_id, None, query)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"action": "user.*"}, "action"), ({"since": "yesterday"}, "since"), ({"by": 0}, "by"),
        ({"since": "2026-12-02T00:00:00Z", "until": "2026-12-01T00:00:00Z"}, "until"),
    ],
)  # fmt: skip
async def test_what_cannot_be_sought_is_refused(
    admin: Person, query: dict[str, Any], field: str
) -> None:
    for path in ("/admin/audit", "/admin/audit/csv"):
        status, body = await admin.get(path, **query)
        assert (status, body["error"]["code"]) == (422, "validation_failed")
        assert re.search(rf"[`.]{field}`", body["error"]["message"])


@pytest.mark.parametrize("typed", ["=1+1", "+7", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_nothing_in_the_table_is_computed(typed: str) -> None:
    assert cell(typed) == f"'{typed}"
    assert (cell("1=1"), cell(-1), cell(None)) == ("1=1", -1, None)
