"""Dialogs: what was refused is said with the request's id; Esc is heard at once."""

from typing import Any

import pytest

from tests.web.conftest import NewPage, Person, words
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
