"""Getting started: three steps for whoever sets it up, a few for who is new; never shown again."""

import asyncio
from typing import Any

import pytest

from messenger.actors.commands import InviteFirst
from messenger.protocol.accounts import CreateInvite
from messenger.store.rows import invites
from tests.web.axe import violations
from tests.web.conftest import PASSWORD, Company, NewPage, playwright, words

EN = words("en")


async def register(page: Any, name: str) -> None:
    await page.get_by_label(EN["entry.display_name"]).fill(name)
    await page.get_by_label(EN["entry.password"], exact=True).fill(PASSWORD)
    await page.get_by_role("button", name=EN["entry.register_submit"]).click()
    await page.wait_for_url("**/welcome")


async def first_code(company: Company) -> str:
    server = company.server
    invite_id = await server.directory.ask_system(InviteFirst())
    return invites.code_of(server.settings.secret_key, invite_id)


async def founder(page: NewPage, company: Company, **more: Any) -> Any:
    found = await page(path=f"/#/invite/{await first_code(company)}", **more)
    await register(found, "Olga")
    return found


def button(page: Any, key: str) -> Any:
    return page.get_by_role("button", name=EN[key], exact=True)


async def test_the_first_administrator_sets_everything_up_in_three_steps(
    page: NewPage, company: Company
):
    hers = await founder(page, company)
    await hers.get_by_label(EN["welcome.name"], exact=True).fill("Oak & Sons")
    await hers.get_by_text(EN["welcome.accent_violet"]).click()
    await button(hers, "welcome.next").click()
    await hers.get_by_role("img", name=EN["welcome.qr"]).wait_for()
    await hers.locator("html[data-accent=violet]").wait_for()
    # It goes on where it was, also after a reload.
    await hers.reload()
    await hers.get_by_role("heading", name=EN["welcome.people_title"]).wait_for()
    await hers.get_by_text(EN["welcome.each"]).click()
    await hers.get_by_label(EN["welcome.each_names"]).fill("anna@example.com, Igor")
    await hers.get_by_role("button", name="Make 2 links").click()
    await hers.get_by_role("button", name="Copy the link: Igor").wait_for()
    await button(hers, "welcome.next").click()
    await button(hers, "welcome.project_make").click()
    await hers.wait_for_url("**/board/*")
    await hers.locator(".board-card").nth(2).wait_for()
    await hers.goto("/")
    await hers.get_by_role("heading", name=EN["chats.title"]).wait_for()
    await hers.wait_for_timeout(1500)
    assert hers.url.endswith("/")
    # A stranger sees whose door this is.
    stranger = await page(path="/sign-in")
    await stranger.get_by_text("Oak & Sons").wait_for()
    await stranger.locator("html[data-accent=violet]").wait_for()


async def test_every_step_can_be_skipped_and_the_setup_goes_on_on_another_device(
    page: NewPage, company: Company
):
    hers = await founder(page, company)
    await button(hers, "welcome.skip").click()
    await hers.get_by_role("heading", name=EN["welcome.people_title"]).wait_for()
    await hers.evaluate("() => localStorage.clear()")
    other = await page(path="/sign-in")
    await other.get_by_label(EN["entry.login"], exact=True).fill("olga")
    await other.get_by_label(EN["entry.password"], exact=True).fill(PASSWORD)
    await other.keyboard.press("Enter")
    await other.get_by_role("heading", name=EN["welcome.people_title"]).wait_for()
    await button(other, "welcome.next").click()
    await button(other, "welcome.skip").click()
    await other.get_by_role("heading", name=EN["chats.title"]).wait_for()


