"""The board: cards go where a hand, a key or a menu puts them, for everybody, with or without a
connection."""

import pytest

from messenger.protocol.tasks import MoveTask
from tests.web.board_page import (
    add_task,
    card,
    column,
    columns,
    drag,
    expect_cards,
    find_task,
    open_board,
)
from tests.web.conftest import Company, NewPage, Person, fixture, offline, words

pytestmark = pytest.mark.leaves_nothing
EN = words("en")


@fixture
async def board(company: Company, alice: Person, lobby: int) -> int:
    """Three cards in the first column of the lobby's board."""
    for title in ("one", "two", "three"):
        await add_task(company, alice, title, chat_id=lobby)
    return lobby


async def test_a_card_dragged_with_the_mouse_moves_for_both(
    page: NewPage, alice: Person, bob: Person, board: int
):
    hers, his = await open_board(page, alice, board), await open_board(page, bob, board)
    await drag(hers, card(hers, "three"), card(hers, "one"))
    await expect_cards(hers, "To do", "three", "one", "two")
    await drag(hers, card(hers, "one"), column(hers, "In progress").locator(".column-cards"))
    for shown in (hers, his):
        await expect_cards(shown, "To do", "three", "two")
        await expect_cards(shown, "In progress", "one")


async def test_a_drag_given_up_with_escape_moves_nothing(page: NewPage, alice: Person, board: int):
    hers = await open_board(page, alice, board)
    box = await card(hers, "one").bounding_box()
    await hers.mouse.move(box["x"] + 40, box["y"] + 16)
    await hers.mouse.down()
    await hers.mouse.move(box["x"] + 340, box["y"] + 40, steps=8)
    await hers.locator(".board-card-gap").wait_for()
    await hers.keyboard.press("Escape")
    await hers.mouse.up()
    await expect_cards(hers, "To do", "one", "two", "three")


@pytest.mark.leaves_nothing(False)
async def test_a_card_is_dragged_with_a_finger(
    page: NewPage, alice: Person, bob: Person, board: int
):
    hers, his = await open_board(page, alice, board), await open_board(page, bob, board)
    start = await card(hers, "one").bounding_box()
    end = await column(hers, "Done").locator(".column-cards").bounding_box()
    hand = await hers.context.new_cdp_session(hers)

    async def touch(type: str, *point: float) -> None:
        points = [{"x": point[0], "y": point[1]}] if point else []
        await hand.send("Input.dispatchTouchEvent", {"type": type, "touchPoints": points})

    x, y = start["x"] + 60, start["y"] + 16
    await touch("touchStart", x, y)
    await hers.locator(".board-card.sortable-chosen").wait_for()
    for step in range(1, 11):
        await touch(
            "touchMove", x + (end["x"] + 60 - x) * step / 10, y + (end["y"] + 6 - y) * step / 10
        )
    await touch("touchEnd")
    await expect_cards(his, "Done", "one")


async def test_a_card_is_moved_by_keys_and_each_step_is_said(
    page: NewPage, alice: Person, bob: Person, board: int
):
    hers, his = await open_board(page, alice, board), await open_board(page, bob, board)
    said = hers.locator("[aria-live=assertive]")
    await card(hers, "one").get_by_role("link").focus()
    await hers.keyboard.press("Space")
    await said.get_by_text("Lifted “one”. “To do”, place 1 of 3").wait_for()
    await hers.keyboard.press("ArrowDown")
    await said.get_by_text("“To do”, place 2 of 3").wait_for()
    await hers.keyboard.press("ArrowRight")
    await said.get_by_text("“In progress”, place 1 of 1").wait_for()
    await hers.keyboard.press("Space")
    await said.get_by_text("Dropped “one”").wait_for()
    await expect_cards(his, "In progress", "one")
    assert await hers.evaluate("document.activeElement.innerText") == "one"


async def test_escape_puts_a_lifted_card_back(page: NewPage, alice: Person, board: int):
    hers = await open_board(page, alice, board)
    await card(hers, "two").get_by_role("link").focus()
    await hers.keyboard.press("Space")
    await hers.keyboard.press("ArrowRight")
    await expect_cards(hers, "In progress", "two")
    await hers.keyboard.press("Escape")
    await expect_cards(hers, "To do", "one", "two", "three")
    assert await hers.evaluate("document.activeElement.innerText") == "two"


