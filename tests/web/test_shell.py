"""The shell: the way between places, by keys and by touch; what stands above and over them."""

import re
from typing import Any

import pytest

from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, go, offline, playwright, sign_in, words

pytestmark = pytest.mark.leaves_nothing
EN = words("en")


def heading(page: Any, name: str) -> Any:
    return page.get_by_role("heading", name=name)


async def focused(page: Any) -> str:
    return str(await page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''"))


async def test_two_keys_lead_to_each_part(page: NewPage, alice: Person, lobby: int):
    hers = await page(alice)
    await heading(hers, EN["chats.title"]).wait_for()
    for letter, address in [("t", "/tasks"), ("p", "/people"), ("s", "/settings"), ("c", "/")]:
        await hers.keyboard.press("g")
        await hers.keyboard.press(letter)
        await hers.wait_for_url(f"**{address}")


async def test_letters_lead_in_a_cyrillic_layout(page: NewPage, alice: Person):
    hers = await page(alice)
    await heading(hers, EN["chats.title"]).wait_for()
    # What a browser says of the keys G and P when the layout is Russian.
    for code, key in [("KeyG", "п"), ("KeyP", "з")]:
        await hers.evaluate(
            "([code, key]) => document.body.dispatchEvent("
            "new KeyboardEvent('keydown', {code, key, bubbles: true}))",
            [code, key],
        )
        await hers.evaluate("new Promise(requestAnimationFrame)")
    await hers.wait_for_url("**/people")


async def test_alt_and_arrows_go_through_the_chats(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    other = await company.group(alice, bob, title="Attic")
    await company.send(bob, lobby, "first")
    await company.send(bob, other, "second")
    hers = await page(alice, path=f"/chat/{other}")
    await hers.get_by_role("link", name=re.compile("Lobby")).wait_for()
    await hers.keyboard.press("Alt+ArrowDown")
    await hers.wait_for_url(f"**/chat/{lobby}")
    await hers.keyboard.press("Alt+ArrowUp")
    await hers.wait_for_url(f"**/chat/{other}")


async def test_alt_shift_goes_to_the_next_unread(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    quiet = await company.group(alice, bob, title="Quiet")
    await company.send(bob, lobby, "unread")
    await company.send(alice, quiet, "read")
    await company.send(alice, await company.group(alice, bob, title="Here"), "read")
    hers = await page(alice)
    await hers.get_by_role("link", name=re.compile("Here")).first.click()
    await hers.get_by_role("log").wait_for()
    await hers.keyboard.press("Alt+Shift+ArrowDown")
    await hers.wait_for_url(f"**/chat/{lobby}")


async def test_the_switcher_finds_a_chat_by_a_few_letters(page: NewPage, alice: Person, lobby: int):
    hers = await page(alice)
    await hers.get_by_role("link", name=re.compile("Lobby")).first.wait_for()
    await hers.keyboard.press("Control+k")
    await hers.get_by_role("combobox").fill("lob")
    await hers.get_by_role("option", name=re.compile("^.?Lobby")).first.wait_for()
    await hers.keyboard.press("Enter")
    await hers.wait_for_url(f"**/chat/{lobby}")


async def test_the_switcher_understands_the_wrong_layout(page: NewPage, alice: Person, lobby: int):
    hers = await page(alice)
    await hers.get_by_role("link", name=re.compile("Lobby")).first.wait_for()
    await hers.keyboard.press("Control+k")
    await hers.get_by_role("combobox").fill("дщиин")
    await hers.get_by_role("option", name=re.compile("Lobby")).first.wait_for()


async def test_escape_gives_the_focus_back(page: NewPage, alice: Person):
    hers = await page(alice)
    search = hers.get_by_role("navigation", name=EN["app.main"]).get_by_role(
        "link", name=EN["rail.search"]
    )
    await search.focus()
    await hers.keyboard.press("Control+k")
    await hers.get_by_role("combobox").wait_for()
    await hers.keyboard.press("Escape")
    await hers.get_by_role("combobox").wait_for(state="detached")
    assert await focused(hers) == EN["rail.search"]


async def test_a_question_mark_lists_the_keys(page: NewPage, alice: Person):
    hers = await page(alice)
    await heading(hers, EN["chats.title"]).wait_for()
    await hers.keyboard.press("?")
    await hers.get_by_role("dialog", name=EN["keys.title"]).get_by_text("Ctrl K").wait_for()


async def test_a_command_changes_the_theme(page: NewPage, alice: Person):
    hers = await page(alice)
    await heading(hers, EN["chats.title"]).wait_for()
    await hers.keyboard.press("Control+k")
    await hers.get_by_role("combobox").fill("dark")
    await hers.get_by_role("option", name=EN["command.theme_dark"]).wait_for()
    await hers.keyboard.press("Enter")
    await hers.locator("html[data-theme=dark]").wait_for()


async def test_the_own_menu_is_walked_with_arrows(page: NewPage, alice: Person):
    hers = await page(alice)
    await hers.get_by_role("button", name=re.compile(r"Alice\. ")).press("Enter")
    menu = hers.get_by_role("menu")
    await menu.wait_for()
    await hers.keyboard.press("ArrowDown")
    await hers.keyboard.press("Enter")
    await hers.get_by_role("dialog", name=EN["keys.title"]).wait_for()


async def test_without_a_connection_a_strip_says_how_many_wait(
    page: NewPage, alice: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    composer = hers.get_by_role("textbox", name=EN["chat.placeholder"])
    await composer.wait_for()
    await offline(hers)
    for text in ("one", "two"):
        await composer.fill(text)
        await composer.press("Enter")
    said = EN["link.offline_waiting#other"].replace("{count}", "2")
    await hers.get_by_text(said).wait_for()
    await hers.context.set_offline(False)
    await hers.get_by_text(said).wait_for(state="detached")


async def test_unread_stands_in_the_title_and_on_the_icon(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    hers = await page(alice, path="/people")
    await heading(hers, EN["people.title"]).wait_for()
    await company.send(bob, lobby, "hello")
    # Functions: a bare expression is evaluated anew each time, which the client's policy forbids.
    await hers.wait_for_function("() => document.title.startsWith('(1) ')")
    await hers.wait_for_function(
        "() => document.querySelector('link[rel=icon]').href.startsWith('data:')"
    )


async def test_an_address_that_leads_nowhere_says_so(page: NewPage, alice: Person):
    hers = await page(alice)
    for path in ("/chat/nonsense", "/nowhere"):
        await hers.goto(path)
        await hers.get_by_text(EN["app.missing_title"], exact=True).wait_for()
        await hers.get_by_role("button", name=EN["app.to_chats"]).click()
        await hers.wait_for_url("**/")


async def test_the_list_is_made_wider_with_arrows(page: NewPage, alice: Person, lobby: int):
    hers = await page(alice, path=f"/chat/{lobby}")
    edge = hers.get_by_role("separator", name=EN["rail.list_width"])
    await edge.focus()
    await hers.keyboard.press("ArrowRight")
    assert await edge.get_attribute("aria-valuenow") == "330"
    await hers.reload()
    await edge.wait_for()
    assert await edge.get_attribute("aria-valuenow") == "330"


async def test_a_profile_opens_over_the_place_and_escape_closes_it(
    page: NewPage, alice: Person, bob: Person
):
    hers = await page(alice, path="/people")
    await hers.get_by_role("link", name=re.compile("Bob")).press("Enter")
    panel = hers.get_by_role("complementary", name="Bob")
    await panel.get_by_role("button", name=EN["people.message"]).wait_for()
    await hers.keyboard.press("Escape")
    await panel.wait_for(state="detached")
    await hers.wait_for_url("**/people")


async def test_what_opens_over_a_chat_leaves_one_in_it(
    page: NewPage, alice: Person, bob: Person, lobby: int
):
    hers = await page(alice, path=f"/chat/{lobby}")
    marked = hers.locator(".rail [aria-current=page], .chats [aria-current=page]")
    await playwright.expect(marked).to_have_count(2)
    await go(hers, f"/people/{bob.user_id}")
    await hers.get_by_role("complementary", name="Bob").wait_for()
    for each, name in enumerate((EN["rail.chats"], "Lobby")):
        await playwright.expect(marked.nth(each)).to_have_accessible_name(re.compile(name))


async def test_a_profile_leads_to_a_chat(page: NewPage, alice: Person, bob: Person):
    hers = await page(alice, path=f"/people/{bob.user_id}")
    await hers.get_by_role("button", name=EN["people.message"]).click()
    await hers.wait_for_url("**/chat/*")
    await hers.get_by_role("heading", name="Bob").wait_for()


async def test_people_are_found_by_a_part_of_the_name(
    page: NewPage, company: Company, alice: Person
):
    await company.hire("bob", "carol")
    hers = await page(alice, path="/people")
    await hers.get_by_role("searchbox", name=EN["people.find"]).fill("car")
    await hers.get_by_role("link", name=re.compile("Carol")).wait_for()
    await hers.get_by_role("link", name=re.compile("Bob")).wait_for(state="detached")


async def test_a_phone_shows_one_place_and_four_entries(page: NewPage, alice: Person, lobby: int):
    hers = await page(alice, phone=True)
    bar = hers.get_by_role("navigation", name=EN["app.main"])
    await bar.wait_for()
    await playwright.expect(bar.get_by_role("link")).to_have_count(4)
    await bar.get_by_role("link", name=EN["rail.people"]).tap()
    await heading(hers, EN["people.title"]).wait_for()
    await bar.get_by_role("link", name=EN["rail.chats"]).tap()
    await hers.get_by_role("link", name=re.compile("Lobby")).tap()
    await hers.get_by_role("log").wait_for()
    assert await bar.count() == 0


@pytest.mark.leaves_nothing(False)
async def test_a_swipe_from_the_edge_of_a_phone_goes_back(page: NewPage, alice: Person, lobby: int):
    # By the form: the list was put in its place, and a browser's own "back" may skip that.
    hers = await page(phone=True, path="/sign-in")
    await sign_in(hers, alice, "en")
    await hers.get_by_role("link", name=re.compile("Lobby")).tap()
    await hers.get_by_role("log").wait_for()
    fingers = await hers.context.new_cdp_session(hers)
    for kind, across in [("touchStart", 4), ("touchMove", 60), ("touchMove", 200)]:
        points = [{"x": across, "y": 300}]
        await fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    await fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await hers.wait_for_url("**/")


async def test_nothing_on_a_phone_is_wider_than_it(page: NewPage, alice: Person, bob: Person):
    hers = await page(alice, phone=True, locale="ru")
    for path in ("/", "/people", f"/people/{bob.user_id}", "/settings", "/settings/look"):
        await hers.goto(path)
        await hers.locator(".shell").wait_for()
        wider = "document.documentElement.scrollWidth > innerWidth"
        assert not await hers.evaluate(wider), path


async def test_what_a_finger_presses_is_large_enough(page: NewPage, alice: Person):
    hers = await page(alice, phone=True, path="/settings")
    await heading(hers, EN["settings.title"]).wait_for()
    small = await hers.evaluate(
        "[...document.querySelectorAll('a, button')]"
        ".filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44"
        " && !each.matches('.shell-skip')).map(each => each.textContent)"
    )
    assert small == []


async def test_axe_finds_nothing_in_the_shell(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(bob, lobby, "unread")
    hers = await page(alice)
    await hers.get_by_role("link", name=re.compile("Lobby")).first.wait_for()
    assert await violations(hers) == []
    await hers.keyboard.press("Control+k")
    await hers.get_by_role("combobox").fill("b")
    assert await violations(hers) == []
    await hers.keyboard.press("Escape")
    await hers.keyboard.press("?")
    await hers.get_by_role("dialog", name=EN["keys.title"]).wait_for()
    assert await violations(hers) == []


async def test_axe_finds_nothing_among_people(page: NewPage, alice: Person, bob: Person):
    hers = await page(alice, path=f"/people/{bob.user_id}")
    await hers.get_by_role("button", name=EN["people.message"]).wait_for()
    assert await violations(hers) == []


async def test_axe_finds_nothing_on_a_phone(page: NewPage, alice: Person, bob: Person):
    hers = await page(alice, phone=True, path="/people")
    await heading(hers, EN["people.title"]).wait_for()
    assert await violations(hers) == []
    await hers.get_by_role("link", name=re.compile("Bob")).tap()
    await hers.get_by_role("button", name=EN["people.message"]).wait_for()
    assert await violations(hers) == []


# The rules of a sheet that was not fetched cannot be read.
STYLED = """(name) => [...document.styleSheets].some((sheet) => {
  try { return sheet.href?.includes(name) && sheet.cssRules.length > 0; } catch { return false; }
})"""


@pytest.mark.alone
async def test_a_screen_that_could_not_be_fetched_is_there_after_another_try(
    page: NewPage, alice: Person
):
    hers = await page(alice, worker=False)
    await hers.route("**/assets/tasks-*", lambda route: route.abort())
    await hers.get_by_role("link", name=EN["rail.tasks"]).click()
    failed = hers.get_by_text(EN["app.screen_failed"])
    await failed.wait_for()
    await hers.unroute("**/assets/tasks-*")
    await hers.get_by_role("button", name=EN["app.retry"]).click()
    await heading(hers, EN["tasks.title"]).wait_for()
    await hers.wait_for_function(STYLED, arg="/assets/tasks-")
