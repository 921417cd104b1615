"""What is read: only what somebody has seen, whichever way they came."""

import asyncio
from typing import Any

import pytest

from messenger.store.rows import chats
from tests.web.conftest import (
    WITHIN_MS,
    Browser,
    Company,
    NewPage,
    Person,
    offline,
    playwright,
    words,
)

EN = words("en")
AT_ONCE = 100
"""Messages that are stored together, which costs a fraction, and in this order."""
HIDE = """() => Object.defineProperty(
    document, 'visibilityState', { configurable: true, get: () => window.sight }
)"""
SEE = """(state) => {
    window.sight = state;
    document.dispatchEvent(new Event('visibilitychange'));
}"""


async def fill(company: Company, who: Person, chat_id: int, count: int, start: int = 0) -> None:
    texts = [f"message number {number}." for number in range(start, start + count)]
    for first in range(0, count, AT_ONCE):
        await asyncio.gather(
            *(company.send(who, chat_id, text) for text in texts[first : first + AT_ONCE])
        )


async def unread(company: Company, who: Person, chat_id: int) -> int:
    """What the server says."""
    return (await chats.my(company.server.database, who.user_id, [chat_id]))[chat_id].unread


async def settle(page: Any) -> None:
    """Longer than it takes until what is in view is read, and the server knows."""
    await page.wait_for_timeout(1500)


def row(page: Any) -> Any:
    return page.locator(".chats-row").filter(has_text="Lobby")


def post(page: Any, number: int) -> Any:
    return page.locator(".post").filter(has_text=f"message number {number}.")


async def see(page: Any, state: str) -> None:
    await page.evaluate(SEE, state)


async def in_view(page: Any) -> list[int]:
    """The numbers of the messages of which the beginning is in view: a line of it, 24 px."""
    found: list[int] = await page.evaluate(
        """() => {
            const { top, bottom } = document.querySelector('.feed').getBoundingClientRect();
            return [...document.querySelectorAll('.feed .post')]
                .filter((post) => post.getBoundingClientRect().top <= bottom - 24)
                .filter((post) => post.getBoundingClientRect().bottom > top)
                .map((post) => Number(/number (\\d+)/.exec(post.textContent)?.[1] ?? -1));
        }"""
    )
    return found


async def lands_at_the_first(
    page: Any, company: Company, who: Person, chat: int, count: int
) -> None:
    line = page.get_by_role("separator").get_by_text(EN["chat.new_line"])
    await playwright.expect(line).to_be_in_viewport()
    await playwright.expect(post(page, 0)).to_be_in_viewport()
    await settle(page)
    seen = await in_view(page)
    assert await unread(company, who, chat) == count - max(seen) - 1


async def by_click(page: Any) -> None:
    await row(page).click()


async def by_hover(page: Any) -> None:
    await row(page).hover()
    # Long enough for whatever is made ready.
    await page.wait_for_timeout(500)
    await row(page).click()


async def by_touch(page: Any) -> None:
    await row(page).tap()


async def by_keys(page: Any) -> None:
    await row(page).focus()
    await page.keyboard.press("Enter")


async def by_address(page: Any) -> None:
    await page.goto(str(await row(page).get_attribute("href")))


@pytest.mark.parametrize(
    ("come", "count"),
    [
        (by_click, 45),
        (by_click, 200),
        (by_hover, 55),
        (by_hover, 200),
        (by_touch, 55),
        (by_keys, 200),
        (by_address, 55),
    ],
)
async def test_a_chat_opens_at_its_first_unread_message_and_the_rest_stays_unread(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int, come: Any, count: int
):
    await fill(company, bob, lobby, count)
    hers = await page(alice, phone=come is by_touch)
    await row(hers).get_by_text(f"{count} unread").wait_for()
    await come(hers)
    await lands_at_the_first(hers, company, alice, lobby, count)


