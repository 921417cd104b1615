"""Administration: settings while it runs, many people at once, chats that nobody leads."""

from typing import Any

from messenger.model import SYSTEM
from messenger.protocol.accounts import UpdateUser
from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, playwright, words
from tests.web.test_admin import ada, row

__all__ = ["ada"]

EN = words("en")
TABLE = "username,name,role\ngrace,Grace Hopper,user\nbob,Robert,user\n"


async def test_a_setting_holds_at_once_and_undo_takes_it_back(
    page: NewPage, company: Company, ada: Person
):
    hers = await page(ada, path="/admin/settings")
    who = hers.get_by_label(EN["setting.REGISTRATION"])
    await who.select_option("closed")
    await hers.get_by_role("button", name=EN["app.undo"]).wait_for()
    assert company.server.settings.registration == "closed"
    # This device goes by it, too.
    await hers.get_by_role("link", name=EN["admin.invites"]).click()
    await hers.get_by_text(EN["admin.invites_closed"], exact=True).wait_for()
    pages = hers.get_by_role("navigation", name=EN["admin.title"])
    await pages.get_by_role("link", name=EN["admin.settings"]).click()
    days = hers.get_by_label(EN["setting.RETENTION_DAYS"])
    await days.fill("90")
    await days.press("Enter")
    reset = hers.get_by_role("button", name=EN["setting.reset"].format(value="30"))
    await reset.wait_for()
    assert company.server.settings.retention_days == 90
    await reset.click()
    await reset.wait_for(state="detached")
    assert company.server.settings.retention_days == 30
    # What the environment says cannot be changed here.
    said = EN["setting.locked"].format(name="MESSAGE_RATE_LIMIT")
    await hers.get_by_text(said).wait_for()
    # What would be lost for good is asked about.
    years = hers.get_by_label(EN["setting.ARCHIVE_YEARS"])
    await years.fill("1")
    await years.press("Enter")
    await hers.get_by_role("dialog", name=EN["setting.years_ask"]).wait_for()
    assert await violations(hers) == []
    assert company.server.settings.archive_years == 2
    await hers.get_by_role("button", name=EN["setting.years_action"]).click()
    reset = hers.get_by_role("button", name=EN["setting.reset"].format(value="2"))
    await reset.wait_for()
    assert company.server.settings.archive_years == 1


async def test_people_are_found_changed_together_and_brought_in(
    page: NewPage, company: Company, ada: Person, bob: Person
):
    await company.hire("carol")
    hers = await page(ada, path="/admin/people")
    await row(hers, "Carol").wait_for()
    await hers.get_by_label(EN["admin.find"]).fill("bo")
    await row(hers, "Carol").wait_for(state="detached")
    await hers.get_by_label(EN["admin.find"]).fill("")
    # The list of all is another one: nobody is chosen in it.
    await row(hers, "Carol").wait_for()
    for name in ("Bob", "Carol"):
        await hers.get_by_role("checkbox", name=EN["admin.choose"].format(name=name)).check()
    everybody = hers.get_by_role("checkbox", name=EN["admin.choose_all"].format(count=2))
    # Drawn as checked before it is pressed: what is not checked has nothing to uncheck.
    await playwright.expect(everybody).to_be_checked()
    await everybody.uncheck()
    await hers.get_by_role("button", name=EN["admin.with_chosen"]).wait_for(state="detached")
    await everybody.check()
    await hers.get_by_role("button", name=EN["admin.with_chosen"]).click()
    assert await violations(hers) == []
    await hers.get_by_role("menuitem", name=EN["admin.disable"]).click()
    await hers.get_by_text(EN["admin.many_disabled#other"].format(count=2)).wait_for()
    await row(hers, "Bob").wait_for(state="detached")
    await hers.get_by_label(EN["admin.state"]).select_option("disabled")
    await row(hers, "Carol").wait_for()
    await hers.get_by_role("button", name=EN["app.undo"]).click()
    await row(hers, "Carol").wait_for(state="detached")
    await hers.get_by_label(EN["admin.state"]).select_option("active")
    await row(hers, "Bob").get_by_role("button").click()
    await hers.get_by_role("menuitem", name=EN["admin.link_menu"]).click()
    link = await hers.get_by_role("dialog").get_by_role("textbox").input_value()
    assert "/#/reset/" in link
    await hers.keyboard.press("Escape")
    await brought_in(hers)


