"""Files of cards: dropped, shown on the board to others, and attached without a connection."""

import asyncio
from typing import Any

import pytest

from messenger.protocol.tasks import UpdateTask
from tests.web.axe import violations
from tests.web.board_page import add_task, card
from tests.web.conftest import Company, NewPage, Person, offline, playwright, words
from tests.web.test_tray import a_file, a_picture, give

pytestmark = pytest.mark.leaves_nothing
EN = words("en")
expect = playwright.expect


def panel(page: Any) -> Any:
    return page.get_by_role("complementary")


def names(page: Any) -> Any:
    return panel(page).locator(".attachments .file-name")


async def height(element: Any) -> float:
    return float((await element.bounding_box())["height"])


async def test_what_is_dropped_on_a_card_is_its_cover_on_the_board_of_others(
    page: NewPage, company: Company, alice: Person, bob: Person
):
    chat = await company.group(alice, bob, title="Site", board=True)
    task = await add_task(company, alice, "Paint the door", chat_id=chat)
    hers, his = await page(alice, path=f"/task/{task}"), await page(bob, path=f"/board/{chat}")
    await panel(hers).get_by_role("button", name=EN["card.attach_hint"]).wait_for()
    await card(his, "Paint the door").wait_for()
    picture, plan = (
        a_file("door.png", a_picture(), "image/png"),
        a_file("plan.txt", b"1", "text/plain"),
    )
    await drop(hers, picture, plan)
    await expect(names(hers)).to_have_text(["door.png", "plan.txt"])
    cover = card(his, "Paint the door").locator(".board-cover")
    await cover.wait_for()
    shown = await height(cover)
    await cover.locator("img").evaluate("image => image.decode()")
    assert await height(cover) == shown
    await card(his, "Paint the door").get_by_text("2 files").wait_for()
    # The menu makes it no cover, and takes it off; what is taken off can be had back for a while.
    await panel(hers).get_by_role("button", name="Actions on door.png").click()
    await hers.get_by_role("menuitem", name=EN["card.uncover"]).click()
    await cover.wait_for(state="detached")
    await panel(hers).get_by_role("button", name="Actions on plan.txt").click()
    await hers.get_by_role("menuitem", name=EN["card.file_remove"]).click()
    await expect(names(hers)).to_have_text(["door.png"])
    await expect(panel(hers).get_by_role("button", name="Actions on door.png")).to_be_focused()
    await hers.get_by_role("button", name=EN["app.undo"]).last.click()
    await expect(names(hers)).to_have_text(["door.png", "plan.txt"])
    assert await violations(hers) == []
    # A card of the board takes files, too: of who may change it.
    await hers.goto(f"/board/{chat}")
    await card(hers, "Paint the door").wait_for()
    key, there = a_file("key.txt", b"1", "text/plain"), f"[data-card='{task}']"
    # As a hand does: it is dragged until the card says that it takes it.
    async with asyncio.timeout(20):
        while await hers.locator(".takes-now").count() == 0:
            await give(hers, there, "dragover", key)
            await asyncio.sleep(0.1)
    await give(hers, there, "drop", key)
    await card(his, "Paint the door").get_by_text("3 files").wait_for()


async def drop(page: Any, *files: dict[str, str]) -> None:
    """Over the card it is shown where they go; there they are let go of."""
    await give(page, ".attachments", "dragover", *files)
    await page.locator(".incoming-zone").first.wait_for()
    await give(page, ".incoming-zone", "drop", *files)


async def test_what_is_attached_offline_goes_out_once(
    page: NewPage, company: Company, alice: Person, bob: Person
):
    chat = await company.group(alice, bob, title="Site", board=True)
    task = await add_task(company, alice, "Paint the door", chat_id=chat)
    hers = await page(alice, path=f"/task/{task}")
    await panel(hers).get_by_role("button", name=EN["card.attach_hint"]).wait_for()
    await offline(hers)
    async with hers.expect_file_chooser() as asked:
        await panel(hers).get_by_role("button", name=EN["card.attach_hint"]).click()
    content = {"name": "door.png", "mimeType": "image/png", "buffer": a_picture()}
    await (await asked.value).set_files([content])
    await panel(hers).get_by_text(EN["card.file_waits"]).wait_for()
    await hers.reload()
    await panel(hers).get_by_text(EN["card.file_waits"]).wait_for()
    await hers.context.set_offline(False)
    his = await page(bob, path=f"/task/{task}")
    await expect(names(his)).to_have_text(["door.png"])
    await panel(hers).get_by_text(EN["card.cover"], exact=True).wait_for()
    await expect(names(hers)).to_have_text(["door.png"])
    assert len((await company.ask(alice, UpdateTask(task_id=task, labels=["sent"]))).files) == 1
