"""What a board shows and how it is made: filters, quick add, columns, limits, marks, many cards."""

import time
from typing import Any

import pytest

from messenger.protocol.commands import SendMessage
from messenger.protocol.tasks import UpdateColumn
from tests.web.axe import violations
from tests.web.board_page import (
    add_task,
    card,
    column,
    columns,
    drag,
    expect_cards,
    find_task,
    in_days,
    open_board,
)
from tests.web.conftest import Company, NewPage, Person, fixture, words

pytestmark = pytest.mark.leaves_nothing
EN = words("en")


@fixture
async def board(company: Company, alice: Person, lobby: int) -> int:
    """Three cards in the first column of the lobby's board."""
    for title in ("one", "two", "three"):
        await add_task(company, alice, title, chat_id=lobby)
    return lobby


async def test_filters_are_in_the_address(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    me = alice.user_id
    await add_task(company, alice, "mine", chat_id=lobby, assigned_to=me, labels=["paint"])
    await add_task(company, alice, "his", chat_id=lobby, assigned_to=bob.user_id, due=in_days(-1))
    hers = await open_board(page, alice, lobby)
    await hers.get_by_role("button", name=EN["board.filter_mine"], exact=True).click()
    await expect_cards(hers, "To do", "mine")
    await hers.wait_for_url(f"/board/{lobby}?mine=1")
    await hers.goto(f"/board/{lobby}?label=paint")
    await expect_cards(hers, "To do", "mine")
    await hers.goto(f"/board/{lobby}?due=overdue&person={bob.user_id}")
    await expect_cards(hers, "To do", "his")
    await hers.goto(f"/board/{lobby}?q=nothing")
    await hers.get_by_text(EN["board.none_shown"]).wait_for()
    await hers.get_by_role("button", name=EN["board.filter_clear"]).first.click()
    await expect_cards(hers, "To do", "mine", "his")


async def test_quick_add_stays_open_for_the_next(
    page: NewPage, alice: Person, bob: Person, board: int
):
    hers, his = await open_board(page, alice, board), await open_board(page, bob, board)
    await column(hers, "In progress").get_by_role("button", name="Add a card").click()
    for title in ("four", "five"):
        await hers.keyboard.type(title)
        await hers.keyboard.press("Enter")
    await expect_cards(his, "In progress", "four", "five")
    await hers.keyboard.press("Escape")
    await column(hers, "In progress").get_by_role("textbox").wait_for(state="detached")


async def test_columns_are_added_renamed_moved_and_removed(
    page: NewPage, alice: Person, bob: Person, board: int
):
    hers, his = await open_board(page, alice, board), await open_board(page, bob, board)
    await hers.get_by_role("button", name=EN["board.add_column"]).click()
    await hers.keyboard.type("Waiting")
    await hers.keyboard.press("Enter")
    await column(his, "Waiting").wait_for()
    await column(hers, "Waiting").get_by_role("button", name="Waiting", exact=True).click()
    await hers.keyboard.type("Review")
    await hers.keyboard.press("Enter")
    await column(his, "Review").wait_for()
    await choose(hers, "Review", EN["board.column_left"])
    order = "[...document.querySelectorAll('.column h2')].map((each) => each.innerText).join()"
    await his.wait_for_function(f"() => {order} === 'To do,In progress,Review,Done'")
    await choose(hers, "Review", EN["board.remove_column"])
    await column(hers, "Review").wait_for(state="detached")
    # Only when it cannot be taken back any more.
    await column(his, "Review").wait_for(state="detached")


async def choose(page: Any, name: str, item: str) -> None:
    menu = EN["board.column_menu"].replace("{title}", name)
    await page.get_by_role("button", name=menu).click()
    await page.get_by_role("menuitem", name=item).click()


async def test_who_does_not_lead_moves_cards_but_not_columns(
    page: NewPage, alice: Person, bob: Person, board: int
):
    his = await open_board(page, bob, board)
    assert await his.get_by_role("button", name=EN["board.add_column"]).count() == 0
    assert await column(his, "To do").get_by_role("button", name="To do", exact=True).count() == 0
    await drag(his, card(his, "one"), column(his, "Done").locator(".column-cards"))
    await expect_cards(his, "Done", "one")


async def test_more_cards_than_agreed_are_a_warning(
    page: NewPage, company: Company, alice: Person, board: int
):
    hers = await open_board(page, alice, board)
    first, *_ = await columns(company, alice, board)
    await company.ask(alice, UpdateColumn(column_id=first.id, limit=2))
    over = EN["board.over"].replace("{count}", "3").replace("{limit}", "2")
    await column(hers, "To do").get_by_text(over).wait_for()


async def test_unread_talk_is_marked_on_the_card(
    page: NewPage, company: Company, alice: Person, bob: Person, board: int
):
    hers = await open_board(page, alice, board)
    task = await find_task(company, bob, board, "one")
    key = "6f7b1c1e-6f0e-4a8e-9a4e-4a3d6f0e1b2c"
    said = SendMessage(chat_id=board, client_message_id=key, text="And now?", task_id=task)
    await company.ask(bob, said)
    await card(hers, "one").get_by_text("1 new comment").wait_for()


async def test_done_cards_are_put_away_and_can_be_taken_back(
    page: NewPage, company: Company, alice: Person, bob: Person, board: int
):
    done = (await columns(company, alice, board))[2]
    for title in ("painted", "sanded"):
        await add_task(company, alice, title, chat_id=board, column_id=done.id)
    hers, his = await open_board(page, alice, board), await open_board(page, bob, board)
    await choose(hers, "Done", EN["board.archive_done"])
    await expect_cards(his, "Done")
    await hers.get_by_role("button", name=EN["app.undo"]).click()
    for shown in (hers, his):
        await expect_cards(shown, "Done", "painted", "sanded")


async def test_a_chat_without_a_board_gets_one(page: NewPage, company: Company, alice: Person):
    plain = await company.group(alice, title="Plain")
    hers = await page(alice, path=f"/board/{plain}")
    await hers.get_by_role("button", name=EN["board.make"]).click()
    await column(hers, "To do").wait_for()


@pytest.mark.alone
@pytest.mark.leaves_nothing(False)
async def test_five_hundred_cards_stay_quick(
    page: NewPage, company: Company, alice: Person, lobby: int
):
    first, second, _ = await columns(company, alice, lobby)
    for number in range(500):
        where = (first if number % 2 else second).id
        await add_task(company, alice, f"card {number}", chat_id=lobby, column_id=where)
    hers = await page(alice, path="/")
    await hers.get_by_role("link", name="Lobby").first.wait_for()
    # Filled from the server first: what is measured is the way from the local data to the screen.
    await hers.goto(f"/board/{lobby}")
    await hers.wait_for_function("() => document.querySelectorAll('.board-card').length === 500")
    await card(hers, "card 1").get_by_role("link").focus()
    begun = time.perf_counter()
    await hers.keyboard.press("Space")
    for _ in range(10):
        await hers.keyboard.press("ArrowDown")
    await hers.locator("[aria-live=assertive]").get_by_text("place 11 of 250").wait_for()
    assert (time.perf_counter() - begun) / 11 < 0.25
    await hers.keyboard.press("Space")
    await card(hers, "card 21").wait_for()


@pytest.mark.parametrize("phone", [False, True])
async def test_the_board_is_accessible(
    page: NewPage, company: Company, alice: Person, lobby: int, phone: bool
):
    first, _, done = await columns(company, alice, lobby)
    await company.ask(alice, UpdateColumn(column_id=first.id, limit=1))
    me = alice.user_id
    for days in (-1, 0, 1, 9):
        labels = [f"label {days}", "paint"]
        await add_task(
            company,
            alice,
            f"due {days}",
            chat_id=lobby,
            due=in_days(days),
            labels=labels,
            assigned_to=me,
        )
    await add_task(company, alice, "done", chat_id=lobby, column_id=done.id, due=in_days(-3))
    hers = await open_board(page, alice, lobby, phone=phone)
    assert await violations(hers) == []
    await card(hers, "due 0").get_by_role("button").click()
    await hers.get_by_role("menu").wait_for()
    assert await violations(hers) == []
