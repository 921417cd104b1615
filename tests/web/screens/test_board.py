"""The board: cards go where a hand, a key or a menu puts them, for everybody, with or without a
connection."""

import time
from typing import Any

import pytest

from messenger.protocol.commands import SendMessage
from messenger.protocol.tasks import MoveTask, UpdateColumn
from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, words
from tests.web.desk import add_task, card, column, columns, drag, expect_cards, in_days

EN = words("en")


@pytest.fixture
async def board(company: Company, alice: Person, lobby: int) -> int:
    """Three cards in the first column of the lobby's board."""
    for title in ("one", "two", "three"):
        await add_task(company, alice, title, chat_id=lobby)
    return lobby


async def opened(page: NewPage, person: Person, chat_id: int, **more: Any) -> Any:
    """A person's view of the board, with its cards."""
    found = await page(person, path=f"/board/{chat_id}", **more)
    await found.locator(".board-card").first.wait_for()
    return found


async def test_a_card_dragged_with_the_mouse_moves_for_both(
    page: NewPage, alice: Person, bob: Person, board: int
):
    hers, his = await opened(page, alice, board), await opened(page, bob, board)
    await drag(hers, card(hers, "three"), card(hers, "one"))
    await expect_cards(hers, "To do", "three", "one", "two")
    await drag(hers, card(hers, "one"), column(hers, "In progress").locator(".column-cards"))
    for shown in (hers, his):
        await expect_cards(shown, "To do", "three", "two")
        await expect_cards(shown, "In progress", "one")


async def test_a_drag_given_up_with_escape_moves_nothing(page: NewPage, alice: Person, board: int):
    hers = await opened(page, alice, board)
    box = await card(hers, "one").bounding_box()
    await hers.mouse.move(box["x"] + 40, box["y"] + 16)
    await hers.mouse.down()
    await hers.mouse.move(box["x"] + 340, box["y"] + 40, steps=8)
    await hers.locator(".board-card-gap").wait_for()
    await hers.keyboard.press("Escape")
    await hers.mouse.up()
    await expect_cards(hers, "To do", "one", "two", "three")


async def test_a_card_is_dragged_with_a_finger(
    page: NewPage, alice: Person, bob: Person, board: int
):
    hers, his = await opened(page, alice, board), await opened(page, bob, board)
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
    hers, his = await opened(page, alice, board), await opened(page, bob, board)
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
    hers = await opened(page, alice, board)
    await card(hers, "two").get_by_role("link").focus()
    await hers.keyboard.press("Space")
    await hers.keyboard.press("ArrowRight")
    await expect_cards(hers, "In progress", "two")
    await hers.keyboard.press("Escape")
    await expect_cards(hers, "To do", "one", "two", "three")
    assert await hers.evaluate("document.activeElement.innerText") == "two"


async def test_arrows_go_from_card_to_card(page: NewPage, alice: Person, board: int):
    hers = await opened(page, alice, board)
    await card(hers, "one").get_by_role("link").focus()
    for key, reached in (("ArrowDown", "two"), ("End", "three"), ("Home", "one")):
        await hers.keyboard.press(key)
        assert await hers.evaluate("document.activeElement.innerText") == reached


async def test_a_card_is_moved_from_a_menu(page: NewPage, alice: Person, bob: Person, board: int):
    hers, his = await opened(page, alice, board), await opened(page, bob, board)
    await card(hers, "two").get_by_role("link").focus()
    await hers.keyboard.press("m")
    await hers.get_by_role("menuitemcheckbox", name="Done").click()
    await expect_cards(his, "Done", "two")
    await expect_cards(hers, "Done", "two")


async def test_on_a_phone_a_card_is_moved_by_a_sheet(
    page: NewPage, alice: Person, bob: Person, board: int
):
    hers, his = await opened(page, alice, board, phone=True), await opened(page, bob, board)
    width = await hers.evaluate("document.documentElement.scrollWidth")
    assert width == hers.viewport_size["width"]
    await card(hers, "one").get_by_role("button").tap()
    await hers.get_by_role("menuitem", name=EN["board.move_to"]).tap()
    await hers.get_by_role("menuitemcheckbox", name="In progress").tap()
    await expect_cards(his, "In progress", "one")


async def test_on_a_phone_columns_are_pages(page: NewPage, alice: Person, board: int):
    hers = await opened(page, alice, board, phone=True)
    pages = hers.get_by_role("navigation", name=EN["board.columns"])
    await pages.get_by_role("button", name="Done").tap()
    await pages.locator("[aria-current]", has_text="Done").wait_for()
    box = await column(hers, "Done").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= hers.viewport_size["width"]


