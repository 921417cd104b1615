"""Two who have the same display name: wherever one of them is named, it is said who."""

from typing import Any

from messenger.protocol.accounts import UpdateUser
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


def row_of(page: Any, title: str) -> Any:
    return page.locator(".chats-list").get_by_role("link").filter(has_text=title)
