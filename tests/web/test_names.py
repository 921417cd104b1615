"""Two who have the same display name: wherever one of them is named, it is said who."""

from typing import Any

from messenger.protocol.accounts import UpdateUser
from messenger.protocol.commands import OpenDirect
from tests.web.board_page import add_task
from tests.web.conftest import Company, NewPage, Person, words

EN = words("en")


async def test_two_of_one_name_are_told_apart_in_a_chat_its_list_and_an_assignees_picker(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
) -> None:
    (carol,) = await company.hire("carol")
    team = await company.group(alice, bob, carol, title="Team")
    task = await add_task(company, alice, "Paint the door", chat_id=team)
    await company.send(bob, team, "Mine is the door")
    await company.send(carol, team, "No, it is mine")
    await company.ask(bob, UpdateUser(user_id=bob.user_id, display_name="Alex Kim"))
    hers = await page(alice, path=f"/chat/{team}")
    log = hers.get_by_role("log")
    await log.get_by_text("Alex Kim", exact=True).wait_for()
    await company.ask(carol, UpdateUser(user_id=carol.user_id, display_name="Alex Kim"))
    for name in ("Alex Kim (@bob)", "Alex Kim (@carol)"):
        await log.get_by_text(name, exact=True).wait_for()
    await row_of(hers, "Team").get_by_text("Alex (@carol)").wait_for()
    await hers.goto(f"/task/{task}")
    await hers.locator(".card-row-head", has_text=EN["card.assignee"]).click()
    choices = hers.get_by_role("group", name=EN["card.assignee"])
    for username in ("bob", "carol"):
        await choices.get_by_role("button", name=f"Alex Kim (@{username})").wait_for()


async def test_the_longest_name_stays_within_a_phone(
    page: NewPage, company: Company, alice: Person, bob: Person
) -> None:
    longest = "Wolfeschlegelsteinhausenbergerdorff MMMMMMMMMMMMMMMMMMMMMMMMMMMM"
    team = await company.group(alice, bob, title="Team")
    task = await add_task(company, alice, "Paint the door", chat_id=team, assigned_to=bob.user_id)
    direct = await company.ask(alice, OpenDirect(user_id=bob.user_id))
    for each in (alice, bob):
        await company.ask(each, UpdateUser(user_id=each.user_id, display_name=longest))
    hers = await page(alice, phone=True, path=f"/chat/{direct.id}")
    await hers.locator(".empty-state").get_by_text("@bob").wait_for()
    assert await hers.evaluate(BEYOND, ".empty-state") == []
    await hers.goto(f"/chat/{team}")
    await hers.locator(".composer-text").press_sequentially("@b")
    await hers.get_by_role("listbox").get_by_text("@bob").wait_for()
    assert await hers.evaluate(BEYOND, ".mentions") == []
    await hers.goto(f"/task/{task}")
    await hers.locator(".card-row-head", has_text=EN["card.assignee"]).click()
    nobody = hers.get_by_role("button", name=EN["card.nobody"])
    # The cross stands where the faces do, not where the tick does.
    assert (await nobody.locator(".icon").bounding_box())["x"] < 60
    me = hers.locator(".card-choice", has_text="(@alice)")
    assert await me.evaluate("each => each.lastElementChild.textContent.endsWith('(me)')")


async def test_a_long_name_is_cut_and_whose_it_is_stays_in_sight(
    page: NewPage, company: Company, alice: Person, bob: Person
) -> None:
    (carol,) = await company.hire("carol")
    longest = "Wolfeschlegelsteinhausenbergerdorff MMMMMMMMMMMMMMMMMMMMMMMMMMMM"
    team = await company.group(alice, bob, carol, title="Team")
    await company.send(bob, team, "Mine is the door")
    direct = await company.ask(alice, OpenDirect(user_id=bob.user_id))
    await company.send(alice, direct.id, "Hello")
    for each in (bob, carol):
        await company.ask(each, UpdateUser(user_id=each.user_id, display_name=longest))
    hers = await page(alice, phone=True)
    await row_of(hers, longest).locator(".named-tail", has_text="(@bob)").wait_for()
    for place in (".chats-row .named-tail", ".chats-who > :last-child"):
        assert await hers.locator(place, has_text="(@bob)").evaluate(IS_WHOLE), place
    await row_of(hers, "Team").click()
    tail = hers.get_by_role("log").locator(".named-tail", has_text="(@bob)")
    await tail.wait_for()
    assert await tail.evaluate(IS_WHOLE)


IS_WHOLE = """each => {
    const clips = (box) => getComputedStyle(box).overflowX !== "visible";
    const { right } = each.getBoundingClientRect().right;
    for (let box = each.parentElement; box; box = box.parentElement) {
        if (clips(box) && box.getBoundingClientRect().right < right - 1) return false;
    }
    return each.scrollWidth <= each.clientWidth + 1 && each.getBoundingClientRect().width > 0;
}"""

BEYOND = """box => {
    const edge = (each) => each.getBoundingClientRect().right;
    const most = Math.min(innerWidth, edge(document.querySelector(box)) + 1);
    const all = [...document.querySelectorAll(`${box}, ${box} *`)];
    return all.filter((each) => edge(each) > most).map((each) => each.className);
}"""


def row_of(page: Any, title: str) -> Any:
    return page.locator(".chats-list").get_by_role("link").filter(has_text=title)