async def test_moves_made_offline_arrive_when_there_is_a_connection(
    page: NewPage, alice: Person, bob: Person, board: int
):
    hers, his = await opened(page, alice, board), await opened(page, bob, board)
    await hers.context.set_offline(True)
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
    hers, his = await opened(page, alice, board), await opened(page, bob, board)
    _, _, done = await columns(company, alice, board)
    task = await company_task(company, bob, board, "one")
    await hers.context.set_offline(True)
    await drag(hers, card(hers, "one"), column(hers, "In progress").locator(".column-cards"))
    await company.ask(bob, MoveTask(task_id=task, column_id=done.id))
    await expect_cards(his, "Done", "one")
    await hers.context.set_offline(False)
    await card(hers, "one").get_by_role("button", name=EN["board.conflict"]).click(timeout=20_000)
    await expect_cards(hers, "Done", "one")
    question = hers.get_by_role("dialog")
    await question.get_by_text("Bob", exact=False).wait_for()
    await question.get_by_role("button", name=EN[keeps]).click()
    for shown in (hers, his):
        await expect_cards(shown, where, "one")


async def company_task(company: Company, person: Person, chat_id: int, title: str) -> int:
    from messenger.store import discussion

    board = await discussion.board(company.server.database, person.user_id, chat_id)
    return next(task.id for task in board.tasks if task.title == title)


async def test_filters_are_in_the_address(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    me = alice.user_id
    await add_task(company, alice, "mine", chat_id=lobby, assigned_to=me, labels=["paint"])
    await add_task(company, alice, "his", chat_id=lobby, assigned_to=bob.user_id, due=in_days(-1))
    hers = await opened(page, alice, lobby)
    await hers.get_by_role("button", name=EN["board.filter_mine"], exact=True).click()
    await expect_cards(hers, "To do", "mine")
    await hers.wait_for_url(f"/board/{lobby}?mine=1")
    await hers.goto(f"/board/{lobby}?label=paint")
    await expect_cards(hers, "To do", "mine")
    await hers.goto(f"/board/{lobby}?due=overdue&person={bob.user_id}")
    await expect_cards(hers, "To do", "his")
    await hers.goto(f"/board/{lobby}?q=nothing")
    await hers.get_by_text(EN["board.none_shown"]).wait_for()
    await hers.get_by_role("button", name=EN["board.filter_clear"]).click()
    await expect_cards(hers, "To do", "mine", "his")


async def test_quick_add_stays_open_for_the_next(
    page: NewPage, alice: Person, bob: Person, board: int
):
    hers, his = await opened(page, alice, board), await opened(page, bob, board)
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
    hers, his = await opened(page, alice, board), await opened(page, bob, board)
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
    await hers.get_by_role("dialog").get_by_role("button", name=EN["board.remove_column"]).click()
    await column(his, "Review").wait_for(state="detached")


async def choose(page: Any, name: str, item: str) -> None:
    menu = EN["board.column_menu"].replace("{title}", name)
    await page.get_by_role("button", name=menu).click()
    await page.get_by_role("menuitem", name=item).click()


async def test_who_does_not_lead_moves_cards_but_not_columns(
    page: NewPage, alice: Person, bob: Person, board: int
):
    his = await opened(page, bob, board)
    assert await his.get_by_role("button", name=EN["board.add_column"]).count() == 0
    assert await column(his, "To do").get_by_role("button", name="To do", exact=True).count() == 0
    await drag(his, card(his, "one"), column(his, "Done").locator(".column-cards"))
    await expect_cards(his, "Done", "one")


async def test_more_cards_than_agreed_are_a_warning(
    page: NewPage, company: Company, alice: Person, board: int
):
    hers = await opened(page, alice, board)
    first, *_ = await columns(company, alice, board)
    await company.ask(alice, UpdateColumn(column_id=first.id, limit=2))
    over = EN["board.over"].replace("{count}", "3").replace("{limit}", "2")
    await column(hers, "To do").get_by_text(over).wait_for()


async def test_unread_talk_is_marked_on_the_card(
    page: NewPage, company: Company, alice: Person, bob: Person, board: int
):
    hers = await opened(page, alice, board)
    task = await company_task(company, bob, board, "one")
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
    hers, his = await opened(page, alice, board), await opened(page, bob, board)
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


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("phone", [False, True])
async def test_the_board_is_accessible(
    page: NewPage, company: Company, alice: Person, lobby: int, dark: bool, phone: bool
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
    hers = await opened(page, alice, lobby, dark=dark, phone=phone)
    assert await violations(hers) == []
    await card(hers, "due 0").get_by_role("button").click()
    await hers.get_by_role("menu").wait_for()
    assert await violations(hers) == []
