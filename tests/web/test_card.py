"""A card: everything about a task is read and changed in one place, by those who may."""

import uuid
from typing import Any

import pytest

from messenger.model import ChecklistItem
from messenger.protocol.accounts import UpdateUser
from messenger.protocol.commands import SendMessage
from messenger.protocol.tasks import MakeTask, MoveTask, UpdateTask
from tests.web.axe import violations
from tests.web.board_page import add_task, card, columns, expect_cards, in_days
from tests.web.conftest import Company, NewPage, Person, fixture, offline, words

pytestmark = pytest.mark.leaves_nothing
EN = words("en")


@fixture
async def task(company: Company, alice: Person, lobby: int) -> int:
    """One task of Alice's on the lobby's board."""
    return await add_task(company, alice, "Paint the door", chat_id=lobby)


async def opened(page: NewPage, person: Person, task: int, **more: Any) -> Any:
    found = await page(person, path=f"/task/{task}", **more)
    await panel(found).get_by_role("heading", level=2).wait_for()
    return found


def panel(page: Any) -> Any:
    return page.get_by_role("complementary")


def said(page: Any, text: str) -> Any:
    """A message in the chat itself: the list beside it shows it, too."""
    return page.get_by_role("log").get_by_text(text)


def row(page: Any, name: str) -> Any:
    return panel(page).locator(".card-row-head", has_text=EN[name])


async def test_a_title_is_edited_in_place_and_seen_by_the_other(
    page: NewPage, alice: Person, bob: Person, task: int
):
    hers, his = await opened(page, alice, task), await opened(page, bob, task)
    await panel(hers).get_by_role("button", name="Paint the door", exact=True).click()
    await hers.keyboard.type("Paint both doors")
    await hers.keyboard.press("Enter")
    await panel(his).get_by_role("heading", name="Paint both doors").wait_for()


async def test_escape_leaves_a_title_as_it_was(page: NewPage, alice: Person, task: int):
    hers = await opened(page, alice, task)
    await panel(hers).get_by_role("button", name="Paint the door", exact=True).click()
    await hers.keyboard.type("Nonsense")
    await hers.keyboard.press("Escape")
    await panel(hers).get_by_role("heading", name="Paint the door").wait_for()
    assert await hers.get_by_text("Nonsense").count() == 0


async def test_a_description_is_written_in_markdown(
    page: NewPage, alice: Person, bob: Person, task: int
):
    hers, his = await opened(page, alice, task), await opened(page, bob, task)
    await panel(hers).get_by_role("button", name=EN["card.describe"]).click()
    await hers.keyboard.type("Use **green** paint")
    await hers.keyboard.press("Control+Enter")
    await panel(his).locator("strong", has_text="green").wait_for()
    # Taken up again, one goes on where it ends.
    await panel(hers).get_by_role("button", name=EN["card.edit_description"]).click()
    await hers.keyboard.type(" twice")
    await hers.keyboard.press("Control+Enter")
    await panel(his).get_by_text("Use green paint twice").wait_for()


async def test_person_due_date_and_labels_are_chosen(
    page: NewPage, alice: Person, bob: Person, task: int
):
    hers, his = await opened(page, alice, task), await opened(page, bob, task)
    await row(hers, "card.assignee").click()
    await panel(hers).get_by_role("button", name="Bob").click()
    await row(hers, "card.due").click()
    await panel(hers).get_by_role("button", name=EN["card.due_tomorrow"]).click()
    await row(hers, "card.labels").click()
    await panel(hers).get_by_label(EN["card.label_new"]).fill("outside")
    await hers.keyboard.press("Enter")
    await row(his, "card.assignee").get_by_text("Bob").wait_for()
    await row(his, "card.due").get_by_text("tomorrow").first.wait_for()
    await row(his, "card.labels").get_by_text("outside").wait_for()


async def test_a_due_date_may_have_a_time(page: NewPage, alice: Person, bob: Person, task: int):
    hers, his = await opened(page, alice, task), await opened(page, bob, task)
    await row(hers, "card.due").click()
    await panel(hers).get_by_label(EN["card.due_day"]).fill("2030-05-06")
    await panel(hers).get_by_label(EN["card.due_time"]).fill("09:30")
    await hers.keyboard.press("Enter")
    await row(his, "card.due").get_by_text("09:30").first.wait_for()


async def test_a_checklist_is_added_to_ticked_reordered_and_edited(
    page: NewPage, alice: Person, bob: Person, task: int
):
    hers, his = await opened(page, alice, task), await opened(page, bob, task)
    add = panel(hers).get_by_label(EN["card.item_add"])
    for text in ("sand", "prime"):
        await add.fill(text)
        await add.press("Enter")
    await panel(hers).get_by_role("checkbox", name="sand").check()
    await panel(hers).get_by_role("button", name="Move “prime” up").click()
    await panel(hers).get_by_role("button", name="prime", exact=True).click()
    await hers.keyboard.type("prime twice")
    await hers.keyboard.press("Enter")
    script = """() => [...document.querySelectorAll(".checklist-item")].map((item) =>
      item.innerText.trim() + item.querySelector("input").checked).join() ===
      "prime twicefalse,sandtrue" """
    await his.wait_for_function(script)