async def test_arrows_go_from_card_to_card(page: NewPage, alice: Person, board: int):
    hers = await open_board(page, alice, board)
    await card(hers, "one").get_by_role("link").focus()
    for key, reached in (("ArrowDown", "two"), ("End", "three"), ("Home", "one")):
        await hers.keyboard.press(key)
        assert await hers.evaluate("document.activeElement.innerText") == reached


async def test_a_card_is_moved_from_a_menu(page: NewPage, alice: Person, bob: Person, board: int):
    hers, his = await open_board(page, alice, board), await open_board(page, bob, board)
    await card(hers, "two").get_by_role("link").focus()
    await hers.keyboard.press("m")
    await hers.get_by_role("menuitemcheckbox", name="Done").click()
    await expect_cards(his, "Done", "two")
    await expect_cards(hers, "Done", "two")


async def test_on_a_phone_a_card_is_moved_by_a_sheet(
    page: NewPage, alice: Person, bob: Person, board: int
):
    hers, his = await open_board(page, alice, board, phone=True), await open_board(page, bob, board)
    width = await hers.evaluate("document.documentElement.scrollWidth")
    assert width == hers.viewport_size["width"]
    await card(hers, "one").get_by_role("button").tap()
    await hers.get_by_role("menuitem", name=EN["board.move_to"]).tap()
    await hers.get_by_role("menuitemcheckbox", name="In progress").tap()
    await expect_cards(his, "In progress", "one")


async def test_on_a_phone_columns_are_pages(page: NewPage, alice: Person, board: int):
    hers = await open_board(page, alice, board, phone=True)
    pages = hers.get_by_role("navigation", name=EN["board.columns"])
    await pages.get_by_role("button", name="Done").tap()
    await pages.locator("[aria-current]", has_text="Done").wait_for()
    box = await column(hers, "Done").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= hers.viewport_size["width"]


async def test_moves_made_offline_arrive_when_there_is_a_connection(
    page: NewPage, alice: Person, bob: Person, board: int
):
    hers, his = await open_board(page, alice, board), await open_board(page, bob, board)
    await offline(hers)
    await drag(hers, card(hers, "one"), column(hers, "In progress").locator(".column-cards"))
    await drag(hers, card(hers, "two"), card(hers, "one"))
    await expect_cards(hers, "In progress", "two", "one")
    await expect_cards(his, "To do", "one", "two", "three")
    await hers.context.set_offline(False)
    await expect_cards(his, "In progress", "two", "one")
    await (
        card(hers, "one")
        .locator(f"[aria-label='{EN['board.pending']}']")
        .wait_for(state="detached")
    )


@pytest.mark.parametrize(
    ("keeps", "where"), [("card.conflict_keep", "Done"), ("card.conflict_put", "In progress")]
)
async def test_a_conflict_is_shown_on_the_card_and_decided(
    page: NewPage, company: Company, alice: Person, bob: Person, board: int, keeps: str, where: str
):
    hers, his = await open_board(page, alice, board), await open_board(page, bob, board)
    _, _, done = await columns(company, alice, board)
    task = await find_task(company, bob, board, "one")
    await offline(hers)
    await drag(hers, card(hers, "one"), column(hers, "In progress").locator(".column-cards"))
    await company.ask(bob, MoveTask(task_id=task, column_id=done.id))
    await expect_cards(his, "Done", "one")
    await hers.context.set_offline(False)
    await card(hers, "one").get_by_role("button", name=EN["board.conflict"]).click()
    await expect_cards(hers, "Done", "one")
    question = hers.get_by_role("dialog")
    await question.get_by_text("Bob", exact=False).wait_for()
    await question.get_by_role("button", name=EN[keeps]).click()
    for shown in (hers, his):
        await expect_cards(shown, where, "one")


async def test_a_card_that_the_filter_hides_is_not_added_without_a_word(
    page: NewPage, alice: Person, board: int
):
    hers = await page(alice, path=f"/board/{board}?q=two")
    await hers.get_by_role("button", name=EN["board.add_card"]).first.click()
    await hers.keyboard.type("four")
    await hers.keyboard.press("Enter")
    await hers.get_by_text(EN["board.added_hidden"].replace("{title}", "four")).wait_for()
    toast = hers.get_by_role("region", name=EN["toast.region"])
    await toast.get_by_role("button", name=EN["board.filter_clear"]).click()
    await expect_cards(hers, "To do", "one", "two", "three", "four")