async def test_of_a_thousand_all_are_read_by_scrolling_to_the_end(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await fill(company, bob, lobby, 1000)
    hers = await page(alice)
    await by_hover(hers)
    await lands_at_the_first(hers, company, alice, lobby, 1000)
    feed = hers.locator(".feed")
    async with asyncio.timeout(60):
        while not await post(hers, 999).count():
            await feed.evaluate("(feed) => { feed.scrollTop += feed.clientHeight; }")
            await hers.wait_for_timeout(30)
    await feed.evaluate("(feed) => { feed.scrollTop = feed.scrollHeight; }")
    await row(hers).get_by_text("unread").wait_for(state="detached")
    await settle(hers)
    assert await unread(company, alice, lobby) == 0


async def test_hovering_over_a_chat_reads_nothing(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await fill(company, bob, lobby, 3)
    hers = await page(alice)
    await row(hers).hover()
    await settle(hers)
    assert await unread(company, alice, lobby) == 3


async def test_in_a_hidden_window_nothing_is_read_and_what_came_meanwhile_begins_with_the_line(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.get_by_text(EN["chat.empty"]).wait_for()
    await hers.evaluate(HIDE)
    await see(hers, "hidden")
    await fill(company, bob, lobby, 80)
    await row(hers).get_by_text("80 unread").wait_for()
    await settle(hers)
    assert await unread(company, alice, lobby) == 80
    await see(hers, "visible")
    await lands_at_the_first(hers, company, alice, lobby, 80)


async def test_a_chat_restored_in_the_background_reads_nothing(
    page: NewPage, browser: Browser, company: Company, alice: Person, bob: Person, lobby: int
):
    await fill(company, bob, lobby, 10)
    hers = await page(alice, path="/tasks")
    await hers.wait_for_function("() => document.title.startsWith('(10)')")
    second = await browser.tab(hers.context)
    await second.add_init_script(f"window.sight = 'hidden'; ({HIDE})()")
    await second.goto(f"/chat/{lobby}")
    await post(second, 9).wait_for()
    await settle(second)
    assert await unread(company, alice, lobby) == 10
    await see(second, "visible")
    await row(second).get_by_text("unread").wait_for(state="detached")


async def test_a_window_that_nobody_works_in_reads_nothing_until_a_hand_comes(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await page(alice)
    await hers.add_init_script("document.hasFocus = () => false")
    await fill(company, bob, lobby, 3)
    await hers.goto(f"/chat/{lobby}")
    await post(hers, 2).wait_for()
    await settle(hers)
    assert await unread(company, alice, lobby) == 3
    await hers.locator(".feed").hover()
    await row(hers).get_by_text("unread").wait_for(state="detached")


async def test_what_came_while_the_device_slept_begins_with_the_line(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await fill(company, bob, lobby, 5)
    hers = await page(alice, path=f"/chat/{lobby}")
    await row(hers).get_by_text("unread").wait_for(state="detached")
    await settle(hers)
    await offline(hers)
    await hers.get_by_text(EN["link.offline"]).first.wait_for()
    await fill(company, bob, lobby, 300, start=5)
    await hers.context.set_offline(False)
    await row(hers).get_by_text("unread").wait_for(timeout=3 * WITHIN_MS)
    await playwright.expect(post(hers, 5)).to_be_in_viewport()
    await settle(hers)
    assert await unread(company, alice, lobby) == 304 - max(await in_view(hers))


@pytest.mark.parametrize("count", [71, 120])
async def test_the_button_to_the_end_reads_nothing_it_jumps_over(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int, count: int
):
    await fill(company, bob, lobby, count)
    hers = await page(alice)
    await by_click(hers)
    await lands_at_the_first(hers, company, alice, lobby, count)
    left = await unread(company, alice, lobby)
    await hers.locator(".jump-button").click()
    await playwright.expect(post(hers, count - 1)).to_be_in_viewport()
    await settle(hers)
    assert await unread(company, alice, lobby) == left
    await hers.get_by_role("button", name=f"{left} unread messages above").click()
    await playwright.expect(post(hers, count - left)).to_be_in_viewport()
    await hers.locator(".passed").wait_for(state="detached")
    await hers.locator(".jump-button").click()
    await hers.locator(".passed").get_by_role("button", name=EN["chats.mark_read"]).click()
    await row(hers).get_by_text("unread").wait_for(state="detached")
    await settle(hers)
    assert await unread(company, alice, lobby) == 0


async def test_a_link_to_a_message_reads_nothing_before_it(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await fill(company, bob, lobby, 150)
    seq = await company.send(bob, lobby, "the one that matters")
    hers = await page(alice, path=f"/chat/{lobby}/{seq}")
    await hers.locator(f".post-found[data-seq='{seq}']").wait_for()
    await settle(hers)
    assert await unread(company, alice, lobby) == 151


async def test_a_conversation_that_one_follows_is_read_as_it_comes(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.get_by_text(EN["chat.empty"]).wait_for()
    for number in range(60):
        await company.send(bob, lobby, f"message number {number}.")
        await asyncio.sleep(0.1)
    await playwright.expect(post(hers, 59)).to_be_in_viewport()
    await settle(hers)
    assert await unread(company, alice, lobby) == 0
    assert await hers.locator(".jump-button").count() == 0
