"""Tasks and boards without a browser, and what of a board is seen in one."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from messenger.model import Column, Due
from messenger.protocol.tasks import CreateTask
from messenger.store.reads import tasks as task_reads
from tests.web.conftest import Company, NewPage, Person


async def add_task(company: Company, person: Person, title: str, **more: Any) -> int:
    return int((await company.ask(person, CreateTask(title=title, **more))).id)


def in_days(days: int) -> Due:
    today = datetime.now(ZoneInfo("Europe/Moscow")).date()
    return Due(date=(today + timedelta(days)).isoformat())


async def columns(company: Company, person: Person, chat_id: int) -> list[Column]:
    """A board's columns, in order: a new one has three."""
    board = await task_reads.board(company.server.database, person.user_id, chat_id)
    return board.columns


async def find_task(company: Company, person: Person, chat_id: int, title: str) -> int:
    board = await task_reads.board(company.server.database, person.user_id, chat_id)
    return next(task.id for task in board.tasks if task.title == title)


async def open_board(page: NewPage, person: Person, chat_id: int, **more: Any) -> Any:
    """A person's view of a board, with its cards."""
    found = await page(person, path=f"/board/{chat_id}", **more)
    await found.locator(".board-card").first.wait_for()
    return found


def column(page: Any, title: str) -> Any:
    return page.locator(".column", has=page.get_by_role("heading", name=title, exact=True))


def card(page: Any, title: str) -> Any:
    return page.locator(".board-card", has=page.get_by_role("link", name=title, exact=True))


async def expect_cards(page: Any, name: str, *wanted: str) -> None:
    """Wait until a column has these cards, in this order."""
    script = """([name, wanted]) => {
      const named = (column) => column.querySelector("h2").innerText.trim() === name;
      const column = [...document.querySelectorAll(".column")].find(named);
      const found = [...(column?.querySelectorAll(".board-card-link") ?? [])];
      return found.map((each) => each.innerText).join("|") === wanted.join("|");
    }"""
    await page.wait_for_function(script, arg=[name, list(wanted)])


async def drag(page: Any, what: Any, onto: Any) -> None:
    """As a hand does it: down, a way in steps, up; onto the upper part of the other thing."""
    start, end = await what.bounding_box(), await onto.bounding_box()
    x, y = start["x"] + start["width"] / 3, start["y"] + 16
    to_x, to_y = end["x"] + end["width"] / 3, end["y"] + 8
    await page.mouse.move(x, y)
    await page.mouse.down()
    for step in range(1, 11):
        await page.mouse.move(x + (to_x - x) * step / 10, y + (to_y - y) * step / 10)
    await page.locator(".board-card-gap").wait_for()
    await page.mouse.move(to_x, to_y + 1)
    await page.mouse.up()
