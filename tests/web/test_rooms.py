"""Nothing lies over what one reads and writes; fingers, large print and paper are thought of."""

import re
from typing import Any

import pytest

from messenger.model import ChecklistItem
from tests.web.axe import violations
from tests.web.board_page import add_task, columns
from tests.web.conftest import Company, NewPage, Person, fixture, words

pytestmark = pytest.mark.leaves_nothing
EN = words("en")
RU = words("ru")
APART = """() => {
  const toast = document.querySelector('.toast').getBoundingClientRect();
  const posts = [...document.querySelectorAll('.post')];
  const others = [document.querySelector('.composer'), posts.at(-1)];
  return others.every((each) => {
    const box = each.getBoundingClientRect();
    return box.top >= toast.bottom || box.bottom <= toast.top;
  });
}"""


@fixture
async def room(company: Company, alice: Person, bob: Person) -> int:
    chat = await company.group(alice, bob, title="Workshop", board=True)
    for number in range(3):
        await company.send(bob, chat, f"message {number}")
    first, second, _ = await columns(company, alice, chat)
    for number in range(12):
        await add_task(company, alice, f"Card {number}", chat_id=chat, column_id=first.id)
    items = [ChecklistItem(id=f"i{at}", text=f"Item {at}") for at in range(2)]
    await add_task(
        company, alice, "With a list", chat_id=chat, column_id=second.id, checklist=items
    )
    return chat


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
async def test_a_toast_covers_neither_the_composer_nor_the_newest_message(
    page: NewPage, company: Company, alice: Person, room: int, phone: bool
):
    await company.send(alice, room, "mine")
    hers = await page(alice, phone=phone, path=f"/chat/{room}")
    await hers.locator(".post").nth(3).wait_for()
    # What hears of it is fetched when there is time.
    while await hers.locator(".toast").count() == 0:
        await hers.evaluate(
            "() => { const data = new DataTransfer(); data.items.add(new File(['x'], 'x.png'));"
            "document.querySelector('.shell').dispatchEvent(new DragEvent('drop',"
            "{dataTransfer: data, bubbles: true, cancelable: true})); }"
        )
        await hers.wait_for_timeout(300)
    assert await hers.evaluate(APART)


SMALL = """(selector) => [...document.querySelectorAll(selector)]
  .filter((each) => each.checkVisibility() && !each.matches('[role=switch]'))
  .map((each) => [each.className, each.getBoundingClientRect()])
  .filter(([, box]) => box.width < 44 || box.height < 44)
  .map(([name, box]) => [name, box.width, box.height])"""


async def test_card_menus_arrows_and_boxes_fit_a_finger(
    page: NewPage, company: Company, alice: Person, room: int
):
    hers = await page(alice, phone=True, path=f"/board/{room}")
    await hers.locator(".board-card").first.wait_for()
    assert await hers.evaluate(SMALL, ".board-card-more") == []
    await hers.get_by_role("link", name="With a list").evaluate("(link) => link.click()")
    await hers.locator(".checklist-item").first.wait_for()
    assert await hers.evaluate(SMALL, ".checklist-hands > button, input[type=checkbox]") == []


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
async def test_the_tabs_of_chat_and_board_stand_still(
    page: NewPage, alice: Person, room: int, phone: bool
):
    hers = await page(alice, phone=phone, path=f"/chat/{room}")
    tabs = hers.get_by_role("navigation", name=EN["chat.views"]).or_(
        hers.locator(".segmented-tabs")
    )
    await tabs.first.wait_for()
    await hers.locator(".post").first.wait_for()
    before = await tabs.first.bounding_box()
    await hers.get_by_role("link", name=EN["chat.tab_board"]).click()
    await hers.locator(".board-card").first.wait_for()
    assert await tabs.first.bounding_box() == before


