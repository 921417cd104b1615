"""Pictures of the search: typing, what is found, filters, nothing, offline. See `screenshots`."""

from tests.web.conftest import Company, NewPage, offline, words
from tests.web.screenshots import BOARD, LOOKED_AT, Look, camera, resident
from tests.web.screenshots import settings as settings
from tests.web.screenshots import workshop as workshop


@LOOKED_AT
async def test_search(page: NewPage, workshop: Company, look: Look) -> None:
    anna, say = await resident(workshop, "anna"), words(look.locale)
    shot = await camera(page, anna, look)
    device = shot.page
    await device.get_by_role("link", name=BOARD).first.wait_for()
    await shot.take("110-chats")
    await shot.at("/search", "110-empty")
    field = device.get_by_role("combobox")

    async def typed(text: str, name: str) -> None:
        await field.fill(text)
        await device.wait_for_timeout(400)
        await shot.take(name)

    await typed("от:" if look.locale == "ru" else "from:", "111-people")
    await typed("са", "111-typing")
    await typed("сайт", "112-results")
    await device.get_by_role("button", name=say["search.save"]).click()
    await typed("cfqn", "112-other-layout")
    await typed(
        "от:@anna есть:файл " if look.locale == "ru" else "from:@anna has:file ", "113-chips"
    )
    await typed("от:@nobody сайт", "114-strange")
    await device.keyboard.press("Escape")
    await typed("нетслова", "114-nothing")
    await device.keyboard.press("Escape")
    await field.fill("сайт")
    await device.wait_for_timeout(500)
    await device.locator(".search-message").first.click()
    await device.locator(".find-bar").wait_for()
    await device.wait_for_timeout(400)
    await shot.take("116-in-chat")
    await shot.at("/search", "110-empty-with-recent")
    await shot.at("/tasks", "117-tasks")
    await device.goto("/search")
    await field.wait_for()
    await offline(device)
    await field.fill("сайт")
    await device.wait_for_timeout(800)
    await shot.now("115-offline")
    await field.fill("нетслова")
    await device.wait_for_timeout(800)
    await shot.now("115-offline-nothing")
