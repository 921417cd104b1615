"""What was written is what is read: languages, marks, links; on every device."""

from typing import Any

import pytest

from messenger.protocol.tasks import CreateTask
from tests.web.conftest import Company, NewPage, Person, go, playwright, words

pytestmark = pytest.mark.leaves_nothing
EN = words("en")
FIELDS = "input:not([type=checkbox]):not([hidden]), textarea, select"
ROWS = ".chats-row .chats-last"
RIGHT_EDGES = """paragraph => {
    const range = document.createRange();
    range.selectNodeContents(paragraph);
    const lines = new Map();
    for (const { bottom, right } of range.getClientRects())
        lines.set(bottom, Math.max(right, lines.get(bottom) ?? 0));
    return [...lines.values()];
}"""
HEBREW = "שלום לכולם, נפגש מחר ב-10:00 במשרד."


async def test_one_key_is_a_message(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
) -> None:
    said = ["+", "-", "1.", "#", "[Иван]: привет", "***", "```\n```"]
    for text in said:
        await company.send(bob, lobby, text)
    window = await page(alice, path=f"/chat/{lobby}")
    await window.locator(".post-text").nth(len(said) - 1).wait_for()
    shown = await window.locator(".post-text").all_inner_texts()
    assert ["".join(text.split()) for text in shown] == ["".join(text.split()) for text in said]
    assert "```" in await window.locator(ROWS).first.inner_text()


async def test_what_is_written_from_the_right_stands_at_the_right(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
) -> None:
    await company.send(bob, lobby, HEBREW * 4)
    await company.send(bob, lobby, f"- {HEBREW}\n- {HEBREW}")
    await company.send(bob, lobby, "Обычный текст")
    window = await page(alice, path=f"/chat/{lobby}")
    # The list of chats says it, too, and sooner.
    await window.locator(".post-text", has_text="Обычный текст").wait_for()
    directions = await window.locator(".post-text > *").evaluate_all(
        "all => all.map((each) => getComputedStyle(each).direction)"
    )
    assert directions == ["rtl", "rtl", "ltr"]
    # Each line of it begins at the right, not the paragraph as a whole.
    edges = await window.locator(".post-text > p").first.evaluate(RIGHT_EDGES)
    assert len(edges) > 1
    assert max(edges) - min(edges) < 2
    composer = window.locator(".composer-text")
    await composer.fill(HEBREW)
    assert await composer.evaluate("field => getComputedStyle(field).direction") == "rtl"


async def test_marks_over_a_letter_do_not_cover_other_lines(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
) -> None:
    await company.send(bob, lobby, "Z" + "\u0301" * 450)
    window = await page(alice, path=f"/chat/{lobby}")
    await window.locator(".post-text").wait_for()
    for place in (".post-text", ROWS):
        assert (await window.locator(place).first.inner_text()).count("\u0301") <= 4


async def test_marks_in_a_title_stay_in_its_box(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
) -> None:
    task = await company.ask(bob, CreateTask(chat_id=lobby, title="Z" + "\u0301" * 190))
    window = await page(alice, path=f"/board/{lobby}")
    for path, place in (("board", ".board-card"), ("task", ".editable-text")):
        id = lobby if path == "board" else task.id
        await go(window, f"/{path}/{id}")
        title = window.locator(place).first
        await title.wait_for()
        assert await title.evaluate("box => getComputedStyle(box).overflow") == "clip", place


async def test_a_link_of_this_site_opens_in_place(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
) -> None:
    other = await company.group(alice, bob, title="Warehouse")
    address = f"{company.address}/chat/{other}"
    await company.send(bob, lobby, f"See {address}, and «https://example.com/a»")
    window = await page(alice, path=f"/chat/{lobby}")
    outside = window.get_by_role("link", name="https://example.com/a", exact=True)
    assert await outside.get_attribute("target") == "_blank"
    await window.get_by_role("link", name=address, exact=True).click()
    await window.get_by_role("heading", name="Warehouse").wait_for()
    assert len(window.context.pages) == 1


async def test_a_number_leads_to_its_task(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
) -> None:
    task = await company.ask(bob, CreateTask(chat_id=lobby, title="Order sand"))
    await company.send(bob, lobby, f"Done: #{task.number}, not #{task.number + 1000}")
    window = await page(alice, path=f"/chat/{lobby}")
    link = window.locator(".task-link")
    await link.click()
    await window.locator(".card-panel, .panel").get_by_text("Order sand").first.wait_for()
    await playwright.expect(link).to_have_text([f"#{task.number}"], use_inner_text=True)


