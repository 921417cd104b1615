"""New passwords, proofs of addresses and invitations, by mail."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from messenger.http.plumbing import limits
from messenger.mail import links
from messenger.mail.contents import Withheld
from messenger.mail.service import contents_of
from messenger.model import SYSTEM
from messenger.protocol.accounts import RevokeInvite, UpdateUser
from messenger.store.reads import mailing
from messenger.store.rows.mails import Waiting
from tests.live.conftest import Stage
from tests.mail.conftest import Office
from tests.mail.service import MailService

OLD, NEW = "correct horse battery", "staple and paper clip"


async def login(office: Office, name: str, password: str) -> int:
    body = {"login": name, "password": password}
    return (await office.rest("POST", "/auth/login", body))[0]


async def ask(office: Office, login: str) -> tuple[int, Any]:
    return await office.rest("POST", "/auth/reset/request", {"login": login})


async def use(office: Office, token: str, password: str = NEW) -> tuple[int, Any]:
    body = {"token": token, "password": password}
    return await office.rest("POST", "/auth/reset/confirm", body)


async def test_link_in_a_letter_makes_a_new_password_once(office: Office) -> None:
    await office.person("bob", password=OLD)
    bob = await office.stage.client("bob")
    assert await ask(office, "Bob@B.org") == (202, {})
    taken = await office.service.expect()
    assert (taken.recipient, taken.read["Subject"]) == ("bob@b.org", "Новый пароль")
    assert "@bob" in taken.part("html")
    assert "List-Unsubscribe" not in taken.read
    token = taken.link(r"https://chat\.example\.org/#/reset/(\S+)")
    status, who = await office.rest("POST", "/auth/reset/check", {"token": token})
    assert (status, who) == (200, {"username": "bob", "display_name": "Bob"})
    status, refused = await use(office, token, "12345678")
    assert (status, refused["details"]["field"]) == (422, "password")
    # Of two at once one wins.
    statuses = [
        status for status, _ in await asyncio.gather(use(office, token), use(office, token))
    ]
    assert sorted(statuses) == [200, 401]
    await bob.expect_closed(4401)
    assert (await use(office, token, "another long one"))[0] == 401
    assert await login(office, "bob", OLD) == 401
    assert await login(office, "bob", NEW) == 200


async def test_answer_tells_nothing_of_who_has_an_account(office: Office) -> None:
    await office.person("bob")
    await office.person("carol", proved=False)
    bob = (await office.stage.person("dave")).user_id
    await office.person("dave")
    await office.server.directory.ask(SYSTEM, UpdateUser(user_id=bob, disabled=True))
    answers = [await ask(office, name) for name in ("nobody", "no@b.org", "carol", "dave", "bob")]
    assert answers == [(202, {})] * 5
    assert (await office.service.expect()).recipient == "bob@b.org"
    assert not office.server.mail.asking.asked
    await asyncio.sleep(0.2)
    assert len(office.service.taken) == 1, "who is unknown, unproved or disabled gets none"
    for _ in range(limits.RESETS - 1):
        assert (await ask(office, "nobody"))[0] == 202
    status, refused = await ask(office, "nobody")
    assert (status, refused["code"]) == (429, "rate_limited"), "whether it is known or not"


async def test_link_is_over_after_an_hour_and_with_whatever_changes(office: Office) -> None:
    user_id = await office.person("bob", password=OLD)
    server = office.server
    contents = contents_of(server.settings, server.database, server.mail.organisation, server.clock)
    secret, now = server.settings.secret_key, server.clock()

    async def link() -> str:
        found = await mailing.person(server.database, user_id)
        assert found is not None
        return contents.reset_link(found).rpartition("/")[2]

    async def status(token: str) -> int:
        return (await office.rest("POST", "/auth/reset/check", {"token": token}))[0]

    good = await link()
    assert await status(good) == 200
    person = await mailing.person(server.database, user_id)
    assert person is not None
    bound = person.password_hash or "", "bob@b.org"
    hour = links.LIVES["reset"]
    late = links.token(secret, "reset", user_id, now - hour - timedelta(seconds=1), *bound)
    early = links.token(secret, "reset", user_id, now + timedelta(hours=2), *bound)
    other = links.token(secret, "email", user_id, now, *bound)
    forged = good[:-2] + ("AA" if good[-2:] != "AA" else "BB")
    for token in (late, early, other, forged, "x", good + "="):
        assert await status(token) == 401, token
    await office.server.directory.ask(SYSTEM, UpdateUser(user_id=user_id, email="new@b.org"))
    assert await status(good) == 401
    disabled = await link()
    await office.server.directory.ask(SYSTEM, UpdateUser(user_id=user_id, disabled=True))
    assert (await use(office, disabled))[0] == 401


async def test_address_is_used_once_its_owner_said_so(office: Office) -> None:
    await office.stage.person("bob")
    status, me = await office.rest("PATCH", "/users/me", {"email": "bob@b.org"}, "bob")
    assert (status, me["email_verified_at"]) == (200, None)
    taken = await office.service.expect()
    assert (taken.recipient, taken.read["Subject"]) == ("bob@b.org", "Подтвердите адрес")
    first = taken.link(r"/#/email/(\S+)")
    await office.rest("PATCH", "/users/me", {"email": "bob@c.org"}, "bob")
    assert (await office.rest("POST", "/auth/email/confirm", {"token": first}))[0] == 401
    second = (await office.service.expect(2)).link(r"/#/email/(\S+)")
    assert (await office.rest("POST", "/auth/email/confirm", {"token": second}))[0] == 200
    assert (await office.rest("POST", "/auth/email/confirm", {"token": second}))[0] == 200
    _, me = await office.rest("GET", "/me", name="bob")
    assert me["email_verified_at"] is not None
    await office.stage.person("root", "admin")
    _, people = await office.rest("GET", "/admin/users", name="root")
    proved = {each["username"]: each["email_verified_at"] for each in people}
    assert proved == {"bob": me["email_verified_at"], "root": None}
    status, _ = await office.rest("POST", "/users/me/email/verify", name="bob")
    assert status == 404, "there is nothing to prove any more"
    _, me = await office.rest("PATCH", "/users/me", {"email": "bob@d.org"}, "bob")
    assert me["email_verified_at"] is None


async def test_invitation_comes_by_mail_and_proves_the_address(office: Office) -> None:
    await office.stage.person("root", "admin")
    await office.person("bob")

    async def invite(email: str, **more: Any) -> tuple[int, Any]:
        return await office.rest("POST", "/admin/invites", {"email": email, **more}, "root")

    for refused in (
        await invite("no address"),
        await invite("é@b.org"),
        await invite("e@b.org", uses=2),
    ):
        assert refused[0] == 422
    assert (await invite("BOB@b.org"))[0] == 409
    status, made = await invite("eve@b.org")
    assert (status, made["email"], made["uses"]) == (201, "eve@b.org", 1)
    taken = await office.service.expect()
    assert taken.recipient == "eve@b.org"
    assert "Root" in taken.part("plain")
    code = taken.link(r"https://chat\.example\.org/#/invite/(\S+)")
    body = {"username": "eve", "password": NEW, "invite": code}
    status, came = await office.rest("POST", "/auth/register", body)
    assert (status, came["user"]["email"]) == (201, "eve@b.org")
    assert came["user"]["email_verified_at"] is not None
    # What is taken back before it was sent is not sent.
    office.service.answers["fay@b.org"] = "451 come again"
    _, made = await invite("fay@b.org")
    await office.server.directory.ask(SYSTEM, RevokeInvite(invite_id=made["id"]))
    waiting = Waiting(
        id=1, key="k", kind="invite", user_id=None, address="fay@b.org",
        data={"invite": made["id"]}, until=office.server.clock(), tries=0,
    )  # fmt: skip
    with pytest.raises(Withheld):
        await office.server.mail.postman.contents.of(waiting)


async def test_server_without_mail_says_so(
    settings: dict[str, str],
    make_stage: Callable[[], Awaitable[Stage]],
    service: MailService,
    http: aiohttp.ClientSession,
) -> None:
    del settings["SMTP_URL"], settings["SMTP_PASSWORD"]
    office = Office(await make_stage(), service, http)
    await office.stage.person("root", "admin")
    assert (await ask(office, "bob"))[0] == 404
    assert (await office.rest("POST", "/users/me/email/verify", name="root"))[0] == 404
    status, refused = await office.rest("POST", "/admin/invites", {"email": "e@b.org"}, "root")
    assert (status, refused["details"]["field"]) == (422, "email")
