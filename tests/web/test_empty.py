"""Every empty place teaches one action, with a button that does it, in both languages."""

from typing import Any

import pytest

from messenger.protocol.commands import OpenDirect
from tests.web.board_page import add_task
from tests.web.conftest import Company, NewPage, go, words

ACTIONS = """() => [...document.querySelectorAll('.empty-state')]
  .filter((each) => each.checkVisibility())
  .map((each) => [...each.querySelectorAll('button, a')].map((one) => one.innerText.trim()))"""


async def action(page: Any, within: str = "#place") -> Any:
    """The one button of the empty place that is shown; each that is shown has one."""
    shown = page.locator(".empty-state:visible")
    await shown.first.wait_for()
    for names in await page.evaluate(ACTIONS):
        assert len(names) == 1, names
        assert names[0] != ""
    return page.locator(f"{within} .empty-state").locator("button, a")


@pytest.mark.parametrize("locale", ["en", "ru"])
async def test_every_empty_place_teaches_one_action(page: NewPage, company: Company, locale: str):
    say = words(locale)
    [root] = await company.hire("root", role="admin")
    alone = await company.group(root, title="Alone", board=True)
    notes = (await company.ask(root, OpenDirect(user_id=root.user_id))).id
    hers = await page(root, locale=locale)

    async def button(path: str, name: str, within: str = "#place") -> Any:
        await go(hers, path)
        await hers.locator(f"{within} .empty-state").wait_for()
        found = await action(hers, within)
        assert await found.inner_text() == say[name]
        return found

    choose = await button("/", "keys.switch")
    # What is not found becomes a task of the notebook, once that is there.
    await hers.locator(f'.chats-list a[href="/chat/{notes}"]').wait_for()
    await choose.click()
    await hers.get_by_role("combobox").fill("qqqqqqqqqqqq")
    await (await action(hers, "dialog")).click()
    await hers.wait_for_url("**/task/*")
    await hers.get_by_role("complementary").get_by_text("qqqqqqqqqqqq").first.wait_for()
    await (await button(f"/chat/{alone}", "chat.add_people")).click()
    await hers.get_by_role("dialog").wait_for()
    await (await button(f"/chat/{notes}", "chat.write")).click()
    assert await hers.evaluate("document.activeElement.matches('.composer-text')")
    await hers.get_by_label(say["chats.search"]).fill("qqqqqqqqqqqq")
    await hers.locator(".chats .empty-state").wait_for()
    await (await action(hers, ".chats")).click()
    await hers.get_by_role("heading", level=1, name=say["rail.search"]).wait_for()
    await (await button("/search?q=wwwwwwww", "search.clear")).click()
    await hers.get_by_role("option").first.wait_for()
    await button(f"/chat/{alone + 1000}", "app.to_chats")
    await button(f"/board/{alone + 1000}", "app.to_chats")
    await button("/people", "people.invite")
    await hers.get_by_label(say["people.find"]).fill("qqqqqqqqqqqq")
    await (await action(hers)).click()
    await hers.locator(".people-row").wait_for()
    await button("/people/999999", "people.title", "#place .panel")
    await go(hers, "/admin/invites")
    await hers.get_by_text(say["admin.invites_none_good"]).wait_for()
    await go(hers, "/settings/devices")
    await (
        hers.get_by_role("button", name=say["settings.copy_address"])
        .or_(hers.get_by_role("button", name=say["settings.end_session"]))
        .first.wait_for()
    )
    # The first column of an empty board says how to begin; a filter that hides all has a way out.
    await go(hers, f"/board/{alone}")
    await hers.get_by_text(say["board.empty"]).wait_for()
    await add_task(company, root, "Card", chat_id=alone)
    await go(hers, f"/board/{alone}?q=qqqqqqqqqqqq")
    await hers.locator(".board-none").get_by_role("button").click()
    await hers.locator(".board-card").wait_for()


@pytest.mark.parametrize("locale", ["en", "ru"])
async def test_who_is_new_and_no_administrator_finds_a_way_everywhere(
    page: NewPage, company: Company, locale: str
):
    say = words(locale)
    [guest] = await company.hire("guest", role="guest")
    hers = await page(guest, phone=True, locale=locale, path="/tasks")
    begin = await action(hers)
    await begin.tap()
    assert await hers.evaluate("document.activeElement.matches('.quick-task-field')")
    await go(hers, "/admin/people")
    await (await action(hers)).tap()
    await hers.get_by_role("heading", name=say["chats.title"]).wait_for()
    await go(hers, "/people")
    await (await action(hers)).tap()
    await hers.get_by_role("heading", name=say["chats.title"]).wait_for()


async def test_who_may_not_make_a_board_finds_the_way_back(page: NewPage, company: Company):
    boss, clerk = await company.hire("boss", "clerk")
    plain = await company.group(boss, clerk, title="Plain")
    his = await page(clerk, locale="ru", path=f"/board/{plain}")
    await (await action(his)).click()
    await his.wait_for_url(f"**/chat/{plain}")
