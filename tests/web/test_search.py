"""Search: as one types, by operators, in one chat, without a connection, kept under a name."""

import asyncio
import re
from typing import Any

import pytest

from tests.waiting import PATIENCE
from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, fixture, offline, playwright, words

pytestmark = pytest.mark.leaves_nothing
EN = words("en")
RU = words("ru")
MARKED = "() => [...CSS.highlights].map(([name, { size }]) => [name, size])"


@fixture
async def said(company: Company, alice: Person, bob: Person, lobby: int) -> dict[str, int]:
    texts = ["When do we sign the contract?", "Contracts are with Carol", "Fine"]
    sent = {text: await company.send(bob, lobby, text) for text in texts}
    async with asyncio.timeout(PATIENCE):
        # What is asked before the index has it is not asked again.
        while company.server.search.indexer.busy:
            await asyncio.sleep(0.01)
    return sent


def options(page: Any, text: str) -> Any:
    """Those that say it themselves, not what stands beside them."""
    own = page.locator(".search-text, .search-plain-text, .search-plain-more")
    return page.get_by_role("option").filter(has=own.filter(has_text=re.compile(text)))


async def box(page: NewPage, person: Person, **options: Any) -> tuple[Any, Any]:
    hers = await page(person, path="/people", **options)
    await hers.locator(".people").first.wait_for()
    await hers.keyboard.press("Control+Shift+F")
    return hers, hers.get_by_role("combobox")


async def test_what_is_found_as_one_types_opens_in_its_chat_and_leads_from_hit_to_hit(
    page: NewPage, company: Company, alice: Person, lobby: int, said: dict[str, int]
):
    hers, field = await box(page, alice)
    await options(hers, EN["search.lesson.from"]).wait_for()
    assert await violations(hers) == []
    await field.press_sequentially("contract")
    await options(hers, "When do we sign the contract").wait_for()
    await options(hers, "Contracts are with Carol").wait_for()
    # The form that was typed first, though it is older.
    await playwright.expect(hers.locator("mark")).to_have_text(["contract", "Contracts"])
    assert await violations(hers) == []
    await options(hers, "When do we").click()
    await hers.wait_for_url(f"**/chat/{lobby}/{said['When do we sign the contract?']}?find=*")
    count = hers.get_by_role("status").filter(has_text="of")
    await hers.get_by_text("2 of 2").wait_for()
    await hers.wait_for_function(
        f"({MARKED})().length === 2 && ({MARKED})().every(([, n]) => n === 1)"
    )
    await hers.keyboard.press("p")
    await hers.get_by_text("1 of 2").wait_for()
    await hers.go_back()
    # It is all as it was.
    await options(hers, "Contracts are with Carol").wait_for()
    await field.fill("")
    await options(hers, "^contract$").wait_for()
    assert await count.count() == 0


@pytest.mark.parametrize("phone", [False, True])
async def test_an_operator_is_completed_into_a_chip(
    page: NewPage, alice: Person, bob: Person, said: dict[str, int], phone: bool
):
    hers = await page(alice, locale="ru", path="/" if phone else "/search", phone=phone)
    if phone:
        await hers.get_by_role("link", name=RU["rail.search"]).click()
    field = hers.get_by_role("combobox")
    for op in ("from", "in", "has", "on"):
        narrowing = hers.get_by_role("button", name=RU[f"search.add.{op}"], exact=True)
        await playwright.expect(narrowing).to_be_in_viewport(ratio=1)
    await field.press_sequentially("от:bo")
    await options(hers, "@bob").wait_for()
    await field.press("Enter")
    chip = hers.locator(".search-chip")
    await playwright.expect(chip).to_have_text(f"{RU['search.op.from']} Bob", use_inner_text=True)
    await options(hers, "Contracts are with Carol").wait_for()
    await field.press_sequentially("has:file ")
    await playwright.expect(chip).to_have_text(["От Bob", "Есть файл"], use_inner_text=True)
    await hers.get_by_text(RU["search.nothing"]).wait_for()
    await field.press("Backspace")
    await options(hers, "Contracts are with Carol").wait_for()
    assert "has" not in hers.url
    await field.press("Escape")
    await options(hers, RU["search.lesson.from"]).wait_for()
    assert await chip.count() == 0
    await field.press_sequentially("от:@nobody ")
    await hers.get_by_text(RU["search.strange"].replace("{words}", "от:@nobody")).wait_for()
    await field.press("Escape")
    await field.fill("🙂")
    await hers.get_by_text(RU["search.too_little"]).wait_for()
    if phone:
        await hers.get_by_role("button", name=RU["app.back"]).click()
        await hers.locator(".chats-row").first.wait_for()
    else:
        # An address may have more than is read of it.
        await hers.goto(f"/search?q={'ж' * 1000}")
        await hers.get_by_text(RU["search.nothing"]).wait_for()