async def test_history_is_told_in_plain_words(
    page: NewPage, company: Company, alice: Person, lobby: int, task: int
):
    done = (await columns(company, alice, lobby))[2]
    await company.ask(alice, UpdateTask(task_id=task, due=in_days(1), assigned_to=alice.user_id))
    await company.ask(alice, MoveTask(task_id=task, column_id=done.id))
    hers = await opened(page, alice, task)
    await panel(hers).get_by_role("radio", name=EN["card.history"]).click()
    entries = panel(hers).locator(".history-text")
    await entries.nth(2).wait_for()
    said = [text.split("\n")[0] for text in await entries.all_inner_texts()]
    assert said[0] == "Alice moved it to “Done”"
    assert "took it" in said[1]
    assert said[2] == "Alice created the task"


async def test_history_agrees_in_gender(
    page: NewPage, company: Company, alice: Person, lobby: int, task: int
):
    await company.ask(alice, UpdateUser(user_id=alice.user_id, display_name="Анна Соколова"))
    done = (await columns(company, alice, lobby))[2]
    await company.ask(alice, MoveTask(task_id=task, column_id=done.id))
    hers = await opened(page, alice, task, locale="ru")
    await panel(hers).get_by_role("radio", name=words("ru")["card.history"]).click()
    await panel(hers).get_by_text("Анна Соколова перенесла в «Done»").wait_for()


async def test_a_comment_is_a_message_of_the_chat(
    page: NewPage, alice: Person, bob: Person, lobby: int, task: int
):
    hers, his = await opened(page, alice, task), await opened(page, bob, task)
    await panel(hers).get_by_label(EN["card.comment"]).fill("Which *green*?")
    await panel(hers).get_by_label(EN["card.comment"]).press("Enter")
    await panel(his).locator("em", has_text="green").wait_for()
    await his.goto(f"/chat/{lobby}")
    await his.get_by_text("Which green?").first.wait_for()


