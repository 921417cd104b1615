"""A chat: written and read, by two at once, by keys, far back, without a connection."""

import asyncio
from typing import Any

import pytest

from messenger.protocol.commands import AddReaction, MarkRead, PinMessage
from tests.web.axe import violations
from tests.web.conftest import (
    WITHIN_MS,
    Company,
    NewPage,
    Person,
    offline,
    playwright,
    words,
)

pytestmark = pytest.mark.leaves_nothing
EN = words("en")


def post(page: Any, text: str) -> Any:
    return page.get_by_role("log").locator("article").filter(has_text=text)


def composer(page: Any) -> Any:
    return page.get_by_role("textbox", name=EN["chat.placeholder"])


async def write(page: Any, text: str) -> None:
    await composer(page).fill(text)
    await composer(page).press("Enter")


async def menu(page: Any, text: str, item: str) -> None:
    await post(page, text).click(button="right")
    # Its name ends with its key.
    await page.get_by_role("menuitem", name=item).click()


async def fill(
    company: Company, who: Person, reader: Person, chat_id: int, count: int
) -> list[int]:
    """So many messages of one person, all of them read by another."""
    seqs = [await company.send(who, chat_id, f"message number {each}.") for each in range(count)]
    await company.ask(reader, MarkRead(chat_id=chat_id, read_seq=seqs[-1]))
    return seqs


