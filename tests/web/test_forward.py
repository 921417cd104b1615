"""Forwarding: by the menu or a key, to a chat found as in the switcher, also when offline."""

import uuid
from typing import Any

import pytest

from messenger.protocol.commands import ForwardMessages
from tests.web.axe import violations
from tests.web.conftest import WITHIN_MS, Company, NewPage, Person, offline, playwright, words

pytestmark = pytest.mark.leaves_nothing
EN, RU = words("en"), words("ru")


def post(page: Any, text: str) -> Any:
    return page.get_by_role("log").locator("article").filter(has_text=text)


def picker(page: Any) -> Any:
    return page.get_by_role("combobox", name=EN["chat.forward_to"])


async def ask(page: Any, text: str) -> None:
    """By the message's menu."""
    await post(page, text).click(button="right")
    # Its name ends with its key.
    await page.get_by_role("menuitem", name=EN["chat.forward"]).click()
    await picker(page).wait_for()


async def test_a_message_is_forwarded_by_its_menu_and_says_where_it_comes_from(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    office = await company.group(alice, bob, title="Office")
    await company.send(bob, lobby, "the plan")
    hers = await page(alice, path=f"/chat/{lobby}")
    await ask(hers, "the plan")
    await picker(hers).fill("offi")
    await picker(hers).press("Enter")
    await hers.get_by_role("button", name=EN["chat.forward_open"], exact=True).click()
    await hers.wait_for_url(f"**/chat/{office}")
    head = post(hers, "the plan").locator("a.forwarded")
    await playwright.expect(head).to_contain_text("Bob")
    await head.click()
    await hers.wait_for_url(f"**/chat/{lobby}/*")


async def test_the_last_active_chat_is_one_key_and_enter_away(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    for title in ("Earlier", "Later"):
        await company.send(bob, await company.group(alice, bob, title=title), f"hi in {title}")
    await company.send(bob, lobby, "the plan")
    hers = await page(alice, path=f"/chat/{lobby}")
    await post(hers, "the plan").wait_for()
    await hers.get_by_role("textbox", name=EN["chat.placeholder"]).focus()
    await hers.keyboard.press("Shift+Tab")
    await hers.locator(".post").last.focus()
    await hers.keyboard.press("f")
    options = hers.get_by_role("option")
    await playwright.expect(options.first).to_contain_text("Later")
    # Where it is already, it is not forwarded to.
    await playwright.expect(options.filter(has_text="Lobby")).to_have_count(0)
    await hers.keyboard.press("Enter")
    await hers.locator(".toast").filter(has_text="Later").wait_for()


async def test_what_is_forwarded_without_a_connection_waits_and_is_there_once(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    office = await company.group(alice, bob, title="Office")
    await company.send(bob, lobby, "the plan")
    hers, his = await page(alice, path=f"/chat/{lobby}"), await page(bob, path=f"/chat/{office}")
    await post(hers, "the plan").wait_for()
    await offline(hers)
    await ask(hers, "the plan")
    await picker(hers).fill("Office")
    await picker(hers).press("Enter")
    await hers.get_by_role("button", name=EN["chat.forward_open"], exact=True).click()
    await post(hers, "the plan").get_by_role("img", name=EN["status.waiting"]).wait_for()
    await hers.reload()
    await post(hers, "the plan").get_by_role("img", name=EN["status.waiting"]).wait_for()
    await hers.context.set_offline(False)
    await post(his, "the plan").wait_for(timeout=3 * WITHIN_MS)
    await post(hers, "the plan").get_by_role("img", name=EN["status.read"]).wait_for()
    await playwright.expect(post(hers, "the plan")).to_have_count(1)
    await playwright.expect(post(his, "the plan")).to_have_count(1)


async def test_who_may_not_read_the_source_has_its_words_and_no_link(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    board = await company.group(alice, title="Management")
    seq = await company.send(alice, board, "not yet official")
    key = str(uuid.uuid4())
    asked = ForwardMessages(chat_id=board, seqs=[seq], to=[lobby], client_message_id=key)
    await company.ask(alice, asked)
    his = await page(bob, path=f"/chat/{lobby}")
    head = post(his, "not yet official").locator(".forwarded")
    await playwright.expect(head).to_contain_text("Management")
    await his.wait_for_load_state("networkidle")
    await playwright.expect(post(his, "not yet official").locator("a.forwarded")).to_have_count(0)
    hers = await page(alice, path=f"/chat/{lobby}")
    await post(hers, "not yet official").locator("a.forwarded").wait_for()


async def test_axe_finds_nothing_where_one_forwards(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    office = await company.group(alice, bob, title="Office")
    await company.send(bob, lobby, "the plan")
    for phone in (False, True):
        hers = await page(alice, path=f"/chat/{lobby}", phone=phone)
        await post(hers, "the plan").wait_for()
        await ask(hers, "the plan")
        assert await violations(hers) == []
        await picker(hers).fill("no such chat")
        await hers.get_by_role("button", name=EN["chat.forward_all"]).wait_for()
        assert await violations(hers) == []
        await hers.get_by_role("button", name=EN["chat.forward_all"]).click()
        await hers.get_by_role("option").filter(has_text="Office").click()
        await hers.get_by_role("button", name=EN["chat.forward_open"], exact=True).click()
        await hers.wait_for_url(f"**/chat/{office}")
        await post(hers, "the plan").last.locator("a.forwarded").wait_for()
        assert await violations(hers) == []


async def test_a_forwarded_message_is_not_edited(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    seq = await company.send(alice, lobby, "as it was said")
    office = await company.group(alice, bob, title="Кухня")
    key = str(uuid.uuid4())
    asked = ForwardMessages(chat_id=lobby, seqs=[seq], to=[office], client_message_id=key)
    await company.ask(alice, asked)
    hers = await page(alice, path=f"/chat/{office}", locale="ru")
    await post(hers, "as it was said").click(button="right")
    await hers.get_by_role("menuitem", name=RU["chat.forward"]).wait_for()
    await playwright.expect(hers.get_by_role("menuitem", name=RU["chat.edit"])).to_have_count(0)


async def test_several_messages_are_selected_and_forwarded_as_one(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    office = await company.group(alice, bob, title="Office")
    for text in ("one", "two", "three", "four"):
        await company.send(bob, lobby, text)
    hers = await page(alice, path=f"/chat/{lobby}")
    field = hers.get_by_role("textbox", name=EN["chat.placeholder"])
    await field.fill("begun before")
    await post(hers, "one").click(modifiers=["Control"])
    bar = hers.get_by_role("toolbar", name=EN["chat.selection"])
    await bar.wait_for()
    await playwright.expect(field).to_be_hidden()
    await post(hers, "three").click(modifiers=["Shift"])
    await playwright.expect(bar.get_by_role("status")).to_have_text("3 selected")
    # The keys are for what the mouse has selected, too.
    await hers.keyboard.press("f")
    await picker(hers).wait_for()
    await hers.keyboard.press("Escape")
    await playwright.expect(bar.get_by_role("status")).to_have_text("3 selected")
    # By keys: the last one, and the second one out again.
    await post(hers, "four").focus()
    await hers.keyboard.press("Tab")
    await post(hers, "four").focus()
    await hers.keyboard.press("ArrowUp")
    await hers.keyboard.press("ArrowUp")
    await hers.keyboard.press("x")
    await playwright.expect(bar.get_by_role("status")).to_have_text("2 selected")
    assert await violations(hers) == []
    await hers.keyboard.press("f")
    await picker(hers).fill("Office")
    await picker(hers).press("Enter")
    await hers.get_by_role("button", name=EN["chat.forward_open"], exact=True).click()
    await playwright.expect(hers.locator("a.forwarded")).to_have_count(2)
    texts = await hers.get_by_role("log").locator("article .post-text").all_inner_texts()
    assert texts[-2:] == ["one", "three"]
    await hers.goto(f"{hers.url.split('/chat/')[0]}/chat/{lobby}")
    await playwright.expect(field).to_have_value("begun before")
    assert office != lobby


async def test_what_others_wrote_is_not_deleted_and_esc_leaves_the_selection(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(alice, lobby, "of alice")
    await company.send(bob, lobby, "of bob")
    his = await page(bob, path=f"/chat/{lobby}", locale="ru")
    await post(his, "of bob").click(button="right")
    await his.get_by_role("menuitem", name=RU["chat.select"]).click()
    bar = his.get_by_role("toolbar", name=RU["chat.selection"])
    remove = bar.get_by_role("button", name=RU["app.delete"])
    await playwright.expect(remove).to_be_enabled()
    await post(his, "of alice").click()
    await playwright.expect(bar.get_by_role("status")).to_have_text("Выбрано: 2")
    await playwright.expect(remove).to_be_disabled()
    await post(his, "of alice").click()
    await remove.click()
    await playwright.expect(bar).to_have_count(0)
    await his.locator(".toast").filter(has_text="Удалено 1 сообщение").wait_for()
    await his.get_by_role("button", name=RU["app.undo"]).click()
    await playwright.expect(post(his, "of bob")).to_have_count(1)
    await post(his, "of bob").click(modifiers=["Control"])
    await bar.wait_for()
    await his.keyboard.press("Escape")
    await playwright.expect(bar).to_have_count(0)