async def test_a_task_of_a_message_leads_back_to_it(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    seq = await company.send(bob, lobby, "The door needs paint")
    made = await company.ask(alice, MakeTask(chat_id=lobby, seq=seq))
    hers = await opened(page, alice, made.id)
    source = panel(hers).get_by_role("link", name=EN["card.source"])
    await source.get_by_text("The door needs paint").wait_for()
    await source.click()
    await hers.wait_for_url(f"/chat/{lobby}/{seq}")


async def test_a_deleted_task_comes_back_with_undo(
    page: NewPage, alice: Person, lobby: int, task: int
):
    hers = await page(alice, path=f"/board/{lobby}")
    await card(hers, "Paint the door").get_by_role("link").click()
    await hers.wait_for_url(f"/task/{task}")
    await panel(hers).get_by_role("button", name=EN["card.menu"]).click()
    await hers.get_by_role("menuitem", name=EN["card.delete"]).click()
    await expect_cards(hers, "To do")
    await hers.get_by_role("button", name=EN["app.undo"]).click()
    await expect_cards(hers, "To do", "Paint the door")


async def test_the_board_stays_beside_the_card_and_follows_it(
    page: NewPage, alice: Person, lobby: int, task: int
):
    hers = await page(alice, path=f"/board/{lobby}")
    await card(hers, "Paint the door").get_by_role("link").click()
    await row(hers, "card.column").click()
    await panel(hers).get_by_role("button", name="In progress").click()
    await expect_cards(hers, "In progress", "Paint the door")
    await hers.keyboard.press("Escape")
    await hers.wait_for_url(f"/board/{lobby}")
    await panel(hers).wait_for(state="detached")


async def test_who_may_not_change_a_task_is_offered_nothing(
    page: NewPage, bob: Person, lobby: int, task: int
):
    his = await opened(page, bob, task)
    assert await row(his, "card.assignee").is_disabled()
    assert await panel(his).get_by_role("button", name="Paint the door", exact=True).count() == 0
    assert await panel(his).get_by_label(EN["card.item_add"]).count() == 0
    assert await row(his, "card.column").is_enabled()


async def test_two_words_for_one_item_are_both_shown_and_one_is_chosen(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    shared = await add_task(company, bob, "Door", chat_id=lobby, assigned_to=alice.user_id)
    item = ChecklistItem(id="a", text="sand", done=False)
    await company.ask(bob, UpdateTask(task_id=shared, checklist=[item]))
    hers = await opened(page, alice, shared)
    await panel(hers).get_by_role("button", name="sand", exact=True).click()
    await hers.keyboard.type("sand it well")
    theirs = ChecklistItem(id="a", text="sand twice", done=True)
    await company.ask(bob, UpdateTask(task_id=shared, checklist=[theirs]))
    await panel(hers).get_by_role("checkbox", checked=True).wait_for()
    await hers.keyboard.press("Enter")
    question = panel(hers).get_by_role("group", name=EN["card.conflict"])
    await question.get_by_text("sand twice").first.wait_for()
    await question.get_by_text("sand it well").wait_for()
    await question.get_by_role("button", name=EN["card.conflict_put"]).click()
    # One's own words, and still the other's tick.
    await panel(hers).get_by_role("checkbox", name="sand it well", checked=True).wait_for()
    await question.wait_for(state="detached")


async def test_what_two_added_to_one_checklist_is_both_there(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    shared = await add_task(company, bob, "Door", chat_id=lobby, assigned_to=alice.user_id)
    hers = await opened(page, alice, shared)
    await offline(hers)
    await panel(hers).get_by_label(EN["card.item_add"]).fill("mine")
    await hers.keyboard.press("Enter")
    item = [ChecklistItem(id="a", text="sand", done=True)]
    await company.ask(bob, UpdateTask(task_id=shared, checklist=item))
    await hers.context.set_offline(False)
    await panel(hers).get_by_role("checkbox", name="sand", checked=True).wait_for()
    await panel(hers).get_by_role("checkbox", name="mine", checked=False).wait_for()
    await panel(hers).locator(".card-waiting").wait_for(state="detached")
    assert await panel(hers).get_by_role("group", name=EN["card.conflict"]).count() == 0


async def test_a_message_becomes_a_task_as_it_is_asked_for(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(bob, lobby, "@alice paint the door tomorrow")
    hers = await page(alice, path=f"/chat/{lobby}")
    await said(hers, "paint the door").hover()
    await hers.get_by_role("button", name=EN["chat.make_task"]).click()
    dialog = hers.get_by_role("dialog")
    await dialog.get_by_label(EN["card.name"]).fill("Paint it")
    await dialog.get_by_label(EN["card.column"]).select_option(label="In progress")
    await dialog.get_by_role("button", name=EN["card.make_submit"]).click()
    chip = hers.locator(".task-chip")
    await chip.get_by_text("In progress").wait_for()
    await chip.get_by_text("tomorrow").first.wait_for()
    await chip.click()
    await panel(hers).get_by_role("heading", name="Paint it").wait_for()
    await row(hers, "card.assignee").get_by_text("Alice").wait_for()


async def test_a_key_makes_a_task_of_the_message_one_is_at(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(bob, lobby, "paint the door")
    hers = await page(alice, path=f"/chat/{lobby}")
    await said(hers, "paint the door").wait_for()
    await hers.get_by_role("article").last.focus()
    await hers.keyboard.press("End")  # letters are for a message that keys have led to
    await hers.keyboard.press("t")
    await hers.get_by_role("dialog").get_by_label(EN["card.name"]).wait_for()


@pytest.mark.leaves_nothing(False)
async def test_a_long_press_makes_a_task_of_a_message(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    await company.send(bob, lobby, "paint the door")
    hers = await page(alice, phone=True, path=f"/chat/{lobby}")
    box = await said(hers, "paint the door").bounding_box()
    fingers = await hers.context.new_cdp_session(hers)
    at = [{"x": box["x"] + 10, "y": box["y"] + 5}]
    await fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at})
    await hers.get_by_role("menuitem", name=EN["chat.make_task"]).wait_for()
    await fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await hers.get_by_role("menuitem", name=EN["chat.make_task"]).tap()
    await hers.get_by_role("dialog").get_by_label(EN["card.name"]).wait_for()


async def test_what_is_not_there_says_so(page: NewPage, alice: Person, lobby: int):
    hers = await page(alice, path="/task/999")
    await panel(hers).get_by_text(EN["card.missing_title"]).wait_for()


async def test_a_card_opens_and_is_changed_offline(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int, task: int
):
    hers = await page(alice, path=f"/board/{lobby}")
    await card(hers, "Paint the door").wait_for()
    await offline(hers)
    await card(hers, "Paint the door").get_by_role("link").click()
    await panel(hers).get_by_label(EN["card.comment"]).fill("from the train")
    await hers.keyboard.press("Enter")
    await row(hers, "card.due").click()
    await panel(hers).get_by_role("button", name=EN["card.due_today"]).click()
    await panel(hers).get_by_text("from the train").wait_for()
    await hers.context.set_offline(False)
    his = await opened(page, bob, task)
    await panel(his).get_by_text("from the train").wait_for()
    await row(his, "card.due").get_by_text("today").first.wait_for()


@pytest.mark.parametrize("phone", [False, True])
async def test_the_card_is_accessible(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int, phone: bool
):
    task = await add_task(
        company,
        alice,
        "Paint the door",
        chat_id=lobby,
        description="**Green**, see @bob\n\n- one\n- two",
        assigned_to=bob.user_id,
        due=in_days(0),
        labels=["outside", "paint"],
        checklist=[ChecklistItem(id="a", text="sand", done=True)],
    )
    key = str(uuid.uuid4())
    await company.ask(
        bob, SendMessage(chat_id=lobby, client_message_id=key, text="Now?", task_id=task)
    )
    hers = await opened(page, alice, task, phone=phone)
    await panel(hers).get_by_text("Now?").wait_for()
    await row(hers, "card.due").click()
    await row(hers, "card.labels").click()
    assert await violations(hers) == []
    await panel(hers).get_by_role("radio", name=EN["card.history"]).click()
    await panel(hers).locator(".history-entry").first.wait_for()
    assert await violations(hers) == []
