"""My tasks: what is on one, by when it is due; written down in a line, ticked off, taken back."""

from typing import Any

import pytest

from messenger.protocol.tasks import MakeTask
from tests.web.axe import violations
from tests.web.board_page import add_task, columns, expect_cards, in_days
from tests.web.conftest import Company, NewPage, Person, offline, playwright, words

EN = words("en")


def group(page: Any, name: str) -> Any:
    return page.get_by_role("region", name=EN[f"tasks.{name}"], exact=True)


async def mine(company: Company, person: Person, chat_id: int, title: str, **more: Any) -> int:
    return await add_task(
        company, person, title, chat_id=chat_id, assigned_to=person.user_id, **more
    )


async def test_tasks_stand_by_when_they_are_due(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    for title, days in (("late", -1), ("now", 0), ("then", 7)):
        await mine(company, alice, lobby, title, due=in_days(days))
    await mine(company, alice, lobby, "some day")
    await mine(company, bob, lobby, "his")
    hers = await page(alice, path="/tasks")
    for name, title in (
        ("overdue", "late"),
        ("today", "now"),
        ("later", "then"),
        ("none", "some day"),
    ):
        await group(hers, name).get_by_role("link", name=title, exact=True).wait_for()
    assert await hers.get_by_text("his", exact=True).count() == 0


async def test_quick_add_stays_open_for_the_next(page: NewPage, company: Company, alice: Person):
    hers = await page(alice, path="/tasks")
    await hers.get_by_text(EN["tasks.empty_title"]).wait_for()
    await hers.get_by_label(EN["tasks.add"], exact=True).click()
    for title in ("first", "second"):
        await hers.keyboard.type(title)
        await hers.keyboard.press("Enter")
        await group(hers, "none").get_by_role("link", name=title).wait_for()
    await hers.reload()
    await group(hers, "none").get_by_role("link", name="second").wait_for()


async def test_a_task_is_added_for_today(page: NewPage, alice: Person):
    hers = await page(alice, path="/tasks")
    await hers.get_by_label(EN["tasks.add_due"], exact=True).select_option(
        label=EN["card.due_today"]
    )
    await hers.get_by_label(EN["tasks.add"], exact=True).fill("today's")
    await hers.keyboard.press("Enter")
    await group(hers, "today").get_by_role("link", name="today's").wait_for()


async def test_a_task_is_ticked_off_and_taken_back_to_where_it_stood(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    working = (await columns(company, alice, lobby))[1]
    await mine(company, alice, lobby, "sweep", column_id=working.id)
    hers, his = await page(alice, path="/tasks"), await page(bob, path=f"/board/{lobby}")
    await hers.get_by_role("button", name="Mark “sweep” as done").click()
    await expect_cards(his, "Done", "sweep")
    await hers.get_by_text(EN["tasks.empty_title"]).wait_for()
    await hers.get_by_role("button", name=EN["app.undo"]).click()
    await group(hers, "none").get_by_role("link", name="sweep").wait_for()
    await expect_cards(his, "In progress", "sweep")


async def test_a_task_leads_to_its_card_and_to_the_talk_it_came_from(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    seq = await company.send(bob, lobby, "@alice sweep the floor")
    made = await company.ask(bob, MakeTask(chat_id=lobby, seq=seq, title="sweep"))
    hers = await page(alice, path="/tasks")
    await hers.get_by_role("link", name="sweep", exact=True).click()
    await hers.wait_for_url(f"/task/{made.id}")
    await hers.get_by_role("complementary").get_by_role("heading", name="sweep").wait_for()
    await hers.keyboard.press("Escape")
    await hers.wait_for_url("/tasks")
    await group(hers, "none").get_by_role("link", name="Lobby").click()
    await hers.wait_for_url(f"/chat/{lobby}/{seq}")


async def test_tasks_written_offline_are_made_once(
    page: NewPage, company: Company, alice: Person, lobby: int
):
    hers = await page(alice, path="/tasks")
    field = hers.get_by_label(EN["tasks.add"], exact=True)
    # The notebook is here: without a connection there would be no other way to it.
    where = hers.get_by_label(EN["tasks.add_where"], exact=True)
    await playwright.expect(where).not_to_have_value("notebook")
    await offline(hers)
    for title in ("one", "two"):
        await field.fill(title)
        await field.press("Enter")
    await group(hers, "none").get_by_role("link", name="two").wait_for()
    await hers.get_by_role("button", name="Mark “one” as done").click()
    await hers.context.set_offline(False)
    await hers.get_by_role("img", name=EN["card.waiting"]).wait_for(state="detached")
    other = await page(alice, path="/tasks")
    await group(other, "none").get_by_role("link", name="two").wait_for()
    assert await other.get_by_role("link", name="two").count() == 1
    assert await other.get_by_role("link", name="one", exact=True).count() == 0


@pytest.mark.parametrize("phone", [False, True])
async def test_my_tasks_are_accessible(
    page: NewPage, company: Company, alice: Person, lobby: int, phone: bool
):
    hers = await page(alice, path="/tasks", phone=phone)
    await hers.get_by_text(EN["tasks.empty_title"]).wait_for()
    assert await violations(hers) == []
    for days in (-1, 0, 1, 7):
        await mine(
            company, alice, lobby, f"due {days}", due=in_days(days), labels=[f"label {days}"]
        )
    await group(hers, "later").get_by_role("link", name="due 7").wait_for()
    assert await violations(hers) == []


async def test_filters_are_kept_as_a_view_under_a_name(
    page: NewPage, company: Company, alice: Person, lobby: int
):
    await mine(company, alice, lobby, "late", due=in_days(-1))
    await mine(company, alice, lobby, "some day")
    hers = await page(alice, path="/tasks")
    await hers.get_by_role("button", name=EN["board.filter_due"]).click()
    await (
        hers.get_by_role("menuitemradio", name=EN["board.due_overdue"])
        .or_(hers.get_by_role("menuitemcheckbox", name=EN["board.due_overdue"]))
        .click()
    )
    await hers.get_by_text("some day").wait_for(state="detached")
    await hers.get_by_role("button", name=EN["tasks.view_save"]).click()
    await hers.get_by_role("dialog").get_by_role("textbox").fill("Burning")
    await hers.keyboard.press("Enter")
    view = hers.get_by_role("button", name="Burning", exact=True)
    await view.and_(hers.locator("[aria-pressed=true]")).wait_for()
    assert await violations(hers) == []
    elsewhere = await page(alice, path="/tasks")
    await elsewhere.get_by_text("some day").wait_for()
    await elsewhere.get_by_role("button", name="Burning", exact=True).click()
    await elsewhere.get_by_text("some day").wait_for(state="detached")
    assert elsewhere.url.endswith("/tasks?due=overdue")
