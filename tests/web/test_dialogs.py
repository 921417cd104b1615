"""Dialogs: what was refused is said with its request's id; Esc and back are heard at once."""

import re
from typing import Any

import pytest

from messenger.protocol.commands import PinMessage
from tests.web.conftest import Company, NewPage, Person, words
from tests.web.test_admin import ada
from tests.web.test_chat_list import choose
from tests.web.test_trust import refuse

pytestmark = pytest.mark.leaves_nothing
__all__ = ["ada"]

EN = words("en")
REQUEST = "5f0c2d9e"


async def a_group(page: Any) -> None:
    await choose(page, EN["chats.new"], EN["chats.new_group"])
    await page.get_by_label(EN["chats.new_title"], exact=True).fill("Team")
    await page.get_by_role("button", name=EN["chats.create"]).click()


async def a_project(page: Any) -> None:
    await choose(page, EN["chats.new"], EN["chats.new_project"])
    await page.get_by_label(EN["chats.new_title"], exact=True).fill("Team")
    await page.keyboard.press("Enter")


async def a_talk(page: Any) -> None:
    await choose(page, EN["chats.new"], EN["chats.new_direct"])
    await page.get_by_role("dialog").get_by_role("button", name="Bob").click()


async def a_person(page: Any) -> None:
    await page.get_by_role("button", name=EN["admin.add"]).click()
    await page.get_by_label(EN["settings.name"], exact=True).fill("Grace Hopper")
    await page.keyboard.press("Enter")


async def an_invitation(page: Any) -> None:
    await page.get_by_role("button", name=EN["admin.invite_make"]).click()


@pytest.mark.parametrize(
    ("path", "route", "make"),
    [
        ("/", "**/api/v1/chats", a_group),
        ("/", "**/api/v1/chats", a_project),
        ("/", "**/api/v1/chats/direct", a_talk),
        ("/admin/people", "**/api/v1/admin/users", a_person),
        ("/admin/invites", "**/api/v1/admin/invites", an_invitation),
    ],
)
async def test_what_could_not_be_made_says_why_with_the_request_to_copy(
    page: NewPage, ada: Person, bob: Person, path: str, route: str, make: Any
):
    hers = await page(ada, path=path)
    await refuse(hers, route)
    await make(hers)
    said = hers.locator("[role=alert], .toast").filter(has_text=EN["error.internal"])
    await said.get_by_role("button", name=REQUEST).wait_for()


@pytest.mark.parametrize("press", ["Control+k", "?", "ContextMenu"])
async def test_escape_closes_what_has_only_just_been_asked_for(
    page: NewPage, alice: Person, lobby: int, press: str
):
    hers = await page(alice)
    chat = hers.locator(f"a.chats-row[href='/chat/{lobby}']")
    await chat.focus()
    # The first time it is still to be fetched; then it is at hand.
    for _ in range(4):
        await hers.keyboard.press(press)
        await hers.keyboard.press("Escape")
        await hers.wait_for_timeout(200)
        assert await hers.locator("dialog").count() == 0
        assert await chat.evaluate("(row) => row === document.activeElement")


ASKED_TO_CLOSE = "(dialog) => dialog.requestClose()"


async def test_what_a_phones_back_asks_to_close_is_closed(
    page: NewPage, alice: Person, lobby: int
) -> None:
    # Android's back comes to the page as this, where a dialog is open.
    hers = await page(alice, phone=True)
    await hers.get_by_role("button", name=EN["chats.new"]).tap()
    await hers.locator("dialog.menu").evaluate(ASKED_TO_CLOSE)
    await hers.locator("dialog").wait_for(state="detached")
    await choose(hers, EN["chats.new"], EN["chats.new_group"])
    await hers.locator("dialog:not(.menu)").evaluate(ASKED_TO_CLOSE)
    await hers.locator("dialog").wait_for(state="detached")


async def test_back_on_a_phone_closes_what_covers_the_chat_and_not_the_chat(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
) -> None:
    seq = await company.send(bob, lobby, "Read this first")
    await company.ask(alice, PinMessage(chat_id=lobby, seq=seq))
    hers = await page(alice, phone=True)
    await hers.get_by_role("link", name=re.compile("Lobby")).tap()
    panel = hers.get_by_role("complementary")
    await hers.locator(".chat-head-link").tap()
    await panel.get_by_role("link", name="Bob").tap()
    await hers.wait_for_url(f"/people/{bob.user_id}")
    # Each step leads to what was there before it.
    await hers.go_back()
    await panel.get_by_role("link", name="Bob").wait_for()
    await hers.go_back()
    await panel.wait_for(state="detached")
    assert hers.url.endswith(f"/chat/{lobby}")
    await hers.get_by_role("button", name=EN["chat.menu"]).tap()
    await hers.get_by_role("menuitem", name=EN["search.in_chat"]).tap()
    await hers.get_by_role("textbox", name=EN["search.in_chat"]).wait_for()
    await hers.go_back()
    await hers.get_by_role("textbox", name=EN["search.in_chat"]).wait_for(state="detached")
    assert hers.url.endswith(f"/chat/{lobby}")
    await hers.locator(".post").last.focus()
    await hers.keyboard.press("Enter")
    await hers.get_by_role("menuitem", name=EN["chat.select"]).tap()
    await hers.get_by_role("toolbar", name=EN["chat.selection"]).wait_for()
    await hers.go_back()
    await hers.get_by_role("toolbar", name=EN["chat.selection"]).wait_for(state="detached")
    assert hers.url.endswith(f"/chat/{lobby}")
    await hers.get_by_role("button", name=re.compile("pinned message")).tap()
    await panel.get_by_role("link", name=EN["chat.show_in_chat"]).tap()
    await panel.wait_for(state="detached")
    await hers.wait_for_url(f"/chat/{lobby}/{seq}")
    # The chat as it was before looks the same: no press is spent on it.
    await hers.go_back()
    await hers.get_by_role("heading", name=EN["chats.title"]).wait_for()


async def test_every_back_on_a_phone_is_seen_after_one_went_on_from_what_covered_a_chat(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
) -> None:
    other = await company.group(alice, bob, title="Garden")
    await company.send(bob, lobby, "Read this first")
    hers = await page(alice, phone=True)
    await hers.get_by_role("link", name=re.compile("Lobby")).tap()
    await hers.get_by_role("button", name=EN["chat.menu"]).tap()
    await hers.get_by_role("menuitem", name=EN["search.in_chat"]).tap()
    await hers.get_by_role("textbox", name=EN["search.in_chat"]).wait_for()
    await hers.locator(".post").last.focus()
    await hers.keyboard.press("Enter")
    await hers.get_by_role("menuitem", name=EN["chat.select"]).tap()
    await hers.get_by_role("toolbar", name=EN["chat.selection"]).wait_for()
    await hers.keyboard.press("Control+k")
    await hers.get_by_role("dialog").get_by_role("combobox").fill("Garden")
    await hers.get_by_role("option", name="Garden").first.click()
    await hers.wait_for_url(f"/chat/{other}")
    await hers.go_back()
    await hers.wait_for_url(f"/chat/{lobby}")
    await hers.get_by_text("Read this first").wait_for()
    await hers.go_back()
    await hers.get_by_role("heading", name=EN["chats.title"]).wait_for()