async def brought_in(hers: Any) -> None:
    await hers.get_by_role("button", name=EN["admin.import"]).click()
    dialog = hers.get_by_role("dialog")
    for text, said in (
        ("a,b\n1,2\n", "admin.import_bad"),
        ("username\n" + "".join(f"person{at}\n" for at in range(1001)), "admin.import_long"),
    ):
        file = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
        await dialog.locator("input[type=file]").set_input_files(file)
        await dialog.get_by_text(EN[said]).wait_for()
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    await dialog.locator("input[type=file]").set_input_files(file)
    await dialog.get_by_text(EN["admin.import_name_taken"]).wait_for()
    add = dialog.get_by_role("button", name=EN["admin.import_add#one"].format(count=1))
    assert await violations(hers) == []
    await add.click()
    save = dialog.get_by_role("button", name=EN["admin.import_save"])
    await save.wait_for()
    # They are nowhere else: a slip does not close them away.
    await hers.keyboard.press("Escape")
    slip = hers.get_by_role("dialog", name=EN["admin.import_unsaved"])
    await slip.wait_for()
    await hers.keyboard.press("Escape")
    await slip.wait_for(state="detached")
    async with hers.expect_download() as saved:
        await save.click()
    text = (await (await saved.value).path()).read_text("utf-8-sig")
    assert '"Grace Hopper","grace","' in text
    await dialog.get_by_role("button", name=EN["app.done"]).click()
    await row(hers, "Grace Hopper").get_by_text(EN["admin.never_here"]).wait_for()


async def test_what_needs_attention_stands_first_and_leads_to_its_mending(
    page: NewPage, company: Company, ada: Person, bob: Person
):
    lost = await company.group(bob, title="Lost")
    command = UpdateUser(user_id=bob.user_id, disabled=True)
    await company.server.directory.ask(SYSTEM, command)
    hers = await page(ada, path="/admin")
    concerns = hers.get_by_role("list", name=EN["health.attention"])
    said = concerns.get_by_text(EN["health.leaderless#one"].format(count=1))
    await said.wait_for()
    assert await violations(hers) == []
    await concerns.get_by_role("link", name=EN["health.go_chats"]).click()
    await row(hers, "Lost").get_by_role("button", name=EN["admin.chats_take"]).click()
    dialog = hers.get_by_role("dialog")
    assert await violations(hers) == []
    await dialog.get_by_role("button", name=EN["admin.chats_take"]).click()
    await hers.get_by_role("button", name=EN["admin.chats_open"], exact=True).click()
    await hers.wait_for_url(f"**/chat/{lost}")


FOUND: dict[str, Any] = {
    "area": "machine", "found": "So it is.", "fix": None, "command": None, "sql": None,
    "setting": None, "mendable": False,
}  # fmt: skip
REPORT: dict[str, Any] = {
    "ok": False, "version": "1", "checked_at": "2026-11-30T00:00:00.000Z", "seconds": 1.5,
    "settings": [],
    "checks": [
        {**FOUND, "code": "clock", "state": "well", "name": "The clock"},
        {**FOUND, "code": "mail", "state": "advice", "name": "Mail", "fix": "Set it.",
         "setting": "SMTP_URL=smtps://mail"},
        {**FOUND, "code": "room", "state": "wrong", "name": "Room", "fix": "Make some.",
         "command": "du -sh data", "mendable": True},
    ],
}  # fmt: skip


async def test_the_check_up_shows_what_is_wrong_first_with_its_fix(page: NewPage, ada: Person):
    hers = await page(ada, path="/admin/settings")
    await hers.route("**/api/v1/admin/doctor*", lambda route: route.fulfill(json={"data": REPORT}))
    await hers.get_by_role("link", name=EN["admin.doctor"]).click()
    await hers.get_by_text(EN["doctor.bad#one"].format(count=1)).wait_for()
    await playwright.expect(hers.get_by_role("heading", level=3)).to_have_text(
        ["Room", "Mail"], use_inner_text=True
    )
    await row(hers, "Room").get_by_text("du -sh data").wait_for()
    await row(hers, "Room").get_by_text("messenger doctor --fix").wait_for()
    await row(hers, "Mail").get_by_text("SMTP_URL=smtps://mail").wait_for()
    assert await hers.get_by_text("The clock").is_hidden()
    assert await violations(hers) == []
