"""Administration: people, invitations, the audit trail, the state of the instance."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, fixture, go, playwright, words

EN = words("en")


@fixture
async def ada(company: Company) -> Person:
    return (await company.hire("ada", role="admin"))[0]


def words_of(file: Path) -> str:
    return file.read_text("utf-8-sig")


def row(page: Any, name: str | re.Pattern[str]) -> Any:
    return page.get_by_role("listitem").filter(has_text=name)


async def test_an_added_person_puts_their_own_password_in_the_place_of_the_one_shown(
    page: NewPage, ada: Person
):
    hers = await page(ada, path="/admin/people")
    await hers.get_by_role("button", name=EN["admin.add"]).press("Enter")
    await hers.get_by_label(EN["settings.name"], exact=True).fill("Grace Hopper")
    await hers.keyboard.press("Enter")
    said = EN["admin.added"].replace("{name}", "Grace Hopper")
    dialog = hers.get_by_role("dialog", name=said)
    password = await dialog.locator("dd").nth(1).inner_text()
    assert await violations(hers) == []
    await dialog.get_by_role("button", name=EN["app.done"]).press("Enter")
    await row(hers, "Grace Hopper").wait_for()
    assert await hers.get_by_text(password).count() == 0
    newcomer = await page()
    again = newcomer.get_by_label(EN["entry.password_again"], exact=True)
    await newcomer.get_by_label(EN["entry.login"], exact=True).fill("grace.hopper")
    await newcomer.get_by_label(EN["entry.password"], exact=True).fill(password)
    await newcomer.keyboard.press("Enter")
    await newcomer.get_by_role("heading", name=EN["entry.own_password"]).wait_for()
    assert await violations(newcomer) == []
    await newcomer.wait_for_function("document.activeElement.name === 'password'")
    await newcomer.keyboard.type(password)
    await again.fill(password)
    await newcomer.keyboard.press("Enter")
    await newcomer.get_by_text(EN["entry.same_password"]).wait_for()
    await newcomer.get_by_label(EN["settings.new_password"], exact=True).fill("grace's own one")
    await again.fill("another one")
    await newcomer.get_by_text(EN["entry.password_differs"]).wait_for()
    await again.fill("grace's own one")
    await newcomer.keyboard.press("Enter")
    # New as who was invited is: shown in, and known by the clock of their device.
    await newcomer.get_by_role("button", name=EN["welcome.come_in"]).click()
    await newcomer.get_by_role("complementary", name="Welcome, Grace!").wait_for()
    await go(newcomer, "/settings/profile")
    zone = newcomer.get_by_label(EN["settings.time_zone"])
    await playwright.expect(zone).to_have_value("Europe/Moscow")


async def test_who_loses_access_is_out_at_once_and_undo_gives_it_back(
    page: NewPage, ada: Person, bob: Person
):
    his, hers = await page(bob), await page(ada, path="/admin/people")
    await row(hers, "Bob").get_by_role("button").press("Enter")
    await hers.get_by_role("menuitem", name=EN["admin.disable"]).press("Enter")
    await row(hers, "Bob").get_by_text(EN["people.disabled"]).wait_for()
    await his.get_by_text(EN["entry.ended"]).wait_for()
    await hers.get_by_role("button", name=EN["app.undo"]).press("Enter")
    await row(hers, "Bob").get_by_text(EN["people.role.user"]).wait_for()


async def test_a_person_is_erased_once_their_name_is_typed(page: NewPage, ada: Person, bob: Person):
    hers = await page(ada, path="/admin/people")
    await row(hers, "Bob").get_by_role("button").press("Enter")
    await hers.get_by_role("menuitem", name=EN["erase.menu"]).press("Enter")
    dialog = hers.get_by_role("dialog")
    submit = dialog.get_by_role("button", name=EN["erase.submit"])
    typed = dialog.get_by_label(EN["erase.sure"].replace("{name}", "bob"))
    await dialog.get_by_label(EN["erase.messages"], exact=True).select_option("remove")
    await dialog.get_by_text(EN["erase.remove_hint"]).wait_for()
    for name, disabled in (("", True), ("bo", True), ("Bob", False)):
        await typed.fill(name)
        assert await submit.is_disabled() == disabled
    assert await violations(hers) == []
    await hers.keyboard.press("Enter")
    await dialog.wait_for(state="detached")
    nobody = row(hers, re.compile("Deleted account|Удалённый аккаунт"))
    await nobody.get_by_text(EN["people.disabled"]).wait_for()


async def test_a_role_is_changed_with_the_keyboard(page: NewPage, ada: Person, bob: Person):
    hers = await page(ada, path="/admin/people")
    await row(hers, "Bob").get_by_role("button").press("Enter")
    await hers.get_by_role("menuitemcheckbox", name=EN["people.role.admin"]).press("Enter")
    await row(hers, "Bob").get_by_text(EN["people.role.admin"]).wait_for()


async def test_an_invitation_link_leads_to_an_account(page: NewPage, ada: Person):
    hers = await page(ada, path="/admin/invites")
    await hers.get_by_role("button", name=EN["admin.invite_make"]).press("Enter")
    # The list below soon has the same button.
    made = hers.get_by_role("status").filter(has=hers.get_by_role("textbox"))
    link = await made.get_by_role("textbox").input_value()
    visitor = await page(path="/" + link.partition("/")[2].partition("/")[2].partition("/")[2])
    await visitor.get_by_role("heading", name=EN["entry.invite_title"]).wait_for()


async def test_a_link_is_copied(page: NewPage, ada: Person):
    hers = await page(ada, path="/admin/invites")
    await hers.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await hers.get_by_role("button", name=EN["admin.invite_make"]).click()
    made = hers.get_by_role("status").filter(has=hers.get_by_role("textbox"))
    link = await made.get_by_role("textbox").input_value()
    await made.get_by_role("button", name=EN["admin.invite_copy"]).click()
    await hers.get_by_text(EN["app.copied"]).wait_for()
    assert await hers.evaluate("navigator.clipboard.readText()") == link


async def test_a_person_is_put_on_legal_hold_and_the_hold_is_lifted(
    page: NewPage, ada: Person, bob: Person
):
    hers = await page(ada, path="/admin/data")
    await hers.get_by_role("button", name=EN["holds.place"]).press("Enter")
    form = hers.get_by_role("dialog")
    assert await form.get_by_role("button", name=EN["holds.submit"]).is_disabled()
    await form.get_by_role("button", name="Bob").press("Enter")
    chosen = form.get_by_role("button", name=EN["chats.unpick"].replace("{name}", "Bob"))
    await playwright.expect(chosen).to_be_focused()
    await hers.get_by_label(EN["holds.reason"], exact=True).fill("case 12")
    assert await violations(hers) == []
    await hers.keyboard.press("Enter")
    await row(hers, "case 12").get_by_text("Bob").wait_for()
    people = await page(ada, path="/admin/people")
    await row(people, "Bob").get_by_text(EN["holds.held"]).wait_for()
    await row(hers, "case 12").get_by_role("button").press("Enter")
    dialog = hers.get_by_role("dialog")
    await dialog.get_by_role("button", name=EN["holds.lift"]).press("Enter")
    await row(hers, "case 12").wait_for(state="detached")


async def test_the_audit_tells_what_was_done(page: NewPage, ada: Person, bob: Person):
    hers = await page(ada, path="/admin/people")
    await row(hers, "Bob").get_by_role("button").press("Enter")
    await hers.get_by_role("menuitemcheckbox", name=EN["people.role.guest"]).press("Enter")
    await row(hers, "Bob").get_by_text(EN["people.role.guest"]).wait_for()
    await hers.get_by_role("link", name=EN["admin.audit"]).press("Enter")
    change = row(hers, EN["admin.did.user.update"]).filter(has_text="Bob")
    await change.get_by_text(re.compile(f"Ada.*{EN['people.role']}")).wait_for()
    await hers.get_by_label(EN["admin.audit_by"]).select_option("Bob")
    await change.wait_for(state="detached")
    await hers.get_by_label(EN["admin.audit_area"]).select_option(EN["admin.audit_area.user"])
    await hers.get_by_text(EN["admin.audit_empty"]).wait_for()
    await hers.get_by_role("button", name=EN["admin.audit_all"]).press("Enter")
    await change.wait_for()
    async with hers.expect_download() as table:
        await hers.get_by_role("button", name=EN["admin.audit_table"]).press("Enter")
    assert ",user.update,bob," in words_of(await (await table.value).path())


async def test_the_status_counts_people(page: NewPage, ada: Person, bob: Person):
    hers = await page(ada, path="/admin/status")
    name = hers.get_by_role("term").filter(has_text=EN["admin.status.people"])
    await name.wait_for()
    await playwright.expect(name.locator("+ dd")).to_have_text("2", use_inner_text=True)


async def test_a_backup_is_made_by_hand_and_shown_as_proven(page: NewPage, ada: Person):
    hers = await page(ada, path="/admin/data")
    await hers.get_by_text(EN["data.first"]).wait_for()
    await hers.get_by_role("button", name=EN["data.run_backup"]).press("Enter")
    await hers.get_by_text(EN["data.good"].partition("{")[0].strip()).wait_for()
    # Its day is proven once the run has ended.
    await hers.locator(f".data-day[aria-label$=': {EN['data.day.proven']}']").wait_for()
    await hers.get_by_text(EN["data.state.proven"], exact=True).last.wait_for()
    assert await violations(hers) == []


async def test_others_are_told_that_it_is_not_for_them(page: NewPage, bob: Person):
    his = await page(bob, path="/admin")
    await his.get_by_text(EN["admin.forbidden"]).wait_for()
    assert await his.get_by_role("link", name=EN["rail.admin"]).count() == 0


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
async def test_axe_finds_nothing_in_the_administration(
    page: NewPage, ada: Person, bob: Person, phone: bool
):
    hers = await page(ada, phone=phone)
    for name in ("people", "invites", "audit", "status"):
        await go(hers, f"/admin/{name}")
        await hers.get_by_role("heading", name=EN["admin.title"]).wait_for()
        shown = hers.locator("[aria-current=page]", has_text=EN[f"admin.{name}"])
        await shown.wait_for(state="attached")
        await hers.locator(".skeleton").wait_for(state="detached")
        assert await violations(hers) == [], name


async def test_an_invitation_is_listed_with_who_came_and_taken_back(
    page: NewPage, company: Company, ada: Person, bob: Person
):
    hers = await page(ada, path="/admin/invites")
    await hers.get_by_role("button", name=EN["admin.invite_make"]).press("Enter")
    used = EN["admin.invite_used"].replace("{used}", "0").replace("{uses}", "10")
    await row(hers, used).wait_for()
    assert await violations(hers) == []
    await row(hers, used).get_by_role("button", name=EN["admin.invite_revoke"]).press("Enter")
    await row(hers, used).get_by_text(EN["admin.invite_revoked"]).wait_for()