async def test_no_field_makes_a_phone_zoom(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
) -> None:
    task = await company.ask(bob, CreateTask(chat_id=lobby, title="Order sand"))
    window = await page(alice, phone=True)
    for path in ("/", f"/chat/{lobby}", f"/task/{task.id}", "/tasks", "/people"):
        await go(window, path)
        await window.locator(FIELDS).first.wait_for(state="attached")
        assert min(await _sizes(window)) >= 16, path


async def _sizes(window: Any) -> list[float]:
    found: list[float] = await window.locator(FIELDS).evaluate_all(
        "all => all.map((each) => parseFloat(getComputedStyle(each).fontSize))"
    )
    return found


async def test_a_rem_is_what_its_name_says(page: NewPage, alice: Person) -> None:
    window = await page(alice, path="/settings")
    await window.locator("h1").first.wait_for()
    root = await window.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    text = await window.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert (root, text) == (16, 15)


async def test_enter_that_ends_a_composition_sends_nothing(
    company: Company, page: NewPage, alice: Person, lobby: int
) -> None:
    window = await page(alice, path=f"/chat/{lobby}")
    composer = window.locator(".composer-text")
    await composer.fill("かな")
    # As Safari says it: the composition has just ended, the key is still the input method's.
    await composer.evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))"
    )
    await playwright.expect(composer).to_have_value("かな")
    await composer.press("Enter")
    await window.locator(".post-text").get_by_text("かな").wait_for()


async def test_a_comment_mentions_is_changed_and_taken_back(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
) -> None:
    task = await company.ask(bob, CreateTask(chat_id=lobby, title="Order sand"))
    window = await page(alice, path=f"/task/{task.id}")
    field = window.get_by_role("textbox", name=EN["card.comment"])
    await field.press_sequentially("soon, @bo")
    await window.get_by_role("option", name="bob").wait_for()
    await field.press("Enter")
    await playwright.expect(field).to_have_value("soon, @bob ")
    await field.press("Enter")
    comment = window.locator(".talk-comment")
    await comment.locator(".mention").get_by_text("@bob").wait_for()
    await comment.hover()
    await comment.get_by_role("button").click()
    await window.get_by_role("menuitem", name=EN["chat.edit"]).click()
    edited = comment.get_by_role("textbox")
    await edited.fill("tomorrow")
    await edited.press("Enter")
    await comment.locator(".said").get_by_text("tomorrow").wait_for()
    await comment.get_by_text(EN["chat.edited"]).wait_for()
    await comment.hover()
    await comment.get_by_role("button").click()
    await window.get_by_role("menuitem", name=EN["app.delete"]).click()
    await comment.wait_for(state="detached")
    await window.get_by_role("button", name=EN["app.undo"]).click()
    await comment.locator(".said").get_by_text("tomorrow").wait_for()


async def test_everybody_of_a_large_chat_is_called_after_a_question(
    company: Company, page: NewPage, alice: Person, bob: Person, lobby: int
) -> None:
    many = await company.hire(*(f"person{each}" for each in range(10)))
    large = await company.group(alice, *many, title="Large")
    window = await page(alice, path=f"/chat/{large}")
    composer = window.locator(".composer-text")
    question = window.get_by_role("dialog")
    for answer in (EN["app.cancel"], EN["chat.send"]):
        await composer.fill("@all look")
        await composer.press("Enter")
        await question.get_by_role("button", name=answer).click()
        await question.wait_for(state="detached")
    await window.locator(".post-text").get_by_text("@all look").wait_for()
    assert await window.locator(".post-text").count() == 1
    await composer.fill("`@all` is code")
    await composer.press("Enter")
    await window.locator(".post-text").get_by_text("is code").wait_for()


async def test_the_common_chat_is_called_in_the_readers_language(
    company: Company, page: NewPage, alice: Person
) -> None:
    for locale in ("ru", "en"):
        window = await page(alice, locale=locale)
        row = window.locator(".chats-row").get_by_text(words(locale)["chats.common"], exact=True)
        await row.wait_for()
