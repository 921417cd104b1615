"""The list of chats: its order, what is unread, drafts, search, new chats."""

from typing import Any

import pytest

from messenger.protocol.preferences import SetNotify
from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, words

pytestmark = pytest.mark.leaves_nothing
EN = words("en")


def rows(page: Any) -> Any:
    return page.locator(".chats-row")


def row(page: Any, title: str) -> Any:
    return rows(page).filter(has=page.get_by_text(title, exact=True))


async def named(page: Any) -> list[str]:
    """The chats from above, read at one moment."""
    found: list[str] = await page.locator(".chats-row .chats-name").all_text_contents()
    return found


async def choose(page: Any, button: str, item: str) -> None:
    await page.get_by_role("button", name=button, exact=True).click()
    await page.get_by_role("menuitem", name=item, exact=True).click()


async def test_the_last_active_chat_comes_first(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    other = await company.group(alice, bob, title="Other")
    await company.send(bob, other, "later")
    hers = await page(alice)
    await row(hers, "Other").wait_for()
    assert (await named(hers))[:2] == ["Other", "Lobby"]
    await company.send(bob, lobby, "now here")
    await row(hers, "Lobby").get_by_text("now here").wait_for()
    assert (await named(hers))[:2] == ["Lobby", "Other"]


async def test_unread_and_mentions_are_counted_until_the_chat_is_opened(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    for text in ("one", "two", "@alice three"):
        await company.send(bob, lobby, text)
    hers = await page(alice)
    await row(hers, "Lobby").get_by_text("3 unread messages").wait_for()
    await row(hers, "Lobby").get_by_text("1 mention").wait_for()
    await row(hers, "Lobby").click()
    await row(hers, "Lobby").get_by_text("unread").wait_for(state="detached")
    assert await row(hers, "Lobby").get_by_text("1 mention").count() == 0


async def test_the_last_message_is_shown_as_plain_text(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(bob, lobby, "**bold** and [a link](https://example.org)")
    hers = await page(alice)
    await row(hers, "Lobby").get_by_text("bold and a link").wait_for()


async def test_a_draft_shows_in_the_list_and_is_there_after_a_reload(
    page: NewPage, alice: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.get_by_role("textbox", name=EN["chat.placeholder"]).fill("not yet")
    await row(hers, "Lobby").get_by_text(EN["chats.draft"]).wait_for()
    await hers.reload()
    await row(hers, "Lobby").get_by_text("not yet").wait_for()


async def test_who_is_here_has_a_dot(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await page(alice)
    await row(hers, "Lobby").wait_for()
    await hers.get_by_role("searchbox").fill("bob")
    await hers.get_by_role("button", name="Bob").click()
    await hers.wait_for_url("**/chat/*")
    await page(bob)
    await row(hers, "Bob").get_by_label(EN["people.online"]).wait_for()


async def test_a_muted_chat_says_so(page: NewPage, company: Company, alice: Person, lobby: int):
    await company.ask(alice, SetNotify(chat_id=lobby, level="none"))
    hers = await page(alice)
    await row(hers, "Lobby").get_by_label(EN["chats.muted"]).wait_for()
    await row(hers, "Lobby").click(button="right")
    await hers.get_by_role("menuitem", name=EN["chats.unmute"]).click()
    await row(hers, "Lobby").get_by_label(EN["chats.muted"]).wait_for(state="detached")


async def test_the_search_finds_chats_and_people_and_arrows_lead_there(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.group(alice, title="Garden")
    hers = await page(alice)
    await row(hers, "Garden").wait_for()
    await hers.get_by_role("searchbox").fill("lob")
    await row(hers, "Garden").wait_for(state="detached")
    await hers.keyboard.press("ArrowDown")
    await hers.keyboard.press("Enter")
    await hers.wait_for_url(f"**/chat/{lobby}")


async def test_a_group_is_made_with_people_and_a_board(page: NewPage, alice: Person, bob: Person):
    hers, his = await page(alice), await page(bob)
    await choose(hers, EN["chats.new"], EN["chats.new_project"])
    await hers.get_by_label(EN["chats.new_title"], exact=True).fill("Launch")
    await hers.get_by_role("checkbox", name="Bob").check()
    await hers.get_by_role("button", name=EN["chats.create"]).click()
    await hers.get_by_role("heading", name="Launch").wait_for()
    await hers.get_by_role("link", name=EN["chat.tab_board"]).wait_for()
    await row(his, "Launch").wait_for()


@pytest.mark.leaves_nothing(False)
async def test_a_direct_chat_and_the_notebook_are_one_press_away(
    page: NewPage, alice: Person, bob: Person
):
    hers = await page(alice)
    await choose(hers, EN["chats.new"], EN["chats.new_direct"])
    await hers.get_by_role("dialog").get_by_role("button", name="Bob").click()
    await hers.get_by_role("heading", name="Bob", exact=True).wait_for()
    await choose(hers, EN["chats.new"], EN["chats.notebook"])
    await hers.get_by_role("heading", name=EN["chats.notebook"]).wait_for()
    await row(hers, EN["chats.notebook"]).wait_for()


async def test_the_list_is_accessible(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(bob, lobby, "@alice hello")
    await company.ask(alice, SetNotify(chat_id=lobby, level="none"))
    hers = await page(alice)
    await row(hers, "Lobby").wait_for()
    assert await violations(hers) == []
    await choose(hers, EN["chats.new"], EN["chats.new_group"])
    await hers.get_by_role("checkbox", name="Bob").check()
    assert await violations(hers) == []