async def test_somebody_new_comes_in_and_is_greeted_once(page: NewPage, company: Company):
    [root] = await company.hire("root", role="admin")
    server = company.server
    made = await server.directory.ask(root.identity, CreateInvite())
    code = invites.code_of(server.settings.secret_key, made.id)
    his = await page(path=f"/#/invite/{code}")
    there = asyncio.Event()

    async def late(route: Any) -> None:
        await there.wait()
        await route.continue_()

    await his.route("**/sync/bootstrap*", late)
    await register(his, "Igor Petrov")
    await his.get_by_role("img", name=EN["welcome.qr"]).wait_for()
    await his.get_by_label(EN["settings.name"], exact=True).fill("Igor")
    await button(his, "welcome.come_in").click()
    await his.wait_for_url(company.address + "/")
    # Who is quicker than their chats is led to the common one all the same.
    there.set()
    greeting = his.get_by_role("complementary", name="Welcome, Igor!")
    await greeting.wait_for()
    await greeting.get_by_role("button", name=EN["welcome.try_notebook"]).click()
    await his.get_by_text(EN["chat.empty_notebook"]).wait_for()
    await his.go_back()
    await greeting.get_by_role("button", name=EN["app.close"]).click()
    await greeting.wait_for(state="detached")
    await his.reload()
    await his.get_by_role("textbox", name=EN["chat.placeholder"]).wait_for()
    assert await greeting.count() == 0
    # The invitation was for one: the next is told before filling the form in.
    late = await page(path=f"/#/invite/{code}")
    await late.get_by_role("heading", name=EN["entry.invite_over"]).wait_for()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
async def test_axe_finds_nothing_in_the_first_steps(page: NewPage, company: Company, phone: bool):
    hers = await founder(page, company, phone=phone)
    await button(hers, "welcome.skip").wait_for()
    assert await violations(hers) == []
    await hers.get_by_label(EN["welcome.name"], exact=True).fill("Oak & Sons")
    await hers.get_by_text(EN["welcome.accent_violet"]).click()
    await button(hers, "welcome.next").click()
    await hers.get_by_role("img", name=EN["welcome.qr"]).wait_for()
    assert await violations(hers) == []
    # The colour is the organisation's in either theme.
    main = button(hers, "welcome.next")
    await hers.mouse.move(0, 0)
    for scheme, colour in (("dark", "rgb(191, 158, 242)"), ("light", "rgb(106, 69, 181)")):
        await hers.emulate_media(color_scheme=scheme)
        await playwright.expect(main).to_have_css("background-color", colour)
    wider = "document.documentElement.scrollWidth > innerWidth"
    assert not await hers.evaluate(wider)


async def test_an_administrator_changes_name_and_colour_later(page: NewPage, company: Company):
    [root] = await company.hire("root", role="admin")
    hers = await page(root, path="/admin/organisation")
    await hers.get_by_label(EN["welcome.name"], exact=True).fill("Birch & Daughters")
    await hers.get_by_text(EN["welcome.accent_rose"]).click()
    await hers.get_by_role("button", name=EN["app.save"]).click()
    await hers.locator("html[data-accent=rose]").wait_for()
    stranger = await page(path="/sign-in")
    await stranger.get_by_text("Birch & Daughters").wait_for()


async def test_the_longest_name_leaves_the_sign_in_page_whole(page: NewPage, company: Company):
    [root] = await company.hire("root", role="admin")
    hers = await page(root, path="/admin/organisation")
    longest = await hers.get_by_label(EN["welcome.name"], exact=True).get_attribute("maxlength")
    await hers.get_by_label(EN["welcome.name"], exact=True).fill("W" * int(longest))
    await hers.get_by_role("button", name=EN["app.save"]).click()
    await hers.get_by_text(EN["settings.saved"], exact=True).wait_for()
    for phone in (False, True):
        stranger = await page(path="/sign-in", phone=phone)
        name = stranger.get_by_text("W" * int(longest))
        await name.wait_for()
        side = await stranger.locator(".entry-side").bounding_box()
        for part in (name, stranger.locator(".entry-form")):
            box = await part.bounding_box()
            assert box["x"] + box["width"] <= side["x"] + side["width"]
        assert not await stranger.evaluate("document.documentElement.scrollWidth > innerWidth")