async def test_a_message_is_marked_stored_and_then_read(
    page: NewPage, alice: Person, bob: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await write(hers, "seen?")
    await post(hers, "seen?").get_by_role("img", name=EN["status.stored"]).wait_for()
    await page(bob, path=f"/chat/{lobby}")
    await post(hers, "seen?").get_by_role("img", name=EN["status.read"]).wait_for()


async def test_writing_goes_on_without_a_connection(page: NewPage, alice: Person, lobby: int):
    hers = await page(alice, path=f"/chat/{lobby}")
    await composer(hers).wait_for()
    await offline(hers)
    await write(hers, "into the blue")
    await post(hers, "into the blue").get_by_role("img", name=EN["status.waiting"]).wait_for()
    await composer(hers).press("ArrowUp")
    await write(hers, "into the green")
    await hers.context.set_offline(False)
    stored = post(hers, "into the green").get_by_role("img", name=EN["status.stored"])
    await stored.wait_for(timeout=3 * WITHIN_MS)


async def test_shift_enter_breaks_the_line_and_markdown_is_shown(
    page: NewPage, alice: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await composer(hers).fill("**strong**")
    await composer(hers).press("Shift+Enter")
    await hers.keyboard.type("and `code`")
    await hers.keyboard.press("Enter")
    await post(hers, "strong").locator("strong").wait_for()
    await playwright.expect(post(hers, "strong").locator("code")).to_have_text(
        "code", use_inner_text=True
    )


async def test_arrow_up_changes_ones_last_message(
    page: NewPage, alice: Person, bob: Person, lobby: int
):
    hers, his = await page(alice, path=f"/chat/{lobby}"), await page(bob, path=f"/chat/{lobby}")
    await write(hers, "helo")
    await post(his, "helo").wait_for()
    await composer(hers).press("ArrowUp")
    await playwright.expect(composer(hers)).to_have_value("helo")
    await write(hers, "hello")
    await post(his, "hello").get_by_text(EN["chat.edited"]).wait_for()


async def test_a_reply_has_a_stub_that_leads_to_what_it_answers(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    seq = await company.send(bob, lobby, "Which day?")
    hers, his = await page(alice, path=f"/chat/{lobby}"), await page(bob, path=f"/chat/{lobby}")
    await menu(hers, "Which day?", EN["chat.reply"])
    await hers.get_by_text("Reply to Bob").wait_for()
    await write(hers, "Friday")
    stub = post(his, "Friday").get_by_role("link", name="Which day?")
    await stub.click()
    await his.wait_for_url(f"**/chat/{lobby}/{seq}")
    await his.locator(f".post-found[data-seq='{seq}']").wait_for()


async def test_a_reaction_is_given_and_taken_back(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    seq = await company.send(bob, lobby, "Shipped.")
    hers, his = await page(alice, path=f"/chat/{lobby}"), await page(bob, path=f"/chat/{lobby}")
    await post(hers, "Shipped.").click(button="right")
    await hers.get_by_role("menuitem", name="🎉").click()
    await post(his, "Shipped.").get_by_role("button", name="🎉 1: Alice").click()
    await post(hers, "Shipped.").get_by_role("button", name="🎉 2").click()
    await post(his, "Shipped.").get_by_role("button", name=f"🎉 1: {EN['chat.you']}").click()
    await post(hers, "Shipped.").get_by_role("button", name="🎉").wait_for(state="detached")
    await company.ask(bob, AddReaction(chat_id=lobby, seq=seq, emoji="👍"))
    await post(hers, "Shipped.").get_by_role("button", name="👍 1: Bob").wait_for()


async def test_a_deleted_message_comes_back_by_undo(
    page: NewPage, alice: Person, bob: Person, lobby: int
):
    hers, his = await page(alice, path=f"/chat/{lobby}"), await page(bob, path=f"/chat/{lobby}")
    await write(hers, "a slip")
    await post(his, "a slip").wait_for()
    await menu(hers, "a slip", EN["app.delete"])
    await post(hers, "a slip").wait_for(state="detached")
    await hers.get_by_role("button", name=EN["app.undo"]).click()
    await post(hers, "a slip").wait_for()
    assert await post(his, "a slip").count() == 1


async def test_everything_is_done_by_keys(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(bob, lobby, "first")
    await company.send(bob, lobby, "second")
    hers = await page(alice, path=f"/chat/{lobby}")
    await post(hers, "second").focus()
    await hers.keyboard.press("ArrowUp")
    await hers.keyboard.press("Enter")
    await hers.get_by_role("menuitem", name=EN["chat.pin"]).wait_for()
    await hers.keyboard.press("Escape")
    assert await hers.evaluate("document.activeElement.innerText.includes('first')")
    await hers.keyboard.press("r")
    await playwright.expect(composer(hers)).to_be_focused()
    await hers.keyboard.type("by hand")
    await hers.keyboard.press("Enter")
    await post(hers, "by hand").get_by_role("link", name="first").wait_for()


async def test_a_key_makes_a_task_of_a_message(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(bob, lobby, "Buy paint")
    hers, his = await page(alice, path=f"/chat/{lobby}"), await page(bob, path=f"/chat/{lobby}")
    await post(hers, "Buy paint").focus()
    # Letters are for the message only where keys have led to it; else one is writing.
    await hers.keyboard.press("End")
    await hers.keyboard.press("t")
    await hers.get_by_role("dialog").get_by_role("button", name=EN["card.make_submit"]).click()
    await post(hers, "Buy paint").get_by_role("link", name="#1").wait_for()
    await post(his, "Buy paint").get_by_role("link", name="#1").wait_for()


async def test_at_names_a_member(page: NewPage, alice: Person, bob: Person, lobby: int):
    hers, his = await page(alice, path=f"/chat/{lobby}"), await page(bob, path=f"/chat/{lobby}")
    await composer(hers).press_sequentially("@bo")
    await hers.get_by_role("option", name="Bob").wait_for()
    # With Shift it is a new line, also while names are offered.
    await composer(hers).press("Shift+Enter")
    await playwright.expect(composer(hers)).to_have_value("@bo\n")
    await composer(hers).press("Backspace")
    await hers.get_by_role("option", name="Bob").wait_for()
    await composer(hers).press("Enter")
    await composer(hers).press_sequentially("look")
    await composer(hers).press("Enter")
    await post(his, "look").locator(".mention-own", has_text="@bob").wait_for()


async def test_one_sees_who_is_writing(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    hers, his = await page(alice, path=f"/chat/{lobby}"), await page(bob, path=f"/chat/{lobby}")
    for shown in (hers, his):
        await composer(shown).wait_for()
    # That somebody writes is told to those who are connected, and to nobody later.
    await company.send(bob, lobby, "hello")
    for shown in (hers, his):
        await post(shown, "hello").wait_for()
    await composer(hers).press_sequentially("well…")
    await his.locator(".chat-head-typing").get_by_text("Alice is typing").wait_for()


@pytest.mark.leaves_nothing(False)
async def test_older_messages_come_without_a_jump(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await fill(company, bob, alice, lobby, 150)
    hers = await page(alice, path=f"/chat/{lobby}")
    await post(hers, "message number 149.").wait_for()
    feed = hers.get_by_role("log")
    await feed.hover()
    for _ in range(60):
        before = await places(hers)
        await hers.mouse.wheel(0, -300)
        await hers.evaluate(
            "new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))"
        )
        after = await places(hers)
        moved = {round(after[seq] - before[seq]) for seq in before.keys() & after.keys()}
        # Everything moved by the wheel's turn alone, and together.
        assert len(moved) == 1
        assert 0 <= moved.pop() <= 300
        if await post(hers, "message number 0.").count():
            break
    await post(hers, "message number 0.").wait_for()


async def places(page: Any) -> dict[str, float]:
    """Where each message in view stands."""
    found: dict[str, float] = await page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.post[data-seq]')]
            .map(each => [each.dataset.seq, each.getBoundingClientRect().top])
            .filter(([, top]) => top > -400 && top < innerHeight + 400))"""
    )
    return found


async def test_the_line_of_what_is_new_stays_until_one_leaves(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await write(hers, "good night")
    await hers.get_by_role("link", name=EN["rail.tasks"]).first.click()
    await composer(hers).wait_for(state="detached")
    await company.send(bob, lobby, "good morning")
    await company.send(bob, lobby, "coffee?")
    # What comes while one looks is no news: the title says that both are here.
    await hers.wait_for_function("() => document.title.startsWith('(2)')")
    await hers.go_back()
    line = hers.get_by_role("separator").get_by_text(EN["chat.new_line"])
    await line.wait_for()
    await company.send(bob, lobby, "hello?")
    await post(hers, "hello?").wait_for()
    above, new = await line.bounding_box(), await post(hers, "good morning").bounding_box()
    assert above["y"] < new["y"]
    await hers.wait_for_function("() => !document.title.startsWith('(')")
    await hers.reload()
    await post(hers, "hello?").wait_for()
    assert await line.count() == 0


@pytest.mark.leaves_nothing(False)
async def test_the_button_leads_down_and_counts_what_came(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await fill(company, bob, alice, lobby, 60)
    hers = await page(alice, path=f"/chat/{lobby}")
    await post(hers, "message number 59.").wait_for()
    await hers.get_by_role("log").hover()
    await hers.mouse.wheel(0, -3000)
    await hers.get_by_role("button", name=EN["chat.jump"]).wait_for()
    await company.send(bob, lobby, "the newest")
    await hers.get_by_role("button", name="1 new message").click()
    await post(hers, "the newest").wait_for()
    await hers.locator(".jump-button").wait_for(state="detached")


@pytest.mark.leaves_nothing(False)
async def test_the_newest_of_a_new_chat_is_reached_by_scrolling(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    for number in range(45):
        await company.send(bob, lobby, f"message number {number}.")
    hers = await page(alice, path=f"/chat/{lobby}")
    await post(hers, "message number 3.").first.wait_for()
    feed = hers.locator(".feed")
    async with asyncio.timeout(20):
        while not await post(hers, "message number 44.").count():
            await feed.evaluate("(feed) => { feed.scrollTop = feed.scrollHeight; }")


@pytest.mark.leaves_nothing(False)
async def test_an_address_leads_to_its_message(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    seqs = await fill(company, bob, alice, lobby, 200)
    hers = await page(alice, path=f"/chat/{lobby}/{seqs[20]}")
    await hers.locator(f".post-found[data-seq='{seqs[20]}']").wait_for()
    box = await post(hers, "message number 20.").bounding_box()
    assert 0 < box["y"] < 800
    await hers.get_by_role("button", name=EN["chat.jump"]).click()
    await post(hers, "message number 199.").wait_for()


async def test_pins_are_listed_and_lead_to_their_place(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    seqs = await fill(company, bob, alice, lobby, 3)
    await company.ask(alice, PinMessage(chat_id=lobby, seq=seqs[1]))
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.get_by_role("button", name="1 pinned message").click()
    panel = hers.get_by_role("complementary", name=EN["chat.pins"])
    await panel.get_by_role("link", name=EN["chat.show_in_chat"]).click()
    await hers.locator(f".post-found[data-seq='{seqs[1]}']").wait_for()
    await panel.get_by_role("button", name=EN["chat.unpin"]).click()
    await panel.get_by_text(EN["chat.pins_empty"]).wait_for()


async def test_an_owner_adds_promotes_and_removes_members(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.hire("carol")
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.get_by_role("button", name="Lobby", exact=True).click()
    panel = hers.get_by_role("complementary")
    await panel.get_by_role("button", name=EN["chat.add_people"]).click()
    await hers.get_by_role("checkbox", name="Carol").check()
    await hers.get_by_role("button", name="Add 1").click()
    await panel.get_by_role("link", name="Carol").wait_for()
    await panel.get_by_role("button", name="Actions: Carol").click()
    await hers.get_by_role("menuitemcheckbox", name=EN["chat.role_admin"]).click()
    await (
        panel.get_by_role("listitem")
        .filter(has_text="Carol")
        .get_by_text(EN["chat.role_admin"])
        .wait_for()
    )
    await panel.get_by_role("button", name="Actions: Carol").click()
    await hers.get_by_role("menuitem", name=EN["chat.remove_member"]).click()
    await panel.get_by_role("link", name="Carol").wait_for(state="detached")


async def test_on_a_phone_a_long_press_opens_the_menu_and_enter_is_a_new_line(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(bob, lobby, "hold me")
    hers = await page(alice, phone=True, path=f"/chat/{lobby}")
    await post(hers, "hold me").dispatch_event(
        "pointerdown", {"pointerType": "touch", "bubbles": True, "clientX": 100, "clientY": 100}
    )
    await hers.get_by_role("menuitem", name=EN["chat.reply"]).click()
    await composer(hers).press_sequentially("two")
    await composer(hers).press("Enter")
    await composer(hers).press_sequentially("lines")
    await hers.get_by_role("button", name=EN["chat.send"]).click()
    await post(hers, "two").get_by_text("lines").wait_for()


async def test_the_chat_is_accessible(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    seq = await company.send(
        bob, lobby, "**Hello** `there` @alice @bob\n\n> quoted\n\n- one\n- two"
    )
    await company.ask(bob, AddReaction(chat_id=lobby, seq=seq, emoji="👍"))
    await company.ask(alice, PinMessage(chat_id=lobby, seq=seq))
    hers = await page(alice, path=f"/chat/{lobby}")
    await menu(hers, "Hello", EN["chat.reply"])
    await hers.get_by_text("Reply to Bob").wait_for()
    await write(hers, "an answer of `mine` to @bob, https://example.org")
    await post(hers, "an answer").get_by_role("img", name=EN["status.stored"]).wait_for()
    await hers.locator(f"[data-seq='{seq}']").hover()
    assert await violations(hers) == []
    await hers.locator(f"[data-seq='{seq}']").click(button="right")
    assert await violations(hers) == []
    await hers.keyboard.press("Escape")
    await hers.get_by_role("button", name="Lobby", exact=True).click()
    await hers.get_by_role("complementary").wait_for()
    assert await violations(hers) == []
