"""Two people write and move cards without a connection, come back at once, and agree.

They are apart for as many seconds as OFFLINE_SECONDS says, half of what they do before and half
after: a few by default, as many as one likes by hand.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from messenger.store.reads import tasks as task_reads
from messenger.store.rows import messages
from tests.web.board_page import add_task, card, columns
from tests.web.conftest import WITHIN_MS, Company, NewPage, Person, offline, words

EN = words("en")
APART_S = float(os.environ.get("OFFLINE_SECONDS", "2"))
MESSAGES = 20
MOVES = 10
COLUMNS = ["To do", "In progress", "Done"]
SHARED = ["shared 0", "shared 1"]
"""Both move these, to different columns."""

Board = dict[str, list[str]]

SHOWN_BOARD = """() => Object.fromEntries([...document.querySelectorAll(".column")].map((each) => [
  each.querySelector("h2").innerText.trim(),
  [...each.querySelectorAll(".board-card-link")].map((link) => link.innerText),
]))"""
# A chat shows what is near: all of it is what one sees going down and up again, by number. What has
# no number yet would stand last.
SHOWN_TEXTS = """async () => {
  const feed = document.querySelector(".feed");
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)));
  const seen = new Map();
  for (const place of [0, 0, 1e6, 1e6, 0]) {
    feed.scrollTop = place;
    await drawn();
    for (const [index, text] of [...document.querySelectorAll(".post-text")].entries()) {
      const seq = text.closest("[data-seq]")?.dataset.seq ?? 1e6 + index;
      seen.set(Number(seq), text.innerText);
    }
  }
  return [...seen].sort(([one], [other]) => one - other).map(([, text]) => text);
}"""
IN_QUESTION = """() => [...document.querySelectorAll("[data-conflict]")].map((each) =>
  each.closest(".board-card").querySelector(".board-card-link").innerText)"""


class Away:
    """One of the two, with a browser of theirs; `column` is where they put every card."""

    def __init__(self, person: Person, page: Any, chat_id: int, column: str) -> None:
        self.person = person
        self.page = page
        self.chat_id = chat_id
        self.column = column

    @property
    def cards(self) -> list[str]:
        """A card for each move; the first takes two, which are sent as one."""
        own = [f"{self.person.name} {number}" for number in range(MOVES - len(SHARED))]
        return [*own, *SHARED]

    async def go(self, place: str) -> None:
        await self.page.get_by_role("link", name=EN[f"chat.tab_{place}"], exact=True).click()
        await self.page.wait_for_url(f"**/{place}/{self.chat_id}")

    async def write(self, numbers: range) -> None:
        await self.go("chat")
        field = self.page.get_by_role("textbox", name=EN["chat.placeholder"])
        for number in numbers:
            await field.fill(f"{self.person.name} says {number}")
            await field.press("Enter")

    async def move(self, titles: list[str]) -> None:
        await self.go("board")
        for title in titles:
            if title == self.cards[0]:
                await self._carry(title, 0, 1)
                await self._carry(title, 1, COLUMNS.index("Done"))
            else:
                await self._carry(title, 0, COLUMNS.index(self.column))

    async def _carry(self, title: str, start: int, end: int) -> None:
        said = self.page.locator("[aria-live=assertive]")
        await card(self.page, title).get_by_role("link").focus()
        await self.page.keyboard.press("Space")
        await said.get_by_text(f"Lifted “{title}”").wait_for()
        for step in range(start + 1, end + 1):
            await self.page.keyboard.press("ArrowRight")
            await said.get_by_text(f"“{COLUMNS[step]}”").wait_for()
        await self.page.keyboard.press("Space")
        await said.get_by_text(f"Dropped “{title}”").wait_for()

    async def half(self, first: bool) -> None:
        said, moved = MESSAGES // 2, len(self.cards) // 2
        await self.write(range(said) if first else range(said, MESSAGES))
        await self.move(self.cards[:moved] if first else self.cards[moved:])

    async def in_question(self) -> list[str]:
        found: list[str] = await self.page.evaluate(IN_QUESTION)
        return found

    async def decide(self, title: str, choice: str, other: "Away") -> None:
        """The question says whose the other change is and what both want; answer it."""
        button = card(self.page, title).get_by_role("button", name=EN["board.conflict"])
        await button.click()
        question = self.page.get_by_role("dialog")
        named = question.get_by_text(other.person.name.title(), exact=False).first
        await named.wait_for()
        for sentence, column in (("theirs", other.column), ("mine", self.column)):
            value = EN[f"card.conflict_{sentence}"].format(value=column)
            await question.get_by_text(value, exact=True).wait_for()
        await question.get_by_role("button", name=EN[choice]).click()
        await button.wait_for(state="detached")


async def opened(page: NewPage, person: Person, chat_id: int, column: str) -> Away:
    """Somebody who has looked at the board and the chat while there was a connection."""
    device = await page(person, path=f"/board/{chat_id}")
    await device.locator(".board-card").first.wait_for()
    away = Away(person, device, chat_id, column)
    await away.go("chat")
    await device.get_by_role("textbox", name=EN["chat.placeholder"]).wait_for()
    return away


async def texts(company: Company, chat_id: int) -> list[str]:
    found = await messages.after(company.server.database, chat_id, 0, 1000)
    assert not found.more
    return [each.text for each in found.items]


async def board(company: Company, person: Person, chat_id: int) -> Board:
    found = await task_reads.board(company.server.database, person.user_id, chat_id)
    cards = sorted(found.tasks, key=lambda task: task.position or "")
    return {
        column.title: [task.title for task in cards if task.column_id == column.id]
        for column in found.columns
    }


async def places(company: Company, person: Person, chat_id: int, title: str) -> list[str]:
    """The columns that have a card."""
    stands = await board(company, person, chat_id)
    return [name for name, cards in stands.items() if title in cards]


async def until(condition: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    """Wait for an awaited value; in the end what it is says more than that it took long."""
    deadline = time.monotonic() + 2 * WITHIN_MS / 1000
    while (found := await condition()) != wanted:
        assert time.monotonic() < deadline, f"{found} is not {wanted}"
        await asyncio.sleep(0.05)


async def both(one: Away, other: Away, act: Callable[[Away], Awaitable[None]]) -> None:
    await asyncio.gather(act(one), act(other))


async def everybody_sees_what_the_server_has(company: Company, *seen: Away) -> None:
    """The same messages in the same order, and the same cards in the same places."""
    said = await texts(company, seen[0].chat_id)
    stands = await board(company, seen[0].person, seen[0].chat_id)
    for each in seen:
        await each.go("chat")
        await until(partial(each.page.evaluate, SHOWN_TEXTS), said)
        await each.go("board")
        await until(partial(each.page.evaluate, SHOWN_BOARD), stands)
        assert await each.page.get_by_label(EN["board.pending"]).count() == 0


async def test_two_who_were_apart_agree_and_decide_where_they_met(
    page: NewPage, company: Company, alice: Person, bob: Person
):
    carol = (await company.hire("carol"))[0]
    chat_id = await company.group(alice, bob, carol, title="Lobby", board=True)
    column = (await columns(company, alice, chat_id))[0].id
    names = [f"{who} {number}" for who in ("alice", "bob") for number in range(MOVES - len(SHARED))]
    for title in [*names, *SHARED]:
        await add_task(company, alice, title, chat_id=chat_id, column_id=column)
    hers = await opened(page, alice, chat_id, "In progress")
    his = await opened(page, bob, chat_id, "Done")

    # Apart
    await both(hers, his, lambda each: offline(each.page))
    await both(hers, his, lambda each: each.half(first=True))
    await asyncio.sleep(APART_S)
    await company.send(carol, chat_id, "carol says hello")
    await both(hers, his, lambda each: each.half(first=False))
    waiting = EN["link.offline_waiting#other"].format(count=MESSAGES + MOVES)
    for each in (hers, his):
        await each.page.get_by_text(waiting).wait_for()
    assert await texts(company, chat_id) == ["carol says hello"]
    assert len((await board(company, carol, chat_id))["To do"]) == len(names) + len(SHARED)

    # Back
    await both(hers, his, lambda each: each.page.context.set_offline(False))

    async def met() -> list[str]:
        return sorted([*await hers.in_question(), *await his.in_question()])

    await until(met, SHARED)
    for title, choice in zip(SHARED, ("card.conflict_keep", "card.conflict_put"), strict=True):
        asked, other = (hers, his) if title in await hers.in_question() else (his, hers)
        await asked.decide(title, choice, other)
        stays = other.column if choice == "card.conflict_keep" else asked.column
        await until(partial(places, company, carol, chat_id, title), [stays])

    async def settled() -> int:
        return len(await texts(company, chat_id))

    await until(settled, 2 * MESSAGES + 1)
    said = await texts(company, chat_id)
    for who in ("alice", "bob"):
        own = [text for text in said if text.startswith(who)]
        assert own == [f"{who} says {number}" for number in range(MESSAGES)]
    stands = await board(company, carol, chat_id)
    for title in names:
        wanted = "Done" if title in (hers.cards[0], *his.cards) else "In progress"
        assert title in stands[wanted]
    fresh = await opened(page, carol, chat_id, "")
    await everybody_sees_what_the_server_has(company, hers, his, fresh)