async def test_a_finger_is_told_of_no_keys(page: NewPage, alice: Person, room: int):
    hers = await page(alice, phone=True, path="/tasks")
    field = hers.get_by_label(EN["tasks.add"])
    assert await field.get_attribute("placeholder") == EN["tasks.add_hint_touch"]
    await hers.goto("/search")
    await hers.get_by_role("option").first.wait_for()
    assert await hers.locator(".kbd:visible").count() == 0


async def test_twice_as_large_nothing_of_a_choice_is_cut(page: NewPage, alice: Person):
    hers = await page(alice, locale="ru", path="/settings/look")
    # What 200 % of 1280 by 800 leaves.
    await hers.set_viewport_size({"width": 640, "height": 400})
    await hers.get_by_text(RU["settings.theme_dark"]).first.wait_for()
    cut = await hers.evaluate(
        "[...document.querySelectorAll('.segmented-tabs, .segmented-tab')]"
        ".filter((each) => each.scrollWidth > each.clientWidth + 1"
        " || each.getBoundingClientRect().right > innerWidth).map((each) => each.innerText)"
    )
    assert cut == []


@pytest.mark.parametrize("place", ["chat", "board"])
@pytest.mark.leaves_nothing(False)
async def test_on_paper_it_is_a_document(
    page: NewPage, company: Company, alice: Person, bob: Person, room: int, place: str
):
    await company.send(bob, room, "\n".join(f"line {number}" for number in range(40)))
    for number in range(60):
        await company.send(bob, room, f"long talk {number}")
    hers = await page(alice, dark=True, path=f"/{place}/{room}")
    shown = ".post" if place == "chat" else ".board-card"
    await hers.locator(shown).first.wait_for()
    await hers.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    await hers.emulate_media(media="print")
    if place == "chat":
        await hers.wait_for_function("() => document.querySelectorAll('.post').length > 45")
    found: dict[str, Any] = await hers.evaluate(
        """(shown) => {
          const all = [...document.querySelectorAll(shown)];
          const last = all.at(-1).getBoundingClientRect();
          const root = document.documentElement;
          return {
            // Everything is on the page, not behind a scroll bar within it.
            reached: last.bottom + scrollY <= root.scrollHeight && root.scrollHeight > innerHeight,
            ink: getComputedStyle(all[0]).color,
            pressed: [...document.querySelectorAll(
              '.icon-button, .rail, .composer, .fold-turn, .quick-add-open, .add-column-open')]
              .filter((each) => each.checkVisibility()).length,
          };
        }""",
        shown,
    )
    assert found == {"reached": True, "ink": "rgb(0, 0, 0)", "pressed": 0}
    if place == "chat":
        # Paper has no button for the rest of a long message.
        whole = (
            "() => { const { scrollHeight, clientHeight } = document.querySelector('.fold-text');"
        )
        assert await hers.evaluate(f"{whole} return scrollHeight === clientHeight; }}")
    # Side by side with the other, it is printed alone, and no page is empty.
    await hers.emulate_media(media="null")
    await hers.set_viewport_size({"width": 1500, "height": 900})
    await hers.locator(".both-chat .post").first.wait_for()
    await hers.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    await hers.wait_for_function("() => document.querySelectorAll('.post').length > 45")
    pages = len(re.findall(rb"/Type /Page\b", await hers.pdf(format="A4")))
    assert pages in ((3, 4, 5, 6) if place == "chat" else (1, 2))


async def test_axe_finds_nothing_in_what_scrolls_and_on_the_search(
    page: NewPage, company: Company, alice: Person, room: int
):
    await company.send(alice, room, "```\n" + "long " * 200 + "\n```")
    hers = await page(alice, phone=True, path=f"/chat/{room}")
    await hers.locator("pre").wait_for()
    assert await violations(hers) == []
    await hers.goto(f"/board/{room}")
    await hers.locator(".board-card").first.wait_for()
    assert await violations(hers) == []
    await hers.goto("/search")
    await hers.get_by_role("heading", level=1, name=EN["rail.search"]).wait_for()
    assert await violations(hers) == []
