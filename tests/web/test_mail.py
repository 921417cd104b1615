"""Mail in the browser: a forgotten password, a proof of an address, and the settings of it."""

import re
from collections.abc import AsyncIterator
from typing import Any

from tests.mail.service import MailService, mail_service
from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, fixture, serving, words

EN = words("en")
NEW = "staple and paper clip"


@fixture
async def service() -> AsyncIterator[MailService]:
    async with mail_service(login=False) as service:
        yield service


@fixture
async def settings(tmp_path: Any, service: MailService) -> dict[str, str]:
    return {
        "DATA_DIR": str(tmp_path),
        "PORT": "0",
        "BCRYPT_ROUNDS": "4",
        "DEFAULT_LOCALE": "en",
        "AUTH_RATE_LIMIT_MAX_REQUESTS": "1000",
        "SMTP_URL": f"smtp://127.0.0.1:{service.port}?tls=off",
        "MAIL_FROM": "messenger@example.org",
    }


@fixture
async def company(dsn: str, settings: dict[str, str]) -> AsyncIterator[Company]:
    async with serving(dsn, settings) as made:
        yield made


def field(page: Any, name: str) -> Any:
    return page.get_by_label(name, exact=True)


def button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


async def follow(page: Any, service: MailService, company: Company, count: int) -> None:
    """Open the link in a letter as it stands there, at this server's own port."""
    taken = await service.expect(count)
    found = re.search(r"(/#/\S+)", taken.part("plain"))
    assert found
    await page.goto("about:blank")
    await page.goto(company.address + found[1])


async def test_from_a_proved_address_to_a_new_password(
    page: NewPage, company: Company, service: MailService
) -> None:
    (alice,) = await company.hire("alice")
    mine = await page(alice, path="/settings/notices")
    await mine.get_by_role("heading", name=EN["notices.mail"]).wait_for()
    assert await field(mine, EN["notices.digest"]).is_disabled()
    await mine.goto("/settings/profile")
    await field(mine, EN["settings.email"]).fill("alice@b.org")
    await button(mine, EN["app.save"]).click()
    await mine.get_by_text(
        EN["settings.email_unproved"].replace("{email}", "alice@b.org")
    ).wait_for()
    await follow(mine, service, company, 1)
    await mine.get_by_role("heading", name=EN["entry.proved"]).wait_for()
    await mine.get_by_role("link", name=EN["entry.link_on"]).click()
    await mine.goto("/settings/notices")
    digest = field(mine, EN["notices.digest"])
    await digest.select_option("8h")
    await mine.get_by_role("switch", name=EN["notices.weekly"]).check()
    assert await violations(mine) == []
    visitor = await page(path="/sign-in")
    await button(visitor, EN["entry.forgot"]).click()
    await field(visitor, EN["entry.login"]).fill("alice@b.org")
    await button(visitor, EN["entry.forgot_submit"]).click()
    await visitor.get_by_role("heading", name=EN["entry.forgot_sent"]).wait_for()
    await follow(visitor, service, company, 2)
    await field(visitor, EN["settings.new_password"]).fill(NEW)
    await field(visitor, EN["entry.password_again"]).fill(NEW)
    assert await violations(visitor) == []
    await button(visitor, EN["entry.reset_submit"]).click()
    await visitor.get_by_role("link", name=EN["entry.title"]).click()
    await field(visitor, EN["entry.login"]).fill("alice")
    await field(visitor, EN["entry.password"]).fill(NEW)
    await visitor.keyboard.press("Enter")
    await visitor.get_by_role("heading", name=EN["chats.title"]).wait_for()
    # Whoever was signed in is not any more; the link is good no more.
    await field(mine, EN["entry.login"]).wait_for()
    await follow(visitor, service, company, 2)
    await visitor.get_by_role("heading", name=EN["entry.link_over"]).wait_for()


async def test_an_invitation_is_mailed(
    page: NewPage, company: Company, service: MailService
) -> None:
    (root,) = await company.hire("root", role="admin")
    boss = await page(root, path="/admin/invites")
    await field(boss, EN["admin.invite_email"]).fill("eve@b.org")
    await button(boss, EN["admin.invite_send"]).click()
    said = EN["admin.invite_mailed"].replace("{email}", "eve@b.org")
    await boss.get_by_role("heading", name=said).wait_for()
    visitor = await page()
    await follow(visitor, service, company, 1)
    await visitor.get_by_role("heading", name=EN["entry.invite_title"]).wait_for()