async def test_without_a_connection_what_is_held_is_found_and_it_is_said(
    page: NewPage, alice: Person, said: dict[str, int]
):
    hers, field = await box(page, alice)
    await options(hers, EN["search.lesson.from"]).wait_for()
    await offline(hers)
    await field.press_sequentially("contracts")
    await hers.get_by_text(EN["search.offline"]).wait_for()
    await options(hers, "When do we sign the contract").wait_for()
    await field.fill("qqqq")
    await hers.get_by_text(EN["search.nothing_here"]).wait_for()
    await field.fill("contracts")
    await hers.context.set_offline(False)
    await hers.get_by_text(EN["search.offline"]).wait_for(state="detached")
    await options(hers, "When do we sign the contract").wait_for()


@pytest.mark.leaves_nothing(False)
async def test_a_chat_is_searched_where_it_stands(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int, said: dict[str, int]
):
    for number in range(70):
        await company.send(bob, lobby, f"Filler {number}")
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.locator(".post").first.wait_for()
    there = asyncio.Event()

    async def late(route: Any) -> None:
        await there.wait()
        await route.continue_()

    await hers.route("**/search?*", late)
    await hers.keyboard.press("Control+f")
    await playwright.expect(hers.locator(".find-bar input")).to_be_focused()
    await hers.keyboard.type("contract")
    # What is held here is shown and gone through before the server has answered.
    await hers.get_by_text("1 of 2").wait_for()
    await hers.locator(".post").filter(has_text="Contracts are with Carol").wait_for()
    await hers.keyboard.press("Enter")
    await hers.get_by_text("2 of 2").wait_for()
    await hers.locator(".post").filter(has_text="When do we sign").wait_for()
    there.set()
    await hers.locator(".find-bar[aria-busy=false]").wait_for()
    # Its answer does not lead back to the first.
    await playwright.expect(hers.get_by_text("2 of 2")).to_be_visible()
    assert await violations(hers) == []
    await hers.keyboard.press("Escape")
    await hers.locator(".find-bar").wait_for(state="detached")
    assert await hers.evaluate(MARKED) == []


@pytest.mark.leaves_nothing(False)
async def test_what_is_typed_before_the_field_is_there_stands_in_it_then(
    page: NewPage, alice: Person, lobby: int, said: dict[str, int]
):
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.locator(".post").first.wait_for()
    there = asyncio.Event()

    async def late(route: Any) -> None:
        await there.wait()
        await route.continue_()

    await hers.route("**/assets/bar-*.js", late)
    await hers.keyboard.press("Control+f")
    await hers.keyboard.type("cont")
    assert await hers.locator(".find-bar").count() == 0
    there.set()
    field = hers.locator(".find-bar input")
    await playwright.expect(field).to_have_value("cont")
    await playwright.expect(field).to_be_focused()
    await hers.keyboard.type("ract")
    await playwright.expect(field).to_have_value("contract")
    await hers.get_by_text("1 of 2").wait_for()


async def test_a_search_that_is_kept_is_on_all_devices(
    page: NewPage, alice: Person, said: dict[str, int]
):
    hers, field = await box(page, alice)
    elsewhere, _ = await box(page, alice)
    await field.fill("from:@bob contract")
    await hers.get_by_role("button", name=EN["search.save"]).click()
    kept = options(elsewhere, "from:@bob contract")
    await kept.get_by_role("button", name="Rename").click()
    await elsewhere.get_by_role("dialog").get_by_role("textbox").fill("Bob’s contracts")
    await elsewhere.keyboard.press("Enter")
    kept = options(elsewhere, "Bob’s contracts")
    await kept.click()
    await options(elsewhere, "When do we sign the contract").wait_for()
    await elsewhere.get_by_role("button", name=EN["search.unsave"]).click()
    await hers.get_by_role("button", name=EN["search.save"]).wait_for()
