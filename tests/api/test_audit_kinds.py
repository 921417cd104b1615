"""Every kind of record says who, from where, to whom, and what was there before and after."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import ANY

from click.testing import CliRunner

from messenger.cli import account, main
from messenger.store.archive.session import Session
from messenger.store.rows import audit, erasures
from tests.api.cast import Door, Person, ok
from tests.api.conftest import NewClient
from tests.api.people import PASSWORD, bearer, data, sign_in
from tests.archive.past import catch_up, fill
from tests.waiting import PATIENCE

ELSEWHERE = {
    "audit.beyond", "audit.forget", "chat.take_over", "data.import", "instance.restore",
    "settings.update",
}  # fmt: skip
"""What the server records of itself (`tests/store/test_audit.py`), what needs another database
(`tests/api/test_exporting.py`), and what has all its cases in a test of its own."""
Told = tuple[str, int | None, str | None, int | None, Any]


class Company:
    """Acts of every kind, from every door, and what is to be told of each in its order."""

    def __init__(self, door: Door, admin: Person, dsn: str, folder: Path) -> None:
        self.door, self.admin, self.dsn, self.folder = door, admin, dsn, folder
        self.told: list[Told] = []

    def tell(
        self, action: str, by: int | None, subject: int | None, details: Any, place: Any = "web"
    ) -> None:
        self.told.append((action, by, place, subject, details))

    async def machine(self, *words: str) -> None:
        """On the command line, beside the server."""
        env = {"DATABASE_URL": self.dsn, "DATA_DIR": str(self.folder), "SECRET_KEY": "s" * 64}
        done = await asyncio.to_thread(CliRunner().invoke, main, words, env=env)
        assert done.exit_code == 0, done.output

    async def accounts(self) -> int:
        door, admin = self.door, self.admin
        asked = {"username": "zoe", "password": PASSWORD}
        zoe = int(ok(await admin.post("/admin/users", asked))["user"]["id"])
        made = {"username": "zoe", "display_name": "zoe", "role": "user"}
        self.tell("user.add", admin.user_id, zoe, {"after": made})
        signed_in = await data(await sign_in(door, "zoe"))
        self.tell("session.open", zoe, zoe, {"session": ANY, "device": ANY})
        changes = {"old": PASSWORD, "new": "another good one"}
        answer = await door.post("/api/v1/auth/password", json=changes, headers=bearer(signed_in))
        assert answer.status == 200
        self.tell("user.password", zoe, zoe, None)
        await self.machine("admin", "user", "sessions", "zoe", "--revoke-all")
        self.tell("session.revoke", None, zoe, {"sessions": 1}, "cli")
        await self.machine("admin", "user", "reset-link", "zoe")
        self.tell("user.reset_link", None, zoe, None, "cli")
        for changes, before in (
            ({"display_name": "Zoya", "email": "z@x.org"}, {"display_name": "zoe", "email": None}),
            ({"role": "guest", "disabled": True}, {"role": "user", "disabled": False}),
            ({"disabled": False}, {"disabled": True}),
        ):
            ok(await admin.patch(f"/admin/users/{zoe}", changes))
            self.tell("user.update", admin.user_id, zoe, {"before": before, "after": changes})
        return zoe

    async def invitations(self) -> None:
        admin = self.admin
        for _ in range(2):
            made = ok(await admin.post("/admin/invites", {"role": "guest"}))
            after = {"role": "guest", "uses": 1, "expires_at": made["expires_at"]}
            self.tell("invite.create", admin.user_id, None, {"invite": made["id"], "after": after})
        ok(await admin.delete(f"/admin/invites/{made['id']}"))
        self.tell("invite.revoke", admin.user_id, None, {"invite": made["id"]})
        made = ok(await admin.post("/admin/invites", {"role": "guest"}))
        self.tell("invite.create", admin.user_id, None, ANY)
        asked = {"username": "yan", "password": PASSWORD, "invite": made["code"]}
        answer = await self.door.post("/api/v1/auth/register", json=asked)
        yan = (await data(answer))["user"]["id"]
        made_of = {"username": "yan", "display_name": "yan", "role": "guest"}
        self.tell("user.add", None, yan, {"after": made_of})
        self.tell("invite.use", None, yan, {"invite": made["id"]})
        self.tell("session.open", yan, yan, ANY)

    async def chats(self, ada: Person, bob: Person) -> int:
        one, other = str(ada.user_id), str(bob.user_id)
        group = await ada.group(bob)
        self.tell("chat.create", ada.user_id, group, None)
        self.tell("member.add", ada.user_id, group, {
            "people": [ada.user_id, bob.user_id],
            "before": {one: None, other: None}, "after": {one: "owner", other: "member"},
        })  # fmt: skip
        member = f"/chats/{group}/members/{bob.user_id}"
        ok(await ada.patch(member, {"role": "admin"}))
        changed = {"before": {other: "member"}, "after": {other: "admin"}}
        self.tell("member.role", ada.user_id, group, {"people": [bob.user_id], **changed})
        ok(await ada.delete(member))
        changed = {"before": {other: "admin"}, "after": {other: None}}
        self.tell("member.remove", ada.user_id, group, {"people": [bob.user_id], **changed})
        ok(await ada.delete(f"/chats/{group}"))
        self.tell("chat.delete", ada.user_id, group, None)
        return group

    async def organisation(self, group: int) -> None:
        admin, by = self.admin, self.admin.user_id
        ok(await admin.patch("/admin/organisation", {"accent": "blue"}))
        changed = {"before": {"accent": "teal"}, "after": {"accent": "blue"}}
        self.tell("organisation.update", by, None, changed)
        hold = ok(await admin.post("/admin/holds", {"chat_id": group, "reason": "case"}))["id"]
        self.tell("hold.place", by, group, {"of": "chat", "reason": "case"})
        ok(await admin.delete(f"/admin/holds/{hold}"))
        self.tell("hold.lift", by, group, {"of": "chat", "reason": "case", "let_go": 0})
        headers = {"Authorization": f"Bearer {admin.access}"}
        await (await self.door.get("/api/v1/admin/audit/csv", headers=headers)).read()
        self.tell("audit.export", by, None, {})
        await (await self.door.get("/api/v1/admin/users/csv", headers=headers)).read()
        self.tell("user.export", by, None, None)

    async def archive(self, ada: Person) -> None:
        with Session(self.dsn) as session:
            [chat] = fill(session, 1, 300, people=[ada.user_id], now=datetime.now(UTC))
            catch_up(session)
        await self.machine("archive", "run")
        self.tell("job.run", None, None, {"what": "archive"}, "cli")
        await self.machine("archive", "restore", str(chat), "1", "10")
        details = {"from": 1, "to": 10, "days": 30, "messages": ANY}
        self.tell("archive.restore", None, chat, details, "cli")
        await self.machine("export", "--chat", str(chat), str(self.folder / "export"))
        self.tell("data.export", None, chat, {"of": "chat", "sums": ANY}, "cli")
        ok(await ada.post("/users/me/export"))
        self.tell("data.export", ada.user_id, ada.user_id, {"of": "person"})

    async def refusals(self, ada: Person) -> None:
        """They are written within the second, in one go."""
        assert (await sign_in(self.door, "nobody")).status == 401
        self.tell("session.refuse", None, None, None)
        assert (await ada.get("/admin/users"))[0] == 403
        self.tell("access.refuse", ada.user_id, None, {"what": "GET /api/v1/admin/users"})
        await self.door.server.trail.keep()

    async def erasure(self, zoe: int) -> None:
        ok(await self.admin.post(f"/admin/users/{zoe}/erase", {"messages": "keep"}))
        async with asyncio.timeout(PATIENCE):
            while await erasures.waiting(self.door.server.database):
                await asyncio.sleep(0.02)
        self.tell("user.erase", self.admin.user_id, zoe, {"messages": "keep"})


async def test_every_kind_says_who_from_where_what_before_and_after(
    door: Door, admin: Person, client: NewClient, dsn: str, tmp_path: Path
) -> None:
    ada, bob = await client("ada"), await client("bob")
    company = Company(door, admin, dsn, tmp_path)
    first = len(await admin.all_of("/admin/audit", limit=200))
    zoe = await company.accounts()
    await company.invitations()
    await company.organisation(await company.chats(ada, bob))
    await company.archive(ada)
    await company.refusals(ada)
    places = {"web": ("127.0.0.1", "Python"), "cli": ("cli", account())}
    shown = (await admin.all_of("/admin/audit", limit=200))[::-1][first:]
    for entry, (action, by, place, subject, details) in zip(shown, company.told, strict=True):
        told = (entry["action"], entry["by"], entry["subject"], entry["details"])
        assert told == (action, by, subject, details)
        address, agent = places[str(place)]
        assert (entry["place"], entry["agent"][: len(agent)]) == (address, agent), entry
    # Names go with who is erased, and the chain stays what it was.
    await company.erasure(zoe)
    [entry] = ok(await admin.get("/admin/audit", action="user.erase"))
    assert (entry["by"], entry["place"]) == (admin.user_id, "127.0.0.1")
    changed = [
        each["details"] for each in ok(await admin.get("/admin/audit", action="user.update"))
    ]
    assert changed[-1] == {"before": {}, "after": {}, "erased": True}
    assert changed[0] == {"before": {"disabled": True}, "after": {"disabled": False}}
    assert (await audit.verify(door.server.database)).broken_at is None
    assert {each["action"] for each in shown} | {"user.erase"} == audit.KINDS - ELSEWHERE
